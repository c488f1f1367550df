package commands_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"pegashell/commands/command"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

func TestEveryOptionIsRefusedInGetoptsWordsWhenMisused(t *testing.T) {
	s := shelltest.Untouched(t)
	checked := 0
	for _, c := range s.Registry.Commands() {
		if c.Plain || c.Ignores || c.Plugin != command.PluginCluster {
			continue
		}
		name := c.Name + strings.Repeat(" x", max(c.Words-2, 0))
		if c.First != nil {
			name += " 1"
		}
		want := map[string]string{
			name + " -Z":         c.Name + ": invalid option -- 'Z'\n",
			name + " --nonesuch": c.Name + ": unrecognized option '--nonesuch'\n",
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			checked++
			if f.Value.Type() == "bool" {
				want[name+" --"+f.Name+"=5"] = fmt.Sprintf("%s: option '--%s' doesn't allow an argument\n", c.Name, f.Name)
				return
			}
			if c.Appended != "" {
				return // the appended word is the value
			}
			want[name+" --"+f.Name] = fmt.Sprintf("%s: option '--%s' requires an argument\n", c.Name, f.Name)
			if f.Shorthand != "" {
				want[name+" -"+f.Shorthand] = fmt.Sprintf("%s: option requires an argument -- '%s'\n", c.Name, f.Shorthand)
			}
		})
		usage := "USAGE: " + shelltest.UsageLines(s, c.Name)
		for line, told := range want {
			if c.BadOption != "" {
				told += c.BadOption + "\n"
			}
			out, diagnostics, err := s.Run(line)
			if err == nil || diagnostics != told || out != usage {
				t.Errorf("%s: error = %v, standard error %q, want %q; output:\n%swant:\n%s", line, err, diagnostics, told, out, usage)
			}
		}
	}
	if checked < 60 {
		t.Errorf("%d options were tried, want at least 60", checked)
	}
}

func TestWrongUseOfListsAndTablesIsTold(t *testing.T) {
	shelltest.CheckWrongUse(t, map[string]string{
		"ls -s nonsense":    "parse nonsense as app_status::type failed",
		"ls -s INVALID":     "parse INVALID as app_status::type failed",
		"ls -m nonsense":    "invalid enum: 'nonsense'\n",
		"nodes -s nonsense": "parse nonsense as node_status::type failed",
		"nodes -q -i 0":     "sample_interval_ms should be > 0\n",
		"nodes -q -i -1":    "parse sample_interval_ms(-1) failed\n",
		"nodes -q -i 1s":    "parse sample_interval_ms(1s) failed\n",

		"app":                     "",
		"app_disk":                "",
		"create":                  "",
		"create t -p abc":         "parse abc as partition_count failed\n",
		"create t -p 1_000":       "parse 1_000 as partition_count failed\n",
		"create t -p ''":          "parse  as partition_count failed\n",
		"create t -r 9999999999":  "parse 9999999999 as replica_count failed\n",
		"create t -r -2147483649": "parse -2147483649 as replica_count failed\n",
		"create t -e novalue":     "invalid envs: novalue\n",
		"create t -e a=1,a=2":     "invalid envs: a=1,a=2\n",
		"create t -e =1":          "invalid envs: =1\n",
		"drop":                    "",
		"create t -p=4":           "parse =4 as partition_count failed\n",
		"drop t -r=5":             "parse =5 as reserve_seconds failed\n",
		"drop t --=x":             "parse x as reserve_seconds failed\n",
		"ls -s=dropped":           "parse =dropped as app_status::type failed\ndid you mean \"dropped\"?\n",
		"ls -d=true":              "ls: invalid option -- '='\n",
		"ls --json=1":             "ls: option '--json' doesn't allow an argument\n",
		"nodes --detailed=false":  "nodes: option '--detailed' doesn't allow an argument\n",
		"nodes --r":               "nodes: option '--r' is ambiguous; possibilities: '--resolve_ip' '--resource_usage'\n",
		"nodes --sample 5":        "nodes: unrecognized option '--sample'\ndid you mean \"--sample_interval_ms\"?\n",
		"ls --=x":                 "ls: option '--=x' is ambiguous; possibilities: '--all' '--detailed' '--json' '--status' '--output'\n",
		"app t -d=1":              "app: invalid option -- '='\n",
		"set_meta_level -x":       "parse -x as meta function level failed\n",
		"set_meta_level -- blind": "parse -- as meta function level failed\n",
		"drop t -r 1.5":           "parse 1.5 as reserve_seconds failed\n",
		"rename one":              "",
		"recall":                  "",
		"recall 3x":               "ERROR: parse 3x as id failed\n",
		"set_meta_level":          "",
		"set_meta_level steady_":  "parse steady_ as meta function level failed\ndid you mean \"steady\"?\n",
	})
}

const octal = "a number begins with 0: write it without, since the Pegasus shell reads it as octal\n"

func TestWrongUseOfProposalsIsTold(t *testing.T) {
	const pad = " -g 1.0 -p ASSIGN_PRIMARY -t 127.0.0.1:1 -n 127.0.0.1:2"
	const padBalance = " -g 1.0 -p move_pri -f 127.0.0.1:1 -t 127.0.0.1:2"
	shelltest.CheckWrongUse(t, map[string]string{
		"propose":                                                      "",
		"propose -g 1.0":                                               "",
		"propose -g 1 -p x -t a:1 -n b:1":                              "parse 1 as gpid failed\n",
		"propose -g 1.x" + pad:                                         "parse 1.x as gpid failed\n",
		"propose -g 1.-1" + pad:                                        "parse 1.-1 as gpid failed\n",
		"propose -g 1.0x" + pad:                                        "parse 1.0x as gpid failed\n",
		"propose -g=1.0 -p x -t a:1 -n b:1 -f":                         "parse =1.0 as gpid failed\n",
		"propose" + pad + " -g -1.0":                                   "need set gpid by -g\n",
		"propose" + pad + " -t 300.1.1.1:1":                            "parse 300.1.1.1:1 as target_address failed\n",
		"propose" + pad + " -n 127.0.0.1:034801":                       "parse 127.0.0.1:034801 as node failed\n\"127.0.0.1:034801\": " + octal,
		"balance" + padBalance + " -g -1.5":                            "need set the gpid by -g\n",
		"propose -g 1.2147483648" + pad:                                "parse 1.2147483648 as gpid failed\n",
		"propose" + pad + " -t nowhere":                                "parse nowhere as target_address failed\n",
		"propose" + pad + " -n 127.0.0.1:0":                            "parse 127.0.0.1:0 as node failed\n",
		"propose" + pad + " -p INVALID":                                "parse CT_INVALID as config_type failed.\n",
		"propose -g 1.0 -p ADD_SECONDARY -n 127.0.0.1:1 -f -f -f":      "need set target by -t\n",
		"propose -g 1.0 -p ADD_SECONDARY -t 127.0.0.1:1 -f -f -f":      "need set node by -n\n",
		"propose -p ADD_SECONDARY -t 127.0.0.1:1 -n 127.0.0.1:1 -f -f": "need set gpid by -g\n",
		"balance":                                                       "",
		"balance" + padBalance + " -p nope":                             "parse nope as a balance type failed\n",
		"balance" + padBalance + " -f x":                                "parse x as from_address failed\n",
		"balance" + padBalance + " -t :1":                               "parse :1 as target_address failed\n",
		"balance -g 1.0 -p move_pri -t 127.0.0.1:1 -p copy_pri":         "need set from address by -f\n",
		"balance -g 1.0 -p move_pri -f 127.0.0.1:1 -p copy_sec":         "need set target address by -t\n",
		"balance -p move_pri -f 127.0.0.1:1 -t 127.0.0.1:2 -p move_pri": "need set the gpid by -g\n",
		"ddd_diagnose -g ''":                                            "ERROR: invalid gpid \n",
		"ddd_diagnose -g 1.":                                            "ERROR: invalid gpid 1.\n",
		"ddd_diagnose -g 1.o":                                           "ERROR: invalid gpid 1.o\n",
	})
}

func TestWrongUseOfTheSessionAndOfServersIsTold(t *testing.T) {
	shelltest.CheckWrongUse(t, map[string]string{
		"use a b":             "",
		"timeout 1 2":         "",
		"timeout 0":           "ERROR: invalid timeout 0\n",
		"timeout 1e3":         "ERROR: parse 1e3 as timeout failed\n",
		"timeout 99999999999": "ERROR: parse 99999999999 as timeout failed\n",

		"remote_command":                 "command not specified\n",
		"remote_command -t nonsense x":   "invalid type, should be: all | meta-server | replica-server\n",
		"remote_command -t all -l a:1 x": "can not specify both node_type and node_list\n",
		"server_info -t nonsense":        "invalid type, should be: all | meta-server | replica-server\n",
		"flush_log -t all -l a:1":        "can not specify both node_type and node_list\n",
		"server_info -t":                 "invalid type, should be: all | meta-server | replica-server\n",
		"flush_log --node_list":          "command not specified\n",
		"remote_command -t=meta-server":  "invalid type, should be: all | meta-server | replica-server\n",
		"server_stat -t ALL":             "invalid type, should be: all | meta-server | replica-server\n",
	})
}

func TestWrongUseOfBackupsIsTold(t *testing.T) {
	const add = "add_backup_policy -p daily -b local_service "
	number := func(command, value, option, expected string) string {
		return command + ": invalid value \"" + value + "\" for option '--" + option + "': expected " + expected + "\n"
	}
	const whole, list = "a whole number", "whole numbers with commas between them"
	shelltest.CheckWrongUse(t, map[string]string{
		add + "-a abc -i 86400 -c 3":              "invalid app_id, 0\n",
		add + "-a 2,-7 -i 86400 -c 3":             "invalid app_id, -7\n",
		add + "-a 2x -i 86400 -c 3":               "invalid app_id, 2x\n",
		add + "-a 0x2 -i 86400 -c 3":              "invalid app_id, 0\n",
		add + "-a -3x -i 86400 -c 3":              "invalid app_id, -3\n",
		add + "-a 2 -i 0x10 -c 3":                 "invalid backup_interval_seconds: 0, should > 0\n",
		add + "-a 2 -i -1.5 -c 3":                 "invalid backup_interval_seconds: -1, should > 0\n",
		add + "-a 2 -i 2147483648 -c 3":           "invalid backup_interval_seconds: -2147483648, should > 0\n",
		add + "-a 2 -i 4294967296 -c 3":           "invalid backup_interval_seconds: 0, should > 0\n",
		add + "-a 2 -i 99999999999999999999 -c 3": "invalid backup_interval_seconds: -1, should > 0\n",
		add + "-a 2 -i 86400 -c 0.5":              "invalid backup_history_cnt: 0, should > 0\n",
		add + "-a 2 -i abc -c 3":                  "invalid backup_interval_seconds: 0, should > 0\n",
		add + "-a 2 -i 24h -c 3":                  "invalid backup_interval_seconds: 24h, should > 0\n",
		add + "-a 2 -i 4294967297 -c 3":           "invalid backup_interval_seconds: 4294967297, should > 0\n",
		add + "-a 2 -i 86400 -c -1":               "invalid backup_history_cnt: -1, should > 0\n",
		add + "-a 2 -i 86400 -c 3 -s 3:60":        "invalid start time: 3:60, should like this hour:minute\n",
		add + "-a 2 -i 86400 -c 3 -s 03:05pm":     "invalid start time: 03:05pm, should like this hour:minute\n",
		add + "-a 2 -i 86400 -c 3 -s -1:00":       "invalid start time: -1:00, should like this hour:minute\n",
		`add_backup_policy -p "a\tb" -b local_service -a 2 -i 86400 -c 3`: "add_backup_policy: the policy name \"a\\tb\" has the character U+0009 at byte 1, " +
			"which ZooKeeper does not allow: the leader stores the policy in a znode of this name, and aborts where there can be none. " +
			"Use letters, digits, underscores and hyphens\n",
		"add_backup_policy -p a/b -b local_service -a 2 -i 86400 -c 3": "add_backup_policy: the policy name \"a/b\" has a slash: " +
			"the leader stores the policy in a znode of this name, and aborts where there can be none. Use letters, digits, underscores and hyphens\n",
		"add_backup_policy -b local_service":     "policy_name should not be empty\n",
		"modify_backup_policy -p daily -a abc":   number("modify_backup_policy", "abc", "add_app", list),
		"modify_backup_policy -p daily -a 0x2":   number("modify_backup_policy", "0x2", "add_app", list),
		"modify_backup_policy -p daily -a 2,0":   "add invalid app_id(0) to policy\n",
		"modify_backup_policy -p daily -r -3":    "remove invalid app_id(-3) from policy\n",
		"modify_backup_policy -p daily -i 1d":    number("modify_backup_policy", "1d", "backup_interval_seconds", whole),
		"modify_backup_policy -p daily -i -5":    "invalid backup_interval_seconds(-5)\n",
		"modify_backup_policy -p daily -c -5":    "invalid backup_history_count(-5)\n",
		"modify_backup_policy -p daily -c 1e3":   number("modify_backup_policy", "1e3", "backup_history_count", whole),
		"modify_backup_policy -a 2":              "empty policy name\n",
		"modify_backup_policy -p daily -s 24:01": "invalid start time: 24:01, should like this hour:minute\n",
		"query_backup_policy -p ,":               "empty policy_name, please assign policy_name you want to query\n",
		"query_backup_policy -p daily -b 3x":     "invalid backup_info_cnt 3x\n",
		"enable_backup_policy -p ''":             "empty policy name\n",
		"disable_backup_policy daily":            "empty policy name\n",
		"query_restore_status":                   "invalid parameter\n",
		"query_restore_status --json":            "invalid parameter\n",
		"query_restore_status --json=5":          "query_restore_status: option '--json' doesn't allow an argument\n",
		"query_restore_status -d":                "query_restore_status: \"-d\" is not the id of a table: expected a whole number\n",
		"query_restore_status -d 1":              "query_restore_status: \"-d\" is not the id of a table: expected a whole number\n",
		"query_restore_status -- 1":              "query_restore_status: \"--\" is not the id of a table: expected a whole number\n",
		"query_restore_status abc":               "query_restore_status: \"abc\" is not the id of a table: expected a whole number\n",
		"query_restore_status 99999999999":       "query_restore_status: \"99999999999\" is not the id of a table: expected a whole number\n",
		"query_restore_status -1":                "invalid restore_app_id(-1)\n",
		"query_restore_status -5 -d":             "invalid restore_app_id(-5)\n",
		"query_restore_status 0 -x":              "invalid restore_app_id(0)\n",
		"query_restore_status --json 0 -x":       "invalid restore_app_id(0)\n",
		"query_restore_status 1 -x":              "query_restore_status: invalid option -- 'x'\n",

		"restore_app -c c -p daily -a t -i x -t 1 -b local_service":     number("restore_app", "x", "old_app_id", whole),
		"restore_app -c c -p daily -a t -i 2 -t 1.5 -b local_service":   number("restore_app", "1.5", "timestamp", whole),
		"restore_app -c c -p daily -a t -i 0 -t 1 -b local_service":     "invalid parameter\n",
		"restore_app -c c -p daily -a t -i 2 -t -1 -b local_service":    "invalid parameter\n",
		"restore_app -c c -p daily -a t -i 2 -t 1 -b local_service -n":  "restore_app: option requires an argument -- 'n'\ninvalid parameter\n",
		"restore_app -c c -p daily -a t -i 2 -t 1 -b ''":                "invalid parameter\n",
		"restore_app -c c -p daily -a t -i 2 -t 1 -b local_service -zs": "restore_app: invalid option -- 'z'\ninvalid parameter\n",
	})
}

func TestWrongUseOfRecoveriesAndOfTablesSettingsIsTold(t *testing.T) {
	shelltest.CheckWrongUse(t, map[string]string{
		"recover_list x":                         "recover_list: unexpected argument \"x\"\n",
		"recover":                                "should specify one of node_list_file/node_list_str\n",
		"recover -f '' -s ''":                    "should specify one of node_list_file/node_list_str\n",
		"recover -f a -s b":                      "should only specify one of node_list_file/node_list_str\n",
		"recover -s=A -w=1":                      "parse =1 as wait_seconds failed\n",
		"recover -s 127.0.0.1:1 -w 0":            "invalid wait_seconds 0, should be positive number\n",
		"recover -s 127.0.0.1:1 -w -5":           "invalid wait_seconds -5, should be positive number\n",
		"recover -s 127.0.0.1:1 -w 0x":           "parse 0x as wait_seconds failed\n",
		"recover -s 127.0.0.1:1 -w 100000000000": "parse 100000000000 as wait_seconds failed\n",

		"set_app_envs":            "",
		"set_app_envs key":        "",
		"del_app_envs":            "",
		"clear_app_envs":          "must specify one of --all and --prefix options\n",
		"clear_app_envs -p ''":    "must specify one of --all and --prefix options\n",
		"get_replica_count":       "",
		"set_replica_count t":     "",
		"set_replica_count t two": "parse 'two' as replica count failed\n",
		"set_replica_count t -1":  "replica count should be >= 1\n",
	})
}

func TestWhatIsWrongInOtherWaysIsToldWithoutUsage(t *testing.T) {
	s := shelltest.Untouched(t)
	missing := filepath.Join(t.TempDir(), "missing")
	list := func(content string) string { return shelltest.WriteFile(t, "list", content) }
	ipv6, port, junk := list("127.0.0.1:1\n[::1]:34801\n"), list("127.0.0.1:99999\n"), list("\x00\xff\n")
	for line, told := range map[string]string{
		"recover -s ,":                    "can't parse node from node_list_str\n",
		"recover -s 127.0.0.1":            "parse 127.0.0.1 as a ip:port node failed\n",
		"recover -s 300.1.1.1:1":          "parse 300.1.1.1:1 as a ip:port node failed\n",
		"recover -s 010.0.0.1:1":          "parse 010.0.0.1:1 as a ip:port node failed\n\"010.0.0.1:1\": " + octal,
		"recover -s [::1]:1":              "parse [::1]:1 as a ip:port node failed\n[::1]:1 is not an IPv4 address: rpc_address holds no other\n",
		"recover -s '127.0.0.1:1 , x'":    "parse x as a ip:port node failed\n",
		"recover -f " + missing:           "open file " + missing + " failed\n",
		"recover -f " + ipv6:              "parse [::1]:34801 at file " + ipv6 + " line 2 as ip:port failed\n[::1]:34801 is not an IPv4 address: rpc_address holds no other\n",
		"recover -f " + port:              "parse 127.0.0.1:99999 at file " + port + " line 1 as ip:port failed\n",
		"recover -f " + junk:              "parse \x00\xff at file " + junk + " line 1 as ip:port failed\n",
		"remote_command -l , help":        "can't parse node from node_list\n",
		"remote_command -l foo:bar help":  "parse foo:bar as a ip:port node failed\n",
		"server_info -l a..b:1":           "parse a..b:1 as a ip:port node failed\n",
		"flush_log -l 127.0.0.1:034801":   "parse 127.0.0.1:034801 as a ip:port node failed\n\"127.0.0.1:034801\": " + octal,
		"remote_command -l 1.2.3:1 help":  "parse 1.2.3:1 as a ip:port node failed\n",
		"server_info -l 127.0.0.1:1,nope": "parse nope as a ip:port node failed\n",
		"set_app_envs a 1 b":              "need speficy the value for key = b\n",
	} {
		if out, diagnostics, err := s.Run(line); err == nil || out != "" || diagnostics != told {
			t.Errorf("%s: error = %v, output %q, standard error %q, want %q", line, err, out, diagnostics, told)
		}
	}
	out, diagnostics, err := s.Run("app_stat -q -u")
	if err == nil || out != "ERROR: only_qps and only_usage should not be set at the same time\n" || diagnostics != "" {
		t.Errorf("app_stat -q -u: error = %v, output %q, %q", err, out, diagnostics)
	}
	if out, diagnostics, err := s.Run("recover -f " + t.TempDir()); err == nil || out != "" || !strings.HasPrefix(diagnostics, "open file ") {
		t.Errorf("recover -f FOLDER: error = %v, output %q, %q", err, out, diagnostics)
	}
	s.Env.Session.App = ""
	for _, line := range []string{"get_app_envs", "set_app_envs a 1", "del_app_envs a", "clear_app_envs -a"} {
		if out, diagnostics, err := s.Run(line); err == nil || out != "" || diagnostics != "No app is using now\nUSAGE: use [app_name]\n" {
			t.Errorf("%s: error = %v, output %q, %q", line, err, out, diagnostics)
		}
	}
}

func TestNamesThatNoTableCanHaveAreNotSent(t *testing.T) {
	s := shelltest.Untouched(t)
	long := strings.Repeat("x", 999) + "$"
	for _, name := range []string{"bad$name", "päd", "a b", "a/b", "\xff", long} {
		quoted := "'" + name + "'"
		for line, told := range map[string]string{
			"app " + quoted:      "query app " + name + " failed, error=ERR_INVALID_PARAMETERS\n",
			"app_disk " + quoted: "ERROR: list app " + name + " failed, error=ERR_INVALID_PARAMETERS\n",
			"drop " + quoted:     "reserve_seconds = 0\ndrop app " + name + " failed, error=ERR_INVALID_PARAMETERS\n",
			"recall 1 " + quoted: "recall app 1 failed, error=ERR_INVALID_PARAMETERS\n",
		} {
			if out, diagnostics, err := s.Run(line); err == nil || out != told || diagnostics != "" {
				t.Errorf("%.40s: error = %v, output %q, %q", line, err, out, diagnostics)
			}
		}
		for _, line := range []string{"rename " + quoted + " x", "rename x " + quoted} {
			out, diagnostics, err := s.Run(line)
			if err == nil || out != "" || !strings.HasSuffix(diagnostics, "failed: ERR_INVALID_PARAMETERS, Invalid name. Only 0-9a-zA-Z.:_ are valid!\n") {
				t.Errorf("%.40s: error = %v, output %q, %q", line, err, out, diagnostics)
			}
		}
		if out, _, err := s.Run("create " + quoted); err == nil || !strings.HasPrefix(out, "create app "+name+" failed: invalid app_name\n") {
			t.Errorf("create %.40s: error = %v, output %q", quoted, err, out)
		}
	}
}

func TestNamesOfAThousandCharactersAreSentWhole(t *testing.T) {
	name := strings.Repeat("x", 1000)
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCQueryCfg: func(arg wire.Message) wire.Message {
			if arg.(*wire.QueryCfgRequest).AppName != name {
				return &wire.QueryCfgResponse{Err: wire.ErrInvalidParameters}
			}
			return &wire.QueryCfgResponse{Err: wire.ErrObjectNotFound}
		},
		wire.RPCGetReplicaCount: shelltest.Always(&wire.ReplicaCountResponse{Err: wire.ErrAppNotExist}),
	}.Behave)
	if out, _, err := s.Run("app " + name + " -d"); err == nil || out != "query app "+name+" failed, error=ERR_OBJECT_NOT_FOUND\n" {
		t.Errorf("error = %v, output %q", err, out)
	}
	if _, diagnostics, err := s.Run("get_replica_count '" + name[:10] + "\"\x01'"); err == nil || diagnostics != `get replica count of app(xxxxxxxxxx\"\x01) failed: ERR_APP_NOT_EXIST`+"\n" {
		t.Errorf("error = %v, %q", err, diagnostics)
	}
}

func TestRepeatedOptionsTakeTheLast(t *testing.T) {
	var asked wire.ListNodesRequest
	s := shelltest.Start(t, shelltest.Answers{wire.RPCListNodes: func(arg wire.Message) wire.Message {
		asked = *arg.(*wire.ListNodesRequest)
		return &wire.ListNodesResponse{Err: wire.OK}
	}}.Behave)
	for line, want := range map[string]wire.NodeStatus{
		"nodes -s alive -s unalive":     wire.NodeUnalive,
		"nodes --sta unalive -s alive":  wire.NodeAlive, // the beginning of a long option is enough
		"nodes -s UnAlive -j -j":        wire.NodeUnalive,
		"nodes -s unalive --status=all": wire.NodeInvalid,
		"nodes -jsalive":                wire.NodeAlive,
		"nodes whatever -s alive -- -Z": wire.NodeAlive,
	} {
		if _, diagnostics, err := s.Run(line); err != nil || asked.Status != want {
			t.Errorf("%s: error = %v, %q, asked for %s, want %s", line, err, diagnostics, asked.Status, want)
		}
	}
}

func TestNumbersAreReadAsCReadsThem(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{wire.RPCDropApp: shelltest.Always(&wire.ErrorResponse{Err: wire.OK})}.Behave)
	for number, want := range map[string]string{
		"10": "10", "010": "8", "0x10": "16", "0XfF": "255", "+5": "5", "-5": "-5", "' 7'": "7", "2147483647": "2147483647", "-2147483648": "-2147483648",
	} {
		if out, _, err := s.Run("drop t -r " + number); err != nil || !strings.HasPrefix(out, "reserve_seconds = "+want+"\n") {
			t.Errorf("%s: error = %v, output %q, want %s", number, err, out, want)
		}
	}
	for _, number := range []string{"08", "0b1", "0o7", "1_0", "0x_1", "--1", "1 ", "0x", "٣", "2147483648"} {
		if _, diagnostics, err := s.Run("drop t -r '" + number + "'"); err == nil || diagnostics != "parse "+number+" as reserve_seconds failed\n" {
			t.Errorf("%s: error = %v, %q", number, err, diagnostics)
		}
	}
}

// fullAnswers let every command that only reads succeed.
func fullAnswers(t *testing.T) shelltest.Answers {
	return shelltest.Answers{
		wire.RPCListApps:    shelltest.Always(&wire.ListAppsResponse{Err: wire.OK}),
		wire.RPCListNodes:   shelltest.Always(&wire.ListNodesResponse{Err: wire.OK}),
		wire.RPCQueryCfg:    shelltest.Always(&wire.QueryCfgResponse{Err: wire.OK, AppID: 1}),
		wire.RPCClusterInfo: shelltest.Always(&wire.ClusterInfoResponse{Err: wire.OK, Keys: []string{"k"}, Values: []string{"v"}}),
		wire.RPCDiagnose:    shelltest.Always(&wire.DiagnoseResponse{Err: wire.OK}),
	}
}

func TestOutputThatCannotBeWrittenLeavesNothingBehind(t *testing.T) {
	s := shelltest.Start(t, fullAnswers(t).Behave)
	dir := t.TempDir()
	readOnly := filepath.Join(dir, "kept")
	for _, command := range []string{"ls", "ls -d", "ls -j", "nodes", "nodes -d", "app t", "app_disk t", "app_stat", "cluster_info", "ddd_diagnose -g 1"} {
		if err := os.WriteFile(readOnly, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{dir, filepath.Join(dir, "missing", "file"), filepath.Join(readOnly, "file"), strings.Repeat("x", 300)} {
			out, diagnostics, err := s.Run(command + " -o " + path)
			if err == nil || out != "" || !strings.HasPrefix(diagnostics, "ERROR: write "+path) {
				t.Errorf("%s -o %.60s: error = %v, output %q, %q", command, path, err, out, diagnostics)
			}
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		if diff := cmp.Diff([]string{"kept"}, names); diff != "" || shelltest.ReadIfAny(t, readOnly) != "old" {
			t.Errorf("%s left something behind (-want +got):\n%s", command, diff)
		}
		if _, diagnostics, err := s.Run(command + " -o " + readOnly); err != nil || shelltest.ReadIfAny(t, readOnly) == "old" {
			t.Errorf("%s does not replace a file: %v, %q", command, err, diagnostics)
		}
	}
}
