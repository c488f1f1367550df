package commands_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/commands"
	cmd "pegashell/commands/command"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
	"pegashell/zkcopy/layout"
)

// describedElsewhere are the pages of JSON that has a type of its own.
var describedElsewhere = map[string]string{
	"config_check": "docs/commands.md", "journal": "docs/journal.md", "migrate preflight": "docs/migrate-status.md",
	"migrate status": "docs/migrate-status.md", "migrate rollback": "docs/migrate-status.md", "migrate again": "docs/migrate-status.md",
}

// Every command that is ours, or whose JSON is, describes it; the original's own JSON stays what it is.
func TestOwnJSONIsDescribed(t *testing.T) {
	for _, c := range commands.Builtin() {
		flag := c.Flags().Lookup("json")
		original := flag != nil && c.Plugin == cmd.PluginCluster && flag.Shorthand != "" && c.Name != "recover_list" && c.Name != "splits"
		want := flag != nil && !original && describedElsewhere[c.Name] == ""
		if got := len(c.Fields) > 0; got != want {
			t.Errorf("%s: fields are described = %v, want %v", c.Name, got, want)
		}
	}
}

// jsonTypes are the types of a value's JSON.
func jsonType(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return string(cmd.Truth)
	case float64:
		return string(cmd.Count)
	case string:
		if _, err := time.Parse(time.RFC3339, v); err == nil && strings.HasSuffix(v, "Z") {
			return string(cmd.Instant)
		}
		return string(cmd.Text)
	}
	return fmt.Sprintf("%T", v)
}

// typesIn collects the types of all values, by their paths.
func typesIn(v any, path string, found map[string]map[string]bool) {
	note := func(kind string) {
		if found[path] == nil {
			found[path] = map[string]bool{}
		}
		found[path][kind] = true
	}
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			typesIn(value, strings.TrimPrefix(path+"."+key, "."), found)
		}
	case []any:
		if len(v) > 0 && !slices.ContainsFunc(v, func(each any) bool { return jsonType(each) != string(cmd.Count) }) {
			note(string(cmd.Counts))
			return
		}
		for _, each := range v {
			if _, isObject := each.(map[string]any); isObject {
				typesIn(each, path+"[]", found)
				continue
			}
			if jsonType(each) != string(cmd.Text) {
				note("list of " + jsonType(each))
			}
		}
		note(string(cmd.Texts)) // it may be empty, or one of objects, which is described by its elements
	default:
		note(jsonType(v))
	}
}

// The schema cannot change by accident: what commands print has the described fields and types, and no other.
func TestJSONIsAsDescribed(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	dir := t.TempDir()
	own, other, target := z.Addr+z.Root+"/own", z.Addr+z.Root+"/other", z.Addr+z.Root+"/target"
	file, ini := filepath.Join(dir, "other.zkb"), shelltest.WriteFile(t, "c.ini", "[s]\nkey = 1\n")
	z.Create(t, "/own/strange", 0)
	for _, path := range []string{"/own/held", "/locks", "/locks/dsn.meta.server.leader", "/locks/dsn.meta.server.leader/LOCKNODE0000000001"} {
		flags := int32(0)
		if strings.Contains(path, "held") || strings.Contains(path, "LOCKNODE") {
			flags = zk.FlagEphemeral
		}
		z.Create(t, path, flags)
	}
	for _, node := range []struct {
		path string
		data []byte
	}{
		{"7", layout.App{Status: layout.AppDropped, Name: "t", ID: 7, PartitionCount: 1, CreateSecond: 1795651000, DropSecond: 1795652000, ExpireSecond: 1795653000}.Encode()},
		{"7/0", layout.Partition{ID: layout.GPID{AppID: 7}, Primary: "a:1"}.Encode()}, {"7/1", nil},
	} {
		if _, err := z.Conn.Create(z.Root+"/own/apps/"+node.path, node.data, 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"/left", "/left/apps", "/left/apps/7", "/left/apps/7/0", "/right", "/right/apps"} {
		z.Create(t, path, 0)
	}
	hotkey := "a key"
	hot := metatest.Start(t, shelltest.Answers{wire.RPCDetectHotkey: shelltest.Always(&wire.DetectHotkeyResponse{Err: wire.OK, Key: &hotkey})}.Behave).Address
	servers := append(shelltest.NodesAnswer(t, wire.NodeAlive, "127.0.0.1:2", hot), shelltest.NodesAnswer(t, wire.NodeUnalive, "127.0.0.1:3")...)
	s := shelltest.StartShell(t, shelltest.SiteCommands+"[defaults]\nls = [\"-d\"]\n[shell]\nnative = [\"sh\"]\n[plugins]\nconfig = true\n[clusters.c1]\nmeta_servers = [\"127.0.0.1:1\"]\n[clusters.c1.servers.\"127.0.0.1:1\"]\nconfig = \"/c.ini\"\nstop = \"tell x\"\n", shelltest.Answers{
		wire.RPCControlMeta:   shelltest.Always(&wire.ControlMetaResponse{Err: wire.OK, OldLevel: wire.LevelSteady}),
		wire.RPCRemoteCommand: shelltest.Always(&wire.StringResult{Text: "an answer"}),
		wire.RPCQueryBackupPolicy: shelltest.Always(&wire.QueryBackupPolicyResponse{
			Err:      wire.OK,
			Policies: []wire.BackupPolicy{{Name: "daily", Provider: "local_service", Interval: "86400", Apps: []int32{2}, History: 3, Start: "24:00"}},
			Backups:  [][]wire.Backup{{{ID: 9, StartMS: 9, Apps: []int32{2}}, {ID: 8, StartMS: 8, EndMS: 1795651065867, Apps: []int32{2}}}},
		}),
		wire.RPCQueryRestore: shelltest.Always(&wire.QueryRestoreResponse{Err: wire.OK, Statuses: []wire.ErrorCode{wire.OK}, Progress: []int32{559}}),
		wire.RPCListApps:     shelltest.Always(&wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{{ID: 1, Name: "t", Status: wire.AppAvailable}}}),
		wire.RPCQuerySplit:   shelltest.Always(&wire.QuerySplitResponse{Err: wire.OK, PartitionCount: 8, Partitions: map[int32]int32{0: 1}}),
		wire.RPCDiagnose: shelltest.Always(&wire.DiagnoseResponse{Err: wire.OK, Partitions: []wire.DiagnosedPartition{{
			Config:  wire.PartitionConfig{PID: wire.GPID{AppID: 1}, LastDrops: []wire.Address{servers[0].Address, servers[1].Address}},
			Dropped: []wire.DroppedNode{{Node: servers[1].Address, DropTime: 1, Alive: true, Collected: true}}, Reason: "none is alive",
		}}}),
		wire.RPCQueryBulkLoad: shelltest.Always(&wire.QueryBulkLoadResponse{Err: wire.OK, AppName: "t", Status: int32(wire.BulkLoadFailed),
			Partitions: []int32{int32(wire.BulkLoadIngesting), 0}, MaxReplicaCount: 3, Servers: [][]wire.ServerBulkLoad{{
				{Server: servers[0].Address, Downloads: new(int32), Ingestion: new(int32), CleanedUp: new(bool), Paused: new(bool)},
				{Server: servers[1].Address}}, nil}}),
		wire.RPCPropose:          shelltest.Always(&wire.ErrorResponse{Err: wire.OK}),
		wire.RPCQueryDuplication: shelltest.Always(&wire.QueryDuplicationResponse{Err: wire.OK, AppID: 2, Duplications: []wire.Duplication{{ID: 11, Remote: "c2"}}}),
		wire.RPCQueryCfg:         shelltest.Always(&wire.QueryCfgResponse{Err: wire.OK, AppID: 2, PartitionCount: 2}),
		wire.RPCDuplicationSync: shelltest.Always(&wire.DuplicationSyncResponse{Err: wire.OK,
			Duplications: map[int32]map[int32]wire.Duplication{2: {11: {ID: 11, Progress: map[int32]int64{0: 5}}}}}),
		wire.RPCListNodes: shelltest.Always(&wire.ListNodesResponse{Err: wire.OK, Infos: servers}),
	}.Behave)
	for _, session := range []*shelltest.Session{z.Session, s} { // JSON is the same in every language
		session.Env.Language, session.Env.LanguageNamed = message.Chinese, true
	}
	z.Named(t, "closed", manifest.ZooKeeper{Hosts: []string{"127.0.0.1:1"}})
	z.Named(t, "here", manifest.ZooKeeper{Hosts: []string{z.Addr}, Root: z.Root + "/own", Auth: []manifest.Secret{"digest:u:p"}})
	const fails = " # fails"
	runs := map[*shelltest.Session]map[string][]string{
		z.Session: {
			"zk_backup": {"zk_backup " + other + " " + file + " -j"},
			"zk_check":  {"zk_check " + own + " -j" + fails, "zk_check " + own + " --lock_root " + z.Root + "/other -j" + fails},
			"zk_copy":   {"zk_copy -s " + other + " -t " + target + " -j --dry_run", "zk_copy -s " + other + " -t " + target + " -j"},
			"zk_diff": {"zk_diff " + other + " " + own + " -j" + fails, "zk_diff " + other + " " + target + " -j",
				"zk_diff " + z.Root + "/left " + z.Root + "/right -j" + fails},
			"zk_restore": {"zk_restore " + file + " " + target + "2 -j --dry_run", "zk_restore " + file + " " + target + "2 -j",
				"zk_restore " + file + " " + target + "2 -j"},
			"zk_get":    {"zk_get " + other + " -j", "zk_get " + own + "/held -j"},
			"zk_stat":   {"zk_stat " + other + " -j", "zk_stat " + own + "/held -j"},
			"zk_exists": {"zk_exists " + other + " -j", "zk_exists " + other + "/none -j" + fails},
			"zk_getacl": {"zk_getacl " + other + " -j"},
			"zk_find":   {"zk_find 'a*' " + other + " -j", "zk_find none " + other + " -j" + fails},
			"zk_grep":   {"zk_grep x " + other + " -j", "zk_grep -l x " + other + " -j"},
			"zk_tree":   {"zk_tree -j " + other, "zk_tree -d 1 -j " + own},
			"zk_du":     {"zk_du " + other + " -j"},
			"zk_create": {"zk_create " + z.Addr + z.Root + "/created -j"},
			"zk_set":    {"zk_set " + other + " x -j"},
			"zk_setacl": {"zk_setacl " + other + " world:anyone:cdrwa -j"},
			"zk_edit":   {"zk_edit " + other + " -j"},
			"zk_cp":     {"zk_cp " + other + " " + target + "3 -j"},
			"zk_mv":     {"zk_mv " + target + "3 " + target + "4 -j"},
			"zk_rm":     {"zk_create " + other + "/made", "zk_rm " + other + "/made -j"},
			"zk_watch":  {"zk_watch -n 1 " + z.Root + "/own -j"},
			"zk_pwd":    {"zk_pwd -j"},
			"zk_app":    {"zk_app 7 -j"},
			"zk_ruok":   {"zk_ruok -j", "zk_ruok 127.0.0.1:1 -j" + fails},
			"zk_mntr":   {"zk_mntr -j"},
			"zk_cons":   {"zk_cons -j"},
			"zks":       {"zks -j"},
			"zk_locks":  {"zk_locks " + z.Addr + z.Root + "/locks -j"},
			"zk_ls":     {"zk_ls " + other + " -j", "zk_ls " + other + " -r -d -j", "zk_ls " + other + "/a/b -j"},
			"zk_rmr":    {"zk_rmr " + target + " -j --dry_run", "zk_rmr " + target + " -j -y", "zk_rmr " + target + "2 -j -y --backup " + file + "2"},
		},
		s: {
			"config_get":     {"config_get " + ini + " s key -j"},
			"config_revert":  {"config_set " + ini + " s key 2", "config_revert " + ini + " --list -j", "config_revert " + ini + " -j --dry_run", "config_revert " + ini + " -j"},
			"config_set":     {"config_set " + ini + " s key 3 -j", "config_set " + ini + " s new 3 -j --add"},
			"ddd_diagnose":   {"ddd_diagnose -g 1 --json", "ddd_diagnose -g 1 -d -s --json"},
			"flush_log":      {"flush_log -l 127.0.0.1:1 --json" + fails},
			"get_meta_level": {"get_meta_level --json"},
			"plugins":        {"plugins -j"},
			"format":         {"format -j"},

			"ls_backup_policy":     {"ls_backup_policy --json"},
			"query_backup_policy":  {"query_backup_policy -p daily,x --json"},
			"query_restore_status": {"query_restore_status 9 --json"},

			"query_dup":      {"query_dup t --json", "query_dup t --progress --json"},
			"splits":         {"splits -j"},
			"recover_list":   {"recover_list --alive_only -j"},
			"remote_command": {"remote_command -t meta-server --json help"},
			"server_info":    {"server_info --json -t meta-server", "server_info -l 127.0.0.1:1 --json" + fails},
			"server_stat":    {"server_stat --json -t meta-server"},
			"timeout":        {"timeout --json"},
			"escape_all":     {"escape_all --json"},

			"query_bulk_load_status": {"query_bulk_load_status -a t --json", "query_bulk_load_status -a t -i 1 -d --json"},
			"detect_hotkey": {"detect_hotkey -a 7 -p 0 -t read -c query -d " + hot + " --json",
				"detect_hotkey --json -a 7 -p 0 -t Write -c start -d " + hot},
			"use":     {"use --json", "use t", "use --json"},
			"version": {"version --json"},
		},
	}
	t.Setenv("VISUAL", "true")
	go func() { // for zk_watch
		for t.Context().Err() == nil {
			z.Conn.Set(z.Root+"/own/strange", nil, -1)
		}
	}()
	for session, lines := range runs {
		for _, name := range slices.Sorted(maps.Keys(lines)) {
			found := map[string]map[string]bool{}
			for _, line := range lines[name] {
				typed, mayFail := strings.CutSuffix(line, fails)
				out, diagnostics, err := session.Run(typed)
				if (err != nil) != mayFail {
					t.Errorf("%s: error = %v, printed %q and %q", typed, err, out, diagnostics)
				}
				if !strings.Contains(typed, "-j") {
					continue
				}
				if hasChinese(out) {
					t.Errorf("%s: the JSON depends on the language:\n%s", typed, out)
				}
				var v any
				if err := json.Unmarshal([]byte(out), &v); err != nil {
					t.Errorf("%s: %v, printed %q", typed, err, out)
				}
				typesIn(v, "", found)
			}
			i := slices.IndexFunc(commands.Builtin(), func(c *cmd.Command) bool { return c.Name == name })
			checkFields(t, commands.Builtin()[i], found)
		}
	}
}

// unseen are fields that no line above brings: those of failures, and of what needs a following copy.
var unseen = []string{"changed", "changed_total", "differences", "differences_total", "differences[].what", "differences[].znode", "differences[].leader"}

// checkFields compares what a command has printed with what it describes.
func checkFields(t *testing.T, c *cmd.Command, found map[string]map[string]bool) {
	t.Helper()
	described := map[string]bool{}
	for _, f := range c.Fields {
		described[f.Path] = true
		got := found[f.Path]
		if got == nil {
			if !slices.Contains(unseen, f.Path) {
				t.Errorf("%s: no line has printed %s", c.Name, f.Path)
			}
			continue
		}
		base, null := strings.CutSuffix(string(f.Type), string(cmd.OrNull))
		if base == string(cmd.Fraction) {
			base = string(cmd.Count)
		}
		for kind := range got {
			if kind != base && (kind != "null" || !null) {
				t.Errorf("%s: %s is %s, described as %s", c.Name, f.Path, kind, f.Type)
			}
		}
		if len(got) == 1 && got["null"] && !slices.Contains([]string{"written_while_following", "removed_while_following", "sweeps", "frozen_seconds"}, strings.TrimPrefix(f.Path, "zk_copy.")) &&
			!strings.HasPrefix(f.Path, "servers[].") && f.Path != "zk_copy.next" && f.Path != "zxid" && f.Path != "zk_app.differences" && f.Path != "partitions[].unreadable" && f.Path != "zk_check.living_meta_servers" {
			t.Errorf("%s: %s was only null", c.Name, f.Path)
		}
	}
	lists := map[string]bool{}
	for path := range described {
		for i := range path {
			if strings.HasPrefix(path[i:], "[].") {
				lists[path[:i]] = true
			}
		}
	}
	var surplus []string
	for path := range found {
		if !described[path] && !lists[path] {
			surplus = append(surplus, path)
		}
	}
	slices.Sort(surplus)
	if diff := cmp.Diff([]string(nil), surplus); diff != "" {
		t.Errorf("%s prints what it does not describe:\n%s", c.Name, diff)
	}
}
