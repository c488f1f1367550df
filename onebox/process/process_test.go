package process

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a shell script detached and kills it when the test ends.
func start(t *testing.T, script string) (Identity, string) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	id, err := StartDetached(exec.Command("/bin/sh", "-c", script), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		id.Signal(syscall.SIGKILL)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := id.WaitEnd(ctx); err != nil {
			t.Error(err)
		}
	})
	return id, log
}

func TestADetachedProcessRunsInItsOwnSessionUntilItIsSignalled(t *testing.T) {
	id, log := start(t, "echo out; echo err >&2; exec sleep 600")
	if !id.Alive() {
		t.Fatal("it is not alive after the start")
	}
	if sid, _, errno := syscall.Syscall(syscall.SYS_GETSID, uintptr(id.PID), 0, 0); errno != 0 || int(sid) != id.PID {
		t.Errorf("session = %d, %v; want one of its own", sid, errno)
	}
	deadline := time.Now().Add(10 * time.Second)
	for text := ""; text != "out\nerr\n"; {
		if time.Now().After(deadline) {
			t.Fatalf("log = %q", text)
		}
		data, _ := os.ReadFile(log)
		text = string(data)
	}
	if err := id.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := id.WaitEnd(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := id.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("signal to an ended process: %v", err)
	}
}

func TestAnotherProcessWithTheSameNumberIsNeitherAliveNorSignalled(t *testing.T) {
	id, _ := start(t, "exec sleep 600")
	stranger := Identity{PID: id.PID, Start: id.Start + "0"}
	if stranger.Alive() {
		t.Error("a process with another start time is taken for alive")
	}
	if err := stranger.Signal(syscall.SIGKILL); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := id.WaitEnd(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the process was hit by a signal for another: %v", err)
	}
}

func TestAProcessThatEndedAtOnceIsNotAlive(t *testing.T) {
	id, _ := start(t, "exit 3")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := id.WaitEnd(ctx); err != nil {
		t.Error(err)
	}
}

func TestStartDetachedSaysWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	if _, err := StartDetached(exec.Command(filepath.Join(dir, "none")), filepath.Join(dir, "log")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error = %v, want os.ErrNotExist for the program", err)
	}
	if _, err := StartDetached(exec.Command("/bin/true"), filepath.Join(dir, "none", "log")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error = %v, want os.ErrNotExist for the log", err)
	}
}

func TestListensIsTrueOnlyForThePortsOfTheProcessItself(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(address, func(t *testing.T) { checkListens(t, address) })
	}
}

func checkListens(t *testing.T, address string) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) {
		t.Skip("this machine has no IPv6")
	}
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	self, _, err := inspect(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	other, _ := start(t, "exec sleep 600")
	if listens, err := self.Listens(port); !listens || err != nil {
		t.Errorf("own port: %v, %v", listens, err)
	}
	if listens, err := other.Listens(port); listens || err != nil {
		t.Errorf("another process's port: %v, %v", listens, err)
	}
	l.Close()
	if listens, err := self.Listens(port); listens || err != nil {
		t.Errorf("after closing: %v, %v", listens, err)
	}
}

func TestListenersReadsTheKernelsTable(t *testing.T) {
	table := strings.Join([]string{
		"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
		"   0: 0100007F:6979 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 71 1 0 100 0 0 10 0",
		"   1: 0100007F:6979 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 72 1 0 20 4 30 10 -1",
		"   2: 0100007F:697A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 73 1 0 100 0 0 10 0",
	}, "\n")
	got := listeners(table, 0x6979)
	if len(got) != 1 || !got["socket:[71]"] {
		t.Errorf("listeners = %v, want socket:[71] alone", got)
	}
}
