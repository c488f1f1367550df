package look

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
)

func TestHoldersOfTheLockAreAskedThoughNoListNamesThem(t *testing.T) {
	zooKeeper := zktest.Start(t)
	leader, unlisted, elsewhere := startMeta(t), startMeta(t), startMeta(t)
	unlisted.refusal, elsewhere.refusal = wire.ErrForwardToOthers, wire.ErrForwardToOthers
	leader.config = metaadmin.ServerConfig{HostsList: zooKeeper.Addr(), ClusterRoot: "/p", LockRoot: "/p", MetaServers: []string{leader.Address}}
	unlisted.config, elsewhere.config = leader.config, leader.config
	elsewhere.config.ClusterRoot = "/another"
	gone, byName := metatest.Refusing(t), "localhost:"+port(leader.Address)
	conn := zktest.Connect(t, zooKeeper.Addr())
	zktest.Plant(t, conn, "", zktest.Znode{Path: "/p"})
	plantTree(t, conn, "/p", "/p", []string{byName, unlisted.Address, gone, elsewhere.Address}, app(1, "one"))

	s, err := Look(zktest.Context(t), optionsFor(t, quick, leader.Address))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]migration.ServerState{}
	for _, m := range s.Meta {
		got[m.Address] = m.State
	}
	want := map[string]migration.ServerState{leader.Address: migration.ServerLeader, unlisted.Address: migration.ServerFollower}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{byName}, find(t, s, leader.Address).Names); diff != "" {
		t.Error(diff)
	}
	if len(s.Leaders) != 1 {
		t.Errorf("leaders %v", s.Leaders)
	}
}
