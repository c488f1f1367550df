package commands_test

import (
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/metaadmin/wire"
)

func TestCheckSaysUnknownWhereItCannotTellWhoLives(t *testing.T) {
	z := startZKSession(t)
	telling := z.env.Cluster
	z.env.Cluster = startSession(t, answers{ // which does not say where its lock is
		wire.RPCClusterInfo: always(&wire.ClusterInfoResponse{Err: wire.OK,
			Keys: []string{"zookeeper_hosts", "zookeeper_root"}, Values: []string{z.addr, z.root + "/own"}}),
	}.behave).env.Cluster
	z.create(t, "/locks", 0)
	z.create(t, "/locks/dsn.meta.server.leader", 0)
	z.create(t, "/locks/dsn.meta.server.leader/LOCKNODE0000000001", zk.FlagEphemeral)
	for line, want := range map[string]string{
		"zk_check":                                       "unknown: no lock nodes were found",
		"zk_check " + z.addr + z.root + "/own":           "unknown: no lock nodes were found",
		"zk_check --lock_root " + z.root + "/none":       "unknown: no lock nodes were found",
		"zk_check --lock_root " + z.root + "/locks":      "x",
		"zk_check --lock_root " + z.root + "/locks/":     "x",
		"zk_check " + z.root + "/locks":                  "x",
		"zk_check -j --lock_root " + z.root + "/locks":   `"x"`,
		"zk_check --lock_root " + z.root + "/own":        "unknown: no lock nodes were found",
		"zk_check " + z.root + "/own --lock_root locks":  "",
		"zk_check " + z.root + "/own --lock_root /a//b/": "",
	} {
		out, diagnostics, _ := z.run(line)
		got := rows(strings.NewReplacer(`"living_meta_servers"`, "living_meta_servers", `",`, `"`).Replace(out))["living_meta_servers"]
		if want == "" && !strings.Contains(diagnostics, "--lock_root") || !strings.HasPrefix(got, want) {
			t.Errorf("%s: living %q, diagnostics %q", line, got, diagnostics)
		}
	}
	z.create(t, "/own/dsn.meta.server.leader", 0)
	out, _, _ := z.run("zk_check")
	if got := rows(out)["living_meta_servers"]; !strings.HasPrefix(got, "unknown: the leader's lock node lies elsewhere") {
		t.Errorf("a cluster with a leader: living %q", got)
	}
	out, _, _ = z.run("zk_check " + z.root + "/own")
	if got, ok := rows(out)["living_meta_servers"]; got != "" || !ok {
		t.Errorf("a tree without a leader: living %q", got)
	}
	z.env.Cluster = telling
	out, _, _ = z.run("zk_check")
	if got := rows(out)["living_meta_servers"]; got != "x" {
		t.Errorf("a cluster that says where its lock is: living %q", got)
	}
}
