package zookeeper_test

import (
	"strings"
	"testing"

	"pegashell/internal/manifest"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
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
		{"zk_get apps", "!No ZooKeeper is named apps"},
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
