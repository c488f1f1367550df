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
