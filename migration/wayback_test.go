package migration

import (
	"strings"
	"testing"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

func TestTheWayBack(t *testing.T) {
	const moved = "stop m2; blind; copy; m1 new; m2 new; restart m1; start m2; pass; "
	for name, c := range map[string]struct {
		acts    string
		tooLate string
		lost    string
		next    string
	}{
		"before anything":       {"", "", "", ""},
		"while blind":           {"stop m2; blind; copy", "", "", "set_meta_level steady"},
		"with files changed":    {"stop m2; blind; copy; m1 new; m2 new", "", "", "config_set m1:1 zookeeper hosts_list old:1, config_set m2:1 zookeeper hosts_list old:1"},
		"from the new one":      {moved, "", "", "stop m2:1, stop m1:1"},
		"stopped":               {moved + "stop m1; stop m2", "", "", "config_set m1:1 zookeeper hosts_list old:1, config_set m2:1 zookeeper hosts_list old:1"},
		"configured":            {moved + "stop m1; stop m2; m1 old; m2 old", "", "", "start m1:1"},
		"started":               {moved + "stop m1; stop m2; m1 old; m2 old; start m1; pass", "", "", "start m2:1"},
		"back":                  {moved + "stop m1; stop m2; m1 old; m2 old; start m1; start m2; pass", "", "", ""},
		"a table created since": {moved + "create", "does not have: t3 (id 3)", "", "migrate status --from new:1/p/c1 --target old:1/p/c1"},
		"the old tree removed":  {moved + "remove old", "does not exist any more", "", ""},
		"two leaders":           {"stop m2; blind; copy; m2 new; start m2", "", "", "stop m2:1"},
		"in recovery":           {"stop m1; stop m2; m1 new; m2 new; m1 flag; m2 flag; pass; start m1", "", "", "stop m1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			l := simLayouts[0]
			w := calmWorld(l)
			w.acts(t, l, c.acts)
			r := WayBack(w.survey(), "")
			if late := r.TooLate.String(); !strings.Contains(late, c.tooLate) || (c.tooLate == "") != r.TooLate.IsZero() {
				t.Errorf("too late: %q", late)
			}
			if got := typed(r.Next); got != c.next {
				t.Errorf("next %q, want %q", got, c.next)
			}
			if want := c.next == "" && c.tooLate == ""; r.Done != want {
				t.Errorf("done: %v", r.Done)
			}
		})
	}
}

func TestTheWayBackSaysWhatItLoses(t *testing.T) {
	l := simLayouts[0]
	w := calmWorld(l)
	w.acts(t, l, "stop m2; blind; copy; m1 new; m2 new; restart m1; start m2; pass")
	changed := message.New("table 2 (t2) renamed")
	for name, c := range map[string]struct {
		compared Comparison
		want     string
	}{
		"nothing":      {Comparison{Equal: true}, ""},
		"words":        {Comparison{Different: 1, Tables: []message.Text{changed}}, "table 2 (t2) renamed"},
		"numbers":      {Comparison{Different: 3, Extra: 2}, "3 znodes differ, 2 are only in the new tree, 0 only in the old one"},
		"not compared": {Comparison{Doubt: "gone"}, "what was changed on the new ZooKeeper is not known: gone"},
	} {
		s := w.survey()
		s.Compared = c.compared
		if got := message.Join("; ", WayBack(s, "").Lost...).String(); got != c.want {
			t.Errorf("%s: lost %q, want %q", name, got, c.want)
		}
	}
}

func TestBeginningAgain(t *testing.T) {
	const back = "stop m2; blind; copy; m1 new; m2 new; restart m1; pass; stop m1; m1 old; m2 old; start m1; start m2; pass; "
	for name, c := range map[string]struct {
		acts string
		by   Procedure
		done bool
		next string
	}{
		"after going back":         {back, "", false, "zk_rmr new:1/p/c1 --backup c1-new-0.zkb.zst --yes"},
		"after a copy":             {"stop m2; blind; copy; steady", "", true, "migrate status --by copy --from old:1/p/c1 --target new:1/p/c1"},
		"after a copy, to recover": {"stop m2; blind; copy; steady", ByRecovery, false, "zk_rmr new:1/p/c1 --backup c1-new-0.zkb.zst --yes"},
		"where nothing is":         {"", "", true, "migrate status --by copy --from old:1/p/c1 --target new:1/p/c1"},
		"with two leaders":         {"stop m2; blind; copy; m2 new; start m2", "", false, "migrate rollback --from old:1/p/c1 --target new:1/p/c1"},
	} {
		l := simLayouts[0]
		w := calmWorld(l)
		w.acts(t, l, c.acts)
		r := Again(w.survey(), c.by)
		if got := typed(r.Next); got != c.next || r.Done != c.done || !r.TooLate.IsZero() {
			t.Errorf("%s: done %v, next %q, want %q; %s", name, r.Done, got, c.next, r.TooLate)
		}
	}
	l := simLayouts[0]
	w := calmWorld(l)
	w.acts(t, l, "stop m2; blind; copy; m1 new; m2 new; restart m1; start m2; pass")
	if r := Again(w.survey(), ""); r.TooLate.IsZero() {
		t.Errorf("a cluster that has arrived begins again: %q", typed(r.Next))
	}
}

// TestFactsThatTheModelDoesNotHave are situations that only a survey can have.
func TestFactsThatTheModelDoesNotHave(t *testing.T) {
	const moved = "stop m2; blind; copy; m1 new; m2 new; restart m1; start m2; pass"
	for name, c := range map[string]struct {
		acts   string
		change func(*Survey)
		want   string // the situation
		grave  bool
		next   string // "" where it does not matter
	}{
		"no target": {"", func(s *Survey) { s.Target = Tree{} }, SituationNoTarget, false, "# name the new ZooKeeper: migrate status --target HOSTS[/PATH]"},
		"a leader elsewhere": {"", func(s *Survey) { s.Meta[0].Leading.Hosts = "third:1" }, SituationLeaderElsewhere, false,
			"# name the trees: migrate status --from HOSTS/PATH --target HOSTS[/PATH]"},
		"the new ZooKeeper is down": {"", func(s *Survey) { s.Target.Contents.Doubt = "refused" }, SituationTreeUnseen, false, "# start the servers of new:1/p/c1, or correct the address, wait"},
		"the old ZooKeeper is down": {"", func(s *Survey) { s.Source.Contents.Doubt = "refused" }, SituationTreeUnseen, false, ""},
		"another cluster's tree":    {"", func(s *Survey) { s.Target = tree("/p/c1", clusterAt("/p/c1", 7)); s.Target.Contents.Hosts = "new:1" }, SituationOtherCluster, false, ""},
		"half a tree": {"", func(s *Survey) {
			s.Target = tree("/p/c1", zkcopy.Cluster{Root: "/p/c1", HasApps: true, AppsState: "lock"})
			s.Target.Contents.Hosts = "new:1"
		}, SituationHalfWritten, false, ""},
		"lock roots of files":   {"", func(s *Survey) { s.Meta[1].File.Config.LockRoot = "/lock" }, SituationLockRootsDisagree, false, ""},
		"lock roots of servers": {"", func(s *Survey) { s.Meta[1].Running.LockRoot = "/lock" }, SituationLockRootsDisagree, true, "stop m2:1"},
		"roots of files":        {"", func(s *Survey) { s.Meta[1].File.Config.ClusterRoot = "/p/c2" }, SituationRootsDisagree, false, ""},
		"server lists": {"", func(s *Survey) {
			s.Meta[1].File.Config.MetaServers = []string{"m1:1"}
			s.Meta[0].File.Config.MetaServers = []string{"m1:1", "m2:1"}
		}, SituationServerListsDisagree, false, ""},
		"a file that is not read": {"", func(s *Survey) { s.Meta[1].File.Doubt = "denied" }, SituationUnreadableConfig, false, ""},
		"a server that is in no list": {moved, func(s *Survey) { lockedByStranger(&s.Source) }, SituationUnknownServer, true,
			"# on the host of the meta server m9:1: stop it, wait"},
		"a session that ends": {moved, func(s *Survey) { lockedByStranger(&s.Source); s.Source.Outside[0].Locks[0].Value = "m1:1" }, SituationSessionExpires, false, "wait"},
		"the old tree written": {moved, func(s *Survey) {
			s.Source.Contents.LastTime, s.Compared = s.Meta[0].Since.Add(1), Comparison{Different: 1}
		}, SituationOldTreeWritten, false, ""},
		"a level below steady": {moved, func(s *Survey) { s.Meta[0].Leading.Level = metaadmin.LevelBlind + 100 }, SituationLevelNotSteady, false, "set_meta_level steady"},
	} {
		t.Run(name, func(t *testing.T) {
			l := simLayouts[0]
			w := calmWorld(l)
			w.acts(t, l, c.acts)
			s := w.survey()
			c.change(s)
			book := NewRunbook(s, "")
			var names []string
			found := false
			for _, each := range book.Situations {
				names = append(names, each.Name)
				found = found || each.Name == c.want && each.Grave == c.grave
			}
			if !found {
				t.Errorf("%s is not among %v", c.want, names)
			}
			if got := typed(book.Next); c.next != "" && got != c.next {
				t.Errorf("next %q, want %q", got, c.next)
			}
		})
	}
}

// lockedByStranger has a server that is in no list hold a lock of a tree.
func lockedByStranger(t *Tree) {
	t.Outside = append(t.Outside, zkcopy.Cluster{Root: "/lock", LockPath: "/lock/dsn.meta.server.leader",
		Locks: []zkcopy.EphemeralNode{{Path: "/lock/dsn.meta.server.leader/LOCKNODE0000000001", Value: "m9:1", Session: 9}}})
}
