package cluster_test

import (
	"strings"
	"testing"
	"time"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/internal/manifest"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/migration"
)

func TestReadingFromTwoLeadersWarnsOnceALine(t *testing.T) {
	s, servers := shelltest.StartTwoLeaders(t)
	for line, fails := range map[string]bool{"cluster_info": true, "get_meta_level": false, "get_meta_level -x": false, "ddd_diagnose -g 1": false} {
		out, diagnostics, err := s.Run(line)
		if (err != nil) != fails || out == "" || strings.Contains(out, "WARNING") {
			t.Errorf("%s: error = %v, printed %q", line, err, out)
		}
		for _, want := range []string{"WARNING: 2 meta servers lead at the same time", servers[0].Address + " on ZooKeeper zk-a:2181/pegasus/c1", servers[1].Address + " on ZooKeeper zk-b:2181/pegasus/c1"} {
			if strings.Count(diagnostics, want) != 1 {
				t.Errorf("%s: %q is not once in %q", line, want, diagnostics)
			}
		}
	}
}

// A leader in recovery mode leads too, whichever of the two answers first.
func TestALeaderInRecoveryBesideAnotherIsWarnedOf(t *testing.T) {
	serving := metatest.Start(t, shelltest.Leads("a", "zk-a:2181")).Address
	recovering := metatest.Start(t, shelltest.Recovers).Address
	for name, metas := range map[string][]string{"the other one answers first": {serving, recovering}, "it answers first": {recovering, serving}} {
		t.Run(name, func(t *testing.T) {
			for _, line := range []string{"cluster_info", "cluster_info -j", "ls"} {
				s := shelltest.StartOn(t, metaadmin.Options{}, metas...)
				out, diagnostics, err := s.Run(line)
				if err == nil || strings.Contains(out, "lead at the same time") {
					t.Errorf("%s: error = %v, printed %q", line, err, out)
				}
				if n := strings.Count(diagnostics, "WARNING: 2 meta servers lead at the same time: "); n != 1 || !strings.Contains(diagnostics, recovering+" in recovery mode") {
					t.Errorf("%s: warned %d times: %q", line, n, diagnostics)
				}
			}
			s := shelltest.StartOn(t, metaadmin.Options{}, metas...)
			if _, diagnostics, err := s.Run("recover -s 127.0.0.1:1"); err == nil || !strings.Contains(diagnostics, "refused: 2 meta servers lead") {
				t.Errorf("recover: error = %v, printed %q", err, diagnostics)
			}
		})
	}
}

func TestWhatAsksNoLeaderDoesNotWarnOfTwo(t *testing.T) {
	s, servers := shelltest.StartTwoLeaders(t)
	for _, line := range []string{"use", "ls --help", "nodes -x", "cc"} {
		if _, diagnostics, _ := s.Run(line); strings.Contains(diagnostics, "lead at the same time") {
			t.Errorf("%s: printed %q", line, diagnostics)
		}
	}
	for _, server := range servers {
		if n := server.Requests.Load(); n > 0 {
			t.Errorf("%d requests arrived", n)
		}
	}
}

// changing has a line for every command that changes a cluster.
var changing = map[string]string{
	"set_meta_level":    "set_meta_level blind",
	"create":            "create t",
	"drop":              "drop t",
	"recall":            "recall 3",
	"rename":            "rename t u",
	"set_app_envs":      "set_app_envs k v",
	"del_app_envs":      "del_app_envs k",
	"clear_app_envs":    "clear_app_envs -a",
	"set_replica_count": "set_replica_count t 3",
	"propose":           "propose -g 1.0 -p ASSIGN_PRIMARY -t 127.0.0.1:1 -n 127.0.0.1:1",
	"balance":           "balance -g 1.0 -p move_pri -f 127.0.0.1:1 -t 127.0.0.1:2",
	"ddd_diagnose":      "ddd_diagnose -g 1 -d -s",
	"recover":           "recover -s 127.0.0.1:1",
	"zk_copy":           "zk_copy -t 127.0.0.1:1",

	"add_backup_policy":     "add_backup_policy -p daily -b local_service -a 1 -i 86400 -c 3",
	"modify_backup_policy":  "modify_backup_policy -p daily -a 2",
	"enable_backup_policy":  "enable_backup_policy -p daily",
	"disable_backup_policy": "disable_backup_policy -p daily",
	"restore_app":           "restore_app -c onebox -p daily -a t -i 1 -t 1795651025396 -b local_service",
	"add_dup":               "add_dup t c2",
	"remove_dup":            "remove_dup t 1",
	"start_dup":             "start_dup t 1",
	"pause_dup":             "pause_dup t 1",
	"set_dup_fail_mode":     "set_dup_fail_mode t 1 skip",
	"start_bulk_load":       "start_bulk_load -a t -c c1 -p local_service -r files",
	"pause_bulk_load":       "pause_bulk_load -a t",
	"restart_bulk_load":     "restart_bulk_load -a t",
	"cancel_bulk_load":      "cancel_bulk_load -a t",
	"clear_bulk_load":       "clear_bulk_load -a t",
}

func TestNothingIsChangedWhileTwoLead(t *testing.T) {
	for _, c := range commands.Builtin() {
		if _, changes := migration.Guards(c.Name); !changes || c.Plugin != command.PluginCluster {
			continue
		}
		if changing[c.Name] == "" {
			t.Errorf("%s has no line here", c.Name)
		}
	}
	for name, line := range changing {
		t.Run(name, func(t *testing.T) {
			s, _ := shelltest.StartTwoLeaders(t)
			s.Env.Session.App = "t"
			out, diagnostics, err := s.Run(line, "y", "y")
			if err == nil || strings.Contains(out, "succeed") || strings.Contains(out, "ERR_") || strings.Contains(out, "y/n") || !strings.Contains(out+diagnostics, "lead at the same time") || !strings.Contains(out+diagnostics, "start with --cluster and its address alone") {
				t.Errorf("error = %v, printed %q and %q; want a refusal", err, out, diagnostics)
			}
		})
	}
}

// A flag of ours is no word of the original's line.
func TestALineThatIsTooShortStaysSoWithAnOverride(t *testing.T) {
	s, _ := shelltest.StartTwoLeaders(t)
	for _, line := range []string{"rename t", "recall", "set_replica_count t", "start_dup t", "balance -g 1.0 -p move_pri -f a:1", "propose -g 1.0 -p ASSIGN_PRIMARY -t a:1"} {
		for _, override := range []string{" --override two_leaders", " --override=two_leaders"} {
			out, diagnostics, err := s.Run(line + override)
			if err == nil || !strings.HasPrefix(out, "USAGE: ") || strings.Contains(diagnostics, "overridden") {
				t.Errorf("%s: error = %v, printed %q and %q", line+override, err, out, diagnostics)
			}
		}
	}
}

func TestGuardsAreOverriddenByTheirNames(t *testing.T) {
	for _, line := range []string{"set_meta_level blind --override two_leaders", "set_meta_level --override=two_leaders blind"} {
		s, _ := shelltest.StartTwoLeaders(t)
		out, diagnostics, err := s.Run(line)
		if err != nil || !strings.Contains(out, "control meta level ok") || !strings.Contains(diagnostics, "go to the leader that answers first (overridden)") {
			t.Errorf("%s: error = %v, printed %q and %q", line, err, out, diagnostics)
		}
	}
	m := manifest.Default()
	m.Defaults = map[string][]string{"drop": {"--override", "blind_level"}}
	if _, err := commands.LoadRegistry(m); err == nil || !strings.Contains(err.Error(), "--override has to be typed each time") {
		t.Errorf("as a default: error = %v", err)
	}
	s, servers := shelltest.StartTwoLeaders(t)
	if _, diagnostics, err := s.Run("set_meta_level blind --override two_leader"); err == nil || !strings.Contains(diagnostics, `did you mean "two_leaders"?`) {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
	if n := servers[0].Requests.Load() + servers[1].Requests.Load(); n > 0 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestOneLeaderAmongSeveralServersIsNoNews(t *testing.T) {
	leader := metatest.Start(t, shelltest.Leads("a", "zk:2181")).Address
	s := shelltest.StartOn(t, metaadmin.Options{}, metatest.Start(t, metatest.Follower(leader)).Address, leader, metatest.Refusing(t))
	for _, line := range []string{"cluster_info", "set_meta_level blind"} {
		if _, diagnostics, err := s.Run(line); err != nil || diagnostics != "" {
			t.Errorf("%s: error = %v, printed %q", line, err, diagnostics)
		}
	}
}

func TestAServerThatHangsHardlyHoldsUpAnAnswer(t *testing.T) {
	leader := metatest.Start(t, shelltest.Leads("a", "zk:2181")).Address
	s := shelltest.StartOn(t, metaadmin.Options{}, leader, metatest.Start(t, metatest.Hangs).Address)
	began := time.Now()
	if _, diagnostics, err := s.Run("get_meta_level"); err != nil || diagnostics != "" {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
	if took := time.Since(began); took > 900*time.Millisecond {
		t.Errorf("it took %v", took)
	}
}
