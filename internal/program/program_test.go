package program

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "shell":
		runAsShell()
	case "deaf":
		runDeaf()
	default:
		goleak.VerifyTestMain(m)
	}
}

func TestTheExitOfAProgramIsTold(t *testing.T) {
	for script, want := range map[string]ExitError{
		"exit 3":         {Program: "sh", Code: 3},
		"kill -TERM $$":  {Program: "sh", Code: 143, Signal: syscall.SIGTERM},
		"kill -INT $$":   {Program: "sh", Code: 130, Signal: syscall.SIGINT},
		"exit 130":       {Program: "sh", Code: 130},
		"echo a; exit 1": {Program: "sh", Code: 1},
	} {
		err := Run(t.Context(), exec.Command("sh", "-c", script))
		var got *ExitError
		if !errors.As(err, &got) || *got != want {
			t.Errorf("%s: %#v, want %#v", script, err, want)
			continue
		}
		if canceled := errors.Is(err, context.Canceled); canceled != (want.Code == 130) {
			t.Errorf("%s: taken for canceled: %t", script, canceled)
		}
	}
	if err := Run(t.Context(), exec.Command("true")); err != nil {
		t.Error(err)
	}
}

func TestAProgramThatIsNotThereIsNamed(t *testing.T) {
	err := Run(t.Context(), exec.Command("/nowhere/tool"))
	if !errors.Is(err, fs.ErrNotExist) || err.Error() != "start /nowhere/tool: no such file or directory" {
		t.Errorf("error %v", err)
	}
}

// What a program leaves running must not delay the shell, though it keeps the output open.
func TestAProgramThatLeftAnotherBehindHasEnded(t *testing.T) {
	var out bytes.Buffer
	cmd := exec.Command("sh", "-c", "sleep 600 & echo $!")
	cmd.Stdout = &out
	if err := Run(t.Context(), cmd); err != nil {
		t.Error(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("what it left behind: %v", err)
	}
}

func TestStoppingReachesWhatTheProgramHasStarted(t *testing.T) {
	for name, tc := range map[string]struct {
		script    string // prints the ids of its processes, one per line
		processes int
	}{
		"alone":         {"echo $$; exec sleep 600", 1},
		"children":      {"sleep 600 & echo $$; echo $!; wait", 2},
		"orphans":       {"(sleep 600 & echo $!); echo $$; exec sleep 600", 2},
		"deaf ones":     {"trap '' TERM; sleep 600 & echo $$; echo $!; wait; sleep 600", 2},
		"a stopped one": {"echo $$; kill -STOP $$; sleep 600", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			cmd := exec.Command("sh", "-c", tc.script)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			p, err := Start(cmd)
			if err != nil {
				t.Fatal(err)
			}
			var pids []int
			for lines := bufio.NewScanner(out); len(pids) < tc.processes && lines.Scan(); {
				pid, err := strconv.Atoi(lines.Text())
				if err != nil {
					t.Fatal(err)
				}
				pids = append(pids, pid)
			}
			cancel()
			err = p.Wait(ctx)
			if !errors.Is(err, context.Canceled) || err.Error() != "sh was stopped: context canceled" {
				t.Errorf("error %v", err)
			}
			if len(pids) != tc.processes {
				t.Errorf("processes %d, want %d of them", pids, tc.processes)
			}
			for _, pid := range pids {
				if processGroup("/proc/"+strconv.Itoa(pid)) >= 0 {
					t.Errorf("process %d is still running", pid)
				}
			}
		})
	}
}

func TestMarksOfNestedShellsAddUp(t *testing.T) {
	outer := marked([]string{"A=b"}, "1.1")
	inner := marked(outer, "2.1")
	env := []byte(strings.Join(inner, "\x00"))
	for mark, want := range map[string]bool{"1.1": true, "2.1": true, "1": false, "1.2": false, ".1": false} {
		if got := hasMark(env, mark); got != want {
			t.Errorf("mark %s: %t", mark, got)
		}
	}
}
