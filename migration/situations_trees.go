package migration

import (
	"slices"
	"time"

	"pegashell/internal/message"
	"pegashell/zkcopy"
)

// tablesMissingSituation: the cluster is led on a tree that lacks tables, or was, while the other
// tree has them all.
func tablesMissingSituation(v *view) []trouble {
	if v.why.IsZero() || v.target() != targetUsed && v.phase != ledOnOld {
		return none
	}
	if v.leader == nil {
		return v.usedBothSituation()
	}
	at := v.leaderSide()
	if at == v.right || v.Source.gone() && at == oldSide {
		return none
	}
	t := trouble{Situation: Situation{
		Name: SituationTablesMissing, Grave: true,
		Seen:    message.New("the leader %s uses %s: %s", v.leader.Address, v.tree(at).Name, v.why),
		Matters: message.New("the replica servers hold these tables: the leader aborts when they report them, and clients cannot use them"),
	}}
	if at == newSide { // there it must not go on; on the old ZooKeeper the steps lead away from it
		t.first = true
		t.Do = stops(append(running(v.others()), *v.leader))
	}
	return one(t)
}

// usedBothSituation: nobody leads, and both trees can have changes that the other does not have.
func (v *view) usedBothSituation() []trouble {
	c := v.Compared
	written := len(v.Target.Changed) > 0 || c.Extra > 0
	switch {
	case c.Doubt != "" || c.Equal || !written:
		return none
	case c.Missing > 0:
		return one(trouble{Situation: Situation{
			Name: SituationBothTreesChanged, Grave: true, Seen: v.why,
			Matters: message.New("a cluster that goes on with the wrong tree can lose tables, and meta servers abort on it. %s is the one to go on with", v.tree(v.right).Name),
		}})
	case v.right != newSide:
		return none // the new tree is in the way, as another situation says
	}
	onOld := slices.ContainsFunc(v.Meta, func(m MetaServer) bool { return m.File.Known() && v.sideOf(m.File.Config) == oldSide })
	return one(trouble{Situation: Situation{
		Name: SituationNewTreeWritten, Grave: onOld,
		Seen:    message.New("the new tree was written after the leader had moved: %s", v.why),
		Matters: message.New("a meta server that starts on the old tree loses that, or aborts"),
	}})
}

// oldTreeGoneSituation: the old tree was removed before the leader has moved.
func oldTreeGoneSituation(v *view) []trouble {
	if !v.Source.gone() || v.phase == ledOnNew || v.phase == recovering || v.phase == ledElsewhere || len(v.leaders) > 1 {
		return none
	}
	if v.phase == nobodyLeads && v.right == newSide && v.target() == targetUsed {
		return none // it has moved
	}
	t := trouble{Situation: Situation{
		Name: SituationOldTreeGone, Grave: true,
		Seen:    message.New("%s does not exist any more, and the cluster does not use the new tree yet", v.Source.Name),
		Matters: message.New("the metadata has to be rebuilt from what the replica servers hold, or restored from a backup with zk_restore while the meta servers are stopped"),
	}}
	switch {
	case v.right == newSide && v.leader == nil:
		t.Matters = message.New("the copy %s has every table that the replica servers hold: go on with it", v.Target.Name)
	case v.right == newSide:
		t.Matters = message.New("the leader %s has its metadata only in memory, and loses it when it ends. The copy %s has every table: go on with it now", v.leader.Address, v.Target.Name)
	}
	return one(t)
}

// sourceUnknownSituation: there is nothing to copy as long as nobody has named the old tree.
func sourceUnknownSituation(v *view) []trouble {
	if v.Source.named() || v.by != ByCopy || v.phase != nobodyLeads || v.right != oldSide {
		return none
	}
	return one(trouble{first: true, Situation: Situation{
		Name:    SituationNoSource,
		Seen:    message.New("the old ZooKeeper was not named, and no configuration names one"),
		Matters: message.New("its tree is the one to copy. If it is lost, only recovery rebuilds the metadata: migrate status --by recovery"),
		Do:      []Line{{ByHand: message.New("name the old ZooKeeper: migrate status --from HOSTS/PATH")}},
	}})
}

// recoveryNeededSituation: neither tree can be used, whatever procedure was named.
func recoveryNeededSituation(v *view) []trouble {
	why, needed := v.needsRecovery()
	if !needed {
		return none
	}
	t := trouble{Situation: Situation{
		Name: SituationRecoveryNeeded, Grave: true, Seen: why,
		Matters: message.New("meta servers abort on a tree without tables that replica servers hold. Only recovery rebuilds all of them"),
	}}
	if v.by == ByCopy {
		t.first = true
		t.Do = []Line{v.switchTo(ByRecovery)}
	}
	return one(t)
}

// switchTo is the line that shows the runbook of another procedure.
func (v *view) switchTo(by Procedure) Line {
	return v.again("status", "--by", string(by))
}

// again is a line that looks at the same trees and configurations.
func (v *view) again(line ...string) Line {
	line = append([]string{"migrate"}, line...)
	if v.Source.named() {
		line = append(line, "--from", v.Source.Name)
	}
	if v.Target.named() {
		line = append(line, "--target", v.Target.Name)
	}
	var files []string
	for _, f := range v.Files { // those of plugins.toml are known by their servers
		if !slices.ContainsFunc(v.Meta, func(m MetaServer) bool { return m.Address == f.Name }) {
			files = append(files, f.Name)
		}
	}
	if len(files) > 0 {
		line = append(append(line, "--config"), files...)
	}
	return command(line...)
}

// usedTargetSituation: an earlier attempt, a second leader or another cluster has left something
// where the new tree is going to be.
func usedTargetSituation(v *view) []trouble {
	if v.right != oldSide && !(v.by == ByRecovery && v.phase != ledOnNew && v.right != newSide) || len(v.leaders) > 1 || v.phase == recovering {
		return none
	}
	state := v.target()
	if (v.isDoubtful() || state == targetForeign) && !v.storedKnown() && len(v.dead()) > 0 {
		return none // the replica servers decide, and are waited for
	}
	if (v.isDoubtful() || state == targetForeign) && v.storedDoubtful() {
		return one(trouble{first: true, Situation: Situation{
			Name:    SituationSilentReplica,
			Seen:    message.New("what the replica servers hold is not known: %s", v.Stored.Doubt),
			Matters: message.New("which of the two trees is right depends on what the replica servers hold"),
			Do:      wait(),
		}})
	}
	switch {
	case state == targetForeign:
		c, _ := v.Target.cluster()
		return one(trouble{first: true, Situation: Situation{
			Name:    SituationOtherCluster,
			Seen:    message.New("%s has tables that are not this cluster's: %s", v.Target.Name, describeTables(c.Tables)),
			Matters: message.New("if it is the tree of another cluster, it must not be written to"),
			Do: []Line{{ByHand: message.New("name another path on the new ZooKeeper: migrate status --target HOSTS/PATH. Only if you know that a meta server of this cluster has created these tables, remove them: %s",
				v.removal(v.Target, "new").Command)}},
		}})
	case v.by == ByRecovery && !v.hasTables(newSide):
		return none // servers have led there, and recovery has not begun
	case v.Target.halfWritten():
		return one(v.removeTarget(SituationHalfWritten, message.New("a meta server has begun to create the tree %s and not ended", v.Target.Name),
			message.New("every meta server that starts on it aborts. It has to be removed before the new tree is made; a backup is saved first")))
	case v.by == ByRecovery && v.phase == nobodyLeads && v.flagged():
		return one(v.removeTarget(SituationRecoveryOntoTree, message.New("%s has tables already, and configurations have recover_from_replica_server = true", v.Target.Name),
			message.New("a meta server that starts in recovery mode aborts where tables exist. If this is a good copy, go on by copying: migrate status --by copy. Otherwise remove it; a backup is saved first")))
	case state == targetUsed:
		seen := message.New("meta servers have used %s before", v.Target.Name)
		if sign := v.Target.signOfUse(); !sign.IsZero() {
			seen = message.New("meta servers have used %s before (%s)", v.Target.Name, sign)
		}
		if !v.why.IsZero() {
			seen = message.New("%s; %s", seen, v.why)
		}
		return one(v.removeTarget(SituationUsedTarget, seen,
			message.New("it is older than the metadata of the cluster, or damaged: zk_copy refuses to write over it, and no meta server may start on it. "+
				"To begin again, remove it; a backup is saved first")))
	case v.by == ByCopy && state == targetPartial && len(v.extraTables()) > 0:
		return one(v.removeTarget(SituationCopyOutdated, message.New("%s has tables that the old tree does not know any more: %s", v.Target.Name, describeTables(v.extraTables())),
			message.New("it is a copy of an older state, and zk_copy refuses to write over it. To copy again, remove it; a backup is saved first")))
	case v.by == ByRecovery && v.hasTables(newSide):
		t := v.removeTarget(SituationRecoveryOntoTree, message.New("%s has tables already", v.Target.Name),
			message.New("a meta server that starts in recovery mode aborts where tables exist"))
		return one(t)
	}
	return none
}

// removeTarget has the new tree removed, as soon as no session holds a lock there.
func (v *view) removeTarget(name string, seen, matters message.Text) trouble {
	t := trouble{first: true, Situation: Situation{Name: name, Seen: seen, Matters: matters}}
	if quiet := which(silent(v.Meta), func(m MetaServer) bool { return v.holds(m, newSide) }); len(quiet) > 0 {
		t.Grave, t.Do = true, stops(quiet)
		t.Matters = message.New("%s. %s does not answer, and holds a lock node there: it may lead", matters, addresses(quiet))
		return t
	}
	if len(v.held(newSide)) > 0 || v.Target.Ephemerals > 0 {
		t.Do = wait()
		t.Matters = message.New("%s. A session still holds a lock node there: it ends after timeout_ms of section [zookeeper]", matters)
		return t
	}
	t.Do = []Line{v.removal(v.Target, "new")}
	return t
}

// holds reports whether a server has a lock node of the tree at a side.
func (v *view) holds(m MetaServer, at side) bool {
	return slices.ContainsFunc(v.held(at), func(l zkcopy.EphemeralNode) bool { return m.IsNamed(l.Value) })
}

// flagged reports whether a configuration asks for recovery on the new ZooKeeper.
func (v *view) flagged() bool {
	return slices.ContainsFunc(v.allFiles(), func(f ConfigFile) bool { return f.Known() && f.Config.Recovery && v.sideOf(f.Config) == newSide })
}

func noTargetSituation(v *view) []trouble {
	if v.Target.named() {
		return none
	}
	return one(trouble{first: true, Situation: Situation{
		Name:    SituationNoTarget,
		Seen:    message.New("it is not known where the new tree is going to be: no ZooKeeper was named for it, or nobody says which path the cluster has"),
		Matters: message.New("the steps depend on it"),
		Do:      []Line{v.naming()},
	}})
}

// otherWaySituation: the last copy that is recorded went from what is the new tree here to the old
// one, as when the old tree was restored from a backup, so that it is the younger one.
func otherWaySituation(v *view) []trouble {
	if !v.Source.named() || v.History.Target != v.Source.Name || v.History.From != v.Target.Name {
		return none
	}
	return one(trouble{Situation: Situation{
		Name:    SituationOtherWay,
		Seen:    message.New("the last copy that was recorded here went the other way, from %s to %s", v.History.From, v.History.Target),
		Matters: message.New("if the migration still goes that way, name both trees: migrate status --from HOSTS/PATH --target HOSTS[/PATH]"),
	}})
}

// naming is how the trees are named: without the path where somebody says which one the cluster has.
func (v *view) naming() Line {
	if v.Source.named() || len(running(v.Meta)) > 0 {
		if len(v.ZooKeepers) > 0 {
			return Line{ByHand: message.New("name the new ZooKeeper: migrate status --target HOSTS[/PATH], or a name of plugins.toml: %s", some(v.ZooKeepers))}
		}
		return Line{ByHand: message.New("name the new ZooKeeper: migrate status --target HOSTS[/PATH]")}
	}
	return Line{ByHand: message.New("name the trees: migrate status --from HOSTS/PATH --target HOSTS[/PATH]")}
}

// onlyTargetSituation: the tree that the operator has named as the new one is in use, and nobody
// knows of another one. It may be the old one, by mistake.
func onlyTargetSituation(v *view) []trouble {
	if v.Source.named() || v.phase != ledOnNew {
		return none
	}
	return one(trouble{Situation: Situation{
		Name:    SituationNoSource,
		Seen:    message.New("the cluster uses %s, and no other tree is known", v.Target.Name),
		Matters: message.New("if that is the old ZooKeeper, name the new one: migrate status --target HOSTS[/PATH]"),
	}})
}

// unseenTreeSituation: a ZooKeeper could not be looked at.
func unseenTreeSituation(v *view) []trouble {
	var found []trouble
	if v.Target.named() && v.Target.Contents.Doubt != "" {
		found = append(found, trouble{first: true, Situation: Situation{
			Name:    SituationTreeUnseen,
			Seen:    message.New("the new tree %s could not be looked at: %s", v.Target.Name, message.Whole(v.Target.Contents.Doubt)),
			Matters: message.New("no meta server may start on it before it was seen"),
			Do:      unseen(v.Target),
		}})
	}
	if v.Source.named() && v.Source.Contents.Doubt != "" && v.right != newSide && v.phase != recovering {
		t := trouble{Situation: Situation{
			Name:    SituationTreeUnseen,
			Seen:    message.New("the old tree %s could not be looked at: %s", v.Source.Name, message.Whole(v.Source.Contents.Doubt)),
			Matters: message.New("it cannot be copied. If the old ZooKeeper is lost, the metadata is rebuilt by recovery"),
		}}
		if v.by == ByCopy {
			t.first = true
			t.Do = unseen(v.Source)
		}
		found = append(found, t)
	}
	return found
}

// unseen is what to do before a tree can be looked at: to wait does not help where credentials are
// missing.
func unseen(t Tree) []Line {
	if t.Contents.Denied {
		return []Line{{ByHand: message.New("use credentials that may read %s: auth_env or auth_file of its [zookeepers.NAME] in plugins.toml, or --auth", t.Name)}}
	}
	return append([]Line{{ByHand: message.New("start the servers of %s, or correct the address", t.Name)}}, wait()...)
}

// copySituation: what a copy under way looks like when it is not final.
func copySituation(v *view) []trouble {
	if v.by != ByCopy || v.right != oldSide || v.phase == ledOnNew || v.target() != targetPartial || v.Compared.Doubt != "" {
		return none
	}
	c := v.Compared
	if c.Missing > 0 {
		return one(trouble{Situation: Situation{
			Name:    SituationCopyInterrupted,
			Seen:    message.New("%d znodes are missing from %s, %d differ", c.Missing, v.Target.Name, c.Different),
			Matters: message.New("a copy was interrupted, or the old tree has grown since. zk_copy writes only what differs"),
		}})
	}
	return one(trouble{Situation: Situation{
		Name:    SituationCopyOutdated,
		Seen:    message.New("%d znodes of %s differ from the old tree, and %d are only there", c.Different, v.Target.Name, c.Extra),
		Matters: message.New("the old tree was changed after it was copied. zk_copy writes only what differs"),
	}})
}

// sessionSituation: after the move, a lock on the old ZooKeeper is still held, or its tree changes.
func sessionSituation(v *view) []trouble {
	if v.phase != ledOnNew || len(v.leaders) > 1 || v.right != newSide {
		return none
	}
	var found []trouble
	if held := v.heldByKnown(); len(held) > 0 {
		found = append(found, trouble{Situation: Situation{
			Name:    SituationSessionExpires,
			Seen:    message.New("%s still holds a lock node of %s", held[0], v.Source.Name),
			Matters: message.New("its session ends after timeout_ms of section [zookeeper]; if it does not, a meta server still uses the old ZooKeeper"),
			Do:      wait(),
		}})
	}
	if last := v.Source.Contents.LastTime; !v.leader.Since.IsZero() && last.After(v.leader.Since) && !v.writtenByFallback(last) {
		found = append(found, trouble{Situation: Situation{
			Name:    SituationOldTreeWritten,
			Seen:    message.New("%s of the old tree was changed at %s, after the leader had moved", v.Source.Contents.LastPath, last.Format("2006-01-02 15:04:05")),
			Matters: message.New("a server or a program still uses the old ZooKeeper, or a second leader has. The new tree does not have that change"),
		}})
	}
	return found
}

// writtenByFallback reports whether what was last written to the old tree has come from the new one: the
// new tree has it too, or a fallback of this user writes there, which ends when somebody else does, or did.
func (v *view) writtenByFallback(last time.Time) bool {
	equal := v.Compared.Doubt == "" && v.Compared.Equal
	return equal || v.History.Fallback || !last.After(v.History.FallbackEnded)
}

// heldByKnown are the meta servers of the list that hold a lock node of the old tree.
func (v *view) heldByKnown() []string {
	var holders []string
	for _, l := range v.held(oldSide) {
		if slices.ContainsFunc(v.Meta, func(m MetaServer) bool { return m.IsNamed(l.Value) }) {
			holders = append(holders, l.Value)
		}
	}
	return holders
}
