package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func fillWith(text string) func(*os.File) error {
	return func(tmp *os.File) error {
		_, err := io.WriteString(tmp, text)
		return err
	}
}

func TestCreateRefusesAFileThatExists(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := Create(path, 0o640, fillWith("first")); err != nil {
		t.Fatal(err)
	}
	called := false
	err := Create(path, 0o640, func(*os.File) error { called = true; return nil })
	if !errors.Is(err, fs.ErrExist) || called {
		t.Errorf("error = %v, fill was called: %v", err, called)
	}
	checkFile(t, path, "first", 0o640)
}

func TestCreateRefusesAFileThatAppearsMeanwhile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	err := Create(path, 0o600, func(tmp *os.File) error {
		return errors.Join(fillWith("ours")(tmp), os.WriteFile(path, []byte("theirs"), 0o644))
	})
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("error = %v", err)
	}
	checkFile(t, path, "theirs", 0o644)
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d entries left in the folder, want 1", len(entries))
	}
}

func TestReplaceKeepsModeAndLinksAndRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := Replace(path, 0o640, fillWith("first")); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path, "first", 0o640)
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := Replace(link, 0o600, fillWith("second")); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path, "second", 0o640)
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info.Mode(), err)
	}
	for _, no := range []string{dir, os.DevNull} {
		if err := Replace(no, 0o600, fillWith("x")); err == nil {
			t.Errorf("no error for %s", no)
		}
	}
}

func TestOnlyNewFilesAreSubjectToTheUmask(t *testing.T) {
	old := syscall.Umask(0o027)
	defer syscall.Umask(old)
	dir := t.TempDir()
	written, created, replaced := filepath.Join(dir, "w"), filepath.Join(dir, "c"), filepath.Join(dir, "r")
	for range 2 {
		if err := WriteBytes(written, 0o666, []byte("text")); err != nil {
			t.Fatal(err)
		}
		if err := Replace(replaced, 0o644, fillWith("text")); err != nil {
			t.Fatal(err)
		}
	}
	checkFile(t, written, "text", 0o640)
	checkFile(t, replaced, "text", 0o640)
	if err := Create(created, 0o622, fillWith("text")); err != nil {
		t.Fatal(err)
	}
	checkFile(t, created, "text", 0o600)

	if err := os.Chmod(written, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(written, 0o600, []byte("new")); err != nil {
		t.Fatal(err)
	}
	checkFile(t, written, "new", 0o666)
}

func TestWhatWasWrittenCanBeReadBackByFill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	err := Create(path, 0o600, func(tmp *os.File) error {
		if err := fillWith("text")(tmp); err != nil {
			return err
		}
		b := make([]byte, 4)
		if _, err := tmp.ReadAt(b, 0); err != nil || string(b) != "text" {
			t.Errorf("read back %q, %v", b, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkFile(t *testing.T, path, text string, perm os.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != text {
		t.Errorf("content = %q, %v; want %q", got, err, text)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != perm {
		t.Errorf("mode = %v, %v; want %v", info.Mode(), err, perm)
	}
}
