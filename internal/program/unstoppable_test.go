package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// roleVariable has this program play a part in a test.
const roleVariable = "PEGASHELL_TEST_ROLE"

// runAsShell runs the program that is its argument and stops it at once.
func runAsShell() {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	cmd := exec.Command(os.Args[1])
	cmd.Env = append(os.Environ(), roleVariable+"=deaf")
	cmd.Stdout = &discard{}
	begin := time.Now()
	err := Run(ctx, cmd)
	fmt.Printf("%v\n%t %v\n", err, errors.Is(err, context.DeadlineExceeded), time.Since(begin).Round(time.Millisecond))
}

// discard is a writer that is no file, so that somebody copies what a program writes.
type discard struct{}

func (*discard) Write(p []byte) (int, error) { return len(p), nil }

// runDeaf is what sudo is: a program that becomes root's.
func runDeaf() {
	if err := syscall.Setreuid(0, 0); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	time.Sleep(time.Minute)
}

// A shell may not stop what has become root's; it must continue, and report that.
func TestAProgramThatMayNotBeStoppedIsLeftAlone(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make a program that becomes root's")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "program")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	install := `chmod 755 "$1" && cp "$2" "$1/shell" && cp "$2" "$1/deaf" && chmod 755 "$1/shell" && chmod 4755 "$1/deaf"`
	if out, err := exec.Command("sh", "-c", install, "sh", dir, self).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	shell := exec.Command(filepath.Join(dir, "shell"), filepath.Join(dir, "deaf"))
	shell.Dir = "/"
	shell.Env = append(os.Environ(), roleVariable+"=shell")
	shell.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := shell.CombinedOutput()
	m := regexp.MustCompile(`^deaf could not be stopped and is still running \(pid (\d+)\): context deadline exceeded\ntrue (\S+)\n$`).FindSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("%v, printed %q", err, out)
	}
	if pid, err := strconv.Atoi(string(m[1])); err != nil || syscall.Kill(pid, syscall.SIGKILL) != nil {
		t.Errorf("%s does not run, %v", m[1], err)
	}
	if took, err := time.ParseDuration(string(m[2])); err != nil || took > grace+agony+2*time.Second {
		t.Errorf("it took %s, %v", m[2], err)
	}
}

func TestAProgramThatGoesOnWritesNoMore(t *testing.T) {
	var got []byte
	cmd := exec.Command("true")
	cmd.Stdout = writerFunc(func(p []byte) (int, error) {
		got = append(got, p...)
		return len(p), nil
	})
	out, err := gates(cmd)
	cmd.Stdout.Write([]byte("a"))
	out.shut()
	err.shut()
	if _, err := cmd.Stdout.Write([]byte("b")); !errors.Is(err, os.ErrClosed) || string(got) != "a" {
		t.Errorf("written %q, %v", got, err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
