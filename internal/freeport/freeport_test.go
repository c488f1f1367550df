package freeport

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// asPicker makes the test binary a process that picks 200 ports, prints them and lives until its
// input ends.
const asPicker = "FREEPORT_TEST_PICKER"

func TestMain(m *testing.M) {
	if os.Getenv(asPicker) == "" {
		os.Exit(m.Run())
	}
	ports, err := Pick(200)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, port := range ports {
		fmt.Println(port)
	}
	io.Copy(io.Discard, os.Stdin)
}

func TestPickGivesDifferentPortsThatCanBeListenedOn(t *testing.T) {
	seen := map[int]bool{}
	for range 5 {
		ports, err := Pick(4)
		if err != nil {
			t.Fatal(err)
		}
		for _, port := range ports {
			if seen[port] {
				t.Errorf("port %d was given twice", port)
			}
			seen[port] = true
			l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				t.Errorf("listen on a picked port: %v", err)
				continue
			}
			defer l.Close()
			if Free(port) {
				t.Errorf("port %d is called free while it is listened on", port)
			}
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d ports, want 20", len(seen))
	}
}

func TestProcessesThatPickAtOnceGetDifferentPorts(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	const processes = 10
	var outputs []io.Reader
	for range processes { // of 2000 ports out of 12000 some would surely be the same
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), asPicker+"=1", "GORACE=atexit_sleep_ms=0")
		c.Stderr = os.Stderr
		in, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			in.Close()
			if err := c.Wait(); err != nil {
				t.Error(err)
			}
		})
		outputs = append(outputs, out)
	}
	seen := map[string]bool{}
	for _, out := range outputs {
		lines := bufio.NewScanner(out)
		for range 200 {
			if !lines.Scan() {
				t.Fatalf("a process ended early: %v", lines.Err())
			}
			if seen[lines.Text()] {
				t.Errorf("port %s was given twice", lines.Text())
			}
			seen[lines.Text()] = true
		}
	}
}

func TestAReservationLastsAsLongAsItsOwner(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ports, err := Pick(1)
	if err != nil {
		t.Fatal(err)
	}
	r, err := openReservations()
	if err != nil {
		t.Fatal(err)
	}
	reserved := func() bool {
		t.Helper()
		if err := r.sweep(); err != nil {
			t.Fatal(err)
		}
		_, err := os.Lstat(r.link(ports[0]))
		return !errors.Is(err, os.ErrNotExist)
	}
	if err := r.add(ports[0], "/proc/self"); !errors.Is(err, os.ErrExist) || !reserved() {
		t.Errorf("the port of a living process can be reserved: %v", err)
	}

	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	if err := r.handOver(ports[0], fmt.Sprintf("/proc/%d", ended.Process.Pid)); err != nil {
		t.Fatal(err)
	}
	if reserved() {
		t.Error("the port of an ended process is reserved")
	}

	owner := filepath.Join(t.TempDir(), "owner")
	if err := os.WriteFile(owner, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Keep(owner, ports); err != nil {
		t.Fatal(err)
	}
	if !reserved() {
		t.Error("the port is not reserved though its owner is there")
	}
	if err := os.Remove(owner); err != nil {
		t.Fatal(err)
	}
	if reserved() {
		t.Error("the port is reserved though its owner is gone")
	}
}
