package look

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/session"
)

// scriptedMeta is a meta or replica server that answers as a test says, and counts what it is asked.
type scriptedMeta struct {
	*metatest.Server
	mu      sync.Mutex
	refusal wire.ErrorCode // of what only a leader answers; "" for a leader
	started time.Time
	config  metaadmin.ServerConfig
	level   wire.MetaLevel
	nodes   []wire.NodeInfo
	apps    []wire.AppInfo
	sick    map[string]bool // tables with a partition that has no primary
	stored  []wire.ReplicaInfo
	asked   map[string]int // by RPC or remote command
}

func startMeta(t testing.TB) *scriptedMeta {
	t.Helper()
	m := &scriptedMeta{level: wire.LevelSteady, started: time.Date(2026, 11, 26, 1, 2, 3, 0, time.UTC), asked: map[string]int{}, sick: map[string]bool{}}
	m.Server = metatest.Start(t, m.answer)
	return m
}

func (m *scriptedMeta) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

// took is how often something was asked since the last call.
func (m *scriptedMeta) took() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	asked := m.asked
	m.asked = map[string]int{}
	return asked
}

func (m *scriptedMeta) answer(nc net.Conn, q *wire.Request) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var remote wire.RemoteCommandRequest
	if q.RPC == wire.RPCRemoteCommand && q.Decode(&remote) == nil {
		m.asked[remote.Command]++
		if remote.Command == "config-dump" {
			return metatest.Answer(nc, q, wire.OK, &wire.StringResult{Text: dump(m.config)})
		}
		return metatest.Answer(nc, q, wire.OK, &wire.StringResult{Text: "Pegasus Server 2.5.0 (x) Release, Started at " + m.started.Format(time.DateTime)})
	}
	m.asked[q.RPC]++
	if q.RPC == wire.RPCQueryReplicaInfo {
		return metatest.Answer(nc, q, wire.OK, &wire.QueryReplicaInfoResponse{Err: wire.OK, Replicas: m.stored})
	}
	if q.RPC == wire.RPCQueryAppInfo {
		return metatest.Answer(nc, q, wire.OK, &wire.QueryAppInfoResponse{Err: wire.OK, Apps: m.apps})
	}
	if m.refusal != "" {
		return metatest.Answer(nc, q, wire.OK, &wire.ErrorResponse{Err: m.refusal})
	}
	return metatest.Answer(nc, q, wire.OK, m.lead(q))
}

// lead answers as a leader.
func (m *scriptedMeta) lead(q *wire.Request) wire.Message {
	switch q.RPC {
	case wire.RPCClusterInfo:
		return &wire.ClusterInfoResponse{Err: wire.OK, Keys: []string{"meta_servers", "zookeeper_hosts", "zookeeper_root", "meta_function_level"},
			Values: []string{m.Address, m.config.HostsList, m.config.ClusterRoot, m.level.String()}}
	case wire.RPCControlMeta:
		return &wire.ControlMetaResponse{Err: wire.OK, OldLevel: m.level}
	case wire.RPCListNodes:
		return &wire.ListNodesResponse{Err: wire.OK, Infos: m.nodes}
	case wire.RPCListApps:
		return &wire.ListAppsResponse{Err: wire.OK, Infos: m.apps}
	}
	var query wire.QueryCfgRequest
	if q.Decode(&query) != nil {
		return &wire.ErrorResponse{Err: wire.ErrInvalidParameters}
	}
	primary, _ := wire.ParseAddress("127.0.0.1:34801")
	if m.sick[query.AppName] {
		primary = 0
	}
	return &wire.QueryCfgResponse{Err: wire.OK, PartitionCount: 1, Partitions: []wire.PartitionConfig{{MaxReplicaCount: 1, Primary: primary}}}
}

// dump is what config-dump answers.
func dump(c metaadmin.ServerConfig) string {
	return fmt.Sprintf("[meta_server]\nserver_list = %s\ncluster_root = %s\ndistributed_lock_service_parameters = %s\nrecover_from_replica_server = %v\n"+
		"[zookeeper]\nhosts_list = %s\n", strings.Join(c.MetaServers, ","), c.ClusterRoot, c.LockRoot, c.Recovery, c.HostsList)
}

// tables are available tables of one partition.
func tables(names ...string) []wire.AppInfo {
	var apps []wire.AppInfo
	for i, name := range names {
		apps = append(apps, wire.AppInfo{Status: wire.AppAvailable, Name: name, ID: int32(i + 1), PartitionCount: 1})
	}
	return apps
}

// adminOf returns a client for meta servers.
func adminOf(t testing.TB, metas ...string) *metaadmin.Client {
	t.Helper()
	admin, err := metaadmin.New(metas, metaadmin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	return admin
}

// optionsFor are those of a look at meta servers, with sessions of these options.
func optionsFor(t testing.TB, o session.Options, metas ...string) Options {
	t.Helper()
	o.ConnectTimeout, o.SessionTimeout = Patience, 2*Patience
	return Options{
		Admin: adminOf(t, metas...), Metas: metas, Location: time.UTC,
		Open: func(ctx context.Context, at Address) (zkcopy.Tree, error) {
			client, err := session.Open(ctx, at.Endpoint, o)
			return zkcopy.Tree{Client: client, Path: at.Path}, err
		},
		Session: func(Address) (session.Options, error) { return o, nil },
		Parse: func(text string) (Address, error) {
			at, err := session.ParseEndpoint(text)
			return Address{Endpoint: at}, err
		},
	}
}

// address reads HOSTS[/PATH].
func address(t testing.TB, text string) *Address {
	t.Helper()
	at, err := session.ParseEndpoint(text)
	if err != nil {
		t.Fatal(err)
	}
	return &Address{Endpoint: at}
}

// app is a table as its znode holds it.
func app(id int32, name string) layout.App {
	return layout.App{Status: layout.AppAvailable, Type: "pegasus", Name: name, ID: id, PartitionCount: 2, CreateSecond: int64(1000 + id)}
}

// partitionOn is a partition with its primary on a server.
func partitionOn(id layout.GPID, server string, ballot int64) []byte {
	return layout.Partition{ID: id, Ballot: ballot, MaxReplicaCount: 3, Primary: server, Secondaries: []string{"127.0.0.1:34803"}}.Encode()
}

// plantTree makes the metadata of a cluster, with its lock below lockRoot.
func plantTree(t testing.TB, conn *zk.Conn, root, lockRoot string, locks []string, apps ...layout.App) {
	t.Helper()
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/apps", Data: []byte(layout.Unlocked)}, zktest.Znode{Path: "/backup"})
	for _, a := range apps {
		plantTable(t, conn, root, a)
	}
	if lockRoot == "" {
		return
	}
	if !zktest.Exists(t, conn, lockRoot) {
		zktest.Plant(t, conn, "", zktest.Znode{Path: lockRoot})
	}
	zktest.Plant(t, conn, lockRoot, zktest.Znode{Path: "/" + layout.LockName})
	for i, server := range locks {
		zktest.Plant(t, conn, lockRoot, zktest.Znode{Path: fmt.Sprintf("/%s/LOCKNODE%010d", layout.LockName, i), Data: []byte(server), Ephemeral: true})
	}
}

func plantTable(t testing.TB, conn *zk.Conn, root string, a layout.App) {
	t.Helper()
	zktest.Plant(t, conn, layout.AppsPath(root), zktest.Znode{Path: fmt.Sprintf("/%d", a.ID), Data: a.Encode()})
	for i := range a.PartitionCount {
		id := layout.GPID{AppID: a.ID, Index: i}
		zktest.Plant(t, conn, layout.AppPath(root, a.ID), zktest.Znode{Path: fmt.Sprintf("/%d", i), Data: partitionOn(id, "127.0.0.1:34801", 3)})
	}
}

// copyTree copies a tree to another ZooKeeper.
func copyTree(t testing.TB, from, to Address, o session.Options) {
	t.Helper()
	ctx := zktest.Context(t)
	var trees [2]zkcopy.Tree
	for i, at := range []Address{from, to} {
		client, err := session.Open(ctx, at.Endpoint, o)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		trees[i] = zkcopy.Tree{Client: client, Path: at.Path}
	}
	if _, err := zkcopy.Copy(ctx, trees[0], trees[1], zkcopy.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
}

// quick are options of sessions.
var quick = session.Options{}

func port(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

func sortBy[T any](less func(a, b T) bool) cmp.Option { return cmpopts.SortSlices(less) }

// dialing connects to this address, whatever is asked for.
func dialing(address string) session.Dialer {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
}
