package metaserver

import (
	"bufio"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/testlog"
	"pegashell/metaadmin/wire"
)

// spawn runs meta server i as a process of its own and waits until it serves.
func (b *bench) spawn(i int) *exec.Cmd {
	b.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), runAsServer+"="+b.configFile(i))
	stderr, err := cmd.StderrPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	var log testlog.Buffer
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			log.Write(append(lines.Bytes(), '\n'))
		}
	}()
	b.t.Cleanup(func() {
		cmd.Process.Kill()
		<-drained
		cmd.Wait()
		if b.t.Failed() {
			b.t.Logf("log of the process:\n%s", &log)
		}
	})
	b.awaitLeader(i)
	return cmd
}

// A killed leader has lost nothing that it acknowledged, and what it left half done is finished.
func TestKilledLeaderLosesNothingThatItAcknowledged(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	cmd := b.spawn(0)
	b.withNodes(1)
	for _, name := range []string{"one", "two", "three"} {
		if got := b.create(name, 3, 1); got.Err != wire.OK {
			t.Fatalf("create %s: %s", name, got.Err)
		}
	}
	if got := call[wire.HintResponse](b, 0, wire.RPCRenameApp, &wire.RenameAppRequest{OldName: "one", NewName: "first"}); got.Err != wire.OK {
		t.Fatal(got)
	}
	if got := call[wire.ErrorResponse](b, 0, wire.RPCDropApp, &wire.DropAppRequest{AppName: "two"}); got.Err != wire.OK {
		t.Fatal(got)
	}
	list := func() []wire.AppInfo {
		return call[wire.ListAppsResponse](b, 0, wire.RPCListApps, &wire.ListAppsRequest{}).Infos
	}
	before := list()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	// As if it had been killed in the middle: a partition of one table not yet created, one of
	// another not yet dropped.
	if err := b.zk.Delete(b.root+"/apps/3/2", -1); err != nil {
		t.Fatal(err)
	}
	undropped := strings.Replace(b.data("apps/2/1"), `"partition_flags":1`, `"partition_flags":0`, 1)
	if _, err := b.zk.Set(b.root+"/apps/2/1", []byte(undropped), -1); err != nil {
		t.Fatal(err)
	}
	b.spawn(0)
	eventually(t, "the tables are settled", func() bool {
		return !slices.ContainsFunc(list(), func(a wire.AppInfo) bool {
			return a.Status != wire.AppAvailable && a.Status != wire.AppDropped
		})
	})
	if diff := cmp.Diff(before, list()); diff != "" {
		t.Errorf("tables before and after the kill:\n%s", diff)
	}
	if got := b.data("apps/3/2"); !strings.HasPrefix(got, `{"pid":"3.2"`) {
		t.Errorf("the missing partition is %s", got)
	}
	if got := b.data("apps/2/1"); !strings.Contains(got, `"partition_flags":1`) {
		t.Errorf("the half dropped partition is %s", got)
	}
}

func TestNewTableIsSpreadOverTheReplicaServers(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.leader()
	b.replicaServers(3)
	b.awaitAlive(0, 3)
	began := time.Now()
	if got := b.create("temp", 8, 3); got.Err != wire.OK || got.AppID != 1 {
		t.Fatalf("create: %+v", got)
	}
	cfg := b.awaitHealthy(0, "temp")
	t.Logf("8 partitions were ready after %v", time.Since(began))
	primaries := make(map[wire.Address]int)
	for _, p := range cfg.Partitions {
		if p.Ballot != 3 || len(p.LastDrops) != 0 {
			t.Errorf("partition %s = %+v, want ballot 3", p.PID, p)
		}
		primaries[p.Primary]++
	}
	for a, n := range primaries {
		if n < 2 || n > 3 {
			t.Errorf("%s has %d primaries of 8", a, n)
		}
	}
	if got := b.info("primary_replica_count_stddev"); got != "0.47" { // 3, 3 and 2
		t.Errorf("deviation of the primaries: %s", got)
	}
	written := make(map[string]shape)
	b.shapes(b.root+"/apps", written)
	if got := written["/apps/1"]; got.Version != 0 || got.Cversion != 8 {
		t.Errorf("table's znode: %+v, want version 0 and 8 children", got)
	}
	if got := written["/apps/1/7"].Version; got != 3 {
		t.Errorf("partition's znode has version %d, want 3 as recorded", got)
	}
}

// awaitAlive waits until n servers are ALIVE.
func (b *bench) awaitAlive(i, n int) {
	b.t.Helper()
	eventually(b.t, "replica servers are alive", func() bool {
		return len(call[wire.ListNodesResponse](b, i, wire.RPCListNodes, &wire.ListNodesRequest{Status: wire.NodeAlive}).Infos) == n
	})
}

// A lost server's partitions go on with two replicas, and get it back when it returns.
func TestLostReplicaServerIsReplacedAndComesBack(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.edit = append(b.edit, func(c *config) { c.Grace = 1500 * time.Millisecond })
	b.leader()
	b.replicaServers(2)
	a, dir := addressesOn(t, 1)[0], t.TempDir()
	lost := b.replicaServer(a, dir)
	b.awaitAlive(0, 3)
	b.create("temp", 4, 3)
	before := b.awaitHealthy(0, "temp").Partitions
	lost.halt()
	eventually(t, "it is UNALIVE", func() bool { return b.nodeStatus(0, a) == wire.NodeUnalive })
	var now []wire.PartitionConfig
	eventually(t, "its partitions are without it", func() bool {
		now = b.query(0, "temp").Partitions
		return !slices.ContainsFunc(now, func(p wire.PartitionConfig) bool { return isMember(p, a) || !p.Primary.Valid() })
	})
	for i, p := range now {
		want := int64(1) // the primary takes the secondary out
		if before[i].Primary == a {
			want = 2 // the primary is taken out, a secondary becomes the primary
		}
		if p.Ballot != before[i].Ballot+want || !slices.Equal(p.LastDrops, []wire.Address{a}) || len(p.Secondaries) != 1 {
			t.Errorf("partition %s was %+v, is %+v", p.PID, before[i], p)
		}
	}
	b.replicaServer(a, dir)
	for _, p := range b.awaitHealthy(0, "temp").Partitions {
		if !isMember(p, a) || len(p.LastDrops) != 0 {
			t.Errorf("partition %s = %+v, want %s back", p.PID, p, a)
		}
	}
}

// A replica server that restarts within the grace period keeps its partitions; as a primary it
// raises their ballots.
func TestRestartedPrimaryRaisesItsBallots(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.leader()
	a, dir := addressesOn(t, 1)[0], t.TempDir()
	p := b.replicaServer(a, dir)
	b.awaitAlive(0, 1)
	b.create("solo", 2, 1)
	b.awaitHealthy(0, "solo")
	eventually(t, "both replicas are on disk", func() bool {
		one, _ := filepath.Glob(filepath.Join(dir, "*", "1.*.json"))
		return len(one) == 2
	})
	p.halt()
	b.replicaServer(a, dir)
	eventually(t, "the ballots rise", func() bool {
		return !slices.ContainsFunc(b.query(0, "solo").Partitions, func(c wire.PartitionConfig) bool {
			return c.Ballot != 2 || c.Primary != a
		})
	})
}

func TestReplicaCountChangesAddAndRemoveReplicas(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.leader()
	b.replicaServers(3)
	b.awaitAlive(0, 3)
	b.create("temp", 4, 3)
	b.awaitHealthy(0, "temp")
	count := func(n int32) *wire.ReplicaCountResponse {
		return call[wire.ReplicaCountResponse](b, 0, wire.RPCSetReplicaCount, &wire.SetReplicaCountRequest{AppName: "temp", Count: n})
	}
	if got := count(2); *got != (wire.ReplicaCountResponse{Err: wire.OK, Count: 3}) {
		t.Errorf("set to 2: %+v", got)
	}
	eventually(t, "each partition has one secondary", func() bool {
		return !slices.ContainsFunc(b.query(0, "temp").Partitions, func(c wire.PartitionConfig) bool {
			return len(c.Secondaries) != 1 || c.MaxReplicaCount != 2
		})
	})
	if app := b.app(1); app.MaxReplicaCount != 2 || len(app.Envs) != 0 {
		t.Errorf("the table in ZooKeeper: %+v", app)
	}
	if got := count(3); *got != (wire.ReplicaCountResponse{Err: wire.OK, Count: 2}) {
		t.Errorf("set back to 3: %+v", got)
	}
	b.awaitHealthy(0, "temp")
}

// Scene 34: a meta server that was moved to a copied tree while another one still leads. Both
// answer; the replica servers stay with the first.
func TestTwoLeadersAnswerAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.edit = append(b.edit, func(c *config) { c.Grace = 2 * time.Second })
	b.leader()
	b.replicaServers(2)
	b.awaitAlive(0, 2)
	b.create("temp", 2, 2)
	before := b.awaitHealthy(0, "temp").Partitions
	tree := make(map[string]shape)
	b.shapes(b.root+"/apps", tree)
	b.root += "-copy"
	b.put("", "")
	for _, below := range slices.Sorted(maps.Keys(tree)) {
		b.put(strings.TrimPrefix(below, "/"), tree[below].Data)
	}
	b.meta(1)
	b.awaitLeader(1)
	if !b.leads(0) {
		t.Error("the first leader does not answer any more")
	}
	eventually(t, "the second leader has taken all primaries away", func() bool {
		return !slices.ContainsFunc(b.query(1, "temp").Partitions, func(p wire.PartitionConfig) bool { return p.Primary.Valid() })
	})
	// The second leader has told primaries to drop secondaries that it believes to be dead. They
	// obey, through the first leader, which adds them again: two ballots more, as in the capture's
	// old tree.
	for i, p := range b.awaitHealthy(0, "temp").Partitions {
		if raised := p.Ballot - before[i].Ballot; p.Primary != before[i].Primary || raised != 0 && raised != 2 {
			t.Errorf("partition %s of the first leader was %+v, is %+v", p.PID, before[i], p)
		}
	}
	for _, a := range b.replicas {
		if first, second := b.nodeStatus(0, a), b.nodeStatus(1, a); first != wire.NodeAlive || second != wire.NodeUnalive {
			t.Errorf("%s is %s at the first leader and %s at the second", a, first, second)
		}
	}
}

// awaitNames waits until the replica servers have heard these names of the tables, in the order of
// their ids.
func (b *bench) awaitNames(want ...string) {
	b.t.Helper()
	eventually(b.t, "the replica servers know the tables' names", func() bool {
		for _, a := range b.replicas {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			var answer wire.QueryAppInfoResponse
			err := b.client.Call(ctx, a, wire.RPCQueryAppInfo, &wire.NodeRequest{}, &answer)
			cancel()
			var names []string
			for _, app := range answer.Apps {
				names = append(names, app.Name)
			}
			if err != nil || !slices.Equal(names, want) {
				return false
			}
		}
		return true
	})
}

// Migration A: the tree is lost, and rebuilt from the replica servers.
func TestRecoveryRebuildsTheTreeFromReplicaServers(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	first := b.leader()
	b.replicaServers(3)
	b.awaitAlive(0, 3)
	for i, name := range []string{"temp", "gone", "dup", "temp2"} {
		if got := b.create(name, 2, 3); got.Err != wire.OK || got.AppID != int32(i+1) {
			t.Fatalf("create %s: %+v", name, got)
		}
		b.awaitHealthy(0, name)
	}
	for _, name := range []string{"gone", "dup"} {
		call[wire.ErrorResponse](b, 0, wire.RPCDropApp, &wire.DropAppRequest{AppName: name})
	}
	if got := call[wire.HintResponse](b, 0, wire.RPCRenameApp, &wire.RenameAppRequest{OldName: "temp2", NewName: "dup"}); got.Err != wire.OK {
		t.Fatal(got)
	}
	before := b.query(0, "temp").Partitions
	b.awaitNames("temp", "gone", "dup", "dup")
	first.halt()
	b.root += "-new"
	p := b.meta(0, "recover_from_replica_server = true")
	eventually(t, "it leads in recovery", func() bool { return strings.Contains(p.log.String(), "start_recovery") })
	dead := addressesOn(t, 1)[0]
	got := b.recover(&wire.RecoveryRequest{Nodes: append(slices.Clone(b.replicas), dead)})
	if want := "ERROR: collect app and replica info from node(" + dead.String() +
		") failed with err(ERR_NETWORK_FAILURE), you can skip it by set skip_bad_nodes option\n"; got.Err != wire.ErrTryAgain || got.Hint != want {
		t.Errorf("recovery with a dead node: %+v", got)
	}
	if found, _, err := b.zk.Exists(b.root + "/apps"); err != nil || found {
		t.Errorf("a failed recovery left apps: %v, %v", found, err)
	}
	got = b.recover(&wire.RecoveryRequest{Nodes: b.replicas})
	if want := "WARNING: app(3)'s old name(dup) is conflict with others, rename it to (dup__3)\n"; got.Err != wire.OK || got.Hint != want {
		t.Errorf("recovery: %+v, want the hint %q", got, want)
	}
	for i, p := range b.query(0, "temp").Partitions {
		if p.Primary != before[i].Primary || p.Ballot < before[i].Ballot || len(p.Secondaries)+len(p.LastDrops) != 2 {
			t.Errorf("partition %s was %+v, is %+v", p.PID, before[i], p)
		}
	}
	var names []string
	for _, info := range call[wire.ListAppsResponse](b, 0, wire.RPCListApps, &wire.ListAppsRequest{Status: wire.AppAvailable}).Infos {
		names = append(names, info.Name)
	}
	if diff := cmp.Diff([]string{"temp", "gone", "dup__3", "dup"}, names); diff != "" {
		t.Errorf("recovered tables (-want +got):\n%s", diff)
	}
	if got := b.recover(&wire.RecoveryRequest{Nodes: b.replicas}).Err; got != wire.ErrServiceRunning {
		t.Errorf("a second recovery: %s", got)
	}
	b.awaitHealthy(0, "temp")
}
