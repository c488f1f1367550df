package zookeeper_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"pegashell/internal/manifest"
	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

func TestAPersonIsAskedForThePasswordThatAFlagLeavesOut(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Locked(t, "/locked")
	line := "zk_ls " + z.Addr + z.Root + "/locked --auth digest:user:-"
	if _, diagnostics, err := z.Run(line); err == nil || !strings.Contains(diagnostics, "only a person at a terminal is asked") {
		t.Errorf("a script: %v, %q", err, diagnostics)
	}
	asked := ""
	z.Env.Interactive = true
	z.Env.AskHidden = func(_ context.Context, question string) (string, error) { asked = question; return "hush", nil }
	out, diagnostics, err := z.Run(line)
	if err != nil || asked != "Password of digest:user: " || strings.Contains(out+diagnostics, "hush") {
		t.Errorf("asked %q, %v, printed %q and %q", asked, err, out, diagnostics)
	}
}

// The credentials of a line are for the ensemble that it names. Guards look at the connected cluster's tree on
// another one, too.
func TestTheConnectedClusterDoesNotGetCredentialsOfAnotherEnsemble(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	var mu sync.Mutex
	var presented []string
	own := fakezk.Start(t, fakezk.Script{
		Znodes: map[string]fakezk.Znode{"/own": {}, "/own/x": {}},
		Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
			if r.Op == fakezk.OpAuth {
				mu.Lock()
				defer mu.Unlock()
				presented = append(presented, string(r.Body[bytes.Index(r.Body, []byte("digest"))+len("digest")+4:]))
			}
			return s.Usual(r)
		},
	})
	z.Connect(t, shelltest.Start(t, shelltest.Answers{
		wire.RPCClusterInfo: shelltest.Always(&wire.ClusterInfoResponse{Err: wire.OK,
			Keys: []string{"zookeeper_hosts", "zookeeper_root"}, Values: []string{own.Addr(), "/own"}}),
	}.Behave).Env.Cluster)
	t.Setenv("OWN_ZK_AUTH", "digest:own:hush")
	z.Named(t, "own1", manifest.ZooKeeper{Hosts: []string{own.Addr()}, AuthEnv: "OWN_ZK_AUTH"})
	for line, want := range map[string]string{
		"zk_set " + z.Addr + z.Root + "/other y":                                   "own:hush",
		"zk_rmr --yes " + z.Addr + z.Root + "/other/a/b":                           "own:hush",
		"zk_copy -s " + z.Addr + z.Root + "/other -t " + z.Addr + z.Root + "/copy": "own:hush",
		"zk_set " + own.Addr() + "/own/x y":                                        "admin:secret",
	} {
		mu.Lock()
		presented = nil
		mu.Unlock()
		_, diagnostics, _ := z.Run(line + " --auth digest:admin:secret")
		mu.Lock()
		if len(presented) == 0 || slices.ContainsFunc(presented, func(auth string) bool { return auth != want }) {
			t.Errorf("%s: the cluster's ZooKeeper was presented %q, want %q; printed %q", line, presented, want, diagnostics)
		}
		mu.Unlock()
	}
}
