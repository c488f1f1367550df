package coredump

import (
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestNoCoreFileIsWritten(t *testing.T) {
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &before); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Setrlimit(unix.RLIMIT_CORE, &before) })
	allowed := before
	allowed.Cur = before.Max
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &allowed); err != nil {
		t.Fatal(err)
	}
	if err := Off(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("sh", "-c", "ulimit -S -c; ulimit -H -c").Output()
	if err != nil {
		t.Fatal(err)
	}
	if soft, hard, _ := strings.Cut(strings.TrimSpace(string(out)), "\n"); soft != "0" || before.Max != 0 && hard == "0" {
		t.Errorf("a program of this one may write core files of %s, at most of %s", soft, hard)
	}
}
