package repl

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startScript starts the shell of this test binary with pipes, so that nothing is a terminal.
func startScript(t *testing.T, script string) (cmd *exec.Cmd, out *bufio.Reader) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asShell+"=", "GORACE=atexit_sleep_ms=0")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hung := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	t.Cleanup(func() {
		hung.Stop()
		cmd.Process.Kill()
		cmd.Wait()
	})
	if _, err := io.WriteString(in, script); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewReader(stdout)
}

func expectLine(t *testing.T, out *bufio.Reader, want string) {
	t.Helper()
	if line, err := out.ReadString('\n'); strings.TrimSuffix(line, "\n") != want {
		t.Fatalf("printed %q, %v, want %q", line, err, want)
	}
}

func send(t *testing.T, cmd *exec.Cmd, s os.Signal) {
	t.Helper()
	if err := cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func TestAByteOrderMarkBeforeAScriptIsSkipped(t *testing.T) {
	_, out := startScript(t, "\ufeffsay a\n")
	expectLine(t, out, `said ["a"]`)
}

func TestALineOfAScriptIsContinuedAndACommentIsNot(t *testing.T) {
	_, out := startScript(t, "say a \\\r\n  b \\\n c\r\n# C:\\x\\\nsay d\n")
	expectLine(t, out, `said ["a" "b" "c"]`)
	expectLine(t, out, `said ["d"]`)
}

func TestInterruptEndsAScriptAfterItsCommand(t *testing.T) {
	cmd, out := startScript(t, "say a\nwait\nsay b\n")
	expectLine(t, out, `said ["a"]`)
	expectLine(t, out, "waiting")
	send(t, cmd, os.Interrupt)
	expectLine(t, out, "gave up: ended by signal: interrupt")
	if rest, _ := io.ReadAll(out); len(rest) > 0 {
		t.Errorf("went on to print %q", rest)
	}
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 130 {
		t.Errorf("exit code %d, want 130", got)
	}
}

func TestSignalsEndAScriptWhoseCommandDoesNotStop(t *testing.T) {
	for signal, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			cmd, out := startScript(t, "deaf\nsay b\n")
			expectLine(t, out, "not listening")
			send(t, cmd, signal)
			if rest, _ := io.ReadAll(out); len(rest) > 0 {
				t.Errorf("went on to print %q", rest)
			}
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != code {
				t.Errorf("exit code %d, want %d", got, code)
			}
		})
	}
}

func TestInterruptingTwiceKillsAScriptThatDoesNotStop(t *testing.T) {
	cmd, out := startScript(t, "deaf\n")
	expectLine(t, out, "not listening")
	send(t, cmd, os.Interrupt)
	// The test cannot see when the first signal was handled; each further one may be the one that
	// kills.
	stop := time.NewTicker(10 * time.Millisecond)
	defer stop.Stop()
	done := make(chan struct{})
	go func() {
		io.Copy(io.Discard, out)
		close(done)
	}()
	for running := true; running; {
		select {
		case <-stop.C:
			_ = cmd.Process.Signal(os.Interrupt) // fails once it is dead
		case <-done:
			running = false
		}
	}
	cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v, want killed by SIGINT", cmd.ProcessState)
	}
}
