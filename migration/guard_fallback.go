package migration

import (
	"strings"

	"pegashell/zkcopy"
)

// Fallback is what zk_copy --follow --as_fallback is called among the guards: its target is the tree
// that the cluster used before, which is kept current while the cluster lives on its source.
const Fallback = "zk_copy --follow --as_fallback"

// GuardFormerTree is the guard's name.
const GuardFormerTree = "former_tree"

var formerTree = Guard{GuardFormerTree, "", findFormerTree}

// findFormerTree lets a fallback write only from the tree of the connected cluster to one that this
// cluster has used, or that nobody has. It takes the place of used_target and other_tables: what meta
// servers have left in such a tree is older than what the cluster has now.
func findFormerTree(s *Survey) []Finding {
	final := func(found []Finding) []Finding {
		for i := range found {
			found[i].Final = true
		}
		return found
	}
	switch {
	case !s.Source.Exists: // nothing was looked at yet but the paths
		return nil
	case s.Own.Relation != zkcopy.Same || s.Own.Lock || s.Own.unknown():
		return final(refuse(GuardFormerTree, "%s is not known to be the tree of the connected cluster: --as_fallback keeps the tree current that this cluster used before. "+
			"Start pegashell with its meta servers (--cluster), and leave -s out", s.Source.Name))
	case !s.Source.HasClusterAtRoot():
		return final(refuse(GuardFormerTree, "%s is not the whole tree of a cluster", s.Source.Name))
	}
	if stale := staleLocksOf(s.Target.Clusters); len(stale) > 0 {
		return final(refuse(GuardFormerTree, "the target %s has lock nodes that no session holds: %s. Meta servers abort on them, and --as_fallback touches no lock nodes. Remove them first",
			s.Target.Name, strings.Join(stale, ", ")))
	}
	if other := tablesOfOthers(s); len(other) > 0 {
		return final(refuse(GuardFormerTree, "the target %s has tables, and none of them is this cluster's: %s. Is it another cluster's tree?", s.Target.Name, describeTables(other)))
	}
	return nil
}

// tablesOfOthers are the tables of the target if it has none in common with the source. Some may be
// missing from the source: those that were dropped since.
func tablesOfOthers(s *Survey) []zkcopy.Table {
	only := zkcopy.TablesOnlyIn(s.Target.Clusters, s.Target.Path, s.Source.Clusters, s.Source.Path)
	all := 0
	for _, c := range s.Target.Clusters {
		all += len(c.Tables)
	}
	if len(only) < all {
		return nil
	}
	return only
}
