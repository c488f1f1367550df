package cluster_test

import (
	"strings"
	"testing"

	"pegashell/commands"
	"pegashell/commands/command"
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

		wire.RPCAddBackupPolicy:    changed(done),
		wire.RPCModifyBackupPolicy: changed(done),
		wire.RPCStartRestore:       changed(&wire.CreateAppResponse{Err: wire.OK, AppID: 9}),
	}
}

func TestNothingIsWrittenAtLevelBlind(t *testing.T) {
	for _, name := range []string{"rename", "drop", "recall", "set_app_envs", "del_app_envs", "clear_app_envs",
		"add_backup_policy", "modify_backup_policy", "enable_backup_policy", "disable_backup_policy", "restore_app"} {
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

// notGuardedAtBlind are the commands that change something and have no guard of level blind, with the reason.
var notGuardedAtBlind = map[string]string{
	"create":            "a leader at level blind refuses it",
	"set_replica_count": "a leader at level blind refuses it",
	"set_meta_level":    "it ends the level",
	"recover":           "only a leader in recovery mode accepts it",
	"balance":           "a leader at level blind accepts no change of a partition",
	"propose":           "a leader at level blind accepts no change of a partition",
	"ddd_diagnose":      "a leader at level blind accepts no change of a partition",
	"flush_log":         "it asks servers to write their own logs",
	"remote_command":    "what it does depends on the server's command",
	"server_info":       "what it does depends on the server's command",
	"server_stat":       "what it does depends on the server's command",
	"cc":                "it changes only what this shell is connected to",
	"use":               "it changes only what this shell remembers",
	"timeout":           "it changes only what this shell remembers",
	"escape_all":        "it changes only what this shell remembers",
	"detect_hotkey":     "it asks a replica server to watch what is read or written",
}

func TestEveryCommandThatWritesMetadataHasTheGuardOfLevelBlind(t *testing.T) {
	for _, c := range commands.Builtin() {
		if c.Plugin != command.PluginCluster || c.Reads && c.Changes == nil {
			continue
		}
		switch reason := notGuardedAtBlind[c.Name]; {
		case reason == "" && !migration.NeedsLevel(c.Name):
			t.Errorf("%s changes something: give it the guard %s, or say here why it needs none", c.Name, migration.GuardBlindLevel)
		case reason != "" && migration.NeedsLevel(c.Name):
			t.Errorf("%s asks for the level, though %s", c.Name, reason)
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
