package replicaserver

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

var pid = wire.GPID{AppID: 1}

func (s *testServer) connected(t *testing.T) *testServer {
	t.Helper()
	eventually(t, "the server has found its leader", func() bool { return strings.Contains(s.log.String(), "connected") })
	return s
}

func TestReplicaServerAnswersAsRecorded(t *testing.T) {
	t.Parallel()
	s := startServer(t, freeAddress(t), t.TempDir(), freeAddress(t))
	eventually(t, "it answers", func() bool { return s.replicas(t) != nil })
	for _, name := range []string{"replica_list_apps", "replica_cli_help"} {
		raw, err := os.ReadFile(filepath.Join("../../metaadmin/wire/testdata/thft", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			Request  string `json:"request_hex"`
			Response string `json:"response_hex"`
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		request, err := hex.DecodeString(c.Request)
		if err != nil {
			t.Fatal(err)
		}
		want, err := hex.DecodeString(c.Response)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp4", s.addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		if _, err := conn.Write(request); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(conn, got); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: answered (%v)\n%q\nrecorded was\n%q", name, err, got, want)
		}
	}
}

func TestFollowerLeadsBeaconsToTheLeader(t *testing.T) {
	t.Parallel()
	leader, follower := startMeta(t, freeAddress(t)), startMeta(t, freeAddress(t))
	follower.set(func() { follower.leader = leader.addr })
	// Only the follower is in the server's list, after one that does not run.
	s := startServer(t, freeAddress(t), t.TempDir(), freeAddress(t), follower.addr)
	s.connected(t)
	if !strings.Contains(s.log.String(), leader.addr.String()+" leads") {
		t.Errorf("it connected to another: %s", s.log)
	}
}

func TestPrimaryTakesInSecondariesAndAllKeepItOnDisk(t *testing.T) {
	t.Parallel()
	m := startMeta(t, freeAddress(t))
	var servers []*testServer
	for range 3 {
		servers = append(servers, startServer(t, freeAddress(t), t.TempDir(), m.addr).connected(t))
	}
	p, s1, s2 := servers[0], servers[1], servers[2]
	m.propose(t, p.addr, pid, wire.ConfigAssignPrimary, p.addr)
	p.await(t, pid, wire.ReplicaPrimary, 1)
	m.propose(t, p.addr, pid, wire.ConfigAddSecondary, s1.addr)
	s1.await(t, pid, wire.ReplicaSecondary, 2)
	p.await(t, pid, wire.ReplicaPrimary, 2)
	m.propose(t, p.addr, pid, wire.ConfigAddSecondary, s2.addr)
	for _, s := range []*testServer{s1, s2} {
		s.await(t, pid, wire.ReplicaSecondary, 3)
	}
	p.await(t, pid, wire.ReplicaPrimary, 3)
	if diff := cmp.Diff([]wire.Address{s1.addr, s2.addr}, m.config(pid).Secondaries); diff != "" {
		t.Errorf("secondaries (-want +got):\n%s", diff)
	}
	// A primary is ahead of its secondaries by one committed decree: so recovery knows it again.
	eventually(t, "the group check has passed", func() bool {
		a, b := p.replicas(t)[pid], s2.replicas(t)[pid]
		return a.LastCommittedDecree > 0 && b.LastCommittedDecree == a.LastCommittedDecree-1 && b.LastPreparedDecree == a.LastPreparedDecree
	})
	ahead := p.replicas(t)[pid]
	m.propose(t, p.addr, pid, wire.ConfigRemove, s1.addr)
	s2.await(t, pid, wire.ReplicaSecondary, 4)
	eventually(t, "the removed one is inactive", func() bool { return s1.replicas(t)[pid].Status != wire.ReplicaSecondary })
	if r := s1.replicas(t)[pid]; r.AppType != "pegasus" {
		t.Errorf("the removed replica is not reported any more: %+v", r)
	}

	// Restarted without a leader, a server knows what it had, as inactive.
	m.stop()
	for _, s := range []*testServer{p, s2} {
		s.stop()
		again := startServer(t, s.addr, s.dir, m.addr)
		r := again.await(t, pid, wire.ReplicaInactive, 4)
		if s == p && r.LastCommittedDecree < ahead.LastCommittedDecree {
			t.Errorf("the restarted primary is at decree %d, was at %d", r.LastCommittedDecree, ahead.LastCommittedDecree)
		}
	}
}

func TestServerWithoutALeaderTurnsInactiveAndComesBackAsItWas(t *testing.T) {
	t.Parallel()
	m, s := startPrimary(t)
	configs := map[wire.GPID]wire.PartitionConfig{pid: m.config(pid)}
	m.stop()
	s.await(t, pid, wire.ReplicaInactive, 1)
	if !strings.Contains(s.log.String(), "INACTIVE, 1 replicas given up") {
		t.Errorf("the log does not say it: %s", s.log)
	}
	m2 := startMeta(t, m.addr)
	m2.set(func() { m2.configs = configs })
	s.await(t, pid, wire.ReplicaPrimary, 1) // with the ballot of before: it was not restarted
	if got := m2.config(pid).Ballot; got != 1 {
		t.Errorf("the leader's ballot is %d", got)
	}
}

func TestRestartedPrimaryRaisesTheBallotAndASecondaryDoesNot(t *testing.T) {
	t.Parallel()
	m, p := startPrimary(t)
	s := startServer(t, freeAddress(t), t.TempDir(), m.addr).connected(t)
	m.propose(t, p.addr, pid, wire.ConfigAddSecondary, s.addr)
	s.await(t, pid, wire.ReplicaSecondary, 2)
	s.stop()
	s = startServer(t, s.addr, s.dir, m.addr)
	s.await(t, pid, wire.ReplicaSecondary, 2)
	p.stop()
	p = startServer(t, p.addr, p.dir, m.addr)
	p.await(t, pid, wire.ReplicaPrimary, 3)
	s.await(t, pid, wire.ReplicaSecondary, 3)
	if got := m.config(pid); got.Ballot != 3 || got.Primary != p.addr {
		t.Errorf("the leader's configuration: %+v", got)
	}
}

func TestReplicaThatIsNotOnTheLeaderStaysOnDiskUntilItMayGo(t *testing.T) {
	t.Parallel()
	m, s := startPrimary(t)
	m.set(func() { delete(m.configs, pid) }) // as after a drop of the table
	r := s.await(t, pid, wire.ReplicaError, 1)
	files, err := filepath.Glob(filepath.Join(s.dir, "*", "1.0.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files of the replica: %v, %v", files, err)
	}
	m.set(func() { m.gc = []wire.ReplicaInfo{r} })
	eventually(t, "it is removed", func() bool { return len(s.replicas(t)) == 0 })
	if _, err := os.Stat(files[0]); !os.IsNotExist(err) {
		t.Errorf("its file: %v", err)
	}
}

func TestStaleConfigSyncDoesNotCloseANewSecondary(t *testing.T) {
	t.Parallel()
	m, p := startPrimary(t)
	s := startServer(t, freeAddress(t), t.TempDir(), m.addr).connected(t)
	// It was one before, so it reports an old replica.
	m.propose(t, p.addr, pid, wire.ConfigAddSecondary, s.addr)
	s.await(t, pid, wire.ReplicaSecondary, 2)
	p.await(t, pid, wire.ReplicaPrimary, 2)
	m.propose(t, p.addr, pid, wire.ConfigRemove, s.addr)
	s.await(t, pid, wire.ReplicaInactive, 3)
	p.await(t, pid, wire.ReplicaPrimary, 3)
	// Then it gets an answer from before it became one again, after it became one again.
	held, release, passed := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var once, after sync.Once
	m.set(func() {
		m.hold = func(from wire.Address) {
			if from != s.addr {
				return
			}
			first := false
			once.Do(func() { first = true; close(held); <-release })
			if !first {
				after.Do(func() { close(passed) }) // the next sync: the stale answer is dealt with
			}
		}
	})
	<-held
	m.propose(t, p.addr, pid, wire.ConfigAddSecondary, s.addr)
	s.await(t, pid, wire.ReplicaSecondary, 4)
	close(release)
	<-passed
	if r := s.replicas(t)[pid]; r.Status != wire.ReplicaSecondary || r.Ballot != 4 {
		t.Errorf("the new secondary is %s with ballot %d", statusNames[r.Status], r.Ballot)
	}
}

func TestUpdateIsRepeatedWhileTheLeaderIsFreezed(t *testing.T) {
	t.Parallel()
	m := startMeta(t, freeAddress(t))
	m.set(func() { m.refuse = wire.ErrStateFreezed })
	s := startServer(t, freeAddress(t), t.TempDir(), m.addr).connected(t)
	m.propose(t, s.addr, pid, wire.ConfigAssignPrimary, s.addr)
	s.await(t, pid, wire.ReplicaInactive, 0)
	m.set(func() { m.refuse = "" })
	s.await(t, pid, wire.ReplicaPrimary, 1)
}

func TestReplicasAreSpreadOverTheDisks(t *testing.T) {
	t.Parallel()
	m := startMeta(t, freeAddress(t))
	s := startServer(t, freeAddress(t), t.TempDir(), m.addr).connected(t)
	for i := range int32(6) {
		m.propose(t, s.addr, wire.GPID{AppID: 1, Index: i}, wire.ConfigAssignPrimary, s.addr)
	}
	for i := range int32(6) {
		s.await(t, wire.GPID{AppID: 1, Index: i}, wire.ReplicaPrimary, 1)
	}
	tags := map[string]int{}
	for _, r := range s.replicas(t) {
		tags[r.DiskTag]++
	}
	if diff := cmp.Diff(map[string]int{"one": 3, "two": 3}, tags); diff != "" {
		t.Errorf("replicas by disk (-want +got):\n%s", diff)
	}
}

func TestTablesAreReportedAsTheyWereCreated(t *testing.T) {
	t.Parallel()
	m := startMeta(t, freeAddress(t))
	s := startServer(t, freeAddress(t), t.TempDir(), m.addr).connected(t)
	created := m.info
	m.propose(t, s.addr, pid, wire.ConfigAssignPrimary, s.addr)
	s.await(t, pid, wire.ReplicaPrimary, 1)
	m.set(func() {
		m.info.Name, m.info.MaxReplicaCount = "renamed", 2
		m.info.Envs = map[string]string{"default_ttl": "1"}
	})
	want := created
	want.Name, want.MaxReplicaCount = "renamed", 2 // but the environment variables stay as they were
	client := rpc.NewClient()
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var answer wire.QueryAppInfoResponse
	eventually(t, "the new name is known", func() bool {
		err := client.Call(ctx, s.addr, wire.RPCQueryAppInfo, &wire.NodeRequest{}, &answer)
		return err == nil && len(answer.Apps) == 1 && answer.Apps[0].Name == "renamed"
	})
	if diff := cmp.Diff(want, answer.Apps[0]); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestServerRefusesDataThatItCannotRead(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"1.0.json": "{",
		"1.1.json": `{"gpid":{"AppID":1,"Index":0},"app_info":{"ID":1}}`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := &config{Settings: rpc.Settings{Self: freeAddress(t)}, disks: []disk{{"one", dir}}}
		err := run(context.Background(), cfg, log.New(io.Discard, "", 0))
		if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, name)) {
			t.Errorf("start with %s = %q: %v", name, content, err)
		}
	}
}

func TestConfigurationIsReadAndChecked(t *testing.T) {
	t.Parallel()
	const good = "[apps.replica]\nports = 34801\n[meta_server]\nserver_list = 127.0.0.1:34601,127.0.0.1:34602\n[replication]\n"
	read := func(text string) (config, error) {
		file := filepath.Join(t.TempDir(), "config.ini")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return readConfig(file)
	}
	c, err := read(good + "data_dirs = /a, ssd:/b\nfd_lease_seconds = 20\n")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.disks, []disk{{"disk1", "/a"}, {"ssd", "/b"}}) || c.Lease != 20*time.Second ||
		c.Grace != 10*time.Second || c.ConfigSyncInterval != 30*time.Second || len(c.Metas) != 2 {
		t.Errorf("configuration = %+v", c)
	}
	for _, bad := range []string{
		good,
		good + "data_dirs = relative\n",
		good + "data_dirs = a:/x,a:/y\n",
		good + "data_dirs = /a\nfd_lease_seconds = 0\n",
		good + "data_dirs = /a\nfd_grace_seconds = soon\n",
		strings.Replace(good, "34801", "none", 1) + "data_dirs = /a\n",
		strings.Replace(good, "127.0.0.1:34601,127.0.0.1:34602", "", 1) + "data_dirs = /a\n",
		strings.Replace(good, "127.0.0.1:34601", "meta1:34601", 1) + "data_dirs = /a\n",
	} {
		if _, err := read(bad); err == nil {
			t.Errorf("accepted:\n%s", bad)
		}
	}
}

// The answers are those of testdata/thft of metaadmin/wire.
func TestHotkeysAreDetectedInReplicasThatAreThere(t *testing.T) {
	t.Parallel()
	_, s := startPrimary(t)
	client := rpc.NewClient()
	defer client.Close()
	const coarse = "hotkey_collector_state::COARSE_DETECTING"
	for _, c := range []struct {
		app    int32
		kind   wire.HotkeyType
		action wire.HotkeyAction
		want   string
	}{
		{99, wire.HotkeyRead, wire.HotkeyStart, "ERR_OBJECT_NOT_FOUND "},
		{pid.AppID, wire.HotkeyRead, wire.HotkeyQuery, "ERR_BUSY Can't get hotkey now, now state: hotkey_collector_state::STOPPED"},
		{pid.AppID, wire.HotkeyRead, wire.HotkeyStart, "ERR_OK starting to detect replication::hotkey_type::READ hotkey"},
		{pid.AppID, wire.HotkeyRead, wire.HotkeyStart, "ERR_BUSY still detecting replication::hotkey_type::READ hotkey, state is " + coarse},
		{pid.AppID, wire.HotkeyWrite, wire.HotkeyStart, "ERR_OK starting to detect replication::hotkey_type::WRITE hotkey"},
		{pid.AppID, wire.HotkeyRead, wire.HotkeyQuery, "ERR_BUSY Can't get hotkey now, now state: " + coarse},
		{pid.AppID, wire.HotkeyRead, wire.HotkeyStop, "ERR_OK "},
		{pid.AppID, wire.HotkeyRead, wire.HotkeyQuery, "ERR_BUSY Can't get hotkey now, now state: hotkey_collector_state::STOPPED"},
	} {
		var answer wire.DetectHotkeyResponse
		request := wire.DetectHotkeyRequest{Type: c.kind, Action: c.action, PID: wire.GPID{AppID: c.app}}
		if err := client.Call(t.Context(), s.addr, wire.RPCDetectHotkey, &request, &answer); err != nil {
			t.Fatal(err)
		}
		got := string(answer.Err) + " "
		if answer.Hint != nil {
			got += *answer.Hint
		}
		if got != c.want {
			t.Errorf("%+v: %q, want %q", request, got, c.want)
		}
	}
}
