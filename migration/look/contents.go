package look

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"time"

	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// contents are what one walk over a tree has found. The tree is summed up by parts, so that two
// trees that were read at different times can be compared, and only parts that differ are read
// again. How much is held in memory depends on the number of tables, not of partitions.
type contents struct {
	findings *zkcopy.Findings
	zxid     int64
	parts    map[string]*part
	all      part
	last     lastChange
}

// part is a subtree in short: a table with its partitions, or another child of the root. The root
// itself and apps, without what lies below them, are parts too.
//
// Its sum adds up hashes of the znodes, so that the order of reading does not matter. Only stats
// are read: a znode adds its path and the length of its data, and those of tables, apps and locks,
// whose data is read for other reasons, their data. Versions and transactions are not the same in a
// copy. So the sum cannot see a partition whose data has changed and kept its length, as when a
// primary moves to a server with a name as long: times of the znodes show which parts may hide that
// (suspect), and these are read. What clocks of the two ensembles that differ by more than the age
// of the copy hide, and ACLs, only a deep comparison sees.
type part struct {
	znodes, bytes int64
	high, low     uint64
	// newest is when one of the znodes was set last, rewritten the same of those that were set
	// after they had been created, first when the first of them was created; in milliseconds since
	// 1970, 0 for never.
	newest, rewritten, first int64
}

// lastChange is the znode that was set last.
type lastChange struct {
	path  string
	zxid  int64
	mtime int64
}

// partOf is the part of a tree that a znode belongs to, by its path below the root, which begins
// with a slash and is empty for the root.
func partOf(rel string) string {
	first, rest, deeper := strings.Cut(strings.TrimPrefix(rel, "/"), "/")
	if first == layout.AppsName && deeper {
		table, _, _ := strings.Cut(rest, "/")
		return "/" + first + "/" + table
	}
	if first == "" {
		return ""
	}
	return "/" + first
}

// isSingle reports whether a part is one znode.
func isSingle(name string) bool { return name == "" || name == "/"+layout.AppsName }

// add adds a znode.
func (p *part) add(rel string, n *tree.Node) {
	p.znodes++
	p.bytes += int64(n.Stat.DataLength)
	h := sha256.New()
	fmt.Fprintf(h, "%d %s %d ", len(rel), rel, n.Stat.DataLength)
	h.Write(n.Data)
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	p.high += binary.BigEndian.Uint64(sum[:8])
	p.low += binary.BigEndian.Uint64(sum[8:16])
	p.newest = max(p.newest, n.Stat.Mtime)
	if n.Stat.Version > 0 {
		p.rewritten = max(p.rewritten, n.Stat.Mtime)
	}
	if p.first == 0 || n.Stat.Ctime < p.first {
		p.first = n.Stat.Ctime
	}
}

func (p *part) sameSum(other *part) bool {
	return p.znodes == other.znodes && p.bytes == other.bytes && p.high == other.high && p.low == other.low
}

// read reads a tree once.
func read(ctx context.Context, tr zkcopy.Tree, progress zkcopy.Progress) (*contents, error) {
	if err := tr.Sync(ctx); err != nil {
		return nil, err
	}
	c := &contents{parts: map[string]*part{}, zxid: tr.Client.Zxid()}
	var mu sync.Mutex
	visited := func(n *tree.Node) {
		if n.Kind() == tree.Ephemeral || layout.IsLockNode(n.Path) {
			return
		}
		rel := tree.RelativePath(tr.Path, n.Path)
		name := partOf(rel)
		mu.Lock()
		defer mu.Unlock()
		p := c.parts[name]
		if p == nil {
			p = &part{}
			c.parts[name] = p
		}
		p.add(rel, n)
		c.all.add(rel, n)
		if n.Stat.Mzxid > c.last.zxid {
			c.last = lastChange{n.Path, n.Stat.Mzxid, n.Stat.Mtime}
		}
	}
	var err error
	c.findings, err = zkcopy.Inspect(ctx, tr, zkcopy.CountOptions{Synced: true, Progress: progress, Visited: visited})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// describe puts what was read into a tree of the survey.
func (c *contents) describe(t *migration.Tree) {
	t.Exists = c.findings.Exists
	t.Ephemerals, t.EphemeralNodes = c.findings.Count.Ephemerals, c.findings.Count.EphemeralNodes
	t.Clusters = c.findings.Clusters
	t.Contents.Znodes, t.Contents.Bytes, t.Contents.Zxid = c.all.znodes, c.all.bytes, c.zxid
	if c.findings.Exists {
		t.Contents.Sum = fmt.Sprintf("%016x%016x", c.all.high, c.all.low)
		t.Contents.LastPath, t.Contents.LastZxid = c.last.path, c.last.zxid
		t.Contents.LastTime = time.UnixMilli(c.last.mtime)
	}
}

// suspect reports whether parts with equal sums may differ all the same: the target's was set after
// it had been created, or the source's after the target's.
func suspect(source, target *part) bool {
	return target.rewritten > 0 || source.newest >= cmp.Or(target.first, 1)
}
