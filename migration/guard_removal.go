package migration

import (
	"cmp"
	"fmt"
	"strings"

	"pegashell/zkcopy"
)

// expiryHint is what an operator who has just killed a server needs to know.
const expiryHint = "A meta server that was just killed keeps its lock node until its session expires, " +
	"after timeout_ms of section [zookeeper] in its config.ini: then wait and repeat."

// findLiveTree keeps a tree that living servers use from being removed.
func findLiveTree(s *Survey) []Finding {
	if s.Target.Ephemerals == 0 {
		return nil
	}
	return refuse(GuardLiveTree, "%s holds %d ephemeral znodes, so living servers use it: %s. %s",
		s.Target.Name, s.Target.Ephemerals, s.Target.describeEphemerals(), expiryHint)
}

// findConnectedTree keeps the tree that the connected cluster works with, and one that overlaps it, from being removed.
func findConnectedTree(s *Survey) []Finding {
	if s.Own.Relation == zkcopy.Apart {
		return nil
	}
	return refuse(GuardConnectedTree, "%s %s the tree of the connected cluster (%s)", s.Target.Name, s.Own.Relation, s.Own.Name)
}

// findUnknownCluster keeps anything from being removed while nobody can tell which tree is in use.
func findUnknownCluster(s *Survey) []Finding {
	doubt := cmp.Or(s.Own.Unasked, s.Own.Unreached)
	if doubt == "" {
		return nil
	}
	return refuse(GuardUnknownCluster, "cannot tell whether %s is the tree of the connected cluster: %s", s.Target.Name, doubt)
}

// findOverwrite keeps files that are there.
func findOverwrite(s *Survey) []Finding {
	if s.ExistingFile == "" {
		return nil
	}
	return refuse(GuardOverwrite, "the file %s exists", s.ExistingFile)
}

// describeEphemerals says who holds ephemeral znodes, the first few of them.
func (t Tree) describeEphemerals() string {
	const shown = 3
	var parts []string
	for _, n := range t.EphemeralNodes[:min(shown, len(t.EphemeralNodes))] {
		parts = append(parts, fmt.Sprintf("%s (%q, session %#x)", n.Path, n.Value, n.Session))
	}
	text := strings.Join(parts, ", ")
	if int(t.Ephemerals) > len(parts) {
		text += ", ..."
	}
	return text
}

func refuse(guard, format string, args ...any) []Finding {
	return []Finding{{Guard: guard, Problem: fmt.Sprintf(format, args...)}}
}

func warning(format string, args ...any) Finding {
	return Finding{Problem: fmt.Sprintf(format, args...)}
}
