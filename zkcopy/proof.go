package zkcopy

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"pegashell/internal/atomicfile"
	"pegashell/zkcopy/tree"
)

// proof is what a verified copy stores so that the next one over the same trees knows, without
// reading ACLs, that none has changed since: sums over which znodes there were and how often the
// ACL of each was changed. Servers return ACLs only one by one, at ten times the cost of data.
//
// A znode that was deleted and created again has another czxid or ctime, and a change of its ACL
// counts aversion up. Nobody can know that of an ensemble that was set back to an older snapshot
// and went another way from there.
type proof struct {
	Key            []byte
	Source, Target string
}

// sums adds up znodes of two trees under a key.
type sums struct {
	key            []byte
	source, target sum
	pool           sync.Pool
}

// sum does not depend on the order: two sets of znodes with equal sums are equal.
type sum [4]atomic.Uint64

func (s *sum) String() string {
	b := make([]byte, 0, 8*len(s))
	for i := range s {
		b = binary.BigEndian.AppendUint64(b, s[i].Load())
	}
	return hex.EncodeToString(b)
}

func newSums(key []byte) *sums {
	if key == nil {
		key = make([]byte, sha256.Size)
		rand.Read(key) // never fails (crypto/rand)
	}
	return &sums{key: key, pool: sync.Pool{New: func() any { return sha256.New() }}}
}

// add adds a znode, with the version of the ACL that was compared.
func (s *sums) add(to *sum, rel string, stat *tree.Stat) {
	h := s.pool.Get().(hash.Hash)
	defer s.pool.Put(h)
	h.Reset()
	buf := make([]byte, 0, 256)
	buf = append(buf, s.key...)
	buf = binary.BigEndian.AppendUint64(buf, uint64(stat.Czxid))
	buf = binary.BigEndian.AppendUint64(buf, uint64(stat.Ctime))
	buf = binary.BigEndian.AppendUint32(buf, uint32(stat.Aversion))
	buf = append(buf, rel...)
	h.Write(buf)
	digest := h.Sum(buf[:0])
	for i := range to {
		to[i].Add(binary.BigEndian.Uint64(digest[8*i:]))
	}
}

// proofFile is where the proof of a copy is kept, empty where none is. The roots distinguish trees
// of the same path, on any servers.
func (c *copier) proofFile(roots [2]*tree.Stat) string {
	from, to := roots[0], roots[1]
	if c.o.Proofs == "" || c.o.NoACL || !c.o.MinMtime.IsZero() || from == nil || to == nil {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %d %q %d %d %q %v %v", c.source.Path, from.Czxid, from.Ctime, c.target.Path, to.Czxid, to.Ctime,
		c.o.Exclude, c.o.KeepEphemeral, c.o.KeepLocks)
	return filepath.Join(c.o.Proofs, hex.EncodeToString(h.Sum(nil)[:16])+".json")
}

// keepProof writes down what a verified copy proves. A failure makes the next copy slower and has
// no other effect.
func (c *copier) keepProof(ctx context.Context) {
	s := c.sums
	if s == nil {
		return
	}
	err := func() error {
		roots, err := c.statRoots(ctx)
		if err != nil {
			return err
		}
		file := c.proofFile(roots)
		if file == "" {
			return nil
		}
		if err := os.MkdirAll(c.o.Proofs, 0o700); err != nil {
			return err
		}
		return atomicfile.Write(file, 0o600, func(w io.Writer) error {
			return json.NewEncoder(w).Encode(proof{s.key, s.source.String(), s.target.String()})
		})
	}()
	if err != nil {
		c.target.Client.Log("keep a proof of the copy: %v", err)
	}
}

// loadProof returns the proof of the last verified copy, nil where there is none.
func (c *copier) loadProof() *proof {
	file := c.proofFile(c.roots)
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var p proof
	if json.Unmarshal(text, &p) != nil || len(p.Key) != sha256.Size {
		return nil
	}
	return &p
}

// errOther: the trees are not, or not certainly, equal.
var errOther = errors.New("the trees differ")

// isEqual reports whether the last verified copy left a proof and everything is as it was then or
// has the same data again; then it was counted. Otherwise nothing was counted, and all is still to
// be compared.
func (c *copier) isEqual(ctx context.Context) (bool, error) {
	p := c.loadProof()
	if p == nil {
		return false, nil
	}
	c.progress.Start(PhaseCopy)
	defer c.progress.Done()
	e := &equality{c: c, ours: newFinder(), theirs: newFinder(), sums: newSums(p.Key)}
	w := tree.Walker{
		Sides:  []tree.Wanted{{Tree: c.source, Want: tree.WantData}, {Tree: c.target, Want: tree.WantData}},
		Limits: c.limits, Progress: c.progress, Skip: c.skipAndCount(&e.excluded), Visit: e.visit,
	}
	err := w.Run(ctx)
	switch {
	case errors.Is(err, errOther):
		return false, nil
	case err != nil:
		return false, err
	case e.sums.source.String() != p.Source || e.sums.target.String() != p.Target:
		return false, nil
	}
	if still, err := c.isStill(ctx, p); err != nil || !still {
		return false, err
	}
	if c.o.Before != nil { // no znode of the target is ephemeral, and none has been counted
		if err := c.o.Before(&Seen{Equal: true, Source: e.ours.clusters(), Target: Findings{Exists: true, Clusters: e.theirs.clusters()}}); err != nil {
			return false, &LookError{err}
		}
	}
	c.read.Add(e.read.Load())
	c.bytes.Add(e.bytes.Load())
	c.outcome[equal].Add(e.read.Load())
	c.excluded.Add(e.excluded.Load())
	c.counters.paths, c.counters.total = e.numbered.found()
	for _, path := range e.left.paths {
		c.leftOut.Add(1)
		c.tell(Action{Kind: ActionLeaveOut, Path: path})
	}
	return true, nil
}

// equality compares trees for which there is a proof, and keeps what is counted
// only where all is equal.
type equality struct {
	c                     *copier
	left                  leftOut
	ours, theirs          *finder
	read, bytes, excluded atomic.Int64
	numbered              counters
	sums                  *sums
}

func (e *equality) visit(_ context.Context, p *tree.Pair) (any, bool, error) {
	defer p.Release()
	c, from, to := e.c, p.Nodes[0], p.Nodes[1]
	if c.o.Before != nil && from != nil {
		e.ours.visit(from)
	}
	if c.o.Before != nil && to != nil {
		e.theirs.visit(to)
	}
	absent := c.selector.absent(from)
	if absent && from != nil && to == nil && e.left.add(tree.JoinPath(c.target.Path, p.Rel)) {
		c.progress.Add(1, 0)
		return nil, false, nil
	}
	if absent || to == nil || to.Kind() == tree.Ephemeral || !tree.SameData(from.Data, to.Data) {
		return nil, false, errOther
	}
	e.sums.add(&e.sums.source, p.Rel, &from.Stat)
	e.sums.add(&e.sums.target, p.Rel, &to.Stat)
	e.read.Add(1)
	e.bytes.Add(int64(len(from.Data)))
	c.progress.Add(1, int64(len(from.Data)))
	parent, _ := p.Parent.(*counter)
	e.numbered.copied(parent, p.Rel)
	return counterOf(from, to), true, nil
}

// leftOut collects the paths of ephemeral znodes.
type leftOut struct {
	mu    sync.Mutex
	paths []string
}

// add is false where there are too many to be remembered.
func (l *leftOut) add(path string) bool {
	const most = 10_000
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paths = append(l.paths, path)
	return len(l.paths) <= most
}
