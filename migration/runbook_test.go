package migration

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

// calmWorld is a healthy cluster of two meta servers with two tables, of which m1 leads.
func calmWorld(l simLayout) *simWorld {
	w := &simWorld{trees: map[string]*simTree{}, locks: map[string]*simLock{}, made: map[string]bool{}, source: l.old.tree(), target: l.target,
		held: map[int32]simTable{1: {name: "t1", created: 1}, 2: {name: "t2", created: 2}}}
	w.made[l.old.zk()+l.old.chrooted()] = true
	w.plant(w.source, &simTree{tables: map[int32]simTable{1: w.held[1], 2: w.held[2]}})
	for i := range 2 {
		w.servers = append(w.servers, &simServer{name: fmt.Sprintf("m%d:1", i+1), file: l.old, seen: true})
		w.start(w.servers[i])
		w.replicas = append(w.replicas, &simReplica{name: fmt.Sprintf("r%d:1", i+1), up: true})
	}
	w.passes(5)
	return w
}

func (w *simWorld) passes(ticks int) {
	for range ticks {
		w.pass()
	}
}

// acts does what the words say, on the layout's configurations: `stop m1`, `m1 new`, `blind`, `copy`.
// Time passes after each, unless it ends with !.
func (w *simWorld) acts(t *testing.T, l simLayout, script string) {
	t.Helper()
	for act := range strings.SplitSeq(script, "; ") {
		act, atOnce := strings.CutSuffix(act, "!")
		verb, name, _ := strings.Cut(act, " ")
		s := w.server(name + ":1")
		if s == nil {
			s = w.server(verb + ":1")
		}
		var err error
		switch {
		case act == "":
		case act == "blind", act == "steady":
			err = w.command("set_meta_level " + act)
		case act == "copy":
			err = w.copyTree(w.source, w.target, false)
		case act == "half a copy":
			w.plant(w.target, &simTree{tables: map[int32]simTable{1: w.held[1]}, made: w.clock(), changed: w.clock()})
		case act == "create", act == "create late":
			w.creates = 1
		case act == "pass":
			w.passes(sessionTicks + 2)
		case act == "remove old":
			w.vanish(w.source)
		case act == "stale lock":
			w.lock(l.old.lockAt()).holders = append(w.lock(l.old.lockAt()).holders, simHolder{server: "gone:1", node: "LOCKNODE0000000000", until: -1})
		case act == "recover":
			err = w.recover([]string{"r1:1", "r2:1"})
		case verb == "dies":
			w.replicas[0].up = false
		case verb == "silent":
			s.silent = w.tick + 100
		case verb == "unseen":
			s.seen = false
		case verb == "hide":
			s.hidden = true
		case verb == "stop", verb == "start", verb == "restart":
			err = w.command(verb + " " + s.name)
		case verb == "kill":
			w.end(s, true)
		case name == "new":
			s.file = l.new
		case name == "old":
			s.file = l.old
		case name == "flag":
			s.file.recovery = true
		default:
			t.Fatalf("unknown act %q", act)
		}
		if err != nil {
			t.Fatalf("%s: %v", act, err)
		}
		if !atOnce {
			w.passes(3)
		}
	}
}

func TestTheRunbookNamesWhatItSeesAndWhatComesNext(t *testing.T) {
	const copied = "stop m2; blind; copy; "
	const moved = copied + "m1 new; m2 new; restart m1; "
	const recoveringNow = "stop m1; stop m2; m1 new; m2 new; m1 flag; m2 flag; pass; start m1; "
	hand := func(server, values string) string {
		return "# on the host of the meta server " + server + ": set in its configuration file " + values
	}
	for name, c := range map[string]struct {
		acts       string
		by         Procedure
		situations string // "" for none
		states     string // of the steps: done, next, blocked, later or undone, by their first letters
		next       string // lines, with commas between
	}{
		"at the beginning":               {"", "", "", "nnlllll", "ls -a -o apps.list, nodes -d -o nodes.list, stop m2:1, set_meta_level blind"},
		"followers are stopped":          {"stop m2", "", "", "dnlllll", "set_meta_level blind"},
		"blind":                          {"stop m2; blind", "", "", "ddnllll", "zk_copy -t new:1"},
		"copied":                         {copied, "", "", "dddnlll", "config_set m1:1 zookeeper hosts_list new:1, config_set m2:1 zookeeper hosts_list new:1"},
		"configured":                     {copied + "m1 new; m2 new", "", "leader_on_old_zookeeper", "ddddnll", "restart m1:1"},
		"moved":                          {moved, "", "", "dddddnl", "start m2:1"},
		"arrived":                        {moved + "start m2", "", "", "ddddddn", ""},
		"the old tree was removed after": {moved + "start m2; remove old", "", "", "ddddddd", ""},

		"a follower left running":           {"blind; copy", "", "followers_alive", "ndlllll", "ls -a -o apps.list, nodes -d -o nodes.list, stop m2:1"},
		"a follower that was just killed":   {"blind; kill m2", "", "", "ndlllll", "wait"},
		"a follower that does not answer":   {"silent m2", "", "meta_server_silent", "nnlllll", "ls -a -o apps.list, nodes -d -o nodes.list, stop m2:1, set_meta_level blind"},
		"the level was forgotten":           {copied + "restart m1; pass", "", "level_forgotten", "dulllll", "set_meta_level blind"},
		"a fail-over while blind":           {"blind; copy; stop m1", "", "level_forgotten", "dulllll", "set_meta_level blind"},
		"a follower in no list":             {"hide m2; blind; copy; m1 new", "", "unknown_meta_server", "", "# on the host of the meta server m2:1: stop it, wait"},
		"a second leader in no list":        {"stop m2; blind; copy; m2 new; start m2; hide m2", "", "unknown_meta_server used_target", "", "# on the host of the meta server m2:1: stop it, wait"},
		"no leader yet":                     {"kill m1", "", "no_leader", "bllllll", "wait"},
		"a lock node that nobody holds":     {"kill m1; kill m2; pass; stale lock", "", "stale_lock", "ddbllll", "zk_rmr old:1/p/c1/dsn.meta.server.leader/LOCKNODE0000000000 --force connected_tree,unknown_cluster --yes"},
		"the copy was interrupted":          {"stop m2; blind; half a copy", "", "copy_interrupted", "ddnllll", "zk_copy -t new:1"},
		"a table created during the copy":   {"copy; create; stop m2; blind", "", "copy_interrupted", "ddnllll", "zk_copy -t new:1"},
		"one configuration changed":         {copied + "m1 new", "", "leader_on_old_zookeeper configurations_disagree", "dddnlll", "config_set m2:1 zookeeper hosts_list new:1"},
		"restarted with one forgotten":      {copied + "m1 new; restart m1", "", "configurations_disagree", "dddulll", "config_set m2:1 zookeeper hosts_list new:1"},
		"a follower on the other ZooKeeper": {copied + "m1 new; restart m1; kill m1; start m2; m2 new; start m1", "", "two_leaders", "", "stop m1:1"},
		"two leaders":                       {copied + "m2 new; start m2; pass", "", "two_leaders configurations_disagree", "", "stop m2:1"},
		"after two leaders":                 {copied + "m2 new; start m2; pass; stop m2", "", "used_target leader_on_old_zookeeper configurations_disagree", "ddbllll", "zk_rmr new:1/p/c1 --backup c1-new-0.zkb.zst --yes"},
		"still blind on the new ZooKeeper":  {moved + "blind", "", "still_blind", "", "set_meta_level steady"},
		"the old tree removed too early":    {copied + "remove old", "", "old_tree_removed", "", "config_set m1:1 zookeeper hosts_list new:1, config_set m2:1 zookeeper hosts_list new:1"},
		"the old tree removed without copy": {"remove old", "", "old_tree_removed recovery_needed", "", "config_set m1:1 zookeeper hosts_list new:1, config_set m1:1 meta_server recover_from_replica_server true --add, config_set m2:1 zookeeper hosts_list new:1, config_set m2:1 meta_server recover_from_replica_server true --add"},
		"the same, and copying was named":   {"remove old", ByCopy, "old_tree_removed recovery_needed", "", "migrate status --by recovery --from old:1/p/c1 --target new:1/p/c1"},
		"a dead replica server":             {"dies", "", "dead_replica_server", "", "# on the host of the replica server r1:1: start it, wait"},
		"a dead one while blind":            {"stop m2; blind; dies", "", "dead_replica_server", "ddnllll", "zk_copy -t new:1"},
		"went back to an older tree":        {moved + "create; m1 old; m2 old; restart m1", "", "new_tree_written", "", "config_set m1:1 zookeeper hosts_list new:1, config_set m2:1 zookeeper hosts_list new:1"},
		"a recovery flag left on":           {moved + "m2 flag", "", "recovery_flag_left_on recovery_flags_disagree", "", "config_set m2:1 meta_server recover_from_replica_server false"},
		"recovery onto a copy":              {copied + "stop m1; m1 new; m2 new; m1 flag; m2 flag; start m1; pass", "", "recovery_onto_a_tree", "dddnlll", "config_set m1:1 meta_server recover_from_replica_server false, config_set m2:1 meta_server recover_from_replica_server false"},
		"a stray recovery flag":             {copied + "m2 flag", "", "recovery_flag_left_on", "dddnlll", "config_set m1:1 zookeeper hosts_list new:1, config_set m2:1 zookeeper hosts_list new:1, config_set m2:1 meta_server recover_from_replica_server false"},
		"recovery onto a copy, by name":     {copied + "stop m1; m1 new; m2 new; m1 flag; m2 flag; start m1; pass", ByRecovery, "recovery_onto_a_tree", "", "zk_rmr new:1/p/c1 --backup c1-new-0.zkb.zst --force unknown_cluster --yes"},

		"recovery, at the beginning":     {"", ByRecovery, "", "nnnlllll", "ls -o apps.list, recover_list -o recover_node_list, stop m2:1, stop m1:1"},
		"recovery, stopped":              {"stop m1; stop m2", ByRecovery, "", "dddnllll", "config_set m1:1 zookeeper hosts_list new:1, config_set m1:1 meta_server recover_from_replica_server true --add, config_set m2:1 zookeeper hosts_list new:1, config_set m2:1 meta_server recover_from_replica_server true --add"},
		"recovery, not yet INACTIVE":     {"stop m1!; m1 new!; m2 new!; m1 flag!; m2 flag!; stop m2!", ByRecovery, "", "ddndllll", "wait"},
		"recovery, configured":           {"stop m1; stop m2; m1 new; m2 new; m1 flag; m2 flag; pass", "", "", "ddddnlll", "start m1:1"},
		"recovery, started":              {recoveringNow, "", "", "dddddnll", "recover -s r1:1,r2:1"},
		"recovery, started too early":    {"stop m2; m1 new; m2 new; m1 flag; m2 flag; restart m1", "", "", "", "stop m1:1"},
		"recovery with a server missing": {recoveringNow + "dies", "", "replica_server_silent", "", "# on the host of the replica server r1:1: start it, wait"},
		"recovery, recovered":            {recoveringNow + "recover", "", "", "ddddddnl", "config_set m1:1 meta_server recover_from_replica_server false, config_set m2:1 meta_server recover_from_replica_server false"},
		"recovery, flags off":            {recoveringNow + "recover; m1 new; m2 new", "", "", "ddddddnl", "restart m1:1"},
		"recovery, restarted":            {recoveringNow + "recover; m1 new; m2 new; restart m1; pass", ByRecovery, "", "dddddddn", "start m2:1"},
		"recovery on the old ZooKeeper":  {"stop m1; stop m2; remove old; m1 flag; m2 flag; pass; start m1", "", "recovering_on_old_zookeeper", "", "stop m1:1"},

		"files that cannot be seen": {copied + "unseen m1; unseen m2", "", "", "dddnnll",
			hand("m1:1", "hosts_list = new:1 in section [zookeeper], recover_from_replica_server = false in section [meta_server]") + ", " +
				hand("m2:1", "hosts_list = new:1 in section [zookeeper], recover_from_replica_server = false in section [meta_server]") + ", restart m1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			l := simLayouts[0]
			w := calmWorld(l)
			w.acts(t, l, c.acts)
			book := NewRunbook(w.survey(), c.by)
			var names []string
			for _, s := range book.Situations {
				names = append(names, s.Name)
				if s.Seen.IsZero() || s.Matters.IsZero() {
					t.Errorf("%s says too little", s.Name)
				}
			}
			for want := range strings.SplitSeq(c.situations, " ") {
				if want != "" && !slices.Contains(names, want) {
					t.Errorf("%s is not among %v", want, names)
				}
			}
			if c.situations == "" && len(names) > 0 && names[0] != SituationUnhealthyTables {
				t.Errorf("found %v", names)
			}
			states := ""
			for _, s := range book.Steps {
				states += string(s.State[:1])
				if (s.State == StepNext || s.State == StepUndone) != (len(s.Do) > 0) {
					t.Errorf("step %d is %s and has %d lines", s.Number, s.State, len(s.Do))
				}
			}
			if c.states != "" && states != c.states {
				t.Errorf("steps %s, want %s", states, c.states)
			}
			if diff := cmp.Diff(c.next, typed(book.Next)); diff != "" {
				t.Errorf("next (-want +got):\n%s", diff)
			}
			if book.Arrived != (len(book.Next) == 0) {
				t.Errorf("arrived: %v", book.Arrived)
			}
		})
	}
}

func TestACopyIsNotEqualWhileChangedZnodesWereNotRead(t *testing.T) {
	l := simLayouts[0]
	w := calmWorld(l)
	w.acts(t, l, "stop m2; blind; copy")
	s := w.survey()
	s.Compared.Unread = 7
	book := NewRunbook(s, "")
	if step := book.Steps[2]; step.State != StepNext || typed(book.Next) != "zk_copy -t new:1" {
		t.Errorf("step 3 is %s (%s), next %s", step.State, step.Why, typed(book.Next))
	}
}

func TestALevelIsNotForgottenWhileACopyFollows(t *testing.T) {
	l := simLayouts[0]
	w := calmWorld(l)
	w.acts(t, l, "copy; stop m2")
	s := w.survey()
	for _, following := range []bool{false, true} {
		if following {
			s.History.Follow = message.New("following")
		}
		book := NewRunbook(s, "")
		forgotten := slices.ContainsFunc(book.Situations, func(s Situation) bool { return s.Name == SituationLevelForgotten })
		if forgotten == following || typed(book.Next) != "set_meta_level blind" {
			t.Errorf("following %v: forgotten %v, next %s", following, forgotten, typed(book.Next))
		}
	}
}

// typed are lines with commas between.
func typed(lines []Line) string {
	var texts []string
	for _, l := range lines {
		switch {
		case l.Command != "":
			texts = append(texts, l.Typed(false))
		case !l.ByHand.IsZero():
			texts = append(texts, "# "+l.ByHand.String())
		default:
			texts = append(texts, "wait")
		}
	}
	return strings.Join(texts, ", ")
}

func TestWhatConfigurationsMustSayFollowsTheLayout(t *testing.T) {
	running := func(hosts, root, lock string) *Survey {
		return &Survey{
			Source: Tree{Path: "/team/p/c1", Contents: Contents{Hosts: "old:1,old:2"}},
			Meta: []MetaServer{{Address: "m1:1", State: ServerLeader, Running: &metaadmin.ServerConfig{HostsList: hosts, ClusterRoot: root, LockRoot: lock},
				Leading: Leading{Hosts: "old:1,old:2", Root: "/team/p/c1"}}},
		}
	}
	for name, c := range map[string]struct {
		hosts, root, lock string
		target            string
		exists            bool
		above             string
		want              settings
	}{
		"the chroot stays":            {"old:1,old:2/team", "/p/c1", "/p/c1/lock", "/team/p/c1", true, "", settings{"new:1/team", "/p/c1", "/p/c1/lock", false}},
		"the chroot is yet to be":     {"old:1,old:2/team", "/p/c1", "/p/c1/lock", "/team/p/c1", false, "/", settings{"new:1", "/team/p/c1", "/team/p/c1/lock", false}},
		"the chroot is there already": {"old:1,old:2/team", "/p/c1", "/locks", "/team/p/c1", false, "/team", settings{"new:1/team", "/p/c1", "/locks", false}},
		"the chroot goes":             {"old:1,old:2/team", "/p/c1", "/locks", "/p/c1", true, "", settings{"new:1", "/p/c1", "/locks", false}},
		"another chroot":              {"old:1,old:2/team", "/p/c1", "/p/c1", "/x/y/p/c1", true, "", settings{"new:1/x/y", "/p/c1", "/p/c1", false}},
		"another path":                {"old:1,old:2/team", "/p/c1", "/p/c1/lock", "/q", true, "", settings{"new:1", "/q", "/q/lock", false}},
		"a lock at the root moves":    {"old:1,old:2/team", "/p/c1", "/p/c1", "/q", true, "", settings{"new:1", "/q", "/q", false}},
		"a lock elsewhere stays":      {"old:1,old:2", "/team/p/c1", "/p/c1", "/q", true, "", settings{"new:1", "/q", "/p/c1", false}},
	} {
		s := running(c.hosts, c.root, c.lock)
		s.Target = Tree{Path: c.target, Exists: c.exists, Above: c.above, Contents: Contents{Hosts: "new:1"}}
		if got := s.settingsFor(newSide); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
		back := s.settingsFor(oldSide)
		if got := (settings{c.hosts, c.root, c.lock, false}); back != got {
			t.Errorf("%s: back: got %+v, want %+v", name, back, got)
		}
	}
}

func TestAConfigurationThatNamesTheTreeInOtherWordsIsRight(t *testing.T) {
	v := &view{Survey: &Survey{Target: Tree{Path: "/team/c1", Exists: true, Contents: Contents{Hosts: "new:1,new:2"}}}}
	n := need{settings{"new:1,new:2", "/team/c1", "/team/c1/lock", false}, false}
	for name, c := range map[string]struct {
		config metaadmin.ServerConfig
		want   int
	}{
		"the same":         {metaadmin.ServerConfig{HostsList: "new:1,new:2", ClusterRoot: "/team/c1", LockRoot: "/team/c1/lock"}, 0},
		"a chroot":         {metaadmin.ServerConfig{HostsList: "new:2,new:1/team", ClusterRoot: "/c1", LockRoot: "/c1/lock"}, 0},
		"one server":       {metaadmin.ServerConfig{HostsList: "new:2", ClusterRoot: "/team/c1", LockRoot: "/team/c1/lock"}, 0},
		"another lock":     {metaadmin.ServerConfig{HostsList: "new:1,new:2", ClusterRoot: "/team/c1", LockRoot: "/lock"}, 1},
		"another root":     {metaadmin.ServerConfig{HostsList: "new:1,new:2", ClusterRoot: "/c1", LockRoot: "/team/c1/lock"}, 1},
		"another ensemble": {metaadmin.ServerConfig{HostsList: "old:1", ClusterRoot: "/team/c1", LockRoot: "/team/c1/lock"}, 1},
		"the flag":         {metaadmin.ServerConfig{HostsList: "new:1,new:2", ClusterRoot: "/team/c1", LockRoot: "/team/c1/lock", Recovery: true}, 1},
	} {
		if got := v.lacks(c.config, n, newSide); len(got) != c.want {
			t.Errorf("%s: lacks %+v", name, got)
		}
	}
}

func TestOfTwoLeadersTheOneWithTheClusterIsKept(t *testing.T) {
	now := time.Unix(1000, 0)
	apps := func(ids ...int32) []metaadmin.AppInfo {
		var all []metaadmin.AppInfo
		for _, id := range ids {
			all = append(all, metaadmin.AppInfo{ID: id, Name: fmt.Sprint("t", id), CreateSecond: int64(id)})
		}
		return all
	}
	survey := func(old, new Leading) *Survey {
		table := func(path string, hosts string, leading Leading) Tree {
			c := zkcopy.Cluster{Root: path, HasApps: true}
			for _, a := range leading.Tables {
				c.Tables = append(c.Tables, zkcopy.Table{ID: a.ID, Name: a.Name, CreateSecond: a.CreateSecond})
			}
			return Tree{Name: hosts + path, Path: path, Exists: true, Clusters: []zkcopy.Cluster{c}, Contents: Contents{Hosts: hosts, LastPath: "/c1/apps/1/0", LastTime: now}}
		}
		s := &Survey{Source: table("/c1", "old:1", old), Target: table("/c1", "new:1", new), Replicas: make([]ReplicaServer, 3)}
		old.Hosts, old.Root, new.Hosts, new.Root = "old:1", "/c1", "new:1", "/c1"
		s.Meta = []MetaServer{{Address: "m1", State: ServerLeader, Leading: new}, {Address: "m2", State: ServerLeader, Leading: old}, {Address: "m3", State: ServerFollower}}
		return s
	}
	for name, c := range map[string]struct {
		old, new Leading
		change   func(*Survey)
		keep     string
		why      string
	}{
		"the other lacks a table":          {Leading{Tables: apps(1), Alive: 3}, Leading{Tables: apps(1, 2)}, nil, "m1", "m2 lacks t2 (id 2)"},
		"replica servers report to it":     {Leading{Tables: apps(1), Alive: 3}, Leading{Tables: apps(1)}, nil, "m2", "3 of 3 replica servers report to it"},
		"beacons count more":               {Leading{Tables: apps(1), Alive: 3, Beacons: 1}, Leading{Tables: apps(1), Alive: 3, Beacons: 2}, nil, "m1", "2 of 3 replica servers report to it"},
		"healthy tables":                   {Leading{Tables: apps(1, 2), Unhealthy: 2}, Leading{Tables: apps(1, 2)}, nil, "m1", "2 tables are healthy there"},
		"the copy was written last":        {Leading{Tables: apps(1)}, Leading{Tables: apps(1)}, func(s *Survey) { s.Target.Changed = []string{"x"}; s.Target.Contents.LastTime = now.Add(time.Hour) }, "m1", "changed last"},
		"a copy is younger in any case":    {Leading{Tables: apps(1)}, Leading{Tables: apps(1)}, func(s *Survey) { s.Target.Contents.LastTime = now.Add(time.Hour) }, "m2", "the original"},
		"the other waits for its recovery": {Leading{Tables: apps(1)}, Leading{}, func(s *Survey) { s.Meta[0].State = ServerRecovering }, "m2", "waits for recover"},
		"a tree that could not be looked at": {Leading{Tables: apps(1), Alive: 2}, Leading{Alive: 1}, func(s *Survey) {
			s.Target = Tree{Name: "new:1/c1", Path: "/c1", Contents: Contents{Hosts: "new:1", Doubt: "gone"}}
		}, "m2", "report to it"},
	} {
		s := survey(c.old, c.new)
		if c.change != nil {
			c.change(s)
		}
		keep, why, ok := Recommend(s)
		if !ok || keep.Address != c.keep || !strings.Contains(why.String(), c.why) {
			t.Errorf("%s: keep %s: %s", name, keep.Address, why)
		}
	}
	if _, _, ok := Recommend(&Survey{Meta: []MetaServer{{State: ServerLeader}}}); ok {
		t.Error("one leader alone is recommended")
	}
}

func TestTheTreeInUseMayHaveBeenNamedByMistake(t *testing.T) {
	l := simLayouts[0]
	s := calmWorld(l).survey()
	s.Target, s.Source, s.Compared = s.Source, Tree{}, Comparison{}
	book := NewRunbook(s, "")
	if len(book.Situations) == 0 || book.Situations[0].Name != SituationNoSource {
		t.Errorf("found %v", book.Situations)
	}
}

func TestAConfigurationOfAnotherClusterIsNotChanged(t *testing.T) {
	l := simLayouts[0]
	w := calmWorld(l)
	w.acts(t, l, "stop m2; blind; copy; m1 new; m2 new")
	s := w.survey()
	s.Files = append(s.Files, ConfigFile{Name: "other.ini", Of: "c2", Doubt: "it is the configuration of another cluster: c2",
		Config: metaadmin.ServerConfig{HostsList: "third:1", ClusterRoot: "/p/c2", LockRoot: "/p/c2"}})
	book := NewRunbook(s, "")
	if !slices.ContainsFunc(book.Situations, func(s Situation) bool { return s.Name == SituationForeignConfig }) {
		t.Errorf("found %v", book.Situations)
	}
	if got := typed(book.Next); got != "restart m1:1" {
		t.Errorf("next %s", got)
	}
}

func TestALeaderThatTheShellDoesNotReachIsNamed(t *testing.T) {
	l := simLayouts[0]
	w := calmWorld(l)
	s := w.survey()
	s.Meta[0].Listed = false
	if names := NewRunbook(s, "").Situations; len(names) > 0 {
		t.Errorf("a follower of the list says who leads, and found %v", names)
	}
	w.acts(t, l, "stop m2")
	s = w.survey()
	s.Meta[0].Listed = false
	if got := typed(NewRunbook(s, "").Next); got != "# leave this shell and start it with all meta servers: --cluster m1:1,m2:1" {
		t.Errorf("next %s", got)
	}
}

func TestACopyThatWentTheOtherWayIsNamed(t *testing.T) {
	s := calmWorld(simLayouts[0]).survey()
	s.History = History{By: ByCopy, From: s.Target.Name, Target: s.Source.Name}
	if got := NewRunbook(s, "").Situations; len(got) != 1 || got[0].Name != SituationOtherWay {
		t.Errorf("found %v", got)
	}
	s.History.From, s.History.Target = s.History.Target, s.History.From
	if got := NewRunbook(s, "").Situations; len(got) != 0 {
		t.Errorf("found %v", got)
	}
}
