package look

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/manifest"
	"pegashell/internal/test/metatest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
)

func TestEveryMetaServerIsAskedByItself(t *testing.T) {
	leader, follower, recovering, loading := startMeta(t), startMeta(t), startMeta(t), startMeta(t)
	replica, silent := startMeta(t), metatest.Start(t, metatest.Hangs)
	down := metatest.Refusing(t)
	follower.refusal, recovering.refusal, loading.refusal = wire.ErrForwardToOthers, wire.ErrUnderRecovery, wire.ErrServiceNotActive
	nowhere := metatest.Refusing(t)
	config := metaadmin.ServerConfig{HostsList: nowhere, ClusterRoot: "/p", LockRoot: "/l", MetaServers: []string{leader.Address, loading.Address, "localhost:" + port(leader.Address), "nonsense"}}
	for _, m := range []*scriptedMeta{leader, follower, recovering, loading} {
		m.config = config
	}
	address, _ := wire.ParseAddress(replica.Address)
	dead, _ := wire.ParseAddress(down)
	leader.nodes = []wire.NodeInfo{{Status: wire.NodeAlive, Address: address}, {Status: wire.NodeUnalive, Address: dead}}
	leader.apps = append(tables("a", "b"), wire.AppInfo{Status: wire.AppDropped, Name: "c", ID: 3})
	leader.sick["b"] = true
	leader.level = wire.LevelBlind
	replica.stored = []wire.ReplicaInfo{{Status: wire.ReplicaInactive}, {Status: wire.ReplicaPrimary}, {Status: wire.ReplicaSecondary}, {Status: wire.ReplicaError}}

	o := optionsFor(t, quick, leader.Address, silent.Address)
	o.Servers = map[string]manifest.Server{follower.Address: {Stop: "stop f"}, recovering.Address: {}, down: {}, leader.Address: {Restart: "restart l"}}
	began := time.Now()
	s, err := Look(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 3*Patience {
		t.Errorf("it took %v", took)
	}
	got := map[string]migration.ServerState{}
	for _, m := range s.Meta {
		got[m.Address] = m.State
		if (m.Doubt != "") != (m.Address == silent.Address) {
			t.Errorf("doubt of %s: %q", m.Address, m.Doubt)
		}
		if m.State.Runs() && (m.Running == nil || !m.Started.Equal(leader.started)) {
			t.Errorf("%s runs with %v since %v", m.Address, m.Running, m.Started)
		}
	}
	want := map[string]migration.ServerState{
		leader.Address: migration.ServerLeader, follower.Address: migration.ServerFollower, recovering.Address: migration.ServerRecovering,
		loading.Address: migration.ServerLoading, down: migration.ServerDown, silent.Address: migration.ServerUnknown,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	m := find(t, s, leader.Address)
	if m.Site.Restart != "restart l" || find(t, s, follower.Address).Site.Stop != "stop f" {
		t.Error("the lines of the site are missing")
	}
	l := m.Leading
	if l.Level != wire.LevelBlind || l.Effective != wire.LevelBlind || l.Alive != 1 || l.Nodes != 2 || l.Beacons != 1 || len(l.Tables) != 2 || l.Unhealthy != 1 || l.Hosts != nowhere || l.Root != "/p" {
		t.Errorf("the leader says %+v", l)
	}
	if r := find(t, s, recovering.Address).Leading; r.Hosts != nowhere || r.Root != "/p" || r.Beacons != -1 {
		t.Errorf("the leader in recovery says %+v", r)
	}
	wantReplicas := []migration.ReplicaServer{{Address: replica.Address, Alive: true, Serving: 2, Inactive: 1}, {Address: down, Doubt: "x"}}
	for i := range s.Replicas {
		if s.Replicas[i].Doubt != "" {
			s.Replicas[i].Doubt = "x"
		}
	}
	less := func(a, b migration.ReplicaServer) bool { return a.Address < b.Address }
	if diff := cmp.Diff(wantReplicas, s.Replicas, sortBy(less)); diff != "" {
		t.Error(diff)
	}
	if s.Source.Path != "/p" || !strings.Contains(s.Source.Contents.Doubt, "refused") || s.Target.Name != "" {
		t.Errorf("old %+v, new %+v", s.Source, s.Target)
	}
}

func TestAStartTimeOfAnotherTimeZoneIsNotBelieved(t *testing.T) {
	m := startMeta(t)
	m.refusal = wire.ErrForwardToOthers
	m.started = time.Now().UTC().Add(8 * time.Hour)
	s, err := Look(t.Context(), optionsFor(t, quick, m.Address))
	if err != nil {
		t.Fatal(err)
	}
	if got := find(t, s, m.Address).Started; !got.IsZero() {
		t.Errorf("started %v", got)
	}
}

func TestAServerThatHoldsNoDumpSaysWhy(t *testing.T) {
	m := startMeta(t) // its configuration has no roots
	m.refusal = wire.ErrForwardToOthers
	s, err := Look(t.Context(), optionsFor(t, quick, m.Address))
	if err != nil {
		t.Fatal(err)
	}
	if got := find(t, s, m.Address); got.State != migration.ServerFollower || got.Running != nil || !strings.Contains(got.Doubt, "config-dump") {
		t.Errorf("%+v", got)
	}
}

func TestALeaderHasLedSinceItWasSeen(t *testing.T) {
	m := startMeta(t)
	m.config = metaadmin.ServerConfig{ClusterRoot: "/p", LockRoot: "/p"} // and no ZooKeeper to wait for
	seen := m.started.Add(time.Hour)
	for _, c := range []struct {
		name   string
		sights []migration.Sight
		want   time.Time
	}{
		{"never", nil, time.Time{}},
		{"twice", []migration.Sight{{Leader: m.Address, Time: seen}, {Leader: m.Address, Time: seen.Add(time.Hour)}}, seen},
		{"another leader", []migration.Sight{{Leader: "h:1", Time: seen}}, time.Time{}},
		{"before it was started", []migration.Sight{{Leader: m.Address, Time: m.started.Add(-time.Minute)}}, time.Time{}},
	} {
		o := optionsFor(t, quick, m.Address)
		o.History.Sights = c.sights
		s, err := Look(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if got := find(t, s, m.Address).Since; !got.Equal(c.want) {
			t.Errorf("%s: since %v, want %v", c.name, got, c.want)
		}
	}
}

func find(t *testing.T, s *migration.Survey, address string) migration.MetaServer {
	t.Helper()
	for _, m := range s.Meta {
		if m.Address == address {
			return m
		}
	}
	t.Fatalf("%s was not found", address)
	return migration.MetaServer{}
}
