package commands_test

import (
	"strings"
	"testing"

	"pegashell/internal/test/metatest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// leads is a meta server that says that it leads, on the ZooKeeper named.
func leads(name, zookeeper string) metatest.Behaviour {
	return answers{
		wire.RPCClusterInfo: always(&wire.ClusterInfoResponse{Err: wire.OK,
			Keys:   []string{"primary_meta_server", "zookeeper_hosts", "zookeeper_root"},
			Values: []string{name, zookeeper, "/pegasus/c1"}}),
		wire.RPCControlMeta: always(&wire.ControlMetaResponse{Err: wire.OK, OldLevel: wire.LevelSteady}),
	}.behave
}

func TestTwoLeadersAreToldAndNotChanged(t *testing.T) {
	var metas []string
	for _, name := range []string{"a", "b"} {
		metas = append(metas, metatest.Start(t, leads(name, "zk-"+name+":2181")).Address)
	}
	s := startSessionOn(t, metaadmin.Options{}, metas...)
	out, diagnostics, err := s.run("cluster_info")
	if err == nil || !strings.Contains(out, "primary_meta_server") {
		t.Errorf("cluster_info: error = %v, printed %q", err, out)
	}
	for _, want := range []string{"2 meta servers lead at the same time", metas[0] + " on ZooKeeper zk-a:2181/pegasus/c1", metas[1] + " on ZooKeeper zk-b:2181/pegasus/c1"} {
		if !strings.Contains(diagnostics, want) {
			t.Errorf("%q is not in %q", want, diagnostics)
		}
	}
	for _, line := range []string{"set_meta_level blind", "zk_copy -t 127.0.0.1:1"} {
		out, diagnostics, err := s.run(line)
		if err == nil || strings.Contains(out, "ok") || !strings.Contains(diagnostics, "lead at the same time") {
			t.Errorf("%s: error = %v, printed %q and %q; want a refusal", line, err, out, diagnostics)
		}
	}
}

func TestOneLeaderAmongSeveralServersIsNoNews(t *testing.T) {
	leader := metatest.Start(t, leads("a", "zk:2181")).Address
	s := startSessionOn(t, metaadmin.Options{}, metatest.Start(t, metatest.Follower(leader)).Address, leader, metatest.Refusing(t))
	for _, line := range []string{"cluster_info", "set_meta_level blind"} {
		if _, diagnostics, err := s.run(line); err != nil || diagnostics != "" {
			t.Errorf("%s: error = %v, printed %q", line, err, diagnostics)
		}
	}
}
