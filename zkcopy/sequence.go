package zkcopy

import (
	"slices"
	"sync"
	"sync/atomic"

	"pegashell/zkcopy/tree"
)

// mostCounters bounds the paths that a result lists.
const mostCounters = 10

// counters collects the znodes of the source below which sequential names will
// begin again lower in the target: a server numbers them by how many children
// were ever created, and a copy creates only those that are there.
type counters struct {
	mu    sync.Mutex
	paths []string
	total int64
}

// counter is a znode of the source whose counter is above its counterpart's.
type counter struct {
	path  string
	noted atomic.Bool
}

// counterOf returns the counter of a znode that will be lower in the target, nil
// where it will not. to is nil where the copy creates the znode.
func counterOf(from, to *tree.Node) *counter {
	inTarget := from.Stat.NumChildren
	if to != nil {
		inTarget = everCreated(&to.Stat) + max(0, from.Stat.NumChildren-to.Stat.NumChildren)
	}
	if everCreated(&from.Stat) <= inTarget {
		return nil
	}
	return &counter{path: from.Path}
}

// everCreated is how many children a znode ever got: cversion counts them, and
// once more each that was deleted.
func everCreated(stat *tree.Stat) int32 { return (stat.Cversion + stat.NumChildren) / 2 }

// copied notes a child that is copied, if its name is that of a sequential znode.
func (c *counters) copied(of *counter, rel string) {
	if of == nil || !isSequential(rel) || of.noted.Swap(true) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total++
	if len(c.paths) < mostCounters {
		c.paths = append(c.paths, of.path)
	}
}

// found are the paths, sorted, and how many there are.
func (c *counters) found() ([]string, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(slices.Values(c.paths)), c.total
}

// isSequential reports whether a server may have numbered the name at a path: it ends in ten
// digits.
func isSequential(rel string) bool {
	const digits = 10
	if len(rel) <= digits {
		return false
	}
	for _, c := range []byte(rel[len(rel)-digits:]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
