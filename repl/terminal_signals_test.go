package repl

import (
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

func TestCtrlCTwiceEndsTheShell(t *testing.T) {
	const told = "Ctrl-C was pressed twice within a second: the shell exits."
	for name, tc := range map[string]struct {
		line, begun string // what is carried out meanwhile, and what shows that it is
		first       string // what shows that the first one had its effect
		taken       string // what shows that the shell has it too
		left        string // what is said of a command that does not stop
	}{
		"at a plain prompt":       {first: ">>> "},
		"a command that stops":    {line: "wait", begun: "waiting", first: "gave up"},
		"a command that does not": {line: "deaf", begun: "not listening", first: "^C\r\n", left: "The command did not stop within 3s: the shell ends without waiting for it."},
		"a program":               {line: "hand 'echo begun; while :; do sleep 0.05; done'", begun: "begun", first: ">>> ", taken: tookInterrupt},
		"a deaf program":          {line: "hand 'trap \"echo caught\" INT; echo begun; while :; do sleep 0.05; done'", begun: "begun", first: "caught", taken: tookInterrupt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := startShell(t, func(c *console) {
				if tc.line == "" {
					c.cmd.Env = append(c.cmd.Env, "TERM=dumb")
				}
			})
			if tc.line == "" {
				c.expect(">>> ")
			} else {
				c.ready()
				c.typeIn(tc.line + "\r")
				c.expect(tc.begun + "\r\n")
			}
			c.typeIn("\x03")
			if skipped := c.expect(tc.first); !strings.Contains(skipped, tc.taken) {
				c.expect(tc.taken)
			}
			c.typeIn("\x03")
			c.expect(told)
			c.expect(tc.left)
			c.exits(130)
		})
	}
}

// A Ctrl-C that comes before the command has begun is meant for it, wherever it is seen.
func TestCtrlCRightBehindEnterInterruptsTheCommand(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("say one\rsay two\r\x03say three\r")
	if skipped := c.expect(`said ["three"]`); strings.Contains(skipped, "said") || !strings.Contains(skipped, "^C\r\n"+notBegun+"\r\n") {
		t.Errorf("printed %q", skipped)
	}
	c.ready()
	c.typeIn("\x10\x10\r") // it is in the history
	c.expect(`said ["one"]`)
	for range 10 {
		c.ready()
		c.typeIn("wait\r")
		c.expect("\x1b[?25h\r\n") // the line is left, and the terminal is not restored yet
		c.typeIn("\x03")
		if skipped := c.expect(">>> "); !strings.Contains(skipped, "^C\r\n") || strings.Contains(skipped, "again within") {
			t.Errorf("printed %q", skipped)
		}
		c.seen = ">>> " + c.seen
	}
	c.ready()
	c.typeIn("wait\r\x03\x03")
	c.expect(notBegun)
	c.exits(130)
}

func TestCtrlCDropsOnlyWhatWasTypedBeforeIt(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("half\x03\x04")
	c.exits(ExitOK)
}

func TestCtrlCTwiceAtThePromptEndsTheShell(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("say dropped\x03")
	c.ready()
	c.typeIn("\x03")
	c.expect("Ctrl-C was pressed twice within a second: the shell exits.")
	c.exits(130)
}

func TestAThirdCtrlCKillsTheShell(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("deaf\r")
	c.expect("not listening")
	c.typeIn("\x03")
	c.expect("^C\r\n")
	c.typeIn("\x03")
	c.expect("the shell exits.")
	c.typeIn("\x03")
	c.exits(-1)
}

func TestAProgramMayChangeTheTerminal(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("hand 'stty raw -echo; exit 3'\r")
	c.expect("sh exited with 3")
	c.ready()
	c.typeIn("tty\r")
	c.expect("settings " + c.before)
	c.ready()
	c.typeIn("hand 'echo begun; while :; do sleep 0.05; done'\r")
	c.expect("begun\r\n")
	c.typeIn("\x03")
	c.expect("ended by signal 2 (interrupt)")
	c.ready()
	c.typeIn("hand 'echo begun; read word; echo \"<$word>\"'\r")
	c.expect("begun\r\n")
	c.typeIn("an answer\r")
	c.expect("<an answer>")
	c.leave()
}

// A pager goes on when Ctrl-C ends the command that feeds it, and is not disturbed by two.
func TestCtrlCUnderAPagerIsThePagers(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("wait | trap 'n=x$n; echo caught $n' INT; echo paging; while test \"$n\" != xx; do sleep 0.05; done; echo left\r")
	c.expect("paging\r\n")
	c.typeIn("\x03")
	c.expect("caught x\r\n")
	c.typeIn("\x03")
	c.expect("caught xx\r\n")
	c.expect("left\r\n") // the command may say between them that it gave up
	c.ready()
	c.typeIn("say alive\r")
	c.expect(`said ["alive"]`)
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

func TestSignalsEndTheShellDuringACommandThatDoesNotStop(t *testing.T) {
	for signal, code := range map[syscall.Signal]int{syscall.SIGTERM: 143, syscall.SIGHUP: 129, syscall.SIGQUIT: 131} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			c := startShell(t, nil)
			c.ready()
			c.typeIn("deaf\r")
			c.expect("not listening")
			if err := c.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			c.expect("The command did not stop within 3s: the shell ends without waiting for it.")
			c.exits(code)
		})
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
