package zookeeper_test

import (
	"strings"
	"testing"

	"pegashell/internal/manifest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

func TestTheNextStepsOfACopyHaveTheLinesOfTheManifest(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.AtLevel(t, wire.LevelBlind)
	meta := z.Env.Cluster.Metas[0]
	z.Env.Manifest = manifest.Default()
	z.Env.Manifest.Clusters = map[string]manifest.Cluster{"c1": {
		MetaServers: []string{meta}, Servers: map[string]manifest.Server{meta: {Config: "/etc/meta1.ini", Restart: "meta restart 1"}},
	}}
	hosts := strings.Replace(z.Addr, "127.0.0.1", "localhost", 1)
	out, diagnostics, err := z.Run("zk_copy -t " + hosts + z.Root + "/parent" + z.Root + "/own")
	want := "\nNext: set hosts_list = " + hosts + z.Root + "/parent in section [zookeeper] of every meta server's config.ini, then restart the leader.\n" +
		"    config_set " + meta + " zookeeper hosts_list " + hosts + z.Root + "/parent\n    meta restart 1\nWhen the cluster is healthy there, wait a minute: "
	if err != nil || !strings.Contains(out, want) || !strings.HasSuffix(out, "\nmigrate status shows where the migration is, and what comes next.\n") {
		t.Errorf("error = %v, printed %q and %q, want %q", err, out, diagnostics, want)
	}
	if copied := z.Env.Session.Work(z.Env.Cluster).Copy; copied == nil || copied.Source != z.Addr+z.Root+"/own" || copied.Zxid == 0 {
		t.Errorf("remembered %+v", copied)
	}
}
