package migration

import (
	"fmt"
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/metaadmin"
)

// leader is the meta server that leads, nil where none or several do.
func (f *PreflightFacts) leader() *MetaServer {
	var found *MetaServer
	for i := range f.Survey.Meta {
		if m := &f.Survey.Meta[i]; m.State.Leads() {
			if found != nil {
				return nil
			}
			found = m
		}
	}
	return found
}

func (f *PreflightFacts) metas(is func(MetaServer) bool) []string {
	return namesOf(f.Survey.Meta, func(m MetaServer) string { return m.Address }, is)
}

func checkLeader(f *PreflightFacts) (Result, message.Text, message.Text) {
	leaders := f.metas(func(m MetaServer) bool { return m.State.Leads() })
	switch {
	case len(leaders) > 1:
		return fail(message.New("%d meta servers lead: %s", len(leaders), some(leaders)),
			message.New("find out with migrate status which one is right, and stop the other one"))
	case len(leaders) == 0 && f.By == ByRecovery:
		return warn(message.New("no meta server leads"),
			message.New("recovery works all the same; the lists of tables and servers must be saved lists, or known from elsewhere"))
	case len(leaders) == 0:
		return fail(message.New("no meta server leads"), message.New("start the meta servers, and wait until one leads; without the old ZooKeeper only a recovery is possible"))
	}
	if leader := f.leader(); leader.State == ServerRecovering {
		return fail(message.New("%s leads in recovery mode", leader.Address), message.New("complete the recovery first: see migrate status"))
	}
	return pass("%s leads", leaders[0])
}

func checkLevel(f *PreflightFacts) (Result, message.Text, message.Text) {
	leader := f.leader()
	switch {
	case leader == nil || leader.Leading.Level == 0:
		return warn(message.New("unknown: no leader says its level"), message.New("see leader"))
	case leader.Leading.Level == metaadmin.LevelSteady || leader.Leading.Level == metaadmin.LevelLively:
		return pass("the level is %s", leader.Leading.Level)
	}
	return warn(message.New("the level is %s already", leader.Leading.Level),
		message.New("if no migration is under way: set_meta_level steady"))
}

func checkMetaServers(f *PreflightFacts) (Result, message.Text, message.Text) {
	var silent []string
	for _, m := range f.Survey.Meta {
		if !m.State.Runs() {
			silent = append(silent, m.Address)
		}
	}
	if len(silent) == 0 {
		return pass("every meta server answers (%d)", len(f.Survey.Meta))
	}
	return warn(message.New("%d of %d meta servers do not answer: %s", len(silent), len(f.Survey.Meta), some(silent)),
		message.New("start them, or make sure that they are stopped for good and that their configurations are changed too: a forgotten one becomes a second leader"))
}

// checkServerLists compares what every meta server takes for the list of meta servers.
func checkServerLists(f *PreflightFacts) (Result, message.Text, message.Text) {
	lists := map[string][]string{}
	var unasked []string
	for _, m := range f.Survey.Meta {
		switch {
		case m.Running != nil:
			list := strings.Join(distinct(m.Running.MetaServers), ",")
			lists[list] = append(lists[list], m.Address)
		case m.State.Runs():
			unasked = append(unasked, m.Address)
		}
	}
	switch {
	case len(lists) > 1:
		var seen []string
		for _, list := range sortedKeys(lists) {
			seen = append(seen, fmt.Sprintf("%s: %s", strings.Join(lists[list], ","), list))
		}
		return fail(message.New("meta servers have different lists of meta servers: %s", strings.Join(seen, "; ")),
			message.New("make [meta_server] server_list the same on every meta server, and restart those that changed"))
	case len(lists) == 0:
		return warn(message.New("unknown: no meta server says its list"), message.New("see meta_servers"))
	case len(unasked) > 0:
		return warn(message.New("unknown for %s", some(unasked)), message.New("look at [meta_server] server_list there"))
	}
	return pass("every meta server has the list %s", sortedKeys(lists)[0])
}

func checkReplicaServers(f *PreflightFacts) (Result, message.Text, message.Text) {
	dead := namesOf(f.Survey.Replicas, func(r ReplicaServer) string { return r.Address }, func(r ReplicaServer) bool { return !r.Alive })
	silent := namesOf(f.Survey.Replicas, func(r ReplicaServer) string { return r.Address }, func(r ReplicaServer) bool { return r.Doubt != "" })
	switch {
	case len(f.Survey.Replicas) == 0:
		return fail(message.New("no replica server is known"), message.New("see leader"))
	case len(dead) > 0 && f.leader() != nil:
		do := message.New("start them, or let the cluster add the missing replicas elsewhere, and repeat the command")
		if f.By == ByRecovery {
			do = message.New("start them: recovery rebuilds the metadata from what the replica servers hold, and leaves out what only these have")
		}
		return fail(message.New("%d of %d replica servers are not alive: %s", len(dead), len(f.Survey.Replicas), some(dead)), do)
	case len(silent) > 0:
		result := Warned
		if f.By == ByRecovery {
			result = Failed
		}
		return result, message.New("%d of %d replica servers do not answer: %s", len(silent), len(f.Survey.Replicas), some(silent)),
			message.New("start them, or make them reachable from this host")
	}
	return pass("every replica server is alive (%d)", len(f.Survey.Replicas))
}

func checkPartitions(f *PreflightFacts) (Result, message.Text, message.Text) {
	leader := f.leader()
	if leader == nil {
		return warn(message.New("unknown: no leader says it"), message.New("see leader"))
	}
	if n := leader.Leading.Unhealthy; n > 0 {
		return fail(message.New("%d of %d tables have partitions without all their replicas", n, len(leader.Leading.Tables)),
			message.New("wait until they are healthy: ls -d"))
	}
	return pass("every table is healthy (%d)", len(leader.Leading.Tables))
}

func checkVersions(f *PreflightFacts) (Result, message.Text, message.Text) {
	by := map[string][]string{}
	var unknown []string
	for _, v := range f.Versions {
		if v.Version == "" {
			unknown = append(unknown, v.Server)
		} else {
			by[v.Version] = append(by[v.Version], v.Server)
		}
	}
	switch {
	case len(by) > 1:
		var seen []string
		for _, version := range sortedKeys(by) {
			seen = append(seen, fmt.Sprintf("%s (%s)", version, some(by[version])))
		}
		return warn(message.New("servers have different versions: %s", strings.Join(seen, "; ")), message.New("complete the upgrade first"))
	case len(by) == 0:
		return warn(message.New("unknown: no server says its version"), message.New("see server_info"))
	case len(unknown) > 0:
		return warn(message.New("unknown for %s; the others have %s", some(unknown), sortedKeys(by)[0]), message.New("see server_info"))
	}
	return pass("every server (%d) has version %s", len(f.Versions), sortedKeys(by)[0])
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// underWay is the check of a feature that must not be under way.
func (f *PreflightFacts) underWay(doubt error, found []string, seen, do, none message.Text) (Result, message.Text, message.Text) {
	if f.Features.Doubt != nil {
		doubt = f.Features.Doubt
	}
	switch {
	case len(found) > 0:
		return fail(seen, do)
	case doubt != nil:
		return warn(message.New("unknown: %s", doubt), message.New("see leader"))
	}
	return Passed, none, message.Text{}
}

func checkTablesInChange(f *PreflightFacts) (Result, message.Text, message.Text) {
	found := f.Features.InChange
	return f.underWay(nil, found, message.New("tables are being changed (%d): %s", len(found), some(found)),
		message.New("wait until that is done: ls -a"), message.New("no table is being created, dropped or recalled"))
}

func checkSplits(f *PreflightFacts) (Result, message.Text, message.Text) {
	found := f.Features.Splitting
	return f.underWay(f.Features.SplitDoubt, found, message.New("partitions of tables are being split (%d): %s", len(found), some(found)),
		message.New("wait until the splits are done, or cancel them"), message.New("no partition is being split"))
}

func checkBulkLoads(f *PreflightFacts) (Result, message.Text, message.Text) {
	found := f.Features.Loading
	result, seen, do := f.underWay(f.Features.LoadDoubt, found, message.New("bulk loads are under way (%d): %s", len(found), some(found)),
		message.New("wait until they are done, or cancel them: cancel_bulk_load TABLE"), message.New("no bulk load is under way"))
	if left := f.Scan.BulkLoads; result == Passed && left > 0 && f.By == ByRecovery {
		return warn(message.New("results of bulk loads are in the tree (%d)", left), message.New("recovery loses them; they can be cleared now: clear_bulk_load TABLE"))
	}
	return result, seen, do
}

func checkDuplications(f *PreflightFacts) (Result, message.Text, message.Text) {
	name := func(d DuplicationFacts) string { return fmt.Sprintf("%s to %s (%d)", d.Table, d.Remote, d.ID) }
	all := namesOf(f.Features.Duplications, name, func(DuplicationFacts) bool { return true })
	active := namesOf(f.Features.Duplications, name, func(d DuplicationFacts) bool { return !d.Paused })
	doubt := f.Features.CopyDoubt
	if f.Features.Doubt != nil {
		doubt = f.Features.Doubt
	}
	switch {
	case f.By == ByRecovery && len(all) > 0:
		return warn(message.New("recovery loses duplications (%d): %s", len(all), some(all)),
			message.New("save query_dup TABLE -d of each; add them again afterwards, and copy to the other cluster what it has missed"))
	case len(active) > 0:
		return fail(message.New("duplications are active (%d), so that the leader writes their progress at every meta level: %s", len(active), some(active)),
			message.New("pause each before the copy: pause_dup TABLE ID, and start it afterwards: start_dup TABLE ID"))
	case doubt != nil && f.Scan.Duplications > 0:
		return warn(message.New("duplications are in the tree (%d); whether they are paused is unknown: %s", f.Scan.Duplications, doubt), message.New("see query_dup TABLE"))
	case doubt != nil:
		return warn(message.New("unknown: %s", doubt), message.New("see leader"))
	case len(all) > 0:
		return pass("every duplication is paused (%d)", len(all))
	}
	return pass("no duplication")
}

func checkBackups(f *PreflightFacts) (Result, message.Text, message.Text) {
	x := f.Features
	doubt := x.BackupDoubt
	if x.Doubt != nil {
		doubt = x.Doubt
	}
	policies := slices.Concat(x.Policies, x.Disabled)
	switch {
	case len(x.Backups) > 0:
		return fail(message.New("backups are under way: %s", some(x.Backups)), message.New("wait until they are done: query_backup_policy -p POLICY"))
	case doubt != nil && f.Scan.Policies > 0:
		return warn(message.New("backup policies are in the tree (%d); whether a backup is under way is unknown: %s", f.Scan.Policies, doubt), message.New("see ls_backup_policy"))
	case doubt != nil:
		return warn(message.New("unknown: %s", doubt), message.New("see leader"))
	case f.By == ByRecovery && len(policies) > 0:
		return warn(message.New("recovery loses backup policies (%d): %s", len(policies), some(policies)),
			message.New("save ls_backup_policy, and add them again afterwards"))
	case len(x.Policies) > 0:
		return warn(message.New("backup policies are on (%d), and can start a backup at every meta level: %s", len(x.Policies), some(x.Policies)),
			message.New("disable them before the copy: disable_backup_policy -p POLICY, and enable them afterwards"))
	}
	return pass("no backup is under way")
}

func checkDropped(f *PreflightFacts) (Result, message.Text, message.Text) {
	if len(f.Features.Dropped) == 0 {
		if f.Features.Doubt != nil {
			return warn(message.New("unknown: %s", f.Features.Doubt), message.New("see leader"))
		}
		return pass("no dropped table would come back")
	}
	return warn(message.New("recovery brings dropped tables back (%d): %s", len(f.Features.Dropped), some(f.Features.Dropped)),
		message.New("drop them again afterwards: recover --expect FILE lists them"))
}
