package replicaserver

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// counters asks the server for its counters whose names end so, and returns them by name.
func (s *testServer) counters(t *testing.T, postfixes ...string) map[string]float64 {
	t.Helper()
	client := rpc.NewClient()
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var answer wire.StringResult
	command := &wire.RemoteCommandRequest{Command: "perf-counters-by-postfix", Arguments: postfixes}
	if err := client.Call(ctx, s.addr, wire.RPCRemoteCommand, command, &answer); err != nil {
		t.Fatal(err)
	}
	var list struct {
		Counters []struct {
			Name  string
			Value float64
		}
	}
	if err := json.Unmarshal([]byte(answer.Text), &list); err != nil {
		t.Fatalf("%v in %s", err, answer.Text)
	}
	values := make(map[string]float64)
	for _, c := range list.Counters {
		values[c.Name] = c.Value
	}
	return values
}

func TestFiguresAreOfTheReplicasThatAreOpen(t *testing.T) {
	t.Parallel()
	m := startMeta(t, freeAddress(t))
	p := startServer(t, freeAddress(t), t.TempDir(), m.addr).connected(t)
	s := startServer(t, freeAddress(t), t.TempDir(), m.addr).connected(t)
	const count, size = "replica*eon.replica_stub*replica(Count)", "replica*app.pegasus*disk.storage.sst(MB)@1.0"
	if got := s.counters(t, count, "@1.0"); len(got) != 1 || got[count] != 0 {
		t.Errorf("without a replica: %v", got)
	}
	m.propose(t, p.addr, pid, wire.ConfigAssignPrimary, p.addr)
	p.await(t, pid, wire.ReplicaPrimary, 1)
	m.propose(t, p.addr, pid, wire.ConfigAddSecondary, s.addr)
	s.await(t, pid, wire.ReplicaSecondary, 2)
	for _, server := range []*testServer{p, s} {
		got := server.counters(t, count, "sst(MB)@1.0", "lagging_writes@temp")
		if _, found := got[size]; len(got) != 3 || got[count] != 1 || !found {
			t.Errorf("with a replica: %v", got)
		}
	}
	p.await(t, pid, wire.ReplicaPrimary, 2)
	m.propose(t, p.addr, pid, wire.ConfigRemove, s.addr)
	p.await(t, pid, wire.ReplicaPrimary, 3)
	eventually(t, "the removed replica is not counted", func() bool {
		return len(s.counters(t, count, "@1.0")) == 1 && s.counters(t, count)[count] == 0
	})
}

func TestReplicaServerOf25TellsNoMetricsAndSurvivesTheQuestion(t *testing.T) {
	t.Parallel()
	s := startServer(t, freeAddress(t), t.TempDir(), freeAddress(t))
	eventually(t, "it answers", func() bool { return s.replicas(t) != nil })
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	r, err := client.Get("http://" + s.addr.String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, err := io.ReadAll(r.Body); err != nil || r.StatusCode != http.StatusNotFound || !strings.Contains(string(body), "service not found") {
		t.Errorf("status %d, %q, %v", r.StatusCode, body, err)
	}
	if got := s.counters(t, "memused.res(MB)"); got["replica*server*memused.res(MB)"] < 1 {
		t.Errorf("then it tells %v of its memory", got)
	}
}
