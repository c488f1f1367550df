package zkcopy

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"pegashell/internal/atomicfile"
	"pegashell/zkcopy/backup"
	"pegashell/zkcopy/tree"
)

// Phases of reading and writing backup files, and of comparisons.
const (
	PhaseBackup Phase = "back up"
	PhaseCheck  Phase = "check the file"
	PhaseDiff   Phase = "compare"
)

// BackupOptions say how a tree is backed up. The zero value is usable.
type BackupOptions struct {
	tree.Limits
	// Overwrite replaces a file that exists, once the new one is whole.
	Overwrite bool
	Progress  Progress
	// MaxDifferences bounds the changed paths that are listed.
	MaxDifferences int
}

// BackupResult says what was written.
type BackupResult struct {
	BackupSummary
	// FileBytes is the length of the file, compressed if it is.
	FileBytes int64
	// Zxid is the last transaction that the servers had reported when the backup began.
	Zxid     int64
	Duration time.Duration
	// Losses of connections and sessions that the backup lived through.
	ConnectionLosses, SessionLosses int64
}

// Backup writes a tree to a file, ephemeral znodes included. A name that ends
// in .gz or .zst has it compressed. The file appears when it is whole, flushed
// to disk and read back; on any error but a *SourceChangedError there is none,
// or what was there before.
//
// While the file is read back, the tree is read a second time. Where nothing but ephemeral znodes
// changed between the two, the file holds the tree as it was at one moment. Otherwise the error is
// a *SourceChangedError; the file is still written, and says that the tree was changed.
//
// The error of a file that exists is fs.ErrExist, that of a tree that does not
// a *NotFoundError.
func Backup(ctx context.Context, tr Tree, name string, o BackupOptions) (*BackupResult, error) {
	if o.MaxDifferences <= 0 {
		o.MaxDifferences = DefaultMaxDifferences
	}
	began := time.Now()
	connections, sessions := tr.Client.Losses()
	s := &saver{tree: tr, name: name, o: o, progress: progressOr(o.Progress)}
	write := atomicfile.Create
	if o.Overwrite {
		write = atomicfile.Replace
	}
	// Nobody else may read data and hashed passwords.
	err := write(name, 0o600, func(tmp *os.File) error { return s.save(ctx, tmp) })
	s.result.Duration = time.Since(began)
	s.result.ConnectionLosses, s.result.SessionLosses = tr.Client.Losses()
	s.result.ConnectionLosses -= connections
	s.result.SessionLosses -= sessions
	if err == nil && s.result.Changed > 0 {
		changed := s.progressChanges.complete(&SourceChangedError{Total: s.result.Changed})
		for _, p := range s.result.ChangedPaths {
			changed.Paths = append(changed.Paths, tree.JoinPath(tr.Path, tree.RelativePath("/", p)))
		}
		err = changed
	}
	return &s.result, err
}

// saver is one backup under way.
type saver struct {
	tree     Tree
	name     string
	o        BackupOptions
	progress Progress
	header   backup.Header
	result   BackupResult
	// progressChanges are of the znodes that changed meanwhile.
	progressChanges progressChanges
}

func (s *saver) save(ctx context.Context, tmp *os.File) error {
	if err := s.tree.Prepare(ctx); err != nil {
		return err
	}
	s.result.Zxid = s.tree.Client.Zxid()
	s.header = backup.Header{
		Source: s.tree.Client.Endpoint().Hosts(), Root: s.tree.Path, Time: time.Now(), Zxid: s.result.Zxid,
	}
	out := bufio.NewWriterSize(tmp, 256<<10)
	w, err := s.writeZnodes(ctx, out)
	if err != nil {
		return err
	}
	changes, err := s.readBack(ctx, tmp, w)
	if err != nil {
		return err
	}
	s.result.Changed, s.result.ChangedPaths = changes.Total, changes.Paths
	if err := s.finish(tmp, out, w, changes); err != nil {
		return err
	}
	s.result.FileBytes, err = tmp.Seek(0, io.SeekCurrent)
	return err
}

// writeZnodes writes all but the end, as a compressed stream of its own.
func (s *saver) writeZnodes(ctx context.Context, out *bufio.Writer) (w *backup.Writer, err error) {
	s.progress.Start(PhaseBackup)
	defer s.progress.Done()
	// The lines need the other half of the memory.
	in := tree.NewOrdered(ctx, s.tree, tree.OrderedOptions{Limits: s.o.Limits.Halved(), Want: tree.WantAll, Progress: s.progress})
	defer in.Close()
	c, err := backup.Compress(out, s.name)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := c.Close(); err == nil {
			err = errors.Join(closeErr, out.Flush())
		}
	}()
	if w, err = backup.NewWriter(c, s.header); err != nil {
		return nil, err
	}
	for {
		rel, n, err := in.Next(ctx)
		switch {
		case err != nil:
			return nil, err
		case n == nil && w.Znodes() == 0:
			return nil, &tree.NotFoundError{Tree: s.tree.Endpoint()}
		case n == nil:
			return w, nil
		}
		if err := w.Add(recordOf(n, rel)); err != nil {
			return nil, err
		}
		s.result.Znodes++
		s.result.Bytes += int64(len(n.Data))
		if n.Kind() == tree.Ephemeral {
			s.result.Ephemerals++
		}
		s.progress.Add(1, int64(len(n.Data)))
	}
}

// readBack reads what was written so far from the file, and the stats of the tree again, and
// collects what has changed since it was written.
func (s *saver) readBack(ctx context.Context, tmp *os.File, w *backup.Writer) (backup.Changes, error) {
	s.progress.Start(PhaseVerify)
	defer s.progress.Done()
	if err := s.tree.Sync(ctx); err != nil {
		return backup.Changes{}, err
	}
	size, err := tmp.Seek(0, io.SeekCurrent)
	if err != nil {
		return backup.Changes{}, err
	}
	written, err := (&BackupFile{file: tmp, size: size, header: s.header}).stream()
	if err != nil {
		return backup.Changes{}, err
	}
	defer written.Close()
	written.until = w
	now := tree.NewOrdered(ctx, s.tree, tree.OrderedOptions{Limits: s.o.Limits, Progress: s.progress})
	defer now.Close()
	c := changes{most: s.o.MaxDifferences, onChange: func(rel string) { s.progressChanges.note(tree.JoinPath(s.tree.Path, rel)) }}
	err = tree.SideBySide(ctx, written, now, func(rel string, then, now *tree.Node) error {
		s.progress.Add(1, 0)
		c.compare(rel, then, now)
		return nil
	})
	c.leave("")
	return c.found, err
}

// finish writes the end of the file, as a compressed stream of its own, and
// reads that back too.
func (s *saver) finish(tmp *os.File, out *bufio.Writer, w *backup.Writer, found backup.Changes) error {
	start, err := tmp.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	c, err := backup.Compress(out, s.name)
	if err != nil {
		return err
	}
	var end bytes.Buffer
	w.Redirect(io.MultiWriter(c, &end))
	if err := errors.Join(w.Finish(found), c.Close(), out.Flush()); err != nil {
		return err
	}
	in, err := backup.Decompress(io.NewSectionReader(tmp, start, 1<<30))
	if err != nil {
		return err
	}
	defer in.Close()
	back, err := io.ReadAll(in)
	if err == nil && !bytes.Equal(back, end.Bytes()) {
		err = errors.New("read back: the end of the file is not what was written")
	}
	return err
}

// changes collects what changed in a tree between two times that it was read,
// ephemeral znodes left out.
type changes struct {
	found backup.Changes
	most  int
	// onChange hears of each, also of those that are not listed.
	onChange func(rel string)
	// above are the znodes on the way to the one at hand.
	above []visited
}

// visited is a znode whose children are being compared.
type visited struct {
	rel string
	// moved: children came or went. told: this was noted already. ephemeral: it has ephemeral
	// children, which may come and go.
	moved, told, ephemeral bool
}

func (c *changes) compare(rel string, then, now *tree.Node) {
	c.leave(rel)
	var parent visited
	up := &parent // the root has none
	if len(c.above) > 0 {
		up = &c.above[len(c.above)-1]
	}
	if then != nil && then.Kind() == tree.Ephemeral {
		up.ephemeral, then = true, nil
	}
	if now != nil && now.Kind() == tree.Ephemeral {
		up.ephemeral, now = true, nil
	}
	v := visited{rel: rel}
	switch {
	case then == nil && now == nil:
		return
	case then == nil || now == nil:
		up.told, v.told = true, true
		c.note(rel)
	case then.Stat.Czxid != now.Stat.Czxid || then.Stat.Mzxid != now.Stat.Mzxid || then.Stat.Aversion != now.Stat.Aversion:
		v.told = true
		c.note(rel)
	default:
		v.moved = then.Stat.Pzxid != now.Stat.Pzxid
	}
	c.above = append(c.above, v)
}

// leave ends the znodes that do not lie above a path; an empty one ends all.
func (c *changes) leave(rel string) {
	for len(c.above) > 0 {
		last := c.above[len(c.above)-1]
		if strings.HasPrefix(rel, last.rel+"/") {
			return
		}
		c.above = c.above[:len(c.above)-1]
		if last.moved && !last.told && !last.ephemeral {
			c.note(last.rel)
		}
	}
}

func (c *changes) note(rel string) {
	c.found.Total++
	c.onChange(rel)
	if len(c.found.Paths) < c.most {
		c.found.Paths = append(c.found.Paths, tree.JoinPath("/", rel))
	}
}
