package zkcopy

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"pegashell/internal/message"
	"pegashell/zkcopy/backup"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// BackupError says that a file is not a valid backup, and at which line.
type BackupError struct {
	File string
	Err  error // a *backup.DamageError where it is known
}

func (e *BackupError) Error() string { return fmt.Sprintf("%s: %v", e.File, e.Err) }

func (e *BackupError) Unwrap() error { return e.Err }

// errRewritten: a file is not what it was when it was checked.
var errRewritten = message.Errorf("the file was changed while it was read")

// BackupFile is a backup that was opened. It may be used by several goroutines
// at once.
type BackupFile struct {
	file   *os.File
	size   int64
	header backup.Header

	mu sync.Mutex
	// Of a file that was checked:
	summary  *BackupSummary
	sum      [sha256.Size]byte
	clusters []Cluster
}

// BackupSummary is what a whole backup file amounts to.
type BackupSummary struct {
	Znodes int64
	Bytes  int64 // of data
	// Ephemerals are the ephemeral ones of the znodes. They are never restored.
	Ephemerals int64
	// Containers and TTLs are znodes that an earlier version of this program
	// wrote down as such. They are restored, and compared, as persistent ones.
	Containers, TTLs int64
	// Changed znodes were changed by others while the backup was written, so that it is not the
	// tree as it was at one moment; ChangedPaths are the first of them, below the root.
	Changed      int64
	ChangedPaths []string
}

// OpenBackup opens a backup file, compressed or not, and reads what it says of
// itself. The caller closes it.
func OpenBackup(name string) (*BackupFile, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, message.Errorf("open the backup: %w", err)
	}
	f, err := newBackupFile(file)
	if err != nil {
		file.Close()
		return nil, err
	}
	return f, nil
}

func newBackupFile(file *os.File) (*BackupFile, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, message.Errorf("open the backup: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, message.Errorf("open the backup: %s is not a regular file", file.Name())
	}
	f := &BackupFile{file: file, size: info.Size()}
	s, err := f.stream()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	f.header = s.reader.Header()
	if err := session.ValidatePath(f.header.Root); err != nil {
		return nil, s.damage(err)
	}
	return f, nil
}

// Close closes the file.
func (f *BackupFile) Close() error { return f.file.Close() }

// Header is what the file says of itself.
func (f *BackupFile) Header() backup.Header { return f.header }

func (f *BackupFile) String() string { return f.file.Name() }

// Check reads the whole file and compares its checksum, unless that was done
// before. A file that is not what was once written is a *BackupError.
func (f *BackupFile) Check(ctx context.Context, progress Progress) (*BackupSummary, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.summary == nil {
		if err := f.check(ctx, progress); err != nil {
			return nil, err
		}
	}
	return f.summary, nil
}

// check reads the whole file, and finds the clusters in it: no file is read more often than needed.
func (f *BackupFile) check(ctx context.Context, progress Progress) error {
	progress = progressOr(progress)
	progress.Start(PhaseCheck)
	defer progress.Done()
	s, err := f.stream()
	if err != nil {
		return err
	}
	defer s.Close()
	var summary BackupSummary
	found := newFinder()
	known := "" // what lies below shows nothing of a cluster
	for {
		rel, n, err := s.Next(ctx)
		if err != nil {
			return err
		}
		if n == nil {
			break
		}
		progress.Add(1, int64(len(n.Data)))
		summary.Znodes++
		summary.Bytes += int64(len(n.Data))
		if n.Kind() == tree.Ephemeral {
			summary.Ephemerals++
		}
		if known == "" || !tree.Contains(known, rel) {
			known = ""
			if !found.visit(n) {
				known = rel
			}
		}
	}
	summary.Containers, summary.TTLs = s.containers, s.ttls
	changes := s.reader.Changes()
	summary.Changed, summary.ChangedPaths = changes.Total, changes.Paths
	f.summary, f.sum, f.clusters = &summary, s.reader.Sum(), found.clusters()
	return nil
}

// Read begins to read the znodes of the file.
func (f *BackupFile) Read(_ context.Context, _ tree.Want, _ tree.Limits, progress tree.Progress) (tree.Stream, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.stream()
	if err != nil {
		return nil, err
	}
	if f.summary != nil {
		s.want = &f.sum
		if progress != nil {
			progress.SetTotal(f.summary.Znodes)
		}
	}
	return s, nil
}

// Root is the path of the tree's root on the servers that it was read from.
func (f *BackupFile) Root() string { return f.header.Root }

// Clusters finds the Pegasus clusters in the file, as FindClusters does in a tree. The file is checked.
func (f *BackupFile) Clusters(ctx context.Context) ([]Cluster, error) {
	if _, err := f.Check(ctx, nil); err != nil {
		return nil, err
	}
	return f.clusters, nil
}

func (f *BackupFile) stream() (*fileStream, error) {
	in, err := backup.Decompress(io.NewSectionReader(f.file, 0, f.size))
	if err != nil {
		return nil, &BackupError{f.file.Name(), err}
	}
	r, err := backup.NewReader(in)
	if err != nil {
		in.Close()
		return nil, &BackupError{f.file.Name(), err}
	}
	return &fileStream{file: f, in: in, reader: r}, nil
}

// fileStream returns the znodes of a backup file. It reads one ahead, to see whether a znode has
// children.
type fileStream struct {
	file   *BackupFile
	in     io.Closer
	reader *backup.Reader
	want   *[sha256.Size]byte // the checksum that the file had, if it is known
	until  *backup.Writer     // that is still writing the file, which has no end yet
	ahead  *backup.Record
	begun  bool
	// containers and ttls are how many znodes of these kinds were returned.
	containers, ttls int64
}

func (s *fileStream) Next(ctx context.Context) (rel string, n *tree.Node, err error) {
	if err := ctx.Err(); err != nil {
		return "", nil, err
	}
	if !s.begun {
		s.begun = true
		if err := s.advance(); err != nil {
			return "", nil, err
		}
	}
	r := s.ahead
	if r == nil {
		return "", nil, nil
	}
	if err := s.advance(); err != nil {
		return "", nil, err
	}
	switch r.Kind {
	case backup.Container:
		s.containers++
	case backup.TTL:
		s.ttls++
	}
	rel = tree.RelativePath("/", r.Path)
	n = nodeOf(r, tree.JoinPath(s.file.header.Root, rel))
	if s.ahead != nil && tree.ParentPath(s.ahead.Path) == r.Path {
		n.Stat.NumChildren = 1 // or more
	}
	return rel, n, nil
}

func (s *fileStream) advance() error {
	r, err := s.reader.Next()
	switch {
	case errors.Is(err, io.EOF) && s.want != nil && *s.want != s.reader.Sum():
		return s.damage(errRewritten)
	case errors.Is(err, io.EOF), s.until != nil && s.allRead(err):
		s.ahead = nil
		return nil
	case err != nil:
		return &BackupError{s.file.file.Name(), err}
	}
	s.ahead = r
	if err := session.ValidatePath(r.Path); err != nil {
		return s.damage(err)
	}
	return nil
}

// allRead reports whether all that was written so far was read, and is as it was written.
func (s *fileStream) allRead(err error) bool {
	return errors.Is(err, backup.ErrCutOff) && s.reader.Znodes() == s.until.Znodes() && s.reader.Sum() == s.until.Sum()
}

func (s *fileStream) damage(err error) error {
	return &BackupError{s.file.file.Name(), &backup.DamageError{Line: s.reader.Line(), Err: err}}
}

func (s *fileStream) Close() { s.in.Close() }

// nodeOf returns the znode of a record as servers would return it: containers
// and TTL znodes look persistent.
func nodeOf(r *backup.Record, path string) *tree.Node {
	n := &tree.Node{Path: path, Data: r.Data, ACL: r.ACL, Stat: r.Stat}
	n.Stat.DataLength = int32(len(r.Data))
	if r.Kind == backup.Ephemeral {
		n.Stat.EphemeralOwner = r.Session
	}
	return n
}

// recordOf is the other way around.
func recordOf(n *tree.Node, rel string) *backup.Record {
	r := &backup.Record{Path: tree.JoinPath("/", rel), Kind: backup.Persistent, Data: n.Data, ACL: n.ACL, Stat: n.Stat}
	if n.Kind() == tree.Ephemeral {
		r.Kind, r.Session = backup.Ephemeral, n.Stat.EphemeralOwner
	}
	return r
}
