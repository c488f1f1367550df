package metaserver

import (
	"context"
	"log"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/ini"
	"pegashell/metaadmin/wire"
)

// allBelow lists the nodes below a node, by their paths from there; ephemeral ones end in a star.
func (b *bench) allBelow(node string) []string {
	b.t.Helper()
	var all []string
	var walk func(node, below string)
	walk = func(node, below string) {
		_, stat, err := b.zk.Get(node)
		if err != nil {
			b.t.Fatalf("%s: %v", node, err)
		}
		if below != "" {
			if stat.EphemeralOwner != 0 {
				below += "*"
			}
			all = append(all, below)
		}
		children, _, err := b.zk.Children(node)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, child := range children {
			walk(path.Join(node, child), below+"/"+child)
		}
	}
	walk(node, "")
	return all
}

func TestTheLockLiesWhereTheConfigurationSays(t *testing.T) {
	t.Parallel()
	for name, lockRoot := range map[string]func(root string) string{
		"below the cluster root": func(root string) string { return root + "/lock" },
		"in another tree":        func(root string) string { return root + "-locks/of/c1" },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, 2)
			b.lockRoot = lockRoot(b.root)
			first := b.leader()
			follower := b.meta(1)
			eventually(t, "the follower queues", func() bool { return strings.Contains(follower.log.String(), "waiting as") })
			want := []string{
				"/dsn.meta.server.leader", "/dsn.meta.server.leader/LOCKNODE0000000000*", "/dsn.meta.server.leader/LOCKNODE0000000001*",
			}
			if diff := cmp.Diff(want, slices.Sorted(slices.Values(b.allBelow(b.lockRoot)))); diff != "" {
				t.Error(diff)
			}
			if found, _, err := b.zk.Exists(b.root + "/dsn.meta.server.leader"); found || err != nil {
				t.Errorf("a lock at the cluster root too (%v)", err)
			}
			// Its parents are there for good: ZooKeeper keeps no child of an ephemeral node.
			if _, stat, err := b.zk.Get(path.Dir(b.lockRoot)); err != nil || stat.EphemeralOwner != 0 {
				t.Errorf("%s: %v, owner %#x", path.Dir(b.lockRoot), err, stat.EphemeralOwner)
			}
			first.halt()
			b.awaitLeader(1)
		})
	}
}

func TestEverythingLiesBelowTheChroot(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	chroot := b.root + "-chroot"
	if _, err := b.zk.Create(chroot, nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	b.zkHosts += chroot
	p := b.leader()
	b.beacon(0, addressesOn(t, 1)[0])
	if answer := b.create("users", 2, 1); answer.Err != wire.OK {
		t.Fatalf("create: %s", answer.Err)
	}
	want := []string{
		"/apps", "/apps/1", "/apps/1/0", "/apps/1/1", "/backup", "/bulk_load", "/dsn.meta.server.leader",
		"/dsn.meta.server.leader/LOCKNODE0000000000*",
	}
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(b.allBelow(chroot+b.root)))); diff != "" {
		t.Error(diff)
	}
	if found, _, err := b.zk.Exists(b.root); found || err != nil {
		t.Errorf("the root lies outside of the chroot too (%v)", err)
	}
	info := call[wire.ClusterInfoResponse](b, 0, wire.RPCClusterInfo, &wire.ClusterInfoRequest{})
	if info.Values[2] != b.zkHosts || info.Values[3] != b.root {
		t.Errorf("cluster_info names ZooKeeper %q and root %q, want %q and %q", info.Values[2], info.Values[3], b.zkHosts, b.root)
	}
	p.halt()
	b.leader() // it finds all again
	if q := b.query(0, "users"); q.Err != wire.OK {
		t.Errorf("query after a restart: %s", q.Err)
	}
}

func TestAChrootThatIsMissingEndsTheServer(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.zkHosts += b.root + "/nowhere"
	if err := b.meta(0).ended(); err == nil || !strings.Contains(err.Error(), "node does not exist") {
		t.Errorf("error = %v, want one that says that a node does not exist", err)
	}
}

func TestHostsListIsReadAsTheCClientDoes(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]zkAddress{
		"a:1":             {[]string{"a:1"}, ""},
		"a:1, b:2,":       {[]string{"a:1", "b:2"}, ""},
		"a:1,b:2/":        {[]string{"a:1", "b:2"}, ""},
		"a:1,b:2/c/d":     {[]string{"a:1", "b:2"}, "/c/d"},
		"127.0.0.1:2181/": {[]string{"127.0.0.1:2181"}, ""},
	} {
		got, err := parseHostsList(list)
		if err != nil || !cmp.Equal(got, want, cmp.AllowUnexported(zkAddress{})) {
			t.Errorf("%s: %+v, %v; want %+v", list, got, err, want)
		}
	}
	for _, list := range []string{"", ",", "/c", "a:1/c/", "a:1//c", "a:1/c/../d", "a:1/c,b:2/"} {
		if got, err := parseHostsList(list); err == nil {
			t.Errorf("%q is read as %+v", list, got)
		}
	}
}

// dumped asks meta server i for its configuration.
func (b *bench) dumped(i int) *ini.File {
	b.t.Helper()
	answer := call[wire.StringResult](b, i, wire.RPCRemoteCommand, &wire.RemoteCommandRequest{Command: "config-dump"})
	f, err := ini.Parse("config-dump", []byte(answer.Text))
	if err != nil {
		b.t.Fatal(err)
	}
	return f
}

func TestEveryMetaServerDumpsWhatItRead(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]string{"in normal operation": "", "in recovery": "recover_from_replica_server = true"} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, 2)
			leader, follower := b.meta(0, more), b.meta(1, more)
			eventually(t, "a leader and a follower", func() bool {
				logs := leader.log.String() + follower.log.String()
				return strings.Contains(logs, "got the lock") && strings.Contains(logs, "waiting as")
			})
			for i := range 2 {
				f := b.dumped(i)
				recovering := "false"
				if more != "" {
					recovering = "true"
				}
				for key, want := range map[string]string{
					"meta_server/server_list":                         strings.Join(addressTexts(b.metas), ","),
					"meta_server/cluster_root":                        b.root,
					"meta_server/distributed_lock_service_type":       "distributed_lock_service_zookeeper",
					"meta_server/distributed_lock_service_parameters": b.root,
					"meta_server/meta_function_level_on_start":        "steady",
					"meta_server/recover_from_replica_server":         recovering,
					"zookeeper/hosts_list":                            b.zkHosts,
					"zookeeper/timeout_ms":                            "4000",
					"replication/cluster_name":                        "onebox",
				} {
					section, key, _ := strings.Cut(key, "/")
					if got := f.String(section, key, "(none)"); got != want {
						t.Errorf("meta server %d: [%s] %s = %q, want %q", i, section, key, got, want)
					}
				}
			}
		})
	}
}

func TestADumpDoesNotFollowTheFile(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	file := b.configFile(0)
	start(t, b.metas[0], func(ctx context.Context, logger *log.Logger) error { return Run(ctx, file, logger) })
	b.awaitLeader(0)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(data), "timeout_ms = 4000", "timeout_ms = 9000", 1)
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := b.dumped(0).String("zookeeper", "timeout_ms", ""); got != "4000" {
		t.Errorf("timeout_ms = %s, want 4000, which the server has read", got)
	}
}

// The defaults of a dump are those that the server runs with: reading it as a file results in the
// same configuration.
func TestADumpReadAsAFileGivesTheSameConfiguration(t *testing.T) {
	t.Parallel()
	want, err := readText(t, goodConfig)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readText(t, want.Dump)
	if err != nil {
		t.Fatal(err)
	}
	want.Dump, got.Dump = "", "" // sections with a key of the file have another order
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(config{}, zkAddress{})); diff != "" {
		t.Error(diff)
	}
}
