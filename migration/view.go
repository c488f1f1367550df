package migration

import (
	"slices"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
)

// phase is where the cluster is led.
type phase int

const (
	nobodyLeads phase = iota
	ledOnOld
	ledOnNew
	ledElsewhere // on a tree that is neither of the two, or it is not known which
	recovering   // the leader waits for `recover`
)

// view is a survey with what follows from it for every procedure.
type view struct {
	*Survey
	by Procedure
	// named: the operator has named the procedure.
	named bool
	// leaders are the servers that lead; leader is the only one, or of several the one to keep; nil
	// for none.
	leaders []MetaServer
	leader  *MetaServer
	phase   phase
	// right is the tree with which the cluster goes on: what is on the other one is older, a copy
	// of it, or damaged. why says so where both have been used.
	right side
	why   message.Text
}

// newView looks at a survey, for a procedure that the operator has named or not.
func newView(s *Survey, by Procedure, named bool) *view {
	v := &view{Survey: s, by: by, named: named}
	for _, m := range s.Meta {
		if m.State.Leads() {
			v.leaders = append(v.leaders, m)
		}
	}
	switch len(v.leaders) {
	case 0:
	case 1:
		v.leader = &v.leaders[0]
	default:
		keep, _, _ := Recommend(s)
		v.leader = &keep
	}
	v.phase = v.phaseOf(v.leader)
	v.right, v.why = v.rightTree()
	return v
}

func (v *view) phaseOf(leader *MetaServer) phase {
	switch {
	case leader == nil:
		return nobodyLeads
	case leader.State == ServerRecovering:
		return recovering
	}
	switch v.sideOfServer(*leader) {
	case oldSide:
		return ledOnOld
	case newSide:
		return ledOnNew
	}
	return ledElsewhere
}

// leaderSide is the side of the leader, in recovery mode or not.
func (v *view) leaderSide() side {
	if v.leader == nil {
		return unknownSide
	}
	return v.sideOfServer(*v.leader)
}

// others are the meta servers besides the leader.
func (v *view) others() []MetaServer {
	if v.leader == nil {
		return v.Meta
	}
	return slices.DeleteFunc(slices.Clone(v.Meta), func(m MetaServer) bool { return m.Address == v.leader.Address })
}

func running(servers []MetaServer) []MetaServer {
	return which(servers, func(m MetaServer) bool { return m.State.Runs() })
}

func silent(servers []MetaServer) []MetaServer {
	return which(servers, func(m MetaServer) bool { return m.State == ServerUnknown })
}

func down(servers []MetaServer) []MetaServer {
	return which(servers, func(m MetaServer) bool { return m.State == ServerDown })
}

func which(servers []MetaServer, is func(MetaServer) bool) []MetaServer {
	var found []MetaServer
	for _, m := range servers {
		if is(m) {
			found = append(found, m)
		}
	}
	return found
}

// allDown reports whether it is certain that no meta server runs.
func (v *view) allDown() bool { return len(down(v.Meta)) == len(v.Meta) }

// onlyLeader reports whether it is certain that no meta server runs besides the leader.
func (v *view) onlyLeader() bool { return len(down(v.others())) == len(v.others()) }

// blind reports whether the leader is known to be at level blind.
func (v *view) blind() bool {
	return v.leader != nil && v.leader.Leading.Level == metaadmin.LevelBlind
}

// quiet reports whether nothing changes the old tree: no meta server runs, or only a leader at
// level blind.
func (v *view) quiet() bool {
	return len(v.lingering()) == 0 && (v.allDown() || v.phase == ledOnOld && v.onlyLeader() && v.blind())
}

// targetState is what was found where the new tree is, or is going to be.
type targetState int

const (
	targetUnnamed targetState = iota
	targetUnseen              // its ZooKeeper could not be looked at
	targetEmpty               // there are no tables
	targetForeign             // the tables of another cluster
	targetUsed                // meta servers have led there
	targetPartial             // a copy that differs from the old tree
	targetEqual
)

func (v *view) target() targetState {
	c, has := v.Target.cluster()
	switch {
	case !v.Target.named():
		return targetUnnamed
	case v.Target.Contents.Doubt != "":
		return targetUnseen
	case !v.Target.signOfUse().IsZero() || len(v.held(newSide)) > 0:
		if has && v.isForeign(c) {
			return targetForeign
		}
		return targetUsed
	case !v.Target.Exists || v.Target.Contents.Znodes <= 1 && !has:
		return targetEmpty
	case has && v.isForeign(c):
		return targetForeign
	case v.Compared.Doubt == "" && v.Compared.Equal && v.Compared.Unread == 0:
		return targetEqual
	}
	return targetPartial
}

// held are the lock nodes of a tree that sessions hold. A lock outside of both trees, on the same
// ensemble, can be that of both: who uses the other tree does not count.
func (v *view) held(at side) []zkcopy.EphemeralNode {
	return slices.DeleteFunc(v.tree(at).heldLocks(), func(l zkcopy.EphemeralNode) bool {
		return !within(v.tree(at).Path, l.Path) && slices.ContainsFunc(v.Meta, func(m MetaServer) bool {
			return m.IsNamed(l.Value) && m.Running != nil && v.sideOfServer(m) == otherOf(at) && v.tree(otherOf(at)).isAt(v.tree(at).Hosts(), v.tree(otherOf(at)).Path)
		})
	})
}

// cluster is the cluster whose tree this is; false where there are no tables.
func (t Tree) cluster() (zkcopy.Cluster, bool) {
	for _, c := range t.Clusters {
		if c.HasApps && c.Root == t.Path {
			return c, len(c.Tables) > 0
		}
	}
	return zkcopy.Cluster{}, false
}

// isForeign reports whether the tables in the target are those of another cluster. A meta server
// that has started on an empty tree creates the tables of its configuration there, with the ids and
// names that they have had from the beginning.
func (v *view) isForeign(c zkcopy.Cluster) bool {
	own := v.ownTables()
	if len(own) == 0 {
		return false
	}
	strange := false
	for _, t := range c.Tables {
		if !slices.ContainsFunc(own[t.ID], func(o zkcopy.Table) bool { return o.Name == t.Name }) {
			strange = true
		}
		if t.CreateSecond != 0 && slices.ContainsFunc(own[t.ID], func(o zkcopy.Table) bool { return o.CreateSecond == t.CreateSecond }) {
			return false
		}
	}
	return strange
}

// ownTables are the tables that are known to be this cluster's, by id: those of the old tree, of
// replica servers and of a leader on the old tree.
func (v *view) ownTables() map[int32][]zkcopy.Table {
	own := map[int32][]zkcopy.Table{}
	c, _ := v.Source.cluster()
	for _, t := range c.Tables {
		own[t.ID] = append(own[t.ID], t)
	}
	add := func(apps []metaadmin.AppInfo) {
		for _, a := range apps {
			own[a.ID] = append(own[a.ID], zkcopy.Table{ID: a.ID, Name: a.Name, CreateSecond: a.CreateSecond})
		}
	}
	add(v.Stored.Tables)
	for _, l := range v.leaders {
		if v.sideOfServer(l) != newSide {
			add(l.Leading.Tables)
		}
	}
	return own
}

// halfWritten reports whether a meta server has begun to create the tree and not ended: others
// abort on it.
func (t Tree) halfWritten() bool {
	for _, c := range t.Clusters {
		if c.HasApps && c.Root == t.Path && c.AppsState == layout.Locked {
			return true
		}
	}
	return false
}

// readable reports whether there is metadata, and it was seen.
func (t Tree) readable() bool { return t.named() && t.Contents.Doubt == "" && t.hasMetadata() }

// gone reports whether it is certain that there is no metadata.
func (t Tree) gone() bool { return t.named() && t.Contents.Doubt == "" && !t.hasMetadata() }

// hasMetadata reports whether there is an apps node; a lock alone can be older or younger than that.
func (t Tree) hasMetadata() bool {
	return t.Exists && slices.ContainsFunc(t.Clusters, func(c zkcopy.Cluster) bool { return c.HasApps && c.Root == t.Path })
}
