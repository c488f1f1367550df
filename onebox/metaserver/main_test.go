package metaserver

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/netip"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/freeport"
	"pegashell/internal/test/testlog"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin/wire"
	"pegashell/onebox/replicaserver"
	"pegashell/onebox/rpc"
)

// runAsServer makes the test binary a meta server with the config.ini that it names, for tests that
// kill it.
const runAsServer = "METASERVER_TEST_CONFIG"

func TestMain(m *testing.M) {
	if file := os.Getenv(runAsServer); file != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		if err := Run(ctx, file, log.New(os.Stderr, "", 0)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(zktest.Main(m))
}

// patience bounds every wait; the machine may be busy.
const patience = 20 * time.Second

// eventually waits until ok reports true.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// bench is a place for one simulated cluster: a root in a real ZooKeeper, addresses, a client.
type bench struct {
	t        *testing.T
	zk       *zk.Conn
	zkHosts  string
	root     string
	lockRoot string // root unless it is set
	metas    []wire.Address
	replicas []wire.Address
	client   *rpc.Client
	edit     []func(*config) // applied to every meta server's configuration
}

func newBench(t *testing.T, metas int) *bench {
	t.Helper()
	return newBenchOn(t, zktest.Shared(t).Addr(), metas)
}

func newBenchOn(t *testing.T, zkAddr string, metas int) *bench {
	t.Helper()
	b := &bench{t: t, zk: zktest.Connect(t, zkAddr), zkHosts: zkAddr, client: rpc.NewClient()}
	b.root = fmt.Sprintf("/%s-%d", strings.ReplaceAll(t.Name(), "/", "-"), time.Now().UnixNano())
	t.Cleanup(b.client.Close)
	b.metas = addressesOn(t, metas)
	return b
}

func addressesOn(t *testing.T, n int) []wire.Address {
	t.Helper()
	ports, err := freeport.Pick(n)
	if err != nil {
		t.Fatal(err)
	}
	var list []wire.Address
	for _, port := range ports {
		list = append(list, address(t, uint16(port)))
	}
	return list
}

func address(t *testing.T, port uint16) wire.Address {
	t.Helper()
	a, err := wire.NewAddress(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// configFile writes meta server i's config.ini; more lines go into the section [meta_server].
func (b *bench) configFile(i int, more ...string) string {
	b.t.Helper()
	text := fmt.Sprintf(`[apps.meta]
ports = %d
[meta_server]
server_list = %s
cluster_root = %s
distributed_lock_service_parameters = %s
min_live_node_count_for_unfreeze = 1
cold_backup_disabled = false
%s
[zookeeper]
hosts_list = %s
timeout_ms = 4000
[replication]
cluster_name = onebox
config_sync_interval_ms = 1000
fd_beacon_interval_seconds = 1
fd_check_interval_seconds = 1
fd_lease_seconds = 4
fd_grace_seconds = 5
lb_interval_ms = 300
mutation_2pc_min_replica_count = 1
`, b.metas[i].AddrPort().Port(), strings.Join(addressTexts(b.metas), ","), b.root, cmp.Or(b.lockRoot, b.root), strings.Join(more, "\n"), b.zkHosts)
	file := filepath.Join(b.t.TempDir(), "config.ini")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return file
}

// process is a server running in this process.
type process struct {
	t    *testing.T
	addr wire.Address
	stop context.CancelFunc
	done chan struct{}
	err  error // of Run; readable once done is closed
	log  *testlog.Buffer
}

func start(t *testing.T, addr wire.Address, run func(ctx context.Context, logger *log.Logger) error) *process {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	p := &process{t: t, addr: addr, stop: stop, done: make(chan struct{}), log: new(testlog.Buffer)}
	go func() {
		defer close(p.done)
		p.err = run(ctx, log.New(p.log, "", log.Lmicroseconds))
	}()
	t.Cleanup(func() {
		p.halt()
		if t.Failed() {
			t.Logf("log of %s:\n%s", addr, p.log)
		}
	})
	return p
}

// halt stops the server and waits for its end.
func (p *process) halt() {
	p.stop()
	<-p.done
}

// ended waits for the server to end by itself and returns its error.
func (p *process) ended() error {
	p.t.Helper()
	select {
	case <-p.done:
		return p.err
	case <-time.After(patience):
		p.t.Fatalf("%s still runs", p.addr)
		return nil
	}
}

// meta starts meta server i.
func (b *bench) meta(i int, more ...string) *process {
	b.t.Helper()
	cfg, err := readConfig(b.configFile(i, more...))
	if err != nil {
		b.t.Fatal(err)
	}
	cfg.CheckInterval, cfg.BeaconInterval = 100*time.Millisecond, 200*time.Millisecond
	cfg.Grace = time.Minute // made-up servers of captured trees live as long as a test takes
	for _, edit := range b.edit {
		edit(&cfg)
	}
	return start(b.t, b.metas[i], func(ctx context.Context, logger *log.Logger) error { return run(ctx, &cfg, logger) })
}

// leader starts meta server 0 and waits until it serves.
func (b *bench) leader(more ...string) *process {
	b.t.Helper()
	p := b.meta(0, more...)
	b.awaitLeader(0)
	return p
}

func (b *bench) awaitLeader(i int) {
	b.t.Helper()
	eventually(b.t, fmt.Sprintf("%s leads", b.metas[i]), func() bool { return b.leads(i) })
}

func (b *bench) leads(i int) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var answer wire.ListNodesResponse
	err := b.client.Call(ctx, b.metas[i], wire.RPCListNodes, &wire.ListNodesRequest{}, &answer)
	return err == nil && answer.Err == wire.OK
}

// replicaServers starts n real simulated replica servers.
func (b *bench) replicaServers(n int) []*process {
	b.t.Helper()
	var list []*process
	for range n {
		a := addressesOn(b.t, 1)[0]
		b.replicas = append(b.replicas, a)
		list = append(list, b.replicaServer(a, b.t.TempDir()))
	}
	return list
}

func (b *bench) replicaServer(a wire.Address, dir string) *process {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "config.ini")
	text := fmt.Sprintf(`[apps.replica]
ports = %d
[meta_server]
server_list = %s
[replication]
data_dirs = one:%s/one,two:%s/two
config_sync_interval_ms = 500
group_check_interval_ms = 300
fd_beacon_interval_seconds = 1
fd_check_interval_seconds = 1
fd_lease_seconds = 4
fd_grace_seconds = 5
`, a.AddrPort().Port(), strings.Join(addressTexts(b.metas), ","), dir, dir)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return start(b.t, a, func(ctx context.Context, logger *log.Logger) error { return replicaserver.Run(ctx, file, logger) })
}

// call calls meta server i and fails the test when there is no answer.
func call[A any, P interface {
	*A
	wire.Message
}](b *bench, i int, name string, arg wire.Message) *A {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	answer := P(new(A))
	if err := b.client.Call(ctx, b.metas[i], name, arg, answer); err != nil {
		b.t.Fatal(err)
	}
	return (*A)(answer)
}

// beacon sends a replica server's sign of life to meta server i.
func (b *bench) beacon(i int, from wire.Address) *wire.BeaconResponse {
	b.t.Helper()
	return call[wire.BeaconResponse](b, i, wire.RPCBeacon, &wire.BeaconRequest{Time: time.Now().UnixMilli(), From: from, To: b.metas[i]})
}

func (b *bench) create(name string, partitions, replicas int32) *wire.CreateAppResponse {
	b.t.Helper()
	return call[wire.CreateAppResponse](b, 0, wire.RPCCreateApp, &wire.CreateAppRequest{
		AppName: name,
		Options: wire.CreateAppOptions{PartitionCount: partitions, ReplicaCount: replicas, AppType: "pegasus", Stateful: true},
	})
}

func (b *bench) query(i int, name string) *wire.QueryCfgResponse {
	b.t.Helper()
	return call[wire.QueryCfgResponse](b, i, wire.RPCQueryCfg, &wire.QueryCfgRequest{AppName: name})
}

func (b *bench) awaitHealthy(i int, name string) *wire.QueryCfgResponse {
	b.t.Helper()
	var cfg *wire.QueryCfgResponse
	eventually(b.t, "table "+name+" is healthy", func() bool {
		cfg = b.query(i, name)
		for _, p := range cfg.Partitions {
			if !p.Primary.Valid() || len(p.Secondaries)+1 < int(p.MaxReplicaCount) {
				return false
			}
		}
		return cfg.Err == wire.OK
	})
	return cfg
}

// data reads a znode below the cluster's root.
func (b *bench) data(below string) string {
	b.t.Helper()
	data, _, err := b.zk.Get(path.Join(b.root, below))
	if err != nil {
		b.t.Fatalf("%s: %v", below, err)
	}
	return string(data)
}

// znode is a znode as the captures hold it.
type znode struct {
	Path      string `json:"path"`
	Data      string `json:"data_b64"`
	Version   int32  `json:"version"`
	Cversion  int32  `json:"cversion"`
	Ephemeral string `json:"ephemeralOwner"`
}

func (n znode) bytes(t *testing.T) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(n.Data)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// captured reads a captured tree.
func captured(t *testing.T, name string) []znode {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("../../zkcopy/layout/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var nodes []znode
	if err := json.Unmarshal(raw, &nodes); err != nil {
		t.Fatal(err)
	}
	return nodes
}

// plant writes the part of a captured tree below a root under this bench's root, without ephemeral
// nodes.
func (b *bench) plant(name, root string) {
	b.t.Helper()
	if _, err := b.zk.Create(b.root, nil, 0, zk.WorldACL(zk.PermAll)); err != nil && !errors.Is(err, zk.ErrNodeExists) {
		b.t.Fatal(err)
	}
	for _, n := range captured(b.t, name) {
		below, ok := strings.CutPrefix(n.Path, root)
		if !ok || n.Ephemeral != "0x0" {
			continue
		}
		_, err := b.zk.Create(b.root+below, n.bytes(b.t), 0, zk.WorldACL(zk.PermAll))
		if err != nil && !errors.Is(err, zk.ErrNodeExists) {
			b.t.Fatal(err)
		}
	}
}
