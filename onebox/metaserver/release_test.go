package metaserver

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/release"
	"pegashell/zkcopy/layout"
)

// get asks a server over HTTP; the status is 0 if it did not answer.
func get(t *testing.T, to wire.Address, target string) (status int, body string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	r, err := client.Get("http://" + to.String() + target)
	if err != nil {
		return 0, ""
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

// follower starts meta server i and waits until it follows.
func (b *bench) follower(i int) *process {
	b.t.Helper()
	p := b.meta(i)
	eventually(b.t, "it follows", func() bool { return strings.Contains(p.log.String(), "follower: ") })
	return p
}

func TestFollowerOf25EndsWithAnHTTPRequestAndTheLeaderDoesNot(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.leader()
	follower := b.follower(1)
	if status, _ := get(t, b.metas[0], "/metrics"); status != http.StatusNotFound {
		t.Errorf("the leader answers with status %d", status)
	}
	if status, body := get(t, b.metas[1], "/metrics"); status != 0 {
		t.Errorf("the follower answers with status %d, %s", status, body)
	}
	if err := follower.ended(); !errors.Is(err, errHTTPToFollower) {
		t.Errorf("the follower ended with %v", err)
	}
	if !b.leads(0) {
		t.Error("the leader does not lead any more")
	}
}

func TestServersOfTheMainBranchTellMetricsWhetherTheyLeadOrNot(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.edit = append(b.edit, func(c *config) { c.Release = release.Main })
	b.leader()
	b.follower(1)
	for i := range 2 {
		status, body := get(t, b.metas[i], "/metrics?types=server&metrics=resident_mem_usage_mb")
		if status != http.StatusOK || !strings.Contains(body, `"role": "meta"`) || !strings.Contains(body, `"cluster": "onebox"`) || !strings.Contains(body, "resident_mem_usage_mb") {
			t.Errorf("server %d: status %d, %s", i, status, body)
		}
	}
}

func TestServerOfTheMainBranchNamesServersByHostAndTellsOfIdempotence(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.edit = append(b.edit, func(c *config) { c.Release = release.Main })
	b.leader()
	b.replicaServers(2)
	eventually(t, "both replica servers live", func() bool {
		return len(call[wire.ListNodesResponse](b, 0, wire.RPCListNodes, &wire.ListNodesRequest{Status: wire.NodeAlive}).Infos) == 2
	})
	for _, n := range call[wire.ListNodesResponse](b, 0, wire.RPCListNodes, &wire.ListNodesRequest{}).Infos {
		if n.HP == nil || *n.HP != hostPort(n.Address) || n.HP.Host != "localhost" {
			t.Errorf("node %s is named %v", n.Address, n.HP)
		}
	}
	idempotent := true
	call[wire.CreateAppResponse](b, 0, wire.RPCCreateApp, &wire.CreateAppRequest{AppName: "t", Options: wire.CreateAppOptions{
		PartitionCount: 1, ReplicaCount: 2, AppType: "pegasus", Stateful: true, AtomicIdempotent: &idempotent,
	}})
	config := b.awaitHealthy(0, "t").Partitions[0]
	if diff := cmp.Diff(withHosts(config), config); diff != "" || config.HPLastDrops == nil {
		t.Errorf("the partition's servers (-want +got):\n%s", diff)
	}
	for _, info := range call[wire.ListAppsResponse](b, 0, wire.RPCListApps, &wire.ListAppsRequest{}).Infos {
		if info.AtomicIdempotent == nil || !*info.AtomicIdempotent {
			t.Errorf("idempotence of %s: %v", info.Name, info.AtomicIdempotent)
		}
	}

	app, err := layout.DecodeApp([]byte(b.data("apps/1")))
	if err != nil || app.AtomicIdempotent == nil || !*app.AtomicIdempotent {
		t.Errorf("the table's node: %+v, %v", app, err)
	}
	p, err := layout.DecodePartition([]byte(b.data("apps/1/0")))
	if err != nil {
		t.Fatal(err)
	}
	if p.HPPrimary == nil || *p.HPPrimary != config.HPPrimary.String() {
		t.Errorf("the partition's node: %s", b.data("apps/1/0"))
	}
	if diff := cmp.Diff(addressTexts(config.HPSecondaries), p.HPSecondaries); diff != "" {
		t.Errorf("secondaries in the partition's node (-want +got):\n%s", diff)
	}
}

// A tree goes from the main branch to 2.5.0 and back: each writes what it knows.
func TestReleasesReadEachOthersTrees(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	simulated := release.Main
	b.edit = append(b.edit, func(c *config) { c.Release = simulated })
	rename := func(from, to string) {
		t.Helper()
		if r := call[wire.HintResponse](b, 0, wire.RPCRenameApp, &wire.RenameAppRequest{OldName: from, NewName: to}); r.Err != wire.OK {
			t.Fatalf("rename %s: %+v", from, r)
		}
	}
	first := b.leader()
	b.beacon(0, address(t, 34801))
	if r := b.create("t", 1, 1); r.Err != wire.OK {
		t.Fatal(r.Err)
	}
	if data := b.data("apps/1"); !strings.HasSuffix(data, `,"atomic_idempotent":0}`) {
		t.Errorf("created by main: %s", data)
	}
	first.halt()
	simulated = release.V25
	second := b.leader()
	infos := call[wire.ListAppsResponse](b, 0, wire.RPCListApps, &wire.ListAppsRequest{}).Infos
	if len(infos) != 1 || infos[0].AtomicIdempotent != nil {
		t.Errorf("2.5.0 lists %+v", infos)
	}
	rename("t", "u")
	if data := b.data("apps/1"); strings.Contains(data, "atomic_idempotent") || !strings.Contains(data, `"u"`) {
		t.Errorf("renamed by 2.5.0: %s", data)
	}
	second.halt()
	simulated = release.Main
	b.leader()
	rename("u", "v")
	if data := b.data("apps/1"); !strings.HasSuffix(data, `,"atomic_idempotent":0}`) {
		t.Errorf("renamed by main: %s", data)
	}
}

func TestAnUnknownReleaseIsRefused(t *testing.T) {
	b := newBench(t, 1)
	_, err := readConfig(b.configFile(0, "[onebox]", "simulate = 3.0"))
	if err == nil || !strings.Contains(err.Error(), `[onebox] simulate: release "3.0" cannot be simulated`) {
		t.Errorf("error = %v", err)
	}
	if cfg, err := readConfig(b.configFile(0, "[onebox]", "simulate = main")); err != nil || cfg.Release != release.Main {
		t.Errorf("release %q, %v", cfg.Release, err)
	}
}
