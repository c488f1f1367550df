package journal

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"pegashell/internal/homefile"
	"pegashell/internal/message"
)

// private is the mode of the file.
const private = 0o600

// patience is how long writing an entry may take: a home folder on a server that hangs must not
// keep a command from being carried out.
const patience = 5 * time.Second

// File is the journal as one shell writes it.
type File struct {
	path  string
	mu    sync.Mutex
	stuck error // why nothing is tried any more
	limit time.Duration
	write func(path string, line []byte) error
}

// DefaultFile is journal.jsonl in the user's state folder, "" if there is no home folder.
func DefaultFile() string {
	state := homefile.State()
	if state == "" {
		return ""
	}
	return filepath.Join(state, "journal.jsonl")
}

// Open returns the journal at a path. Nothing is opened or created before the first entry.
func Open(path string) *File { return &File{path: path, limit: patience, write: appendLine} }

// Path is where the journal is.
func (f *File) Path() string { return f.path }

// Append writes an entry as one line at the end of the file, and waits until the disk has it. Lines
// of several shells do not mix. The folder and the file are made where they are missing, for this
// user alone.
func (f *File) Append(e Entry) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stuck != nil {
		return f.stuck
	}
	line, err := e.encode()
	if err != nil {
		return message.Errorf("write the journal %s: %w", f.path, err)
	}
	written := make(chan error, 1)
	go func() { written <- f.write(f.path, line) }()
	timer := time.NewTimer(f.limit)
	defer timer.Stop()
	select {
	case err = <-written:
	case <-timer.C:
		err = message.Errorf("the disk did not answer within %v", f.limit)
		f.stuck = message.Errorf("write the journal %s: %w", f.path, err)
	}
	if err != nil {
		return message.Errorf("write the journal %s: %w", f.path, err)
	}
	return nil
}

func appendLine(path string, line []byte) error {
	if path == "" {
		return errors.New("there is no home folder; name a file with [shell] journal in plugins.toml")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return cause(err)
	}
	// A named pipe without a reader must not block, and is refused below.
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE|syscall.O_NONBLOCK, private)
	if err != nil {
		return cause(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return cause(err)
	}
	device := info.Mode()&fs.ModeCharDevice != 0
	if !device {
		if err := makePrivate(file, info); err != nil {
			return err
		}
		if !endsWithLine(file, info.Size()) { // a disk that was full has cut the last entry
			line = append([]byte("\n"), line...)
		}
	}
	if _, err := file.Write(line); err != nil { // one write, so that lines of two shells do not mix
		return cause(err)
	}
	if err := file.Sync(); err != nil && !device {
		return cause(err)
	}
	return nil
}

// makePrivate refuses what is no file of this user, and takes the rights of others from one that
// is.
func makePrivate(file *os.File, info os.FileInfo) error {
	if !info.Mode().IsRegular() {
		return errors.New("it is not a regular file")
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Geteuid() {
		return message.Errorf("it belongs to another user (uid %d)", owner.Uid)
	}
	if info.Mode().Perm() == private {
		return nil
	}
	return cause(file.Chmod(private))
}

func endsWithLine(file *os.File, size int64) bool {
	if size == 0 {
		return true
	}
	last := make([]byte, 1)
	_, err := file.ReadAt(last, size-1)
	return err != nil || bytes.Equal(last, []byte("\n"))
}

// cause leaves the name of the file out, which is said already.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
