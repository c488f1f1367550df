package repl

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestCtrlCDropsTheLineAndKeepsTheHistory(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("say kept\r")
	c.expect(`said ["kept"]`)
	c.ready()
	c.typeIn("say dropped\x03")
	c.expect(">>> ")
	c.typeIn("\x1b[A\r")
	if skipped := c.expect(`said ["kept"]`); strings.Contains(skipped, "said") {
		t.Errorf("carried out %q", skipped)
	}
	c.leave()
}

func TestCtrlCStopsACommandAndNotTheShell(t *testing.T) {
	c := startShell(t, nil)
	for range 3 {
		c.ready()
		c.interruptCommand()
	}
	c.ready()
	c.typeIn("say still here\r")
	c.expect(`said ["still" "here"]`)
	c.leave()
}

func TestCtrlCKillsACommandThatDoesNotStop(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("deaf\r")
	c.expect("not listening")
	c.typeIn("\x03")
	c.expect("^C\r\n")
	c.typeIn("\x03")
	c.expect("Ctrl-C again kills the shell.")
	c.typeIn("\x03")
	c.exits(-1)
}

func TestAShellThatWasAboutToBeKilledLivesOnWhenTheCommandStops(t *testing.T) {
	release := filepath.Join(t.TempDir(), "go")
	c := startShell(t, nil)
	c.ready()
	c.typeIn("slow " + release + "\r")
	c.expect("slow\r\n")
	c.typeIn("\x03")
	c.expect("^C\r\n")
	c.typeIn("\x03")
	c.expect("Ctrl-C again kills the shell.")
	if err := os.WriteFile(release, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.ready()
	c.interruptCommand()
	c.leave()
}

func TestSignalsRestoreTheTerminal(t *testing.T) {
	for _, where := range []string{"at the prompt", "during a command"} {
		for _, tc := range []struct {
			signal syscall.Signal
			code   int
		}{{syscall.SIGTERM, 143}, {syscall.SIGHUP, 129}, {syscall.SIGQUIT, 131}} {
			t.Run(tc.signal.String()+" "+where, func(t *testing.T) {
				c := startShell(t, nil)
				c.ready()
				c.typeIn("say half a l")
				c.expect("l")
				if where == "during a command" {
					c.typeIn("\x15wait\r")
					c.expect("waiting")
				}
				if err := c.cmd.Process.Signal(tc.signal); err != nil {
					t.Fatal(err)
				}
				c.exits(tc.code)
			})
		}
	}
}

func TestAPanicLeavesTheTerminalAsItWas(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("panic\r")
	c.expect("on purpose")
	c.exits(2)
}

func TestInterruptForgetsTheRestOfAPaste(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("wait\rsay dangerous\r")
	c.expect("waiting")
	c.typeIn("\x03")
	c.expect("gave up")
	c.ready()
	c.typeIn("say safe\r")
	if skipped := c.expect(`said ["safe"]`); strings.Contains(skipped, "said") {
		t.Errorf("carried out %q", skipped)
	}
	c.typeIn("exit\r")
	c.exits(ExitOK)
}

func TestAHungUpTerminalEndsTheShell(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.slave.Close()
	c.master.Close()
	c.wait()
	if got := c.cmd.ProcessState.ExitCode(); got != 129 {
		t.Errorf("exit code %d, want 129", got)
	}
}
