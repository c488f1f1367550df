package cluster_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/manifest"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// recovers is a leader in recovery mode whose recovery ends so.
func recovers(answer wire.HintResponse) metatest.Behaviour {
	return shelltest.Answers{
		wire.RPCClusterInfo:   shelltest.Always(&wire.ClusterInfoResponse{Err: wire.ErrUnderRecovery}),
		wire.RPCStartRecovery: shelltest.Always(&answer),
		wire.RPCListApps:      shelltest.Always(&wire.ListAppsResponse{Err: wire.ErrUnderRecovery}),
	}.Behave
}

func TestRecoverEndsWithWhatIsLeftToDo(t *testing.T) {
	leader := metatest.Start(t, recovers(wire.HintResponse{Err: wire.OK})).Address
	other, third := metatest.Refusing(t), metatest.Refusing(t)
	head := "Next: set recover_from_replica_server = false in section [meta_server] of every meta server's configuration (with true it aborts at its next start), " +
		"restart " + leader + ", then start the others.\n"
	set := func(server string) string {
		return "    config_set " + server + " meta_server recover_from_replica_server false\n"
	}
	for name, c := range map[string]struct {
		servers map[string]manifest.Server
		want    string
	}{
		"by hand": {nil, "    for " + leader + ", " + other + ", " + third + ": config_set FILE meta_server recover_from_replica_server false\n"},
		"all servers": {map[string]manifest.Server{
			leader: {Config: "/1", Restart: "meta restart 1"}, other: {Config: "/2", Start: "meta start 2"}, third: {ReadConfig: []string{"r"}, WriteConfig: []string{"w"}, Start: "meta start 3"},
		}, "    config_set --all meta_server recover_from_replica_server false\n    meta restart 1\n    meta start 2\n    meta start 3\n"},
		"some servers": {map[string]manifest.Server{
			leader: {Config: "/1", Stop: "meta stop 1", Start: "meta start 1"}, other: {ReadConfig: []string{"r"}},
		}, set(leader) + "    for " + other + ", " + third + ": config_set FILE meta_server recover_from_replica_server false\n    meta stop 1\n    meta start 1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := shelltest.StartOn(t, metaadmin.Options{}, other, leader, third)
			s.Env.Cluster.Metas = []string{leader, other, third}
			s.Env.Manifest.Clusters = map[string]manifest.Cluster{"c1": {MetaServers: []string{leader, other, third}, Servers: c.servers}}
			out, diagnostics, err := s.Run("recover -s 127.0.0.1:34801")
			if err != nil || !strings.HasSuffix(out, "Recover result: ERR_OK\n") {
				t.Errorf("error = %v, printed %q", err, out)
			}
			if diff := cmp.Diff(head+c.want+"    migrate status\n", diagnostics); diff != "" {
				t.Errorf("standard error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFailedRecoverSaysWhatItMeans(t *testing.T) {
	for code, want := range map[wire.ErrorCode]string{
		wire.ErrTryAgain:       "NOTE: ERR_TRY_AGAIN: nothing was written. ",
		wire.ErrServiceRunning: "NOTE: ERR_SERVICE_ALREADY_RUNNING: the cluster is running already: recover is only for a leader in recovery mode",
	} {
		s := shelltest.Start(t, recovers(wire.HintResponse{Err: code}))
		out, diagnostics, err := s.Run("recover -s 127.0.0.1:34801")
		if err == nil || !strings.HasSuffix(out, "Recover result: "+string(code)+"\n") || !strings.HasPrefix(diagnostics, want) || strings.Contains(diagnostics, "Next: ") {
			t.Errorf("%s: error = %v, printed %q and %q", code, err, out, diagnostics)
		}
	}
}

func TestAnErrorIsExplainedOnceUntilItIsOver(t *testing.T) {
	list := &wire.ListAppsResponse{Err: wire.ErrUnderRecovery}
	s := shelltest.Start(t, shelltest.Answers{wire.RPCListApps: func(wire.Message) wire.Message { return list }}.Behave)
	const explained = "NOTE: ERR_UNDER_RECOVERY: the leader is in recovery mode: it waits for recover"
	fails := func(want bool) {
		t.Helper()
		out, diagnostics, err := s.Run("ls")
		if err == nil || out != "list apps failed, error=ERR_UNDER_RECOVERY\n" || strings.Contains(diagnostics, explained) != want {
			t.Errorf("error = %v, printed %q and %q; want an explanation: %v", err, out, diagnostics, want)
		}
	}
	fails(true)
	fails(false)
	list = &wire.ListAppsResponse{Err: wire.OK}
	if _, diagnostics, err := s.Run("ls"); err != nil || diagnostics != "" {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
	list = &wire.ListAppsResponse{Err: wire.ErrUnderRecovery}
	fails(true)
}
