package migration

import (
	"cmp"
	"fmt"
	"strings"

	"pegashell/zkcopy"
)

// findRootTarget keeps a tree from being mixed with all others.
func findRootTarget(s *Survey) []Finding {
	if s.Target.Path != "/" || s.Source.Path == "/" {
		return nil
	}
	return refuse(GuardRootTarget, "the target %s is the root of all znodes. Leave its path out to write to %s", s.Target.Name, s.Source.Path)
}

// findOtherPath warns when the tree of a whole cluster gets another path.
func findOtherPath(s *Survey) []Finding {
	if s.Target.Path == "/" || s.Target.Path == s.Source.Path || !s.Source.HasClusterAtRoot() {
		return nil
	}
	return []Finding{warning("the tree will lie at %s, not at %s: meta servers find it there only with another cluster_root, or another chroot in hosts_list", s.Target.Path, s.Source.Path)}
}

// findLiveTarget keeps a tree that living servers use from being written to.
func findLiveTarget(s *Survey) []Finding {
	if s.Target.Ephemerals == 0 {
		return nil
	}
	swapped := "Are source and target swapped? "
	return refuse(GuardLiveTarget, "the target %s holds %d ephemeral znodes, so living servers use it: %s. %s%s",
		s.Target.Name, s.Target.Ephemerals, s.Target.describeEphemerals(), swapped, expiryHint)
}

// findOtherTables keeps another cluster's tree from being written to.
func findOtherTables(s *Survey) []Finding {
	only := zkcopy.TablesOnlyIn(s.Target.Clusters, s.Target.Path, s.Source.Clusters, s.Source.Path)
	if len(only) == 0 {
		return nil
	}
	return refuse(GuardOtherTables, "the target %s has tables that the source has not: %s. Is it another cluster's?", s.Target.Name, describeTables(only))
}

// findUsedTarget keeps out a target in which meta servers have led. A copy leaves the lock nodes out, so the znode
// above them has never had a child in a tree that was only copied to.
func findUsedTarget(s *Survey) []Finding {
	for _, c := range s.Target.Clusters {
		if c.LockChanges != 0 {
			return refuse(GuardUsedTarget, "meta servers have led in the target %s since it was made (%s had children): what they wrote there would be set back to the source's state. Are source and target swapped?",
				s.Target.Name, c.LockPath)
		}
	}
	return nil
}

func describeTables(tables []zkcopy.Table) string {
	const shown = 5
	var names []string
	for _, t := range tables[:min(shown, len(tables))] {
		names = append(names, fmt.Sprintf("%s (id %d)", cmp.Or(t.Name, "unreadable"), t.ID))
	}
	text := strings.Join(names, ", ")
	if len(tables) > shown {
		text += fmt.Sprintf(" and %d more", len(tables)-shown)
	}
	return text
}
