package migration

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/journal"
	"pegashell/metaadmin"
)

func TestTheJournalKeepsWhatTheFirstLeaderSays(t *testing.T) {
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tables := []metaadmin.AppInfo{{ID: 7, Name: "b", PartitionCount: 4}, {ID: 2, Name: "a", PartitionCount: 8}}
	first := MetaServer{Address: "a:1", State: ServerLeader, Since: since, Leading: Leading{
		Level: metaadmin.LevelBlind, Tables: tables, Unhealthy: 1, Nodes: 3, Alive: 2, Hosts: "z:1", Root: "/p"}}
	second := first
	second.Address = "b:1"
	follower := MetaServer{Address: "c:1", State: ServerFollower}
	recovering := MetaServer{Address: "a:1", State: ServerRecovering}
	sum, _ := TableNames(tables)
	want := journal.Seen{Leader: "a:1", Since: since, Leaders: 1, Hosts: "z:1", Root: "/p", Level: "blind", Tables: 2, Unhealthy: 1,
		Servers: 3, Alive: 2, TableSum: sum, Names: []string{"2 a 8", "7 b 4"}}
	two := want
	two.Leaders = 2
	unknown := journal.Seen{Tables: -1, Unhealthy: -1, Servers: -1, Alive: -1}
	inRecovery := unknown
	inRecovery.Leader, inRecovery.Leaders = "a:1", 1
	for name, c := range map[string]struct {
		meta []MetaServer
		want journal.Seen
	}{
		"one leader":     {[]MetaServer{follower, first}, want},
		"two leaders":    {[]MetaServer{first, second}, two},
		"no leader":      {[]MetaServer{follower}, unknown},
		"a recovery":     {[]MetaServer{recovering}, inRecovery},
		"nobody was met": {nil, unknown},
	} {
		s := Survey{Meta: c.meta}
		if diff := cmp.Diff(c.want, s.Seen()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if other, _ := TableNames(tables[:1]); other == sum {
		t.Error("other tables have the same sum")
	}
}
