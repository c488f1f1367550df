package migration

import (
	"pegashell/internal/message"
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
	use := s.Target.inUse()
	if use.IsZero() {
		return nil
	}
	return refuse(GuardLiveTarget, "the target %s %s. Are source and target swapped? %s", s.Target.Name, use, expiryHint)
}

// findOtherTables keeps another cluster's tree from being written to.
func findOtherTables(s *Survey) []Finding {
	only := zkcopy.TablesOnlyIn(s.Target.Clusters, s.Target.Path, s.Source.Clusters, s.Source.Path)
	if len(only) == 0 {
		return nil
	}
	return refuse(GuardOtherTables, "the target %s has tables that are missing from the source: %s. Is it another cluster's?", s.Target.Name, describeTables(only))
}

// findUsedTarget keeps out a target in which meta servers have led.
func findUsedTarget(s *Survey) []Finding {
	sign := s.Target.signOfUse()
	if sign.IsZero() {
		return nil
	}
	return refuse(GuardUsedTarget, "meta servers have used the target %s since it was created (%s): what they wrote there would be overwritten with the state of the source. Are source and target swapped? "+
		"If the cluster has gone back to the old ZooKeeper and you begin again, remove the target first: zk_rmr %s --backup FILE (migrate again shows each line)",
		s.Target.Name, sign, s.Target.Name)
}

// signOfUse returns the evidence that meta servers have led in the target of a copy, nothing for
// none.
//
// A copy leaves the lock nodes out, so the znode above them has never had a child in a tree that
// was only copied to. Such a znode outside of the tree may be older than the tree. Servers may also
// have led with a lock that nobody knows of: what they have written is left. Where the lock is
// known that is not evidence: a copy leaves the same when the source changes between reading and
// writing.
func (t Tree) signOfUse() message.Text {
	for _, c := range t.Clusters {
		if c.LockChanges != 0 {
			return message.New("%s had children", c.LockPath)
		}
	}
	for _, lock := range t.Outside {
		for _, c := range t.Clusters {
			if c.HasApps && lock.LockChanges != 0 && lock.LockZxid > c.AppsZxid {
				return message.New("%s had children since", lock.LockPath)
			}
		}
	}
	if len(t.Changed) > 0 && len(t.Unlocated) > 0 {
		return message.New("%s differs from the source and was changed later", t.Changed[0])
	}
	return message.Text{}
}

func describeTables(tables []zkcopy.Table) message.Text {
	const shown = 5
	var names []message.Text
	for _, t := range tables[:min(shown, len(tables))] {
		if t.Name == "" {
			names = append(names, message.New("unreadable (id %d)", t.ID))
		} else {
			names = append(names, message.New("%s (id %d)", t.Name, t.ID))
		}
	}
	text := message.Join(", ", names...)
	if more := len(tables) - shown; more > 0 {
		text = message.New("%s and %d more", text, more)
	}
	return text
}
