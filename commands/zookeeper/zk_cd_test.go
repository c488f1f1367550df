package zookeeper_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"pegashell/internal/manifest"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func TestRelativePathsBeginWhereOneStands(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Named(t, "named", manifest.ZooKeeper{Hosts: []string{z.Addr}, Chroot: z.Root, Root: "/other"})
	at := z.Addr + z.Root
	rest := strings.TrimPrefix(z.Root, "/")
	for _, step := range [][2]string{ // a line, and what it prints; an error begins with !
		{"zk_pwd", at + "/own"},
		{"zk_ls ..", "other own"},
		{"zk_ls own", "apps"},
		{"zk_ls own" + z.Root, "other own"},
		{"zk_ls ./apps/../..", "other own"},
		{"zk_get apps/1", "!No ZooKeeper is named apps: plugins.toml has named\nWhere a command takes a PATH, ./apps/1 is one of the connected cluster's tree, and /apps/1 one"},
		{"zk_create esc2 x", "!zk_create: esc2 has no path: use HOSTS/PATH, or ./esc2 for a znode of the connected cluster's tree\n"},
		{"zk_create a:1 x", "!zk_create: a:1 has no path: use HOSTS/PATH\n"},
		{"zk_rmr /notes/x --yes", "!zk_rmr: /notes/x does not name its ZooKeeper: use own/notes/x for that of the connected cluster, or HOST:PORT/notes/x\n"},
		{"zk_cd " + at + "/other", ""},
		{"zk_pwd", at + "/other"},
		{"zk_ls", "a"},
		{"zk_ls a", "b"},
		{"zk_get a/b/", "x"},
		{"zk_cd a", ""},
		{"zk_pwd", at + "/other/a"},
		{"zk_cd none", "!ERROR: no znode " + z.Root + "/other/a/none on "},
		{"zk_pwd", at + "/other/a"},
		{"zk_ls " + z.Root, "other own"},
		{"zk_ls own", "apps"},
		{"zk_ls named", "a"},
		{"zk_ls named/own", "apps"},
		{"zk_create c text", "*"},
		{"zk_mv c ../d", "*"},
		{"zk_get ../d", "text"},
		{"zk_rmr ../d -y", "*"},
		{"zk_rmr /d -y", "!zk_rmr: /d does not name its ZooKeeper: use " + z.Addr + "/d, or own/d for that of the connected cluster\n"},
		{"zk_exists ../d", "!"},
		{"zk_get a//b", "!ERROR: no znode"},
		{"zk_cd ../../../../../..", ""},
		{"zk_pwd", z.Addr + "/"},
		{"zk_ls " + rest, "other own"},
		{"zk_cd a b", "!zk_cd"},
		{"zk_pwd a", "!zk_pwd: unexpected argument"},
		{"zk_cd", ""},
		{"zk_pwd", at + "/own"},
		{"zk_rmr own -y", "!ERROR: refused"},
		{"zk_copy -s own -t own/x --dry_run", "*"},
	} {
		out, diagnostics, err := z.Run(step[0])
		got := strings.Join(strings.Fields(out), " ")
		switch want, fails := strings.CutPrefix(step[1], "!"); {
		case fails:
			if err == nil || !strings.Contains(diagnostics, want) {
				t.Errorf("%s: error = %v, printed %q and %q", step[0], err, out, diagnostics)
			}
		case err != nil || want != "*" && got != want:
			t.Errorf("%s: error = %v, printed %q and %q, want %q", step[0], err, out, diagnostics, want)
		}
	}
}

// After a migration the cluster's own ZooKeeper is another one than was chosen.
func TestThePlaceDoesNotStayOwnWhenTheClusterMoves(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	old, there := zktest.Start(t), z.Addr
	zktest.Plant(t, zktest.Connect(t, old.Addr()), z.Root, zktest.Znode{}, zktest.Znode{Path: "/own"}, zktest.Znode{Path: "/own/apps"})
	var hosts atomic.Value
	hosts.Store(old.Addr())
	var silent atomic.Bool
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCClusterInfo: func(wire.Message) wire.Message {
			if silent.Load() {
				return &wire.ClusterInfoResponse{Err: wire.ErrInvalidState}
			}
			return &wire.ClusterInfoResponse{Err: wire.OK, Keys: []string{"zookeeper_hosts", "zookeeper_root"}, Values: []string{hosts.Load().(string), z.Root + "/own"}}
		},
	}.Behave)
	run := func(line, want, says string) {
		t.Helper()
		out, diagnostics, err := s.Run(line)
		if (err != nil) != (says != "") || !strings.Contains(out, want) || !strings.Contains(diagnostics, says) {
			t.Errorf("%s: error = %v, printed %q and %q, want %q and %q", line, err, out, diagnostics, want, says)
		}
	}
	run("zk_cd own", "", "")
	run("zk_ls", "apps", "")
	hosts.Store(there)
	moved := "but the cluster's metadata lies at " + there + z.Root + "/own now: use zk_cd own, or zk_cd " + old.Addr() + z.Root + "/own to stay there"
	for _, line := range []string{"zk_ls", "zk_pwd", "zk_set apps changed --force live_tree,unknown_liveness", "zk_cd apps", "zk_ls " + z.Root} {
		run(line, "", moved)
	}
	silent.Store(true)
	run("zk_ls", "", "which was "+old.Addr()+": zk_cd "+old.Addr()+z.Root+"/own stays there")
	run("zk_cd "+old.Addr()+z.Root+"/own", "", "")
	run("zk_ls", "apps", "")
	silent.Store(false)
	run("zk_cd own", "", "")
	run("zk_pwd", there+z.Root+"/own", "")
}

// Another cluster has another tree; and what two leaders say of theirs is not believed.
func TestThePlaceEndsWithTheCluster(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	if _, _, err := z.Run("zk_cd " + z.Addr + z.Root + "/other"); err != nil {
		t.Fatal(err)
	}
	silent := metatest.Start(t, shelltest.Recovers)
	z.Named(t, "any", manifest.ZooKeeper{Hosts: []string{z.Addr}})
	z.Env.Manifest.Clusters = map[string]manifest.Cluster{"other": {MetaServers: []string{silent.Address}}}
	z.Run("cc other") // it is connected to, although it does not answer with its name
	if z.Env.Session.Place != nil {
		t.Errorf("the place is still %v", z.Env.Session.Place)
	}
	s, _ := shelltest.StartTwoLeaders(t)
	for _, line := range []string{"zk_pwd", "zk_cd", "zk_ls own", "zk_cd .."} {
		if _, diagnostics, err := s.Run(line); err == nil || !strings.Contains(diagnostics, "2 meta servers lead") {
			t.Errorf("%s: error = %v, printed %q", line, err, diagnostics)
		}
	}
	none := shelltest.StartOn(t, metaadmin.Options{}, silent.Address)
	if _, diagnostics, err := none.Run("zk_ls own"); err == nil || strings.Contains(diagnostics, "USAGE") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
}
