package complete

import (
	"path"
	"slices"
	"strings"

	"pegashell/commands/ensemble"
	"pegashell/internal/suggestion"
	"pegashell/zkcopy/tree"
)

// maxLocks is how many trees are looked at for a lock at a time: one that is shown with more others is
// a table or a partition.
const maxLocks = 16

// Target is Tree for a tree that is written or removed: the connected cluster's is not offered, nor
// one whose lock is held.
func Target(q *Query, typed string) (int, []suggestion.Suggestion) { return targets(q, typed, false) }

// OwnTarget is Target where it may also be a PATH of the connected cluster's ZooKeeper.
func OwnTarget(q *Query, typed string) (int, []suggestion.Suggestion) { return targets(q, typed, true) }

func targets(q *Query, typed string, own bool) (int, []suggestion.Suggestion) {
	q.Careful = true
	keep, all := trees(q, typed, own, nil)
	all = slices.DeleteFunc(slices.Clone(all), func(c suggestion.Suggestion) bool {
		return !strings.HasPrefix(strings.ToLower(c.Text), strings.ToLower(typed[keep:]))
	})
	few := len(all) <= maxLocks
	return keep, slices.DeleteFunc(all, func(c suggestion.Suggestion) bool {
		at, ok := q.tree(typed[:keep]+strings.TrimSuffix(c.Text, "/"), own)
		return ok && (q.isOwn(at) || few && q.isLocked(at))
	})
}

// isOwn reports whether a tree is the connected cluster's or part of it, or may be as long as the cluster's
// answer is not there. Of a cluster that cannot be asked, as before a recovery, only the lock tells.
func (q *Query) isOwn(at ensemble.Address) bool {
	own, known := q.ownTree()
	if !known {
		return q.Admin != nil && !q.Catalog.Failed(q.cluster())
	}
	below := at.Path == own.Path || strings.HasPrefix(at.Path, strings.TrimSuffix(own.Path, "/")+"/")
	return below && at.SharesServer(own.Servers)
}

// isLocked reports whether somebody holds the lock of a tree, which meta servers have at its usual place
// below the tree, or of one that it is part of. It may be held as long as that is not known.
func (q *Query) isLocked(at ensemble.Address) bool {
	held := func(path string) bool {
		place := at
		place.Path = path
		locks, known := q.znodes(place)
		return !known || slices.ContainsFunc(locks, func(z Znode) bool { return z.Kind != tree.Persistent })
	}
	for above := at.Path; above != "/" && above != "."; above = path.Dir(above) {
		if held(path.Join(above, "lock")) {
			return true
		}
	}
	return false
}
