package migration

import (
	"cmp"

	"pegashell/internal/message"
)

// Recommend says which of several leaders to keep, and why. ok is false where there is no second
// leader.
//
// The right one has every table; then it is the one that the replica servers report to, whose tables
// are healthy, whose tree was written last. The first of these that distinguishes them decides.
func Recommend(s *Survey) (keep MetaServer, why message.Text, ok bool) {
	v := &view{Survey: s}
	for _, m := range s.Meta {
		if m.State.Leads() {
			v.leaders = append(v.leaders, m)
		}
	}
	if len(v.leaders) < 2 {
		return MetaServer{}, message.Text{}, false
	}
	keep = v.leaders[0]
	for _, m := range v.leaders[1:] {
		better, reason := v.better(keep, m)
		if better.Address == m.Address || why.IsZero() {
			why = reason
		}
		keep = better
	}
	return keep, why, true
}

// better is the one of two leaders that should be kept.
func (v *view) better(a, b MetaServer) (MetaServer, message.Text) {
	choose := func(order int) MetaServer {
		if order < 0 {
			return b
		}
		return a
	}
	if a, b := a.State == ServerRecovering, b.State == ServerRecovering; a != b {
		keep := choose(map[bool]int{true: -1, false: 1}[a])
		return keep, message.New("the other one waits for recover, and has no tables")
	}
	if order := v.byTables(a, b); order != 0 {
		keep := choose(order)
		other := choose(-order)
		return keep, message.New("its tree has every table, and that of %s lacks %s", other.Address, listed(v.lackedBy(other, keep)))
	}
	if order := cmp.Compare(seenBy(a), seenBy(b)); order != 0 {
		keep, other := choose(order), choose(-order)
		return keep, message.New("%d of %d replica servers report to it, and %d to %s", seenBy(keep), max(len(v.Replicas), seenBy(keep)+seenBy(other)), seenBy(other), other.Address)
	}
	if order := cmp.Compare(healthy(a), healthy(b)); order != 0 {
		keep, other := choose(order), choose(-order)
		return keep, message.New("%d tables are healthy there, and %d at %s", healthy(keep), healthy(other), other.Address)
	}
	return v.betterTree(a, b)
}

// betterTree decides by what was written. The znodes of a copy have the time of the copy, so the last
// change counts only where meta servers have written to the copy.
func (v *view) betterTree(a, b MetaServer) (MetaServer, message.Text) {
	if v.sideOfServer(a) == v.sideOfServer(b) {
		return a, message.New("nothing distinguishes them: both use the same tree, with different locks")
	}
	if v.sideOfServer(b) == oldSide && v.sideOfServer(a) != oldSide {
		a, b = b, a
	}
	at, bt := v.tree(v.sideOfServer(a)).Contents, v.tree(v.sideOfServer(b)).Contents
	written := len(v.Target.Changed) > 0 || v.Compared.Doubt == "" && v.Compared.Extra > 0
	if !written || at.LastTime.IsZero() || bt.LastTime.IsZero() || at.LastTime.Equal(bt.LastTime) {
		return a, message.New("nothing distinguishes them, and its tree is the original, of which the other is a copy")
	}
	keep, kept := a, at
	if bt.LastTime.After(at.LastTime) {
		keep, kept = b, bt
	}
	return keep, message.New("nothing else distinguishes them, and its tree was changed last (%s, at %s)", kept.LastPath, kept.LastTime.Format("2006-01-02 15:04:05"))
}

// byTables compares two leaders by whether one has tables that the other lacks.
func (v *view) byTables(a, b MetaServer) int {
	lackA, lackB := len(v.lackedBy(a, b)), len(v.lackedBy(b, a))
	switch {
	case lackA == 0 && lackB > 0:
		return 1
	case lackA > 0 && lackB == 0:
		return -1
	}
	return 0
}

// lackedBy are the tables of one leader that another does not even know as dropped.
func (v *view) lackedBy(leader, than MetaServer) []message.Text {
	at := v.sideOfServer(leader)
	if _, seen := v.tree(at).cluster(); !seen && v.tree(at).Contents.Doubt != "" {
		return nil
	}
	if at != oldSide && at != newSide || leader.State == ServerRecovering || than.State == ServerRecovering {
		return nil
	}
	return v.absentTables(at, than.Leading.Tables)
}

// seenBy is how many replica servers report to a leader.
func seenBy(m MetaServer) int {
	if m.Leading.Beacons > 0 {
		return m.Leading.Beacons
	}
	return m.Leading.Alive
}

func healthy(m MetaServer) int { return len(m.Leading.Tables) - m.Leading.Unhealthy }

// describeLeaders says of each leader what one needs to choose.
func (v *view) describeLeaders() []message.Text {
	var texts []message.Text
	for _, l := range v.leaders {
		text := message.New("%s on %s%s (%d replica servers report to it, %d tables, %d of them healthy)",
			l.Address, l.Leading.Hosts, l.Leading.Root, seenBy(l), len(l.Leading.Tables), healthy(l))
		if c := v.tree(v.sideOfServer(l)).Contents; c.LastPath != "" {
			text = message.New("%s, last change at %s in %s", text, c.LastTime.Format("2006-01-02 15:04:05"), c.LastPath)
		}
		texts = append(texts, text)
	}
	return texts
}
