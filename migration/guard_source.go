package migration

import (
	"fmt"
	"strings"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
)

// findStaleLocks keeps out a source that would bring lock nodes along.
func findStaleLocks(s *Survey) []Finding {
	if stale := staleLocksOf(s.Target.Outside); len(stale) > 0 {
		return refuse(GuardStaleLocks, "the lock of the target %s has lock nodes that no session holds; meta servers abort on them, or wait for them forever: %s. Remove them with zk_rmr",
			s.Target.Name, strings.Join(stale, ", "))
	}
	stale := staleLocksOf(s.Source.Clusters)
	if len(stale) == 0 {
		return nil
	}
	return refuse(GuardStaleLocks, "the source %s has lock nodes that no session holds; an earlier copy may have written them as plain znodes. Meta servers abort on them, or wait for them forever: %s. Remove them with zk_rmr",
		s.Source.Name, strings.Join(stale, ", "))
}

// staleLocksOf are the lock nodes that no session holds.
func staleLocksOf(clusters []zkcopy.Cluster) []string {
	var stale []string
	for _, c := range clusters {
		for _, l := range c.Locks {
			if l.Session == 0 {
				stale = append(stale, fmt.Sprintf("%s (%q)", l.Path, l.Value))
			}
		}
	}
	return stale
}

// findUnseenServers warns where living servers of the source would not be seen.
func findUnseenServers(s *Survey) []Finding {
	if len(s.Source.Unlocated) == 0 {
		return nil
	}
	return []Finding{warning("cannot determine whether meta servers use the source %s: no lock of theirs was found in it, and no meta server has reported where it is", s.Source.Name)}
}

// findUnsettled warns of what may change the source while it is copied.
func findUnsettled(s *Survey) []Finding {
	var found []Finding
	for _, c := range s.Source.locked() {
		if c.HasApps && c.AppsState == layout.Locked {
			found = append(found, warning("%s/apps says %q: a meta server is creating this tree, or died while creating it; meta servers abort on it", c.Root, layout.Locked))
		}
		found = append(found, findFollowers(s, c)...)
	}
	const ofLevel = "cannot determine the meta level of the cluster, which should be blind while its tree is copied: %s"
	switch {
	case s.Own.unknown() && s.Source.unused(): // nobody writes, whatever the level was
	case s.Own.Unasked != nil:
		found = append(found, warning(ofLevel, s.Own.Unasked))
	case s.Own.Unreached != nil:
		found = append(found, warning("cannot determine whether this is the connected cluster's tree: %s", s.Own.Unreached))
	case s.Own.Relation == zkcopy.Apart:
		if held := s.Source.heldLocks(); len(held) > 0 {
			found = append(found, warning("the meta server %s uses the source %s, which is not the connected cluster's tree, so its meta level is not known; it should be blind while the tree is copied",
				held[0].Value, s.Source.Name))
		}
	case s.Level.Doubt != nil:
		found = append(found, warning(ofLevel, s.Level.Doubt))
	case s.Level.Value > metaadmin.LevelBlind:
		found = append(found, warning("the meta level is %s: the cluster may change its tree during the copy; run set_meta_level blind first", s.Level.Value))
	}
	return found
}

// findFollowers warns of meta servers that wait for the lock of a cluster.
func findFollowers(s *Survey, c zkcopy.Cluster) []Finding {
	var holders []string
	for _, l := range heldOf([]zkcopy.Cluster{c}) {
		holders = append(holders, l.Value)
	}
	if len(holders) < 2 {
		return nil
	}
	waiting := message.New("%s is a follower", holders[1])
	if last := len(holders) - 1; last > 1 {
		waiting = message.New("%s and %s are followers", strings.Join(holders[1:last], ", "), holders[last])
	}
	return []Finding{warning("%d meta servers hold lock nodes at %s: %s is the leader; %s waiting for the lock. Stop the followers first, "+
		"otherwise one of them becomes the leader on the old ZooKeeper when the leader restarts. %s",
		len(holders), s.Source.Name, holders[0], waiting, expiryHint)}
}

// LevelUnasked says whether the meta level of the source's cluster is not known because the shell is not connected to
// that cluster, or it does not answer.
func (s *Survey) LevelUnasked() bool {
	if s.Own.unknown() {
		return !s.Source.unused()
	}
	return s.Own.Relation == zkcopy.Apart && len(s.Source.heldLocks()) > 0
}

// Unsettled says whether the source of a copy may change under it, as far as was seen.
func (s *Survey) Unsettled() bool { return len(findUnsettled(s)) > 0 }
