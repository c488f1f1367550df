package cluster_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
)

// The real shell told of servers that were gone by the error code alone. We add on standard error which server
// said what, so only standard output is compared.
func TestDeadServersAreToldAsByTheRealShell(t *testing.T) {
	gone := func() string { return metatest.Refusing(t) }
	leaderless := func() string { return metatest.Start(t, metatest.Follower("")).Address }
	for name, metas := range map[string][]string{
		"18_all_metas_dead/all_metas_dead_cluster_info":   {gone(), gone(), gone()},
		"18_all_metas_dead/all_metas_dead_get_meta_level": {gone(), gone(), gone()},
		"21_just_after_leader_killed/cluster_info":        {gone(), leaderless(), leaderless()},
	} {
		t.Run(name, func(t *testing.T) {
			base := filepath.Join("testdata", "replay", filepath.FromSlash(name))
			client, err := metaadmin.New(metas, metaadmin.Options{Timeout: 300 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			var out, diagnostics bytes.Buffer
			env := &command.World{Out: &out, Err: &diagnostics, Cluster: &command.Cluster{Metas: metas, Admin: client}}
			if err := commands.NewRegistry(nil).Execute(context.Background(), env, shelltest.ReadLines(t, base+".in")); err == nil {
				t.Error("no error")
			}
			if diff := cmp.Diff(shelltest.RecordedOutput(t, base+".out"), out.String()); diff != "" {
				t.Errorf("standard output (-recorded +ours):\n%s", diff)
			}
			for _, server := range metas {
				if !bytes.Contains(diagnostics.Bytes(), []byte(server)) {
					t.Errorf("standard error does not tell of %s: %s", server, diagnostics.String())
				}
			}
		})
	}
}
