package shelltest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/manifest"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin/wire"
)

// Saved backs /other of a session up.
func (z *ZooKeeper) Saved(t *testing.T) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "other.zkb")
	out, diagnostics, err := z.Run("zk_backup " + z.Addr + z.Root + "/other " + file)
	if err != nil || !strings.Contains(out, "result      : verified") {
		t.Fatalf("error = %v, printed %q and %q", err, out, diagnostics)
	}
	return file
}

// Rows gives the table that an output ends with.
func Rows(out string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(out) {
		if key, value, ok := strings.Cut(line, ":"); ok {
			found[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return found
}

// Fill creates n znodes below path.
func (z *ZooKeeper) Fill(t *testing.T, path string, n int) (paths []string) {
	t.Helper()
	for i := range n {
		paths = append(paths, fmt.Sprintf("%s/%03d", path, i))
		z.Create(t, paths[i], 0)
	}
	return paths
}

// Named gives the session's manifest a ZooKeeper of this name, and a file that it could have been read from.
func (z *ZooKeeper) Named(t *testing.T, name string, entry manifest.ZooKeeper) {
	t.Helper()
	if z.Env.Manifest.File == "" {
		m := manifest.Default()
		m.File = filepath.Join(t.TempDir(), "plugins.toml")
		if err := os.WriteFile(m.File, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		m.ZooKeepers = map[string]manifest.ZooKeeper{}
		z.Env.Manifest = m
	}
	entry.File = z.Env.Manifest.File
	z.Env.Manifest.ZooKeepers[name] = entry
}

// Locked creates a znode that only user:hush may read, with a child.
func (z *ZooKeeper) Locked(t *testing.T, path string) {
	t.Helper()
	if err := z.Conn.AddAuth("digest", []byte("user:hush")); err != nil {
		t.Fatal(err)
	}
	for _, each := range []string{path, path + "/secret"} {
		if _, err := z.Conn.Create(z.Root+each, []byte("x"), 0, zk.DigestACL(zk.PermAll, "user", "hush")); err != nil {
			t.Fatal(err)
		}
	}
}

// AtLevel has the session's cluster answer that this is its meta level.
func (z *ZooKeeper) AtLevel(t *testing.T, level wire.MetaLevel) {
	t.Helper()
	z.Env.Cluster = Start(t, Answers{
		wire.RPCClusterInfo: Always(&wire.ClusterInfoResponse{Err: wire.OK,
			Keys: []string{"zookeeper_hosts", "zookeeper_root"}, Values: []string{z.Addr, z.Root + "/own"}}),
		wire.RPCControlMeta: Always(&wire.ControlMetaResponse{Err: wire.OK, OldLevel: level}),
	}.Behave).Env.Cluster
}

// ZooKeeper is a session whose cluster says that its metadata lies at /own/NAME of a real ZooKeeper.
type ZooKeeper struct {
	*Session
	Conn *zk.Conn
	Addr string
	Root string // a znode of this test alone
}

func StartZooKeeper(t *testing.T) *ZooKeeper {
	t.Helper()
	server := zktest.Shared(t)
	z := &ZooKeeper{Conn: zktest.Connect(t, server.Addr()), Addr: server.Addr()}
	root, err := z.Conn.Create("/"+strings.ReplaceAll(t.Name(), "/", "_")+"-", []byte("x"), zk.FlagSequence, zk.WorldACL(zk.PermAll))
	if err != nil {
		t.Fatal(err)
	}
	z.Root = root
	z.Session = Start(t, Answers{
		wire.RPCClusterInfo: Always(&wire.ClusterInfoResponse{Err: wire.OK,
			Keys: []string{"zookeeper_hosts", "zookeeper_root"}, Values: []string{z.Addr, z.Root + "/own"}}),
		wire.RPCRemoteCommand: Always(&wire.StringResult{Text: "[meta_server]\ncluster_root = " + z.Root + "/own\ndistributed_lock_service_parameters = " + z.Root + "/locks\n"}),
	}.Behave)
	for _, path := range []string{"/own", "/own/apps", "/other", "/other/a", "/other/a/b"} {
		z.Create(t, path, 0)
	}
	return z
}

func (z *ZooKeeper) Create(t *testing.T, path string, flags int32) {
	t.Helper()
	if _, err := z.Conn.Create(z.Root+path, []byte("x"), flags, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
}

func (z *ZooKeeper) Exists(t *testing.T, path string) bool {
	t.Helper()
	there, _, err := z.Conn.Exists(z.Root + path)
	if err != nil {
		t.Fatal(err)
	}
	return there
}
