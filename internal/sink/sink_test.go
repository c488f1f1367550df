package sink

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestANamedPipeMustHaveItsReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := Open(path, 0, 0); !errors.Is(err, ErrNoReader) {
		t.Fatalf("opened %v, %v", f, err)
	}

	reader, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	f, err := Open(path, os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	// More than a pipe holds: a program that does not wait for its reader would fail.
	cmd := exec.Command("head", "-c", "300000", "/dev/zero")
	cmd.Stdout = f
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	n, err := io.Copy(io.Discard, reader)
	if err := errors.Join(err, cmd.Wait()); err != nil || n != 300000 {
		t.Errorf("the reader got %d bytes, %v", n, err)
	}
}

func TestFilesAndDevicesAreOpenedAsAlways(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for range 2 {
		f, err := Open(path, os.O_APPEND|os.O_CREATE, 0o640)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.WriteString("a line\n")
		if err := errors.Join(err, f.Close()); err != nil {
			t.Error(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "a line\na line\n" {
		t.Errorf("content = %q, %v", got, err)
	}
	if f, err := Open(os.DevNull, os.O_APPEND|os.O_CREATE, 0o640); err != nil {
		t.Error(err)
	} else if err := f.Close(); err != nil {
		t.Error(err)
	}
	if f, err := Open(filepath.Join(path, "below"), os.O_CREATE, 0o640); err == nil {
		t.Errorf("opened %s", f.Name())
	}
	if f, err := Open(filepath.Join(filepath.Dir(path), "none"), 0, 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opened %v, %v", f, err)
	}
}
