package metaserver

import (
	"io"
	"log"
	"strings"
	"testing"
	"time"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// idle returns a leader without ZooKeeper, for decisions that need none.
func idle(t *testing.T) *leader {
	t.Helper()
	cfg := &config{reservedDropped: 1, assignDelay: time.Hour, maxRestarts: 3, stableAfter: time.Minute, Settings: rpc.Settings{Grace: time.Second}}
	return newLeader(cfg, log.New(io.Discard, "", 0), nil, nil, nil)
}

// add puts a table of one partition into a leader's memory.
func (l *leader) add(replicas int32, config wire.PartitionConfig) (*table, *partition) {
	info := newAppInfo("t", "pegasus", 1, replicas, nil)
	info.ID, info.Status = 1, wire.AppAvailable
	t := newTable(info)
	l.tables[1], l.names["t"] = t, t
	config.PID, config.MaxReplicaCount = wire.GPID{AppID: 1}, replicas
	l.setConfig(t.partitions[0], config)
	return t, t.partitions[0]
}

func (l *leader) living(nodes ...wire.Address) {
	for _, a := range nodes {
		l.node(a).alive = true
	}
}

func TestGuardianProposesTheNextStep(t *testing.T) {
	t.Parallel()
	a, b, c, d := address(t, 1), address(t, 2), address(t, 3), address(t, 4)
	list := func(x ...wire.Address) []wire.Address { return x }
	members := func(primary wire.Address, secondaries ...wire.Address) wire.PartitionConfig {
		return wire.PartitionConfig{Primary: primary, Secondaries: secondaries}
	}
	var nobody wire.Address
	proposal := func(kind wire.ConfigType, target, node wire.Address) wire.ProposalAction {
		return wire.ProposalAction{Target: target, Node: node, Type: kind}
	}
	var nothing wire.ProposalAction
	left := wire.PartitionConfig{LastDrops: list(a)}
	cases := map[string]struct {
		config wire.PartitionConfig
		living []wire.Address
		drops  []wire.Address // just now, in order
		want   wire.ProposalAction
	}{
		"a new partition gets a primary":             {members(nobody), list(a, b), nil, proposal(wire.ConfigAssignPrimary, a, a)},
		"a living secondary becomes the primary":     {members(nobody, a, b), list(b, c), nil, proposal(wire.ConfigUpgradeToPrimary, b, b)},
		"without a living secondary it waits":        {members(nobody, a), list(b), nil, nothing},
		"the only server that left is waited for":    {left, list(b, c), nil, nothing},
		"the only server that left comes back":       {left, list(a, b, c), nil, proposal(wire.ConfigAssignPrimary, a, a)},
		"a missing secondary is assigned":            {members(a), list(a, b, c), nil, proposal(wire.ConfigAddSecondary, a, b)},
		"a lost secondary is waited for with two":    {members(a, b), list(a, b, d), list(c), nothing},
		"a lost secondary that lives is taken again": {members(a, b), list(a, b, c), list(c), proposal(wire.ConfigAddSecondary, a, c)},
		"with one of three left any server is taken": {members(a), list(a, d), list(b, c), proposal(wire.ConfigAddSecondary, a, d)},
		"a secondary too many is removed":            {members(a, b, c, d), list(a, b, c, d), nil, proposal(wire.ConfigRemove, a, b)},
		"a healthy partition is left alone":          {members(a, b, c), list(a, b, c), nil, nothing},
		"a dropped partition is left alone":          {wire.PartitionConfig{PartitionFlags: 1}, list(a), nil, nothing},
	}
	for name, test := range cases {
		l := idle(t)
		table, p := l.add(3, test.config)
		l.living(test.living...)
		for _, d := range test.drops {
			l.recordDrop(p, d)
		}
		got, ok := l.cure(table, p)
		if got != test.want || ok != test.want.Target.Valid() {
			t.Errorf("%s: proposed %v, %+v; want %+v", name, ok, got, test.want)
		}
		if again, _ := l.cure(table, p); again != got {
			t.Errorf("%s: then proposed %+v", name, again)
		}
	}
}

func TestProposalsUnderWayAreCounted(t *testing.T) {
	t.Parallel()
	l := idle(t)
	a, b := address(t, 1), address(t, 2)
	l.living(a, b)
	info := newAppInfo("t", "pegasus", 4, 1, nil)
	info.ID, info.Status = 1, wire.AppAvailable
	table := newTable(info)
	l.tables[1], l.names["t"] = table, table
	primaries := map[wire.Address]int{}
	for _, p := range table.partitions {
		action, _ := l.cure(table, p)
		primaries[action.Node]++
	}
	if primaries[a] != 2 || primaries[b] != 2 {
		t.Errorf("four primaries were proposed as %v", primaries)
	}
	for _, p := range table.partitions {
		l.forgetProposals(p)
	}
	if n := l.nodes[a]; n.totalPrimaries() != 0 || n.totalPartitions() != 0 {
		t.Errorf("forgotten proposals still count: %+v", n)
	}
}

func TestBetterOfTwoDroppedReplicas(t *testing.T) {
	t.Parallel()
	earlier, later := address(t, 1), address(t, 2)
	r := func(a wire.Address, ballot, committed, prepared int64) droppedReplica {
		return droppedReplica{node: a, ballot: ballot, committed: committed, prepared: prepared}
	}
	cases := map[string]struct {
		earlier, later droppedReplica
		committed      int64
		want           wire.Address
		reason         string
	}{
		"larger ballot":           {r(earlier, 5, 9, 9), r(later, 4, 9, 9), 9, earlier, ""},
		"larger committed decree": {r(earlier, 5, 9, 9), r(later, 5, 8, 9), 9, earlier, ""},
		"larger prepared decree":  {r(earlier, 5, 9, 9), r(later, 5, 9, 10), 9, later, ""},
		"equal":                   {r(earlier, 5, 9, 9), r(later, 5, 9, 9), 9, later, ""},
		"contradiction":           {r(earlier, 5, 8, 9), r(later, 4, 9, 9), 9, 0, "for the last two drops, the node with larger ballot has smaller last committed decree"},
		"behind the leader":       {r(earlier, 5, 8, 8), r(later, 5, 8, 8), 9, 0, ""},
		"nothing known":           {r(earlier, -1, -1, -1), r(later, -1, -1, -1), 0, 0, "no replica info collected from the last two drops"},
	}
	for name, c := range cases {
		if got, reason := betterReplica(c.earlier, c.later, c.committed); got != c.want || reason != c.reason {
			t.Errorf("%s: %s, %q; want %s, %q", name, got, reason, c.want, c.reason)
		}
	}
}

func TestPartitionWithoutAnyServerWaitsForTheLastTwo(t *testing.T) {
	t.Parallel()
	l := idle(t)
	a, b, c := address(t, 1), address(t, 2), address(t, 3)
	table, p := l.add(3, wire.PartitionConfig{LastDrops: []wire.Address{a, b, c}, Ballot: 7})
	for _, x := range []wire.Address{a, b, c} {
		l.recordDrop(p, x)
	}
	wait := func(reason string) {
		t.Helper()
		if action, ok := l.cure(table, p); ok {
			t.Errorf("proposed %+v", action)
		}
		if d := l.undecided[p.config.PID]; !strings.Contains(d.Reason, reason) || len(d.Dropped) != 3 {
			t.Errorf("waits for %+v, want %q", d, reason)
		}
	}
	l.living(a, b)
	wait("the last dropped node(127.0.0.1:2) is unavailable because replica info has not been collected")
	l.collect(p, b, wire.ReplicaInfo{Ballot: 6, LastCommittedDecree: 4, LastPreparedDecree: 4})
	wait("the last dropped node(127.0.0.1:3) haven't come back yet")
	l.living(c)
	l.collect(p, c, wire.ReplicaInfo{Ballot: 7, LastCommittedDecree: 5, LastPreparedDecree: 5})
	if action, ok := l.cure(table, p); !ok || action != (wire.ProposalAction{Target: c, Node: c, Type: wire.ConfigAssignPrimary}) {
		t.Errorf("proposed %v, %+v; want %s as the primary", ok, action, c)
	}
	if len(l.undecided) != 0 {
		t.Errorf("still undecided: %v", l.undecided)
	}
}

func TestServerThatRestartsTooOftenIsNotHeard(t *testing.T) {
	t.Parallel()
	l := idle(t)
	a := address(t, 1)
	now := time.Now()
	beacon := func(started time.Time) bool {
		ms := started.UnixMilli()
		return l.beacon(&wire.BeaconRequest{From: a, StartTime: &ms}, now)
	}
	started := now.Add(-10 * time.Minute)
	for i := range 3 {
		if !beacon(started.Add(time.Duration(i) * time.Second)) {
			t.Errorf("restart %d was not heard", i)
		}
	}
	last := started.Add(3 * time.Second)
	if beacon(last) {
		t.Error("the third restart within a minute was heard")
	}
	now = last.Add(2 * time.Minute)
	if !beacon(last) {
		t.Error("a server that has run for two minutes was not heard")
	}
}

func TestLockNodeNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int64{
		"LOCKNODE0000000000": 0, "LOCKNODE0000000042": 42, "LOCKNODE2147483648": 2147483648, "xLOCKNODE7": 7,
		"LOCKNODE": -1, "LOCK0000000001": -1, "0000000001": -1, "LOCKNODE00000x": -1, "LOCKNODE99999999999999999999": -1,
	} {
		got, ok := lockSequence(name)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%s: %d, %v; want %d", name, got, ok, want)
		}
	}
}
