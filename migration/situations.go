package migration

import (
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

// Names of situations.
const (
	SituationTwoLeaders          = "two_leaders"
	SituationOtherZooKeeper      = "server_on_other_zookeeper"
	SituationLockRootsDisagree   = "lock_roots_disagree"
	SituationLeaderElsewhere     = "leader_on_unknown_tree"
	SituationRecoveringOnOld     = "recovering_on_old_zookeeper"
	SituationTablesMissing       = "tables_missing"
	SituationBothTreesChanged    = "both_trees_changed"
	SituationNewTreeWritten      = "new_tree_written"
	SituationOldTreeGone         = "old_tree_removed"
	SituationStaleLock           = "stale_lock"
	SituationLeaderNotListed     = "leader_not_listed"
	SituationUnknownServer       = "unknown_meta_server"
	SituationRecoveryOntoTree    = "recovery_onto_a_tree"
	SituationRecoveryLeftOn      = "recovery_flag_left_on"
	SituationUsedTarget          = "used_target"
	SituationOtherCluster        = "target_of_another_cluster"
	SituationHalfWritten         = "tree_half_written"
	SituationStillBlind          = "still_blind"
	SituationLevelForgotten      = "level_forgotten"
	SituationLevelNotSteady      = "level_not_steady"
	SituationFollowersAlive      = "followers_alive"
	SituationLeaderOnOld         = "leader_on_old_zookeeper"
	SituationCopyInterrupted     = "copy_interrupted"
	SituationCopyOutdated        = "copy_outdated"
	SituationOldTreeWritten      = "old_tree_written"
	SituationDeadReplica         = "dead_replica_server"
	SituationSilentReplica       = "replica_server_silent"
	SituationUnhealthyTables     = "unhealthy_tables"
	SituationSilentServer        = "meta_server_silent"
	SituationNoLeader            = "no_leader"
	SituationSessionExpires      = "old_lock_still_held"
	SituationConfigsDisagree     = "configurations_disagree"
	SituationRootsDisagree       = "roots_disagree"
	SituationFlagsDisagree       = "recovery_flags_disagree"
	SituationServerListsDisagree = "server_lists_disagree"
	SituationUnreadableConfig    = "configuration_unreadable"
	SituationForeignConfig       = "configuration_of_another_cluster"
	SituationTreeUnseen          = "zookeeper_unreachable"
	SituationNoSource            = "source_not_named"
	SituationOtherWay            = "copied_the_other_way"
	SituationNoTarget            = "target_not_named"
	SituationRecoveryNeeded      = "recovery_needed"
)

// trouble is a situation, and whether it must be mended before the procedure goes on.
type trouble struct {
	Situation
	first bool
}

// situations are all that no step expects, the gravest first.
func (v *view) situations() []trouble {
	var all []trouble
	for _, find := range []func(*view) []trouble{
		twoLeadersSituation, otherZooKeeperSituation, lockRootsSituation, elsewhereSituation, recoveringOnOldSituation,
		tablesMissingSituation, oldTreeGoneSituation, sourceUnknownSituation, recoveryNeededSituation, unknownServerSituation, notListedSituation, staleLockSituation,
		recoveryFlagSituation, usedTargetSituation, noTargetSituation, onlyTargetSituation, otherWaySituation, unseenTreeSituation,
		levelSituation, noLeaderSituation, silentServerSituation, replicaSituation,
		followersAliveSituation, leaderOnOldSituation, copySituation, sessionSituation,
		configurationSituations,
	} {
		all = append(all, find(v)...)
	}
	slices.SortStableFunc(all, func(a, b trouble) int { return rank(a) - rank(b) })
	return all
}

// rank orders situations: what must be mended first, then what is grave.
func rank(t trouble) int {
	switch {
	case t.first && t.Grave:
		return 0
	case t.first:
		return 2
	case t.Grave:
		return 1
	}
	return 3
}

// none is what a function finds where there is nothing.
var none []trouble

func one(t trouble) []trouble { return []trouble{t} }

func twoLeadersSituation(v *view) []trouble {
	if len(v.leaders) < 2 {
		return none
	}
	keep, why, _ := Recommend(v.Survey)
	stay := v.sideOfServer(keep)
	// Followers of a leader to be stopped would lead after it, so they are stopped before it.
	wrong := which(v.Meta, func(m MetaServer) bool {
		return m.State.Runs() && m.Address != keep.Address && (m.State.Leads() || v.sideOfServer(m) != stay)
	})
	slices.SortStableFunc(wrong, func(a, b MetaServer) int {
		return int(min(a.State, ServerLeader)) - int(min(b.State, ServerLeader))
	})
	return one(trouble{first: true, Situation: Situation{
		Name: SituationTwoLeaders, Grave: true,
		Seen: message.New("%d meta servers lead at the same time: %s", len(v.leaders), message.Join("; ", v.describeLeaders()...)),
		Matters: message.New("a leader to which the replica servers do not report believes that they are dead and damages its metadata. Keep %s: %s. "+
			"Stop the other one now, and do not start it again before its configuration is corrected", keep.Address, why),
		Do: stops(wrong),
	}})
}

// otherZooKeeperSituation finds servers that run on another tree than the one they should be on.
func otherZooKeeperSituation(v *view) []trouble {
	if len(v.leaders) > 1 {
		return none
	}
	at := v.right
	if v.leader != nil {
		at = v.leaderSide()
	}
	if v.phase == ledElsewhere {
		return none
	}
	wrong := which(v.others(), func(m MetaServer) bool {
		on := v.sideOfServer(m)
		return on != unknownSide && on != at && m.State.Runs() && !v.becomesRight(m, on)
	})
	if len(wrong) == 0 {
		return none
	}
	return one(trouble{first: true, Situation: Situation{
		Name: SituationOtherZooKeeper, Grave: true,
		Seen:    message.New("these do not run with %s: %s", v.tree(at).Name, addresses(wrong)),
		Matters: message.New("a server that runs there gets the lock within a minute, becomes a second leader, and damages the metadata"),
		Do:      stops(wrong),
	}})
}

// becomesRight: while nobody leads, a server that starts on the new ZooKeeper as the procedure
// wants it is not on the wrong tree.
func (v *view) becomesRight(m MetaServer, on side) bool {
	if v.leader != nil || on != newSide {
		return false
	}
	if v.by == ByRecovery {
		return !v.hasTables(newSide) && m.Running != nil && m.Running.Recovery
	}
	return v.target() == targetEqual
}

// lockRootsSituation finds servers that run on one tree with different locks.
func lockRootsSituation(v *view) []trouble {
	if v.leader == nil || v.leader.Running == nil || len(v.leaders) > 1 {
		return none
	}
	wrong := which(v.others(), func(m MetaServer) bool {
		return m.State.Runs() && m.Running != nil && v.sideOf(*m.Running) == v.leaderSide() && lockOf(*m.Running) != lockOf(*v.leader.Running)
	})
	if len(wrong) == 0 {
		return none
	}
	return one(trouble{first: true, Situation: Situation{
		Name: SituationLockRootsDisagree, Grave: true,
		Seen: message.New("the leader %s runs with the lock root %s, and %s with %s", v.leader.Address, lockOf(*v.leader.Running), addresses(wrong), lockOf(*wrong[0].Running)),
		Matters: message.New("servers with different locks do not see each other: both lead on the same tree. " +
			"The key is distributed_lock_service_parameters of section [meta_server]"),
		Do: stops(wrong),
	}})
}

func elsewhereSituation(v *view) []trouble {
	if v.phase != ledElsewhere {
		return none
	}
	t := trouble{first: true, Situation: Situation{
		Name:    SituationLeaderElsewhere,
		Seen:    message.New("the leader %s uses %s%s, which is neither %s nor %s", v.leader.Address, v.leader.Leading.Hosts, v.leader.Leading.Root, v.Source.Name, v.Target.Name),
		Matters: message.New("the trees that were named are not those of this cluster, so nothing follows from them. Name the old one with --from and the new one with --target"),
		Do:      []Line{{ByHand: message.New("name the trees: migrate status --from HOSTS/PATH --target HOSTS[/PATH]")}},
	}}
	return one(t)
}

func recoveringOnOldSituation(v *view) []trouble {
	if v.phase != recovering || v.leaderSide() == newSide || !v.Target.named() || len(v.leaders) > 1 {
		return none
	}
	return one(trouble{first: true, Situation: Situation{
		Name: SituationRecoveringOnOld, Grave: true,
		Seen:    message.New("%s is in recovery, but not on the new ZooKeeper", v.leader.Address),
		Matters: message.New("recover would build the metadata on the old ZooKeeper. hosts_list of its configuration was not changed"),
		Do:      stops(append(running(v.others()), *v.leader)),
	}})
}

// unknownServerSituation finds holders of locks that are in no list.
func unknownServerSituation(v *view) []trouble {
	var found []trouble
	for _, at := range []side{oldSide, newSide} {
		strange := v.strangers(at)
		// One can be a server of the list that was stopped, under a name that cannot be related to it.
		certain := len(strange) > len(v.Meta)-len(running(v.Meta))
		for _, l := range strange {
			found = append(found, trouble{first: certain || at == oldSide && v.phase == ledOnNew, Situation: Situation{
				Name: SituationUnknownServer, Grave: true,
				Seen:    message.New("%s holds the lock node %s of %s, and is in no list of meta servers", l.Value, l.Path, v.tree(at).Name),
				Matters: message.New("it may lead there, or lead as soon as another server stops"),
				Do:      []Line{{ByHand: message.New("on the host of the meta server %s: stop it", l.Value)}, {Wait: true}},
			}})
		}
	}
	return found
}

// notListedSituation: the leader was found by others than those of the shell's list, so that commands
// do not reach it.
func notListedSituation(v *view) []trouble {
	if v.leader == nil || slices.ContainsFunc(v.Meta, func(m MetaServer) bool { return m.Listed && m.State.Runs() }) {
		return none
	}
	return one(trouble{first: true, Situation: Situation{
		Name:    SituationLeaderNotListed,
		Seen:    message.New("the leader %s is not in the list of meta servers that this shell was started with, and none of that list answers", v.leader.Address),
		Matters: message.New("commands do not reach the leader"),
		Do:      []Line{{ByHand: message.New("leave this shell and start it with all meta servers: --cluster %s", strings.Join(allAddresses(v.Meta), ","))}},
	}})
}

// strangers are the held lock nodes of servers in no list, unless servers of the list that use the
// tree have as many nodes under names that cannot be related to theirs.
func (v *view) strangers(at side) []zkcopy.EphemeralNode {
	known := func(l zkcopy.EphemeralNode) bool {
		return l.Value == "" || slices.ContainsFunc(v.Meta, func(m MetaServer) bool { return m.IsNamed(l.Value) })
	}
	strange := slices.DeleteFunc(v.held(at), known)
	without := which(v.Meta, func(m MetaServer) bool { return v.sideOfServer(m) == at && !v.holds(m, at) })
	if len(strange) <= len(without) {
		return nil
	}
	return strange
}

// staleLockSituation finds lock nodes that no session holds.
func staleLockSituation(v *view) []trouble {
	var lines []Line
	var paths []message.Text
	for _, at := range []side{oldSide, newSide} {
		t := v.tree(at)
		if at == oldSide && v.right == newSide {
			continue
		}
		for _, c := range t.locked() {
			for _, l := range c.Locks {
				if l.Session != 0 {
					continue
				}
				paths = append(paths, message.New("%s (%q)", l.Path, l.Value))
				line := command("zk_rmr", t.Hosts()+l.Path)
				line.Command += " --force " + GuardConnectedTree + "," + GuardUnknownCluster
				line.Asks = true
				lines = append(lines, line)
			}
		}
	}
	if len(lines) == 0 {
		return none
	}
	return one(trouble{first: true, Situation: Situation{
		Name: SituationStaleLock, Grave: v.leader == nil,
		Seen:    message.New("lock nodes that no session holds: %s", listed(paths)),
		Matters: message.New("meta servers abort on them, or wait for them forever, so that no leader is elected"),
		Do:      lines,
	}})
}

func levelSituation(v *view) []trouble {
	if v.leader == nil || len(v.leaders) > 1 {
		return none
	}
	level := v.leader.Leading.Level
	switch {
	case v.phase == ledOnNew && level != 0 && level <= metaadmin.LevelBlind:
		return one(trouble{first: true, Situation: Situation{
			Name:    SituationStillBlind,
			Seen:    message.New("%s leads on the new ZooKeeper at level %s", v.leader.Address, level),
			Matters: message.New("it ignores what replica servers report, so the loss of a replica server is not repaired, and it refuses to create tables"),
			Do:      []Line{command("set_meta_level", "steady")},
		}})
	case v.phase == ledOnNew && level != 0 && level < metaadmin.LevelSteady:
		return one(trouble{first: true, Situation: Situation{
			Name:    SituationLevelNotSteady,
			Seen:    message.New("%s leads on the new ZooKeeper at level %s", v.leader.Address, level),
			Matters: message.New("below steady it neither creates tables nor repairs partitions"),
			Do:      []Line{command("set_meta_level", "steady")},
		}})
	case v.levelForgotten():
		seen := message.New("the level of the leader %s is %s", v.leader.Address, level)
		if !v.History.Blind.IsZero() {
			seen = message.New("the level of the leader %s is %s, though set_meta_level blind was sent at %s", v.leader.Address, level, v.History.Blind.Format("15:04:05"))
		}
		return one(trouble{Situation: Situation{
			Name: SituationLevelForgotten, Grave: true, Seen: seen,
			Matters: message.New("the level is kept in memory: a fail-over, a restart or start_bulk_load resets it. The leader changes its tree, so what was copied is not final"),
			Do:      []Line{command("set_meta_level", "blind")},
		}})
	}
	return none
}

// levelForgotten: a copy is under way, and the level is not blind. A copy that follows the source is
// begun before the level is set.
func (v *view) levelForgotten() bool {
	if !v.History.Follow.IsZero() || v.by != ByCopy || v.phase != ledOnOld || v.right != oldSide || v.leader.Leading.Level <= metaadmin.LevelBlind {
		return false
	}
	state := v.target()
	began := state == targetPartial || state == targetEqual
	sent := v.History.Blind
	return began || sent.After(v.History.Copied) && sent.Before(v.leader.Since) // no copy has ended since
}
