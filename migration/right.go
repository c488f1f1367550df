package migration

import (
	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
)

// Which tree is right. A copy that no meta server has used is never in question. After both trees
// have been used, by two leaders or by a way back, one of them is older than what the replica
// servers hold, and a cluster that goes on with it can lose tables.

// rightTree decides with which tree the cluster goes on, and why where both have been used.
func (v *view) rightTree() (side, message.Text) {
	switch {
	case v.phase == recovering:
		return newSide, message.Text{}
	case v.leader != nil && len(v.leaders) > 1:
		return v.leaderSide(), message.Text{}
	case v.phase == ledOnOld:
		return v.rightWhileLedOn(oldSide)
	case v.phase == ledOnNew:
		return v.rightWhileLedOn(newSide)
	}
	return v.rightWithoutLeader()
}

// rightWhileLedOn decides while one server leads: its tree is right, unless it lacks tables.
func (v *view) rightWhileLedOn(at side) (side, message.Text) {
	other := otherOf(at)
	missing := v.missingWhileLed(at)
	if v.tree(at).gone() && len(v.absentTables(other, v.leader.Leading.Tables)) == 0 && v.hasTables(other) {
		return other, message.New("%s does not exist any more, and %s has every table of the leader", v.tree(at).Name, v.tree(other).Name)
	}
	if len(missing) == 0 || !v.hasTables(other) || len(v.missing(other)) > 0 {
		return at, message.Text{}
	}
	return other, message.New("%s does not have %s, and %s has every table", v.tree(at).Name, listed(missing), v.tree(other).Name)
}

// rightWithoutLeader decides while nobody leads.
func (v *view) rightWithoutLeader() (side, message.Text) {
	state := v.target()
	if !v.hasTables(newSide) || v.Target.halfWritten() || state == targetForeign || state == targetUnseen {
		return oldSide, message.Text{}
	}
	lost, gained := v.missing(newSide), v.missing(oldSide)
	if state != targetUsed {
		if v.storedKnown() && len(lost) == 0 && len(gained) > 0 && v.Source.Contents.Doubt == "" {
			return newSide, message.New("%s does not have %s, and the copy %s has every table", v.Source.Name, listed(gained), v.Target.Name)
		}
		return oldSide, message.Text{}
	}
	switch {
	case len(lost) > 0:
		return oldSide, message.New("meta servers have used %s, but it does not have %s", v.Target.Name, listed(lost))
	case !v.Source.readable() || !v.hasTables(oldSide):
		return newSide, message.New("meta servers have used %s, and the old tree cannot be read", v.Target.Name)
	case len(gained) > 0:
		return newSide, message.New("meta servers have used %s, and only it has %s", v.Target.Name, listed(gained))
	}
	return v.rightByUse()
}

// rightByUse decides between two trees with the same tables: by whether the new one was written
// since it was copied, then by where the servers start, then by the last change.
func (v *view) rightByUse() (side, message.Text) {
	c := v.Compared
	if c.Doubt == "" && len(v.Target.Changed) == 0 && c.Extra == 0 {
		switch {
		case !c.Equal:
			return oldSide, message.New("meta servers have started on %s, but nothing was written there since it was copied, and the old tree has changed", v.Target.Name)
		case v.named && v.by == ByRecovery: // whatever the copy is worth
			return oldSide, message.New("%s is only a copy of the old tree", v.Target.Name)
		}
		return newSide, message.New("meta servers have started on %s, and it is equal to the old tree", v.Target.Name)
	}
	votes := map[side]int{}
	for _, m := range v.Meta {
		switch {
		case m.State.Runs():
			votes[v.sideOfServer(m)]++
		case m.File.Known():
			votes[v.sideOf(m.File.Config)]++
		}
	}
	at := newSide
	switch {
	case votes[oldSide] > votes[newSide]:
		at = oldSide
	case votes[oldSide] == votes[newSide] && v.Source.Contents.LastTime.After(v.Target.Contents.LastTime):
		return oldSide, message.New("both trees have been used, and %s was changed last", v.Source.Name)
	case votes[oldSide] == votes[newSide]:
		return newSide, message.New("both trees have been used, and %s was changed last", v.Target.Name)
	}
	return at, message.New("both trees have been used, and most meta servers are configured for %s", v.tree(at).Name)
}

// needsRecovery reports whether neither tree can be used, and why: then only the replica servers know
// what tables there are.
func (v *view) needsRecovery() (message.Text, bool) {
	switch {
	case v.phase == recovering || v.phase == ledElsewhere || len(v.leaders) > 1 || v.right == newSide && v.phase != ledOnNew:
		return message.Text{}, false
	case v.right == oldSide && v.Source.gone() && v.Target.named():
		return message.New("there is no old tree that can be copied"), true
	case v.phase == ledOnNew && v.Target.gone():
		return message.New("the leader %s has its metadata only in memory: %s does not exist any more, and there is no old tree that can be used", v.leader.Address, v.Target.Name), true
	case v.leader != nil && v.leader.Leading.IsHealthy():
		return message.Text{}, false
	case !v.Source.named(): // there may be an old tree that nobody has named
		return message.Text{}, false
	case v.storedKnown() && v.right != unknownSide && len(v.missing(v.right)) > 0:
		return message.New("the replica servers hold %s, and neither tree has them", listed(v.missing(v.right))), true
	}
	return message.Text{}, false
}

// storedKnown reports whether every replica server has said what it holds.
func (v *view) storedKnown() bool { return v.Stored.Asked && v.Stored.Doubt == nil }

// storedDoubtful reports whether replica servers that answer have not said what they hold, and no
// leader has said what tables there are.
func (v *view) storedDoubtful() bool {
	return v.Stored.Asked && v.Stored.Doubt != nil && (v.leader == nil || len(v.leader.Leading.Tables) == 0)
}

// isDoubtful reports whether it depends on what the replica servers hold which tree is right.
func (v *view) isDoubtful() bool {
	return v.phase == nobodyLeads && (v.target() == targetUsed || len(v.extraTables()) > 0)
}

// extraTables are tables of the new tree that the old one does not even know as dropped: zk_copy
// does not write over such a tree.
func (v *view) extraTables() []zkcopy.Table {
	return zkcopy.TablesOnlyIn(v.Target.Clusters, v.Target.Path, v.Source.Clusters, v.Source.Path)
}

func (v *view) hasTables(at side) bool {
	_, has := v.tree(at).cluster()
	return has
}

// missing are the tables that a tree does not have, though replica servers hold them, or where
// these were not asked, the other tree has them; as they are printed.
func (v *view) missing(at side) []message.Text {
	if v.storedKnown() {
		c, _ := v.tree(at).cluster()
		return v.Stored.newerThan(c)
	}
	return v.onlyIn(otherOf(at))
}

// onlyIn are the available tables that only the tree at a side has.
func (v *view) onlyIn(at side) []message.Text {
	c, _ := v.tree(at).cluster()
	var apps []metaadmin.AppInfo
	for _, t := range c.Tables {
		if t.Status == layout.AppAvailable {
			apps = append(apps, metaadmin.AppInfo{ID: t.ID, Name: t.Name, CreateSecond: t.CreateSecond, PartitionCount: t.PartitionCount})
		}
	}
	return v.absentTables(otherOf(at), apps)
}

// absentTables are those of some tables that the tree at a side does not have.
func (v *view) absentTables(at side, apps []metaadmin.AppInfo) []message.Text {
	c, _ := v.tree(at).cluster()
	byID := c.TablesByID()
	var found []message.Text
	for _, a := range apps {
		t, ok := byID[a.ID]
		if !ok || t.CreateSecond != 0 && a.CreateSecond != 0 && t.CreateSecond != a.CreateSecond && t.Name != a.Name {
			found = append(found, message.New("%s (id %d)", a.Name, a.ID))
		}
	}
	return found
}

// missingWhileLed is missing for the tree of a leader. One for which everything is in order has every
// table, or it would have aborted when a replica server reported another one. The other tree alone proves nothing there: a
// table that was dropped some time ago is gone from the tree of the leader, and not from one that
// nobody has used since. But a meta server that has started on an empty tree has none of the
// tables, and one with too few of them sees no replica server for long.
func (v *view) missingWhileLed(at side) []message.Text {
	if v.leader.Leading.IsHealthy() {
		return nil
	}
	if v.storedKnown() {
		return v.missing(at)
	}
	only := v.onlyIn(otherOf(at))
	other, _ := v.tree(otherOf(at)).cluster()
	own, _ := v.tree(at).cluster()
	byID := own.TablesByID()
	for _, t := range other.Tables {
		if mine, ok := byID[t.ID]; ok && mine.CreateSecond == t.CreateSecond && v.leader.Leading.Alive > 0 {
			return nil
		}
	}
	return only
}

// listed joins the first few of some names.
func listed(names []message.Text) message.Text {
	const shown = 5
	text := message.Join(", ", names[:min(shown, len(names))]...)
	if more := len(names) - shown; more > 0 {
		text = message.New("%s and %d more", text, more)
	}
	return text
}
