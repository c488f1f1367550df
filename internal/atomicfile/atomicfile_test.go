package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWriteReplacesTheWholeFileAndKeepsItsMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, []byte("old and longer"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(path, 0o644, []byte("new")); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != "new" {
		t.Errorf("content = %q, %v; want %q", got, err, "new")
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, want the old file's 0600", info.Mode().Perm())
	}
}

func TestWriteLeavesEverythingAsItWasWhenFillFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "list")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err := Write(path, 0o644, func(w io.Writer) error {
		io.WriteString(w, "half")
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("error = %v, want it to wrap %v", err, boom)
	}
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("content = %q, want the old one", got)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d entries left in the folder, want 1", len(entries))
	}
}

func TestWriteRefusesAFolder(t *testing.T) {
	if err := WriteBytes(t.TempDir(), 0o644, nil); err == nil {
		t.Error("no error for a path that is a directory")
	}
}

func TestErrorsNameTheFileThatWasWanted(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "no", "file")
	if err := Create(path, 0o600, fillWith("x")); err == nil || err.Error() != "write "+path+": no such file or directory" {
		t.Errorf("no folder: error = %v", err)
	}
	path = filepath.Join(dir, "file")
	err := Create(path, 0o600, func(tmp *os.File) error {
		tmp.Close()
		return fillWith("x")(tmp)
	})
	if err == nil || err.Error() != "write "+path+": file already closed" {
		t.Errorf("failed write: error = %v", err)
	}
	other := filepath.Join(dir, "other")
	err = Create(path, 0o600, func(*os.File) error {
		_, err := os.Open(other)
		return err
	})
	if want := "write " + path + ": open " + other + ": no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("error of another file = %v, want %q", err, want)
	}
}

func TestWriteNamesAMissingFolder(t *testing.T) {
	err := WriteBytes(filepath.Join(t.TempDir(), "no", "such"), 0o644, nil)
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error = %v, want os.ErrNotExist", err)
	}
}

func TestWriteKeepsTheOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root can give files away; the other owners are tried where root runs the tests")
		return
	}
	path := filepath.Join(t.TempDir(), "config.ini")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(path, 0o644, []byte("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t); owner.Uid != 65534 || owner.Gid != 65534 || info.Mode().Perm() != 0o640 {
		t.Errorf("owner %d:%d, mode %v; want 65534:65534, 0640", owner.Uid, owner.Gid, info.Mode().Perm())
	}
}

func TestWriteFollowsALinkAndLeavesIt(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "real"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", link); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(link, 0o644, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(target); err != nil || string(got) != "new" {
		t.Errorf("the file behind the link holds %q, %v; want new", got, err)
	}
	if points, err := os.Readlink(link); err != nil || points != "real" {
		t.Errorf("the link points to %q, %v; want it as it was", points, err)
	}
	if err := os.Remove(target); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(link, 0o644, nil); err == nil {
		t.Error("no error for a link to nothing")
	}
}

func TestWriteGoesThroughToWhatIsNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(path, 0o644, nil); err == nil {
		t.Error("a pipe was written to that nobody reads")
	}
	reader, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := WriteBytes(path, 0o644, []byte("through")); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(reader); err != nil || string(got) != "through" {
		t.Errorf("the reader got %q, %v", got, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() {
		t.Errorf("the pipe became %v, %v", info.Mode(), err)
	}
}

func TestWhatAKilledProcessHasLeftIsRemoved(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".x.123", ".x.456", ".x.abc", ".x.", ".y.1", ".x.12.old"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".x.7"), 0o700); err != nil {
		t.Fatal(err)
	}
	living, err := os.Open(filepath.Join(dir, ".x.456"))
	if err != nil {
		t.Fatal(err)
	}
	defer living.Close()
	if err := syscall.Flock(int(living.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(filepath.Join(dir, "x"), 0o600, []byte("new")); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, entry := range entries {
		left = append(left, entry.Name())
	}
	if diff := cmp.Diff([]string{".x.", ".x.12.old", ".x.456", ".x.7", ".x.abc", ".y.1", "x"}, left); diff != "" {
		t.Errorf("(-want +left):\n%s", diff)
	}
}
