package complete_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands/command"
	"pegashell/internal/manifest"
	"pegashell/internal/suggestion"
	"pegashell/internal/test/shelltest"
	"pegashell/internal/test/silent"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// clusterAnswers are those of a cluster with three tables, one of them dropped, and two replica servers.
func clusterAnswers(t *testing.T) shelltest.Answers {
	return shelltest.Answers{
		wire.RPCListApps: shelltest.Always(&wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{
			{Status: wire.AppAvailable, Name: "temp", ID: 1, PartitionCount: 2, Envs: map[string]string{"default_ttl": "5", "a": "b"}},
			{Status: wire.AppAvailable, Name: "Tests", ID: 2, PartitionCount: 4},
			{Status: wire.AppDropped, Name: "doomed", ID: 3, PartitionCount: 4},
			{Status: wire.AppAvailable, Name: "odd name", ID: 10, PartitionCount: 1},
		}}),
		wire.RPCQueryBackupPolicy: shelltest.Always(&wire.QueryBackupPolicyResponse{
			Err: wire.OK, Policies: []wire.BackupPolicy{{Name: "daily", Apps: []int32{1, 2}}, {Name: "weekly"}}, Backups: [][]wire.Backup{nil, nil},
		}),
		wire.RPCListNodes: shelltest.Always(&wire.ListNodesResponse{Err: wire.OK, Infos: shelltest.NodesAnswer(t, wire.NodeAlive, "127.0.0.1:34802", "127.0.0.1:34801")}),
	}
}

func TestLineIsCompletedByWhatItsWordsAre(t *testing.T) {
	s := shelltest.Start(t, clusterAnswers(t).Behave)
	s.Env.Manifest = &manifest.Manifest{Clusters: map[string]manifest.Cluster{
		"onebox": {MetaServers: []string{"127.0.0.1:34601"}}, "two words": {MetaServers: []string{"m:34601"}},
	}}
	meta := s.Env.Cluster.Metas[0]
	shelltest.CheckLines(t, shelltest.Completing(t, s), map[string]string{
		"zk_d":                             "zk_du\nzk_diff",
		"drop temp --o":                    "drop·temp·--override",
		"rename temp x --":                 "rename·temp·x·--override",
		"rename temp x --override ":        "rename·temp·x·--override·two_leaders rename·temp·x·--override·blind_level",
		"rename --override two_leaders te": "rename·--override·two_leaders·temp rename·--override·two_leaders·Tests",
		"set_app_envs -":                   "",
		"SET_M":                            "set_meta_level",
		"ls":                               "ls ls_backup_policy",
		"query_backup_policy -p ":          "query_backup_policy·-p·daily query_backup_policy·-p·weekly",
		"query_backup_policy -p daily,":    "query_backup_policy·-p·daily,weekly",
		"add_backup_policy -a 1,":          "add_backup_policy·-a·1,2 add_backup_policy·-a·1,10",
		"nosuch ":                          "",
		"# l":                              "",
		"set_meta_level ":                  "set_meta_level·blind set_meta_level·steady set_meta_level·lively set_meta_level·freezed set_meta_level·stopped",
		"format ":                          "format·plain format·lines format·markdown format·html format·csv",
		"format h":                         "format·html",
		"set_meta_level ST":                "set_meta_level·steady set_meta_level·stopped",
		"set_meta_level steady":            "",
		"set_meta_level steady ":           "",
		"ls -s dropp":                      "ls·-s·dropping ls·-s·dropped",
		"ls --status=dropp":                "ls·--status=dropping ls·--status=dropped",
		"ls -sdropp":                       "ls·-sdropping ls·-sdropped",
		"ls -adsdropp":                     "ls·-adsdropping ls·-adsdropped",
		"ls -m pre":                        "ls·-m·prefix",
		"nodes -s ":                        "nodes·-s·all nodes·-s·alive nodes·-s·unalive",
		"app te":                           "app·temp app·Tests",
		"app -d -o x te":                   "app·-d·-o·x·temp app·-d·-o·x·Tests",
		"app o":                            `app·"odd·name"`,
		`app "od`:                          `app·"odd·name"`,
		`app 'te`:                          "app·temp app·Tests",
		"app temp ":                        "app·temp·-d app·temp·-r app·temp·-o app·temp·-j",
		"app -- te":                        "app·--·temp app·--·Tests",
		"app -- -":                         "",
		"app_stat -a te":                   "app_stat·-a·temp app_stat·-a·Tests",
		"recall ":                          "recall·3",
		"balance -g 1":                     "balance·-g·1 balance·-g·10",
		"balance -g 1.":                    "balance·-g·1.0 balance·-g·1.1",
		"balance -p copy_":                 "balance·-p·copy_pri balance·-p·copy_sec",
		"balance -f 127":                   "balance·-f·127.0.0.1:34801 balance·-f·127.0.0.1:34802",
		"propose -p add_secondary_":        "propose·-p·ADD_SECONDARY_FOR_LB",
		"server_info -t m":                 "server_info·-t·meta-server",
		"server_info -l ":                  "server_info·-l·" + meta + " server_info·-l·127.0.0.1:34801 server_info·-l·127.0.0.1:34802",
		"server_info -l 127.0.0.1:34801,127.0.0.1:348": "server_info·-l·127.0.0.1:34801,127.0.0.1:34802",
		"remote_command meta.lb.only_":                 "remote_command·meta.lb.only_move_primary remote_command·meta.lb.only_primary_balancer",
		"cc ":                                          `cc·onebox cc·"two·words"`,
		"use te":                                       "use·temp use·Tests",
		"create ":                                      "",
		"rename temp ":                                 "",
		"help zk_d":                                    "help·zk_du\nhelp·zk_diff",
		"help ls zook":                                 "help·ls·zookeeper",
		"zk_rmr --force connected":                     "zk_rmr·--force·connected_tree",
		"zk_rmr --force live_tree,o":                   "zk_rmr·--force·live_tree,overwrite",
		"zk_copy -i ":                                  "zk_copy·-i·true zk_copy·-i·false",
		"ls | le":                                      "ls·|·less",
		"ls | less | gr":                               "",
		`app "|" te`:                                   "",
		`ls "a"b `:                                     "",
		"ls \x00":                                      "",
		"cluster_info -":                               "cluster_info·-r cluster_info·-j cluster_info·-o cluster_info·--resolve_ip cluster_info·--json cluster_info·--output cluster_info·--help",
		"cluster_info --":                              "cluster_info·--resolve_ip cluster_info·--json cluster_info·--output cluster_info·--help",
		"cluster_info -r --":                           "cluster_info·-r·--json cluster_info·-r·--output cluster_info·-r·--help",
		"cluster_info -rj ":                            "cluster_info·-rj·-o",
		"cluster_info --resolve --o":                   "cluster_info·--resolve·--output",
		"zk_copy --exclude a --exc":                    "zk_copy·--exclude·a·--exclude",
		"zk_copy --exclude a --delete --d":             "zk_copy·--exclude·a·--delete·--dry_run",
	})
}

func TestVariablesOfTheCurrentTableAreOffered(t *testing.T) {
	s := shelltest.Start(t, clusterAnswers(t).Behave)
	c := shelltest.Completing(t, s)
	shelltest.CheckLines(t, c, map[string]string{"del_app_envs ": ""})
	s.Env.Session.App = "temp"
	shelltest.CheckLines(t, c, map[string]string{
		"del_app_envs ":    "del_app_envs·a del_app_envs·default_ttl",
		"del_app_envs a d": "del_app_envs·a·default_ttl",
		"set_app_envs d":   "set_app_envs·default_ttl",
		"set_app_envs a ":  "",
		"set_app_envs a 1 default_ttl 2 ROCKSDB.N": "set_app_envs·a·1·default_ttl·2·rocksdb.num_levels",
		"set_app_envs a 1 A":                       "",
	})
}

func TestCandidatesAreDescribed(t *testing.T) {
	s := shelltest.Start(t, clusterAnswers(t).Behave)
	s.Env.Manifest.Clusters = map[string]manifest.Cluster{"c2": {MetaServers: []string{"m1:1", "m2:1"}}}
	c := shelltest.Completing(t, s)
	for text, want := range map[string]suggestion.Suggestion{
		"set_meta_lev":               {Text: "set_meta_level", Description: "set the function level of the leader"},
		"app temp --det":             {Text: "--detailed", Description: "show every partition and who holds it"},
		"create x --partition_":      {Text: "--partition_count", Description: "number of partitions (default 4)"},
		"app tem":                    {Text: "temp", Description: "table 1, 2 partitions"},
		"recall ":                    {Text: "3", Description: "doomed"},
		"balance -t 127.0.0.1:34801": {Text: "127.0.0.1:34801", Description: "replica server, ALIVE"},
		"cc c":                       {Text: "c2", Description: "m1:1,m2:1"},
		"set_meta_level bl":          {Text: "blind", Description: "ignore reports of replica servers: for a copy of the metadata"},
	} {
		got := c.Complete(t.Context(), text).Suggestions
		if strings.HasSuffix(text, want.Text) {
			if len(got) > 0 {
				t.Errorf("%q is whole and was completed by %v", text, got)
			}
			continue
		}
		if diff := cmp.Diff([]suggestion.Suggestion{want}, got); diff != "" {
			t.Errorf("candidates of %q (-want +got):\n%s", text, diff)
		}
	}
}

func TestWhatIsWrittenOverOrRemovedIsCompletedCarefully(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{}.Behave)
	c := shelltest.Completing(t, s)
	for text, want := range map[string]bool{
		"ls > ": true, "ls >> ": false, "ls -o ": true, "source ": false, "zk_rmr ": true, "zk_copy -t ": true, "zk_copy -s ": false,
		"zk_restore x ": true, "zk_ls ": false,
	} {
		if got := c.Complete(t.Context(), text).Careful; got != want {
			t.Errorf("careful behind %q is %t, want %t", text, got, want)
		}
	}
}

func TestUsageStandsBehindAWholeCommand(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{}.Behave)
	c := shelltest.Completing(t, s)
	for text, want := range map[string]string{
		"use":             "[app_name]",
		"use ":            "[app_name]",
		"use x":           "[app_name]",
		"USE ":            "[app_name]",
		"us":              "",
		"exit ":           "",
		"nosuch ":         "",
		"use x | less":    "",
		"use x > ":        "",
		`use "x y`:        "[app_name]",
		"app -d -o FILE ": "<app_name> [-r|--resolve_ip] [-j|--json]",
		"app temp ":       "[-d|--detailed] [-r|--resolve_ip] [-o|--output file_name] [-j|--json]",
		"recall 3 ":       "[new_app_name]",
		"recall 3 x ":     "",
		"time recall 3 ":  "[new_app_name]",
		"time ":           "<COMMAND> [WORD...]",
	} {
		if got := c.Complete(t.Context(), text).Usage; got != want {
			t.Errorf("usage behind %q is %q, want %q", text, got, want)
		}
	}
}

func TestEmptyLineIsCompletedByAllCommands(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{}.Behave)
	c := shelltest.Completing(t, s)
	want := 0
	for _, command := range s.Registry.Commands() {
		if !strings.Contains(command.Name, " ") { // the second word follows when the first is typed
			want++
		}
	}
	for _, text := range []string{"", "  "} {
		if got := len(shelltest.Lines(t.Context(), c, text)); got != want {
			t.Errorf("%q is completed by %d of %d commands", text, got, want)
		}
	}
}

func TestFilesAreCompleted(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	for _, name := range []string{"apps.list", "apps 2.list", ".hidden", "old.zkb.gz", "folder/inner.list"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("folder", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	config := "[meta_server]\nserver_list = a\nrecover_from_replica_server = false\n[zookeeper]\nhosts_list = b\n"
	if err := os.WriteFile(filepath.Join(dir, "config.ini"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	s := shelltest.Start(t, shelltest.Answers{}.Behave)
	s.Connect(t, nil)
	c := shelltest.Completing(t, s)
	shelltest.CheckLines(t, c, map[string]string{
		"ls -o ap":                         `ls·-o·"apps·2.list" ls·-o·apps.list`,
		"ls -o apps.":                      "ls·-o·apps.list",
		`ls --output="apps `:               `ls·"--output=apps·2.list"`,
		"ls -o fol":                        "ls·-o·folder/",
		"ls -o folder/":                    "ls·-o·folder/inner.list",
		"ls -o link/in":                    "ls·-o·link/inner.list",
		"ls -o lin":                        "ls·-o·link/",
		"ls -o .":                          "ls·-o·.hidden",
		"ls -o nosuch/":                    "",
		"ls -o ~/fo":                       "",
		"ls > ~/fo":                        "ls·>·~/folder/",
		"ls >> fol":                        "ls·>>·folder/",
		"ls > folder/inner.list ":          "",
		"recover -f fold":                  "recover·-f·folder/",
		"zk_restore old":                   "zk_restore·old.zkb.gz",
		"zk_diff old":                      "zk_diff·old.zkb.gz",
		"zk_diff folder/i":                 "zk_diff·folder/inner.list",
		"zk_backup /c1 new":                "zk_backup·/c1·new.zkb.zst zk_backup·/c1·new.zkb.gz zk_backup·/c1·new.zkb",
		"zk_backup /c1 new.zk":             "zk_backup·/c1·new.zkb.zst zk_backup·/c1·new.zkb.gz zk_backup·/c1·new.zkb",
		"zk_backup /c1 new.zkb":            "zk_backup·/c1·new.zkb.zst zk_backup·/c1·new.zkb.gz",
		"zk_backup /c1 o":                  "zk_backup·/c1·o.zkb.zst zk_backup·/c1·o.zkb.gz zk_backup·/c1·o.zkb zk_backup·/c1·old.zkb.gz",
		"config_get conf":                  "config_get·config.ini",
		"config_get config.ini ":           "config_get·config.ini·meta_server config_get·config.ini·zookeeper",
		"config_get config.ini zookeeper ": "config_get·config.ini·zookeeper·hosts_list",
		"config_set config.ini meta_server recover_from_replica_server ":    "config_set·config.ini·meta_server·recover_from_replica_server·true config_set·config.ini·meta_server·recover_from_replica_server·false",
		"config_set config.ini meta_server balance_cluster ":                "config_set·config.ini·meta_server·balance_cluster·true config_set·config.ini·meta_server·balance_cluster·false",
		"config_set config.ini meta_server meta_function_level_on_start st": "config_set·config.ini·meta_server·meta_function_level_on_start·stopped config_set·config.ini·meta_server·meta_function_level_on_start·steady",
		"config_set config.ini meta_server server_list ":                    "",
		"config_get folder ": "",
		"config_get nosuch ": "",
	})
}

func TestTablesAreThoseOfTheConnectedCluster(t *testing.T) {
	s := shelltest.Start(t, clusterAnswers(t).Behave)
	c := shelltest.Completing(t, s)
	shelltest.CheckLines(t, c, map[string]string{"app ": `app·temp app·Tests app·"odd·name"`})
	other := shelltest.Start(t, shelltest.Answers{
		wire.RPCListApps: shelltest.Always(&wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{{Status: wire.AppAvailable, Name: "elsewhere"}}}),
	}.Behave)
	s.Connect(t, other.Env.Cluster)
	shelltest.CheckLines(t, c, map[string]string{"app ": "app·elsewhere"})
	s.Connect(t, nil)
	shelltest.CheckLines(t, c, map[string]string{"app ": "", "server_info -l ": ""})
}

func TestUnreachableClusterIsNotWaitedFor(t *testing.T) {
	address, accepted := silent.Start(t)
	s := shelltest.StartOn(t, metaadmin.Options{}, address)
	c := command.NewCompleter(s.Registry, s.Env)
	defer c.Close()
	if r := c.Complete(shelltest.UntilReached(t, accepted), "app te"); len(r.Suggestions) > 0 || r.Usage == "" {
		t.Errorf("a black hole gave %+v", r)
	}
	// Whoever types on does not wait, not even with such patience.
	for _, text := range []string{"app tem", "app temp", "balance -g 1", "nodes -s al"} {
		c.Complete(t.Context(), text)
	}
	if len(accepted) > 0 {
		t.Error("a cluster that does not answer is asked again at each key")
	}
}

func TestLateAnswerIsTold(t *testing.T) {
	let := make(chan struct{})
	late := clusterAnswers(t)
	answer := late[wire.RPCListApps]
	late[wire.RPCListApps] = func(arg wire.Message) wire.Message {
		<-let
		return answer(arg)
	}
	s := shelltest.Start(t, late.Behave)
	c := command.NewCompleter(s.Registry, s.Env)
	defer c.Close()
	changed := make(chan struct{}, 1)
	c.OnChange = func() { changed <- struct{}{} }
	if got := shelltest.Lines(shelltest.Over(t), c, "app te"); len(got) > 0 {
		t.Errorf("completed by %q before there was an answer", got)
	}
	close(let)
	<-changed
	shelltest.CheckLines(t, c, map[string]string{"app te": "app·temp app·Tests"})
}
