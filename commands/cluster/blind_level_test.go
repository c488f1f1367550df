package cluster_test

import (
	"strings"
	"testing"

	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
)

// AtLevel is a leader at a level that takes changes, and counts them.
func atLevel(level wire.MetaLevel, changes *int) shelltest.Answers {
	changed := func(answer wire.Message) func(wire.Message) wire.Message {
		return func(wire.Message) wire.Message { *changes++; return answer }
	}
	done := &wire.HintResponse{Err: wire.OK}
	return shelltest.Answers{
		wire.RPCControlMeta:  shelltest.Always(&wire.ControlMetaResponse{Err: wire.OK, OldLevel: level}),
		wire.RPCDropApp:      changed(&wire.ErrorResponse{Err: wire.OK}),
		wire.RPCRenameApp:    changed(done),
		wire.RPCUpdateAppEnv: changed(done),
		wire.RPCRecallApp:    changed(&wire.RecallAppResponse{Err: wire.ErrAppExist}),
	}
}

func TestNothingIsWrittenAtLevelBlind(t *testing.T) {
	for _, name := range []string{"rename", "drop", "recall", "set_app_envs", "del_app_envs", "clear_app_envs"} {
		t.Run(name, func(t *testing.T) {
			changes := 0
			s := shelltest.Start(t, atLevel(wire.LevelBlind, &changes).Behave)
			s.Env.Session.App = "t"
			out, diagnostics, err := s.Run(changing[name])
			if err == nil || changes > 0 || !strings.Contains(out+diagnostics, "the meta level is blind") || !strings.Contains(out+diagnostics, "--override blind_level overrides this") {
				t.Errorf("error = %v, %d changes, printed %q and %q", err, changes, out, diagnostics)
			}
			if strings.Contains(out, "blind") {
				t.Errorf("it is said on standard output: %q", out)
			}
			_, diagnostics, _ = s.Run(changing[name] + " --override blind_level")
			if changes != 1 || !strings.Contains(diagnostics, "(overridden)") {
				t.Errorf("overridden: %d changes, printed %q", changes, diagnostics)
			}
		})
	}
}

func TestOtherLevelsStandInNoOnesWay(t *testing.T) {
	changes := 0
	s := shelltest.Start(t, atLevel(wire.LevelSteady, &changes).Behave)
	if out, diagnostics, err := s.Run("rename t u"); err != nil || diagnostics != "" || changes != 1 {
		t.Errorf("error = %v, %d changes, printed %q and %q", err, changes, out, diagnostics)
	}
}

func TestWhatALeaderAtLevelBlindRefusesIsLeftToIt(t *testing.T) {
	for _, name := range []string{"create", "set_replica_count", "set_meta_level"} {
		if migration.NeedsLevel(name) {
			t.Errorf("%s asks for the level", name)
		}
	}
}

func TestATimeToLiveIsWarnedOf(t *testing.T) {
	changes := 0
	s := shelltest.Start(t, atLevel(wire.LevelSteady, &changes).Behave)
	s.Env.Session.App = "t"
	for line, warns := range map[string]bool{"set_app_envs default_ttl 10": true, "set_app_envs k v default_ttl 10": true, "set_app_envs k default_ttl": false} {
		if _, diagnostics, err := s.Run(line); err != nil || strings.Contains(diagnostics, "SIGSEGV") != warns {
			t.Errorf("%s: error = %v, printed %q", line, err, diagnostics)
		}
	}
}
