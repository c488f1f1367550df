package screentest

import (
	"os"
	"os/signal"
	"syscall"
)

// RestoreHangup has the programs that tests start end by SIGHUP, even when the tests run under
// nohup: a program inherits that a signal is ignored, but not that it is caught. A package's
// TestMain calls it before its tests.
func RestoreHangup() {
	if signal.Ignored(syscall.SIGHUP) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
}
