package zookeeper_test

import (
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

func TestCheckSaysUnknownWhereItCannotTellWhoLives(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	telling := z.Env.Cluster
	z.Env.Cluster = shelltest.Start(t, shelltest.Answers{ // which does not say where its lock is
		wire.RPCClusterInfo: shelltest.Always(&wire.ClusterInfoResponse{Err: wire.OK,
			Keys: []string{"zookeeper_hosts", "zookeeper_root"}, Values: []string{z.Addr, z.Root + "/own"}}),
	}.Behave).Env.Cluster
	z.Create(t, "/locks", 0)
	z.Create(t, "/locks/dsn.meta.server.leader", 0)
	z.Create(t, "/locks/dsn.meta.server.leader/LOCKNODE0000000001", zk.FlagEphemeral)
	for line, want := range map[string]string{
		"zk_check":                                       "unknown: no lock nodes were found",
		"zk_check " + z.Addr + z.Root + "/own":           "unknown: no lock nodes were found",
		"zk_check --lock_root " + z.Root + "/none":       "unknown: no lock nodes were found",
		"zk_check --lock_root " + z.Root + "/locks":      "x",
		"zk_check --lock_root " + z.Root + "/locks/":     "x",
		"zk_check " + z.Root + "/locks":                  "x",
		"zk_check -j --lock_root " + z.Root + "/locks":   `["x"],`,
		"zk_check --lock_root " + z.Root + "/own":        "unknown: no lock nodes were found",
		"zk_check " + z.Root + "/own --lock_root locks":  "",
		"zk_check " + z.Root + "/own --lock_root /a//b/": "",
	} {
		out, diagnostics, _ := z.Run(line)
		got := shelltest.Rows(strings.NewReplacer(`"living_meta_servers"`, "living_meta_servers").Replace(out))["living_meta_servers"]
		if want == "" && !strings.Contains(diagnostics, "--lock_root") || !strings.HasPrefix(got, want) {
			t.Errorf("%s: living %q, diagnostics %q", line, got, diagnostics)
		}
	}
	z.Create(t, "/own/dsn.meta.server.leader", 0)
	out, _, _ := z.Run("zk_check")
	if got := shelltest.Rows(out)["living_meta_servers"]; !strings.HasPrefix(got, "unknown: the leader's lock node is not in the tree") {
		t.Errorf("a cluster with a leader: living %q", got)
	}
	out, _, _ = z.Run("zk_check " + z.Root + "/own")
	if got, ok := shelltest.Rows(out)["living_meta_servers"]; got != "-" || !ok {
		t.Errorf("a tree without a leader: living %q", got)
	}
	z.Env.Cluster = telling
	out, _, _ = z.Run("zk_check")
	if got := shelltest.Rows(out)["living_meta_servers"]; got != "x" {
		t.Errorf("a cluster that says where its lock is: living %q", got)
	}
}
