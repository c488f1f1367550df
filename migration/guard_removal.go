package migration

import (
	"cmp"
	"fmt"
	"strings"

	"pegashell/internal/message"
	"pegashell/zkcopy"
)

// expiryHint is what an operator who has just killed a server needs to know.
var expiryHint = message.New("A meta server that was just killed keeps its lock node until its session expires, " +
	"after timeout_ms of section [zookeeper] in its config.ini: wait that long, then repeat the command")

// findLiveTree keeps a tree that living servers use from being removed.
func findLiveTree(s *Survey) []Finding {
	use := s.Target.inUse()
	if use.IsZero() {
		return nil
	}
	return refuse(GuardLiveTree, "%s %s. %s", s.Target.Name, use, expiryHint)
}

// findUnknownLiveness keeps a tree that living servers may use, without being seen, from being
// written to.
func findUnknownLiveness(s *Survey) []Finding {
	if s.Target.Equal || s.Source.hasLockInside() {
		return nil
	}
	return findUnlocated(s.Target, s.Target.Unlocated)
}

// findUnknownUse keeps what living servers may use, without being seen, from being removed or changed by hand. What
// meta servers report counts for the connected cluster's tree alone: a cluster on other servers can have the same root.
func findUnknownUse(s *Survey) []Finding {
	if s.Own.Relation == zkcopy.Same || s.Own.Relation == zkcopy.Inside {
		return findUnlocated(s.Target, s.Target.Unlocated)
	}
	return findUnlocated(s.Target, s.Target.Unfound)
}

// findUnlocated refuses a tree for the roots of clusters in it whose lock is not known.
func findUnlocated(t Tree, roots []string) []Finding {
	if len(roots) == 0 {
		return nil
	}
	return refuse(GuardUnknownLiveness, "cannot determine whether living servers use %s: the cluster %s has its metadata there, but no lock of meta servers was found in it, at %s/lock or where "+
		"a meta server has reported it ([meta_server] distributed_lock_service_parameters). Connect to the cluster that uses it, or make sure that no meta server of it runs",
		t.Name, strings.Join(roots, ", "), roots[0])
}

// findConnectedTree keeps the tree that the connected cluster works with, and one that overlaps it,
// from being removed.
func findConnectedTree(s *Survey) []Finding {
	if s.Own.Relation == zkcopy.Apart {
		return nil
	}
	own := message.New("the tree of the connected cluster (%s)", s.Own.Name)
	if s.Own.Lock {
		own = message.New("the lock of the connected cluster (%s)", s.Own.Name)
	}
	switch s.Own.Relation {
	case zkcopy.Inside:
		return refuse(GuardConnectedTree, "%s lies inside %s", s.Target.Name, own)
	case zkcopy.Around:
		return refuse(GuardConnectedTree, "%s contains %s", s.Target.Name, own)
	}
	return refuse(GuardConnectedTree, "%s is %s", s.Target.Name, own)
}

// findUnknownCluster keeps anything from being removed while it is not known which tree is in use.
func findUnknownCluster(s *Survey) []Finding {
	doubt := cmp.Or(s.Own.Unasked, s.Own.Unreached)
	if doubt == nil {
		return nil
	}
	return refuse(GuardUnknownCluster, "cannot determine whether %s is the tree of the connected cluster: %s", s.Target.Name, doubt)
}

// findOverwrite keeps files that are there.
func findOverwrite(s *Survey) []Finding {
	if s.ExistingFile == "" {
		return nil
	}
	return refuse(GuardOverwrite, "the file %s exists", s.ExistingFile)
}

// describeHolders names who holds so many ephemeral znodes, the first few of them.
func describeHolders(count int64, nodes []zkcopy.EphemeralNode) string {
	const shown = 3
	var parts []string
	for _, n := range nodes[:min(shown, len(nodes))] {
		parts = append(parts, fmt.Sprintf("%s (%q, session %#x)", n.Path, n.Value, n.Session))
	}
	text := strings.Join(parts, ", ")
	if int(count) > len(parts) {
		text += ", ..."
	}
	return text
}

func refuse(guard, format string, args ...any) []Finding {
	return []Finding{{Guard: guard, Problem: message.New(format, args...)}}
}

func warning(format string, args ...any) Finding {
	return Finding{Problem: message.New(format, args...)}
}
