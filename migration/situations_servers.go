package migration

import (
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/metaadmin"
)

// noLeaderSituation: meta servers run, and none leads.
func noLeaderSituation(v *view) []trouble {
	alive := running(v.Meta)
	if v.phase != nobodyLeads || len(alive) == 0 {
		return none
	}
	t := trouble{first: true, Situation: Situation{
		Name:    SituationNoLeader,
		Seen:    message.New("no meta server leads, though these answer: %s", addresses(alive)),
		Matters: message.New("one of them leads as soon as the session of the last leader has ended, after timeout_ms of section [zookeeper], and the metadata is loaded"),
		Do:      wait(),
	}}
	if v.by == ByRecovery && v.right != newSide {
		starting := which(alive, func(m MetaServer) bool { return v.becomesRight(m, v.sideOfServer(m)) })
		t.first = len(starting) > 0
	}
	return one(t)
}

// silentServerSituation: it is not known whether a meta server runs.
func silentServerSituation(v *view) []trouble {
	quiet := silent(v.Meta)
	if len(quiet) == 0 || len(v.leaders) > 1 {
		return none
	}
	var doubts []message.Text
	for _, m := range quiet {
		doubts = append(doubts, message.New("%s (%s)", m.Address, message.Whole(m.Doubt)))
	}
	t := trouble{Situation: Situation{
		Name: SituationSilentServer,
		Seen: message.New("no answer from %s", listed(doubts)),
		Matters: message.New("it may run all the same, so it is not known to be down. If it does not come back, look for its process on its host, " +
			"and stop it there"),
	}}
	switch {
	case v.phase == nobodyLeads && !(v.by == ByRecovery && v.right != newSide):
		t.first = true
		t.Do = wait()
	case v.phase == ledOnOld:
		t.Do = stops(quiet) // as step 1 does
	default:
		t.Do = wait()
	}
	return one(t)
}

// dead are the replica servers that are not alive: by the leader, or without one, by themselves.
func (v *view) dead() []ReplicaServer {
	var found []ReplicaServer
	for _, r := range v.Replicas {
		gone := r.Doubt != ""
		if v.leader != nil && v.phase != recovering {
			gone = !r.Alive
		}
		if gone {
			found = append(found, r)
		}
	}
	return found
}

// replicaSituation: replica servers that are not alive, and tables that are not healthy.
func replicaSituation(v *view) []trouble {
	dead := v.dead()
	leading := v.phase == ledOnOld || v.phase == ledOnNew
	unhealthy := 0
	if leading {
		unhealthy = v.leader.Leading.Unhealthy
	}
	// At a lower level the leader repairs nothing, so that there is nothing to wait for.
	before := v.phase == ledOnOld && v.right == oldSide && v.leader.Leading.Level >= metaadmin.LevelSteady && v.quietTarget()
	switch {
	case len(dead) > 0:
		return one(v.deadSituation(dead, unhealthy, before))
	case unhealthy > 0:
		matters := message.New("the leader adds the missing replicas by itself at level steady")
		if v.by == ByCopy && v.phase == ledOnOld {
			matters = message.New("the leader adds the missing replicas by itself at level steady. Before a copy, wait for that: at level blind it repairs nothing")
		}
		return one(trouble{first: before && v.by == ByCopy, Situation: Situation{
			Name:    SituationUnhealthyTables,
			Seen:    message.New("%d of %d tables have a partition without all its replicas", unhealthy, len(v.leader.Leading.Tables)),
			Matters: matters,
			Do:      wait(),
		}})
	}
	return none
}

// quietTarget reports whether nothing is wrong with the new tree, so that there is time to wait.
func (v *view) quietTarget() bool { return !v.Source.gone() && len(v.leaders) < 2 }

func (v *view) deadSituation(dead []ReplicaServer, unhealthy int, before bool) trouble {
	var names []string
	var do []Line
	for _, r := range dead {
		names = append(names, r.Address)
		do = append(do, Line{ByHand: message.New("on the host of the replica server %s: start it", r.Address)})
	}
	do = append(do, Line{Wait: true})
	t := trouble{Situation: Situation{
		Name:    SituationDeadReplica,
		Seen:    message.New("replica servers that are not alive: %s", strings.Join(names, ", ")),
		Matters: message.New("at level blind the leader does not repair what they held, and while a leader restarts nobody does"),
		Do:      do,
	}}
	switch {
	case v.phase == recovering, v.phase == nobodyLeads && v.by == ByRecovery && v.right != newSide && v.allDown():
		t.Name = SituationSilentReplica
		t.first = true
		t.Matters = message.New("recover fails while a replica server does not answer. If it is gone for good, name only the others, or leave it out with -b: tables and partitions that only it held are lost")
	case v.phase == nobodyLeads:
		t.Name = SituationSilentReplica
		if t.first = v.isDoubtful(); t.first {
			t.Matters = message.New("which of the two trees is right depends on what the replica servers hold")
		}
	case v.phase == ledOnOld && v.by == ByRecovery:
		t.first = v.quietTarget()
		t.Matters = message.New("recover rebuilds the metadata from the replica servers: tables and partitions that only this one holds would be lost")
	case before && unhealthy > 0, !v.storedKnown() && v.target() == targetForeign:
		t.first = true
	}
	return t
}

// followersAliveSituation: followers run while a copy is under way.
func followersAliveSituation(v *view) []trouble {
	alive := running(v.others())
	state := v.target()
	began := v.phase == ledOnOld && (v.blind() || state == targetPartial || state == targetEqual)
	if v.by != ByCopy || !began || v.right != oldSide || len(alive) == 0 || len(v.leaders) > 1 {
		return none
	}
	return one(trouble{Situation: Situation{
		Name:    SituationFollowersAlive,
		Seen:    message.New("followers of %s still run: %s", v.leader.Address, addresses(alive)),
		Matters: message.New("when the leader restarts, a follower takes the lock and leads on the old ZooKeeper, at level steady: then there are two leaders"),
		Do:      stops(alive),
	}})
}

// leaderOnOldSituation: configurations name the new ZooKeeper, and the leader is on the old one.
func leaderOnOldSituation(v *view) []trouble {
	if v.phase != ledOnOld || len(v.leaders) > 1 {
		return none
	}
	var files []string
	for _, f := range v.allFiles() {
		if f.Known() && v.sideOf(f.Config) == newSide {
			files = append(files, f.Name)
		}
	}
	if len(files) == 0 && v.right != newSide {
		return none
	}
	seen := message.New("the leader %s uses %s", v.leader.Address, v.Source.Name)
	if len(files) > 0 {
		seen = message.New("the leader %s still uses %s; the new ZooKeeper is in the configuration of %s", v.leader.Address, v.Source.Name, strings.Join(files, ", "))
	}
	matters := message.New("a server reads its configuration only when it starts. It goes to the new ZooKeeper at its next restart, also by accident: " +
		"the copy has to be final before that")
	if v.target() == targetEqual && v.quiet() {
		matters = message.New("the copy is final: when every configuration is changed, the leader is restarted")
	}
	if v.right == newSide {
		matters = message.New("the new tree is the right one, and every minute on the old tree makes them differ more")
	}
	return one(trouble{Situation: Situation{Name: SituationLeaderOnOld, Grave: v.right == newSide, Seen: seen, Matters: matters}})
}

// recoveryFlagSituation: recover_from_replica_server = true where the tree has tables.
func recoveryFlagSituation(v *view) []trouble {
	if v.phase == recovering && v.by == ByCopy && len(v.leaders) == 1 {
		return one(trouble{first: true, Situation: Situation{
			Name:    SituationRecoveryLeftOn,
			Seen:    message.New("%s is in recovery", v.leader.Address),
			Matters: message.New("a migration by copying needs no recovery, which would bring back dropped tables: recover_from_replica_server must be false. To go on by recovery: migrate status --by recovery"),
			Do:      stops(append(running(v.others()), *v.leader)),
		}})
	}
	after := v.phase == ledOnNew && !v.recoveredJustNow() || v.phase == nobodyLeads && (v.right == newSide || v.by == ByCopy && v.hasTables(newSide))
	early := v.phase == ledOnOld && v.by == ByCopy
	if !after && !early {
		return none
	}
	var on, off []string
	for _, f := range v.allFiles() {
		switch {
		case f.Known() && f.Config.Recovery:
			on = append(on, f.Name)
		case f.Known():
			off = append(off, f.Name)
		}
	}
	if len(on) == 0 {
		return none
	}
	t := trouble{Situation: Situation{
		Name:    SituationRecoveryLeftOn,
		Seen:    message.New("%s has recover_from_replica_server = true", strings.Join(on, ", ")),
		Matters: message.New("a meta server that starts with it aborts, because the tree has tables"),
	}}
	if v.phase == nobodyLeads && len(off) == 0 {
		t.Name = SituationRecoveryOntoTree
		t.Matters = message.New("a meta server that starts with it aborts, because %s has tables. A migration by copying goes on with them; to recover once more, remove the tree first: zk_rmr %s --backup FILE", v.Target.Name, v.Target.Name)
	}
	return one(t)
}

// recoveredJustNow: the leader runs in recovery mode, and recover has ended, as before step 7.
func (v *view) recoveredJustNow() bool {
	return v.phase == ledOnNew && v.leader.Running != nil && v.leader.Running.Recovery
}

// configurationSituations: files and running configurations that differ where they must not.
func configurationSituations(v *view) []trouble {
	var found []trouble
	add := func(name string, seen, matters message.Text) {
		found = append(found, trouble{Situation: Situation{Name: name, Seen: seen, Matters: matters}})
	}
	var known []ConfigFile
	for _, f := range v.allFiles() {
		switch {
		case f.Known():
			known = append(known, f)
		case f.Of != "":
			add(SituationForeignConfig, message.New("%s is the configuration of another cluster: %s", f.Name, f.Of), message.New("it must not be changed, so it is left out. Name the files of this cluster"))
		default:
			add(SituationUnreadableConfig, message.New("%s cannot be read: %s", f.Name, message.Whole(f.Doubt)), message.New("what it says is not known, so change it on the server's host"))
		}
	}
	if differ(known, func(f ConfigFile) string { return v.describeSide(v.sideOf(f.Config)) }) {
		add(SituationConfigsDisagree, message.New("configurations name different trees: %s", grouped(known, treeOf)),
			message.New("meta servers that start with them lead on different ZooKeepers"))
	}
	for _, at := range []side{oldSide, newSide} {
		same := slices.DeleteFunc(slices.Clone(known), func(f ConfigFile) bool { return v.sideOf(f.Config) != at || f.Config.LockRoot == "" })
		if lock := func(f ConfigFile) string { return lockOf(f.Config) }; differ(same, lock) {
			add(SituationLockRootsDisagree, message.New("configurations of one tree name different lock roots: %s", spread(same, lock)),
				message.New("meta servers with different locks do not see each other: both lead on the same tree"))
		}
	}
	if hostless := func(f ConfigFile) string { return rootOf(f.Config) }; differ(known, hostless) && v.Source.Path == v.Target.Path {
		add(SituationRootsDisagree, message.New("configurations name different roots: %s", spread(known, hostless)),
			message.New("a meta server with another root finds no tree, or creates a new one"))
	}
	if flag := func(f ConfigFile) string { return onOff(f.Config.Recovery) }; differ(known, flag) {
		add(SituationFlagsDisagree, message.New("recover_from_replica_server differs: %s", spread(known, flag)),
			message.New("a meta server with true aborts where the tree has tables, one with false creates an empty tree where there is none"))
	}
	return append(found, v.serverListSituation(known)...)
}

func (v *view) serverListSituation(known []ConfigFile) []trouble {
	list := func(c metaadmin.ServerConfig) string {
		return strings.Join(slices.Sorted(slices.Values(c.MetaServers)), ",")
	}
	known = slices.DeleteFunc(slices.Clone(known), func(f ConfigFile) bool { return len(f.Config.MetaServers) == 0 })
	for _, m := range v.Meta {
		if m.Running != nil && len(m.Running.MetaServers) > 0 {
			known = append(known, ConfigFile{Name: m.Address, Config: *m.Running})
		}
	}
	if !differ(known, func(f ConfigFile) string { return list(f.Config) }) {
		return none
	}
	longest := known[0]
	for _, f := range known {
		if len(f.Config.MetaServers) > len(longest.Config.MetaServers) {
			longest = f
		}
	}
	var do []Line
	for _, f := range v.allFiles() {
		if f.Known() && list(f.Config) != list(longest.Config) {
			do = append(do, command("config_set", f.Name, "meta_server", "server_list", strings.Join(longest.Config.MetaServers, ",")))
		}
	}
	return one(trouble{Situation: Situation{
		Name:    SituationServerListsDisagree,
		Seen:    message.New("server_list differs: %s", spread(known, func(f ConfigFile) string { return strings.Join(f.Config.MetaServers, ",") })),
		Matters: message.New("a meta server forwards requests only to servers of its list"),
		Do:      do,
	}})
}

// treeOf is the tree that a configuration names.
func treeOf(f ConfigFile) string { return f.Config.HostsList + f.Config.ClusterRoot }

// grouped says which files have the same.
func grouped(files []ConfigFile, of func(ConfigFile) string) message.Text {
	var order []string
	names := map[string][]string{}
	for _, f := range files {
		if names[of(f)] == nil {
			order = append(order, of(f))
		}
		names[of(f)] = append(names[of(f)], f.Name)
	}
	var texts []message.Text
	for _, each := range order {
		texts = append(texts, message.New("%s in %s", each, strings.Join(names[each], ", ")))
	}
	return message.Join("; ", texts...)
}

func rootOf(c metaadmin.ServerConfig) string {
	_, chroot := splitChroot(c.HostsList)
	return chroot + c.ClusterRoot
}

func onOff(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// describeSide is a word for a side, by which configurations are compared.
func (v *view) describeSide(at side) string { return v.tree(at).Name }

// differ reports whether something is not the same in all files.
func differ(files []ConfigFile, of func(ConfigFile) string) bool {
	return slices.ContainsFunc(files, func(f ConfigFile) bool { return of(f) != of(files[0]) })
}

// spread says what each file has.
func spread(files []ConfigFile, of func(ConfigFile) string) message.Text {
	var texts []message.Text
	for _, f := range files {
		texts = append(texts, message.New("%s: %s", f.Name, of(f)))
	}
	return listed(texts)
}
