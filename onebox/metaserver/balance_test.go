package metaserver

import (
	"slices"
	"testing"

	"pegashell/metaadmin/wire"
)

// reportAll has made-up replica servers report what the leader says that they serve.
func (b *bench) reportAll(nodes ...wire.Address) {
	b.t.Helper()
	for _, a := range nodes {
		b.beacon(0, a)
		sync := call[wire.ConfigSyncResponse](b, 0, wire.RPCConfigSync, &wire.ConfigSyncRequest{Node: a})
		stored := []wire.ReplicaInfo{}
		for _, p := range sync.Partitions {
			stored = append(stored, wire.ReplicaInfo{PID: p.Config.PID, Ballot: p.Config.Ballot})
		}
		if got := call[wire.ConfigSyncResponse](b, 0, wire.RPCConfigSync, &wire.ConfigSyncRequest{Node: a, Stored: stored}); got.Err != wire.OK || got.GC != nil {
			b.t.Fatalf("config sync of %s: %+v", a, got)
		}
	}
}

// The primaries of this tree lie 8, 4 and 0 on three servers; the real shell showed these numbers
// for it.
func TestImbalanceIsShownAsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("17_blind_source_tree.json", "/pegasus/rec2")
	b.leader()
	b.reportAll(address(t, 34801), address(t, 34802), address(t, 34803))
	eventually(t, "the balance was checked", func() bool {
		return b.info("balance_operation_count") == "move_pri=3,copy_pri=0,copy_sec=0,total=3"
	})
	if primaries, total := b.info("primary_replica_count_stddev"), b.info("total_replica_count_stddev"); primaries != "3.27" || total != "0.00" {
		t.Errorf("deviations %s and %s, recorded were 3.27 and 0.00", primaries, total)
	}
	for arg, want := range map[string]string{"": "total=3", "move_pri": "move_pri=3", "nonsense": "ERR: invalid arguments"} {
		q := &wire.RemoteCommandRequest{Command: "meta.lb.get_balance_operation_count"}
		if arg != "" {
			q.Arguments = []string{arg}
		}
		if got := call[wire.StringResult](b, 0, wire.RPCRemoteCommand, q).Text; got != want {
			t.Errorf("balance count %q: %s, want %s", arg, got, want)
		}
	}
}

func TestLivelyLeaderMovesPrimaries(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.leader()
	b.replicaServers(2)
	b.awaitAlive(0, 2)
	b.create("temp", 6, 2)
	b.awaitHealthy(0, "temp")
	late := b.replicaServers(1)[0]
	b.awaitAlive(0, 3)
	b.setLevel(wire.LevelLively)
	for _, n := range []int32{3} {
		call[wire.ReplicaCountResponse](b, 0, wire.RPCSetReplicaCount, &wire.SetReplicaCountRequest{AppName: "temp", Count: n})
	}
	eventually(t, "the late server has a third of the primaries", func() bool {
		n := 0
		for _, p := range b.query(0, "temp").Partitions {
			if p.Primary == late.addr {
				n++
			}
			if len(p.Secondaries) != 2 {
				return false
			}
		}
		return n == 2
	})
}

func TestDeviationIsCutToTwoDigits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		numbers []int
		sample  bool
		want    float64
	}{
		{[]int{8, 4, 0}, false, 3.27},
		{[]int{3, 3, 2}, false, 0.47},
		{[]int{5, 5}, false, 0},
		{[]int{8, 4, 0}, true, 4},
	} {
		if got := deviation(c.numbers, c.sample); got != c.want {
			t.Errorf("deviation of %v (sample %v) = %v, want %v", c.numbers, c.sample, got, c.want)
		}
	}
}

func TestPrimariesMoveWhereASecondaryIs(t *testing.T) {
	t.Parallel()
	s := newState()
	info := newAppInfo("t", "pegasus", 4, 2, nil)
	info.ID = 1
	table := newTable(info)
	s.tables[1] = table
	a, b, c := address(t, 1), address(t, 2), address(t, 3)
	// a has all primaries; c, which has none, holds no secondary of a, but b does and c of b.
	for i, p := range table.partitions {
		config := p.config
		config.Primary, config.Secondaries = a, []wire.Address{b}
		if i == 3 {
			config.Primary, config.Secondaries = b, []wire.Address{c}
		}
		s.setConfig(p, config)
	}
	moves := movePrimaries(table, s.sortedNodes())
	way := [][2]wire.Address{}
	for _, m := range moves {
		way = append(way, [2]wire.Address{m.from, m.to})
	}
	if !slices.Contains(way, [2]wire.Address{a, b}) || !slices.Contains(way, [2]wire.Address{b, c}) || len(way) != 2 {
		t.Errorf("moves = %v, want one from %s to %s and one from there to %s", way, a, b, c)
	}
}
