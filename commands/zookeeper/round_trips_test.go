package zookeeper_test

import (
	"strings"
	"testing"

	"pegashell/internal/test/roundtrips"
	"pegashell/internal/test/shelltest"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin/wire"
)

// counting has the session's connections to ZooKeepers counted.
func counting(z *shelltest.ZooKeeper, t *testing.T) *roundtrips.Counter {
	t.Helper()
	c := roundtrips.New()
	t.Cleanup(c.Close)
	z.Env.ZooKeeper.Dialer = c.Dial
	return c
}

// Far away, what is asked one after the other is what an operator waits for.
func TestACopyFarAwayTakesFewRoundTrips(t *testing.T) {
	const most = 42 // from the opening of the first session to the end of the last one; 30 on a machine that is idle
	z := shelltest.StartZooKeeper(t)
	z.AtLevel(t, wire.LevelBlind)
	z.Env.State = t.TempDir()
	target := zktest.Start(t)
	z.Create(t, "/own/apps/1", 0)
	zktest.PlantMany(t, z.Conn, z.Root+"/own/apps/1", "%d", 1_000, []byte("partition"))
	for _, round := range []string{"into nothing", "again"} {
		trips := roundtrips.NewWhole()
		z.Env.ZooKeeper.Dialer = trips.Dial
		if out, diag, err := z.Run("zk_copy -t " + target.Addr()); err != nil || !strings.Contains(out, "verified") {
			t.Fatalf("error = %v, printed %q and %q", err, out, diag)
		}
		got := trips.All()
		trips.Close()
		if got > most {
			t.Errorf("%s: %d round trips in a row, want at most %d", round, got, most)
		}
		t.Logf("%s: %d round trips in a row", round, got)
	}
}

func TestACopyReadsTheTargetOnce(t *testing.T) {
	const (
		mostRequests = 200 // to the target, for an equal repeat
		mostTrips    = 15  // in a row, before the first write of a copy into nothing
	)
	z := shelltest.StartZooKeeper(t)
	z.AtLevel(t, wire.LevelBlind)
	z.Env.State = t.TempDir()
	target := zktest.Start(t)
	for _, table := range []string{"/own/apps/1", "/own/apps/2"} {
		z.Create(t, table, 0)
		zktest.PlantMany(t, z.Conn, z.Root+table, "%d", 5_000, []byte("partition"))
	}
	line := "zk_copy -t " + target.Addr()
	first := counting(z, t)
	if out, diag, err := z.Run(line); err != nil || !strings.Contains(out, "created             : 1000") {
		t.Fatalf("error = %v, printed %q and %q", err, out, diag)
	}
	if got := first.BeforeWrite(); got > mostTrips {
		t.Errorf("%d round trips in a row before the first write, want at most %d", got, mostTrips)
	} else {
		t.Logf("%d round trips in a row before the first write", got)
	}
	again := counting(z, t)
	if out, diag, err := z.Run(line); err != nil || !strings.Contains(out, "verified: all data is equal, and so is each ACL that may have changed") {
		t.Fatalf("error = %v, printed %q and %q", err, out, diag)
	}
	if got := again.Requests(target.Addr()); got > mostRequests {
		t.Errorf("an equal repeat sent %d requests to the target, want at most %d", got, mostRequests)
	} else {
		t.Logf("an equal repeat sent %d requests to the target", got)
	}
}

// Before the removal the tree is looked at by stats, many of them in a packet.
func TestARemovalReadsLittleMoreThanItRemoves(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	for _, path := range []string{"/old", "/old/apps", "/old/apps/1"} {
		z.Create(t, path, 0)
	}
	const znodes = 5_000
	zktest.PlantMany(t, z.Conn, z.Root+"/old/apps/1", "%d", znodes, []byte("partition"))
	c := counting(z, t)
	if out, diag, err := z.Run("zk_rmr " + z.Addr + z.Root + "/old" + " --yes --force unknown_cluster,unknown_liveness"); err != nil || !strings.Contains(out, ": removed") {
		t.Fatalf("error = %v, printed %q and %q", err, out, diag)
	}
	t.Logf("%d requests", c.Requests(z.Addr))
	if got := c.Requests(z.Addr); got > znodes/20 {
		t.Errorf("%d requests to remove %d znodes, want at most %d", got, znodes, znodes/20)
	}
}
