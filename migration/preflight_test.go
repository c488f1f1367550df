package migration

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

// sound are facts with which a migration can begin: every check passes.
func sound(by Procedure) *PreflightFacts {
	const hosts, root = "old:2181", "/pegasus/c1"
	running := metaadmin.ServerConfig{
		HostsList: hosts, ClusterRoot: root, LockRoot: root + "/lock", MetaServers: []string{"m1:1", "m2:1"},
	}
	config := func(server string) ConfigFile { return ConfigFile{Name: server + ".ini", Config: running} }
	member := func(server, mode string) MemberFacts {
		return MemberFacts{Server: server, Mode: mode, Version: "3.8.4", Takes: Yes, Ping: time.Millisecond, Login: 2 * time.Millisecond}
	}
	return &PreflightFacts{
		By: by, Target: "new:2181" + root, TargetHosts: "new1:2181,new2:2181,new3:2181",
		Survey: &Survey{
			Source: Tree{Name: hosts + root, Path: root, Exists: true, Clusters: []zkcopy.Cluster{{Root: root, HasApps: true}}},
			Target: Tree{Name: "new:2181" + root, Path: root},
			Meta: []MetaServer{
				{Address: "m1:1", State: ServerLeader, Running: &running, File: config("m1"), Leading: Leading{
					Level: metaadmin.LevelSteady, Tables: []metaadmin.AppInfo{{Name: "temp"}},
				}},
				{Address: "m2:1", State: ServerFollower, Running: &running, File: config("m2")},
			},
			Replicas: []ReplicaServer{{Address: "r1:1", Alive: true, Serving: 1}, {Address: "r2:1", Alive: true}},
			Files:    []ConfigFile{config("m1"), config("m2")},
		},
		Ensemble: EnsembleFacts{
			Members: []MemberFacts{member("new1:2181", "follower"), member("new2:2181", "leader"), member("new3:2181", "follower")},
			Packet:  700, Sessions: 8, Opened: -1,
			ACLs: []ACLFacts{{Text: "world:anyone:rwcda", Znodes: 10, Path: root, Accepted: Yes, Readable: Yes}},
		},
		Scan:     ScanFacts{Znodes: 1000, Bytes: 400_000, Took: time.Second, Whole: true, Largest: 700, LargestPath: root + "/apps/1", Ping: time.Millisecond},
		Features: FeatureFacts{Partitions: 1000},
		Versions: []ServerVersion{{"m1:1", "meta", "2.5.0", ""}, {"r1:1", "replica", "2.5.0", ""}},
	}
}

func find(t *testing.T, f *PreflightFacts, name string) Check {
	t.Helper()
	for _, c := range Checks(f) {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no check %s", name)
	return Check{}
}

func TestASoundClusterPassesEveryCheck(t *testing.T) {
	for _, by := range []Procedure{ByCopy, ByRecovery} {
		checks := Checks(sound(by))
		for _, c := range checks {
			if c.Result != Passed || c.Seen.IsZero() || !c.Do.IsZero() {
				t.Errorf("%s: %s %s: %s; do: %s", by, c.Result, c.Name, c.Seen, c.Do)
			}
		}
		if worst := Worst(checks); worst != Passed {
			t.Errorf("%s: the worst is %s", by, worst)
		}
	}
}

func TestEachFactThatSpeaksAgainstAMigrationIsFound(t *testing.T) {
	leader := func(f *PreflightFacts) *MetaServer { return &f.Survey.Meta[0] }
	member := func(f *PreflightFacts, i int) *MemberFacts { return &f.Ensemble.Members[i] }
	other := func(f *PreflightFacts, change func(c *metaadmin.ServerConfig)) {
		c := *f.Survey.Meta[1].Running
		change(&c)
		f.Survey.Meta[1].Running = &c
	}
	for name, c := range map[string]struct {
		by     Procedure // "" is copy
		change func(f *PreflightFacts)
		check  string
		want   Result
		seen   string
	}{
		"a name without an address": {"", func(f *PreflightFacts) { member(f, 0).Unresolved = true }, "target_hosts", Failed, "new1:2181"},
		"one of three down":         {"", func(f *PreflightFacts) { member(f, 0).Down = "connection refused" }, "target_reachable", Warned, "1 of 3 servers do not answer: new1:2181: connection refused"},
		"the same tree":             {"", func(f *PreflightFacts) { f.Survey.Target = Tree{} }, "target_path", Failed, "the tree that the cluster uses now"},
		"the same tree, recovery":   {ByRecovery, func(f *PreflightFacts) { f.Survey.Target = Tree{} }, "target_path", Failed, "the tree that the cluster uses now"},
		"no times of the target": {"", func(f *PreflightFacts) {
			for i := range 3 {
				member(f, i).Ping = 0
			}
		}, "copy_time", Warned, "by the old ZooKeeper alone"},
		"two of three down": {"", func(f *PreflightFacts) { member(f, 0).Down, member(f, 1).Down = "timeout", "timeout" },
			"target_reachable", Failed, "2 of 3"},
		"SASL is required":         {"", func(f *PreflightFacts) { member(f, 1).NeedsAuth = true }, "target_credentials", Failed, "authenticated clients only"},
		"credentials are refused":  {"", func(f *PreflightFacts) { member(f, 1).BadAuth = true }, "target_credentials", Failed, "refuses the credentials"},
		"a server without others":  {"", func(f *PreflightFacts) { member(f, 1).ReadOnly = true }, "target_quorum", Warned, "only lets clients read"},
		"no quorum":                {"", func(f *PreflightFacts) { readOnly(f) }, "target_quorum", Failed, "no quorum"},
		"two ensembles":            {"", func(f *PreflightFacts) { member(f, 0).Mode = "leader" }, "target_ensemble", Failed, "new1:2181, new2:2181 are leaders"},
		"a standalone server more": {"", func(f *PreflightFacts) { member(f, 0).Mode = "standalone" }, "target_ensemble", Failed, "standalone"},
		"no four-letter words":     {"", func(f *PreflightFacts) { member(f, 0).Mode, member(f, 0).Version = "", "" }, "target_ensemble", Warned, "unknown: 1 of 3"},
		"unknown versions": {"", func(f *PreflightFacts) {
			for i := range 3 {
				member(f, i).Version = ""
			}
		}, "target_version", Warned, "unknown"},
		"different ZooKeepers": {"", func(f *PreflightFacts) { member(f, 0).Version = "3.9.2" }, "target_version", Warned, "3.8.4, 3.9.2"},
		"an old ZooKeeper": {"", func(f *PreflightFacts) {
			for i := range 3 {
				member(f, i).Version = "3.4.5"
			}
		}, "target_version", Warned, "3.4.5"},
		"a small jute.maxbuffer":     {"", func(f *PreflightFacts) { member(f, 2).Takes = No }, "target_largest_znode", Failed, "new3:2181 does not accept the largest znode, /pegasus/c1/apps/1, which needs a packet of 700 bytes"},
		"only a part was read":       {"", func(f *PreflightFacts) { f.Scan.Whole = false }, "target_largest_znode", Warned, "of the 1000 znodes that were read"},
		"few connections by conf":    {"", func(f *PreflightFacts) { member(f, 0).MostConnections = 2 }, "target_connections", Warned, "new1:2181 allows fewer connections"},
		"few connections, tried":     {"", func(f *PreflightFacts) { f.Ensemble.Opened = 5 }, "target_connections", Warned, "5 of the 8 sessions"},
		"far away":                   {"", func(f *PreflightFacts) { member(f, 0).Ping = 80 * time.Millisecond }, "target_latency", Warned, "80.0 ms"},
		"slow disks":                 {ByRecovery, func(f *PreflightFacts) { member(f, 0).Login = 2 * time.Second }, "target_latency", Warned, "2000.0 ms"},
		"a hard quota of znodes":     {"", func(f *PreflightFacts) { quota(f, QuotaFacts{"/pegasus", -1, -1, 1500, -1, 600, 0}) }, "target_quota", Failed, "1000 znodes"},
		"a hard quota of bytes":      {"", func(f *PreflightFacts) { quota(f, QuotaFacts{"/pegasus", -1, -1, -1, 400_000, 1, 1}) }, "target_quota", Failed, "at most 400000 bytes"},
		"a soft quota":               {"", func(f *PreflightFacts) { quota(f, QuotaFacts{"/pegasus", 10, -1, -1, -1, 1, 0}) }, "target_quota", Warned, "logs"},
		"a quota with room":          {"", func(f *PreflightFacts) { quota(f, QuotaFacts{"/pegasus", 5000, -1, -1, -1, 1, 0}) }, "target_quota", Passed, "1 of 5000 znodes"},
		"an unknown scheme":          {"", func(f *PreflightFacts) { f.Ensemble.ACLs[0].Accepted = No }, "target_acls", Failed, "does not accept"},
		"ACLs that hide the copy":    {"", func(f *PreflightFacts) { f.Ensemble.ACLs[0].Readable = No }, "target_acls", Failed, "could not be read back"},
		"hidden passwords":           {"", func(f *PreflightFacts) { f.Ensemble.ACLs[0].Masked = true }, "target_acls", Failed, "hides passwords"},
		"ACLs of addresses":          {"", func(f *PreflightFacts) { f.Ensemble.ACLs[0].Readable = Unknown }, "target_acls", Warned, "only the servers know"},
		"target in use":              {"", func(f *PreflightFacts) { used(f); f.Survey.Target.Ephemerals = 1 }, "target_path", Failed, "living servers use it"},
		"meta servers have led":      {"", used, "target_path", Failed, "meta servers have used the target"},
		"another cluster's":          {"", func(f *PreflightFacts) { tables(f, zkcopy.Table{ID: 7, Name: "foreign"}) }, "target_path", Failed, "foreign (id 7)"},
		"left by an earlier copy":    {"", func(f *PreflightFacts) { tables(f); f.Survey.Compared.Missing = 3 }, "target_path", Passed, "3 znodes are missing"},
		"equal":                      {"", func(f *PreflightFacts) { tables(f); f.Survey.Compared.Equal = true }, "target_path", Passed, "is equal to the old tree"},
		"more than the old tree":     {"", func(f *PreflightFacts) { tables(f); f.Survey.Compared.Extra = 2 }, "target_path", Warned, "2 znodes that are missing from the old tree"},
		"the root of all znodes":     {"", func(f *PreflightFacts) { f.Survey.Target.Path = "/" }, "target_path", Failed, "root of all znodes"},
		"another path":               {"", func(f *PreflightFacts) { f.Survey.Target.Path = "/elsewhere" }, "target_path", Warned, "/elsewhere"},
		"another path by its chroot": {"", func(f *PreflightFacts) { f.Survey.Target.Path, f.BelowChroot = "/mine/pegasus/c1", true }, "target_path", Passed, "is free"},
		"recovery onto a tree":       {ByRecovery, func(f *PreflightFacts) { tables(f); f.Survey.Target.Contents.Znodes = 9 }, "target_path", Failed, "9 znodes"},
		"recovery onto a used path":  {ByRecovery, func(f *PreflightFacts) { f.Survey.Target.Ephemerals = 1; f.Survey.Target.Exists = true }, "target_path", Failed, "living servers"},
		"recovery onto an empty one": {ByRecovery, func(f *PreflightFacts) { f.Survey.Target.Exists, f.Survey.Target.Contents.Znodes = true, 1 }, "target_path", Passed, "is empty"},
		"an unreadable source":       {"", func(f *PreflightFacts) { f.Scan = ScanFacts{Doubt: errors.New("no session")} }, "source_tree", Failed, "no session"},
		"a hidden znode":             {"", func(f *PreflightFacts) { f.Scan.DeniedPath = "/pegasus/c1/x" }, "source_tree", Failed, "/pegasus/c1/x"},
		"a large source":             {"", func(f *PreflightFacts) { f.Scan.Whole, f.Features.Partitions = false, 5000 }, "source_tree", Warned, "1000 znodes of about 5000"},
		"two leaders":                {"", func(f *PreflightFacts) { f.Survey.Meta[1].State = ServerLeader }, "leader", Failed, "2 meta servers lead"},
		"no leader":                  {"", func(f *PreflightFacts) { leader(f).State = ServerFollower }, "leader", Failed, "no meta server leads"},
		"no leader, recovery":        {ByRecovery, func(f *PreflightFacts) { leader(f).State = ServerDown }, "leader", Warned, "no meta server leads"},
		"recovery mode":              {"", func(f *PreflightFacts) { leader(f).State = ServerRecovering }, "leader", Failed, "recovery mode"},
		"blind already":              {"", func(f *PreflightFacts) { leader(f).Leading.Level = metaadmin.LevelBlind }, "meta_level", Warned, "blind"},
		"a meta server is down":      {"", func(f *PreflightFacts) { f.Survey.Meta[1].State = ServerDown }, "meta_servers", Warned, "m2:1"},
		"different server lists": {"", func(f *PreflightFacts) {
			other(f, func(c *metaadmin.ServerConfig) { c.MetaServers = []string{"m2:1"} })
		},
			"server_lists", Failed, "m2:1: m2:1"},
		"server lists in another order": {"", func(f *PreflightFacts) {
			other(f, func(c *metaadmin.ServerConfig) { c.MetaServers = []string{"m2:1", "m1:1"} })
		},
			"server_lists", Passed, "m1:1,m2:1"},
		"a dead replica server":     {"", func(f *PreflightFacts) { f.Survey.Replicas[1].Alive = false }, "replica_servers", Failed, "1 of 2 replica servers are not alive: r2:1"},
		"a silent replica server":   {"", func(f *PreflightFacts) { f.Survey.Replicas[1].Doubt = "timeout" }, "replica_servers", Warned, "r2:1"},
		"silent before a recovery":  {ByRecovery, func(f *PreflightFacts) { f.Survey.Replicas[1].Doubt = "timeout" }, "replica_servers", Failed, "r2:1"},
		"no replica servers":        {"", func(f *PreflightFacts) { f.Survey.Replicas = nil }, "replica_servers", Failed, "no replica server"},
		"unhealthy":                 {"", func(f *PreflightFacts) { leader(f).Leading.Unhealthy = 1 }, "partitions", Failed, "1 of 1 tables"},
		"different versions":        {"", func(f *PreflightFacts) { f.Versions[1].Version = "2.4.0" }, "versions", Warned, "2.4.0 (r1:1); 2.5.0 (m1:1)"},
		"a version is unknown":      {"", func(f *PreflightFacts) { f.Versions[1].Version = "" }, "versions", Warned, "unknown for r1:1"},
		"a table in change":         {"", func(f *PreflightFacts) { f.Features.InChange = []string{"temp (dropping)"} }, "tables_in_change", Failed, "temp (dropping)"},
		"a split":                   {"", func(f *PreflightFacts) { f.Features.Splitting = []string{"temp"} }, "partition_splits", Failed, "temp"},
		"a bulk load":               {"", func(f *PreflightFacts) { f.Features.Loading = []string{"temp"} }, "bulk_loads", Failed, "temp"},
		"results of a bulk load":    {ByRecovery, func(f *PreflightFacts) { f.Scan.BulkLoads = 1 }, "bulk_loads", Warned, "results of bulk loads are in the tree (1)"},
		"an active duplication":     {"", func(f *PreflightFacts) { dup(f, false) }, "duplications", Failed, "temp to c2 (5)"},
		"a paused duplication":      {"", func(f *PreflightFacts) { dup(f, true) }, "duplications", Passed, "paused (1)"},
		"duplications and recovery": {ByRecovery, func(f *PreflightFacts) { dup(f, true) }, "duplications", Warned, "recovery loses duplications (1)"},
		"a backup":                  {"", func(f *PreflightFacts) { f.Features.Backups = []string{"daily"} }, "backups", Failed, "daily"},
		"a policy":                  {"", func(f *PreflightFacts) { f.Features.Policies = []string{"daily"} }, "backups", Warned, "can start a backup"},
		"a disabled policy":         {"", func(f *PreflightFacts) { f.Features.Disabled = []string{"daily"} }, "backups", Passed, "no backup"},
		"policies and recovery":     {ByRecovery, func(f *PreflightFacts) { f.Features.Disabled = []string{"daily"} }, "backups", Warned, "recovery loses backup policies (1)"},
		"nobody to ask":             {"", func(f *PreflightFacts) { f.Features = FeatureFacts{Doubt: errors.New("no answer")} }, "backups", Warned, "unknown: no answer"},
		"dropped tables":            {ByRecovery, func(f *PreflightFacts) { f.Features.Dropped = []string{"gone (id 3)"} }, "dropped_tables", Warned, "gone (id 3)"},
		"an unreadable file":        {"", func(f *PreflightFacts) { f.Survey.Files[1].Doubt = "permission denied" }, "configurations_readable", Failed, "permission denied"},
		"a file is not known":       {"", func(f *PreflightFacts) { f.Survey.Meta[1].File, f.Survey.Files = ConfigFile{}, f.Survey.Files[:1] }, "configurations_readable", Warned, "m2:1"},
		"no running configuration":  {"", func(f *PreflightFacts) { f.Survey.Meta[1].Running, f.Survey.Meta[1].Doubt = nil, "timeout" }, "configurations_readable", Warned, "m2:1: timeout"},
		"another ZooKeeper in one":  {"", func(f *PreflightFacts) { other(f, func(c *metaadmin.ServerConfig) { c.HostsList = "new:2181" }) }, "configurations_agree", Failed, "hosts_list"},
		"hosts in another order": {"", func(f *PreflightFacts) {
			other(f, func(c *metaadmin.ServerConfig) { c.HostsList = " old:2181" })
		}, "configurations_agree", Passed, "4 configurations"},
		"another lock in a file":  {"", func(f *PreflightFacts) { f.Survey.Files[1].Config.LockRoot = "/x" }, "configurations_agree", Failed, "distributed_lock_service_parameters"},
		"the flag left on in one": {"", func(f *PreflightFacts) { f.Survey.Files[1].Config.Recovery = true }, "configurations_agree", Failed, "recover_from_replica_server"},
		"a value that is no value": {"", func(f *PreflightFacts) {
			f.Faults = []ConfigFault{{"m1.ini", "[meta_server] recover_from_replica_server must be true or false, got \"yes\""}}
		}, "configurations_startable", Failed, "m1.ini: [meta_server]"},
		"no estimate": {"", func(f *PreflightFacts) { f.Scan = ScanFacts{} }, "copy_time", Warned, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			by := c.by
			if by == "" {
				by = ByCopy
			}
			f := sound(by)
			c.change(f)
			got := find(t, f, c.check)
			if got.Result != c.want || !strings.Contains(got.Seen.String(), c.seen) {
				t.Errorf("%s: %s; want %s with %q", got.Result, got.Seen, c.want, c.seen)
			}
			if got.Do.IsZero() != (got.Result == Passed) {
				t.Errorf("%s, and to do: %q", got.Result, got.Do)
			}
		})
	}
}

func readOnly(f *PreflightFacts) {
	for i := range f.Ensemble.Members {
		f.Ensemble.Members[i].ReadOnly = true
	}
}

func quota(f *PreflightFacts, q QuotaFacts) { f.Ensemble.Quotas = []QuotaFacts{q} }

func dup(f *PreflightFacts, paused bool) {
	f.Features.Duplications = []DuplicationFacts{{Table: "temp", Remote: "c2", ID: 5, Paused: paused}}
}

// tables makes the target a tree with some tables besides those of the source.
func tables(f *PreflightFacts, more ...zkcopy.Table) {
	f.Survey.Target.Exists = true
	f.Survey.Target.Clusters = []zkcopy.Cluster{{Root: "/pegasus/c1", HasApps: true, AppsState: "unlock", Tables: more}}
}

// used makes the target a tree in which meta servers have led.
func used(f *PreflightFacts) {
	tables(f)
	c := &f.Survey.Target.Clusters[0]
	c.LockPath, c.LockChanges = "/pegasus/c1/lock/dsn.meta.server.leader", 2
}

func TestTheWorstResultIsThatOfAll(t *testing.T) {
	var got []Result
	for _, results := range [][]Result{{}, {Passed}, {Passed, Warned}, {Warned, Failed, Passed}} {
		var checks []Check
		for _, r := range results {
			checks = append(checks, Check{Result: r})
		}
		got = append(got, Worst(checks))
	}
	if diff := cmp.Diff([]Result{Passed, Passed, Warned, Failed}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnEstimateGrowsWithTheTreeAndTheDistance(t *testing.T) {
	f := sound(ByCopy)
	near, known := EstimateOf(f)
	if !known || near.Freeze <= near.Copy {
		t.Fatalf("%+v, %v", near, known)
	}
	f.Scan.Whole, f.Features.Partitions = false, 100_000
	large, _ := EstimateOf(f)
	if large.Znodes != 100_000 || large.Copy < 50*near.Copy {
		t.Errorf("of 1,000 znodes %v, of 100,000 %v", near.Copy, large.Copy)
	}
	f.Ensemble.Members[0].Ping, f.Ensemble.Members[0].Login = 100*time.Millisecond, 3*time.Second
	if far, _ := EstimateOf(f); far.Copy <= large.Copy {
		t.Errorf("near %v, far away %v", large.Copy, far.Copy)
	}
}
