package zookeeper_test

import (
	"fmt"
	"strings"
	"testing"

	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

// owned returns a session whose cluster keeps its metadata at another path, and a server with two
// trees: /c1 with a lock node that has this owner, and /old without lock nodes.
func owned(t *testing.T, owner int64) (s *shelltest.Session, zookeeper string) {
	t.Helper()
	znodes := map[string]fakezk.Znode{
		"/c1/dsn.meta.server.leader/LOCKNODE0000000001": {Data: []byte("10.0.0.1:34601"), Owner: owner},
		"/old/apps/1": {Data: []byte("other")},
	}
	for _, path := range []string{"/c1", "/c1/apps", "/c1/dsn.meta.server.leader", "/old", "/old/apps"} {
		znodes[path] = fakezk.Znode{Data: []byte("unlocked")}
	}
	server := fakezk.Start(t, fakezk.Script{Znodes: znodes})
	s = shelltest.Start(t, shelltest.Answers{
		wire.RPCClusterInfo: shelltest.Always(&wire.ClusterInfoResponse{Err: wire.OK,
			Keys: []string{"zookeeper_hosts", "zookeeper_root"}, Values: []string{server.Addr(), "/connected"}}),
		wire.RPCRemoteCommand: shelltest.Always(&wire.StringResult{
			Text: "[meta_server]\ncluster_root = /connected\ndistributed_lock_service_parameters = /connected\n"}),
	}.Behave)
	return s, server.Addr()
}

// Session ids can have any bits set: those of a server with myid 255 begin with 0xff, as the owners
// of TTL znodes would.
func TestEveryOwnerButZeroIsALivingSession(t *testing.T) {
	for _, owner := range []int64{1, -1, -1<<56 | 3600_000, -1 << 63, 0x1001318e7000e} {
		t.Run(fmt.Sprintf("%#x", uint64(owner)), func(t *testing.T) {
			s, zookeeper := owned(t, owner)
			for guard, line := range map[string]string{
				"live_tree":   "zk_rmr " + zookeeper + "/c1 --yes",
				"live_target": "zk_copy -s " + zookeeper + "/old -t " + zookeeper + "/c1",
			} {
				_, diagnostics, err := s.Run(line)
				if err == nil || !strings.Contains(diagnostics, "holds 1 ephemeral znodes") || !strings.Contains(diagnostics, "--force "+guard) {
					t.Errorf("%s: error = %v, printed %q; want %s", line, err, diagnostics, guard)
				}
			}
			out, diagnostics, _ := s.Run("zk_check " + zookeeper + "/c1")
			if living := shelltest.Rows(out)["living_meta_servers"]; living != "10.0.0.1" && living != "10.0.0.1:34601" {
				t.Errorf("living meta servers are %q, printed %q", living, diagnostics)
			}
		})
	}
}

func TestAnOwnerOfZeroIsNoSession(t *testing.T) {
	s, zookeeper := owned(t, 0)
	out, diagnostics, err := s.Run("zk_check " + zookeeper + "/c1")
	if err == nil || !strings.Contains(out+diagnostics, "that no session holds") {
		t.Errorf("error = %v, printed %q and %q; want a fault of the lock node", err, out, diagnostics)
	}
	out, diagnostics, err = s.Run("zk_rmr " + zookeeper + "/c1 --dry_run --yes")
	if err != nil || strings.Contains(diagnostics, "live_tree") {
		t.Errorf("error = %v, printed %q and %q; want a plan without live_tree", err, out, diagnostics)
	}
}
