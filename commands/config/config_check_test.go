package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// sections are the parts of a report, each a heading and its lines without the blanks between words.
func sections(out string) map[string][]string {
	all := map[string][]string{}
	heading := ""
	for line := range strings.Lines(out) {
		words := strings.Fields(line)
		switch {
		case len(words) == 1 && strings.HasPrefix(words[0], "["):
			heading = strings.Trim(words[0], "[]")
		case len(words) > 0:
			all[heading] = append(all[heading], strings.Join(words, " "))
		}
	}
	return all
}

func TestConfigurationsAreCompared(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string // what is replaced in the second file
		want     map[string][]string
		result   string
	}{
		"the same":            {"", "", nil, "all 3 are the same and usable"},
		"the order of a list": {"m1:1,m2:2", "m2:2,m1:1", nil, "all 3 are the same and usable"},
		"another ZooKeeper": {"hosts_list = old:1", "hosts_list = new:1", map[string][]string{
			"differences": {"configuration zookeeper.hosts_list", "m1.ini old:1", "m2.ini new:1", "m3.ini old:1"}},
			"NOT the same: hosts_list"},
		"root and flag": {"cluster_root = /c1", "cluster_root = /c2\nrecover_from_replica_server = true", map[string][]string{
			"differences": {"configuration meta_server.cluster_root meta_server.recover_from_replica_server", "m1.ini /c1 false", "m2.ini /c2 true", "m3.ini /c1 false"}},
			"NOT the same: cluster_root, recover_from_replica_server"},
		"a wrong flag": {"cluster_root = /c1", "cluster_root = /c1\nrecover_from_replica_server = yes", map[string][]string{
			"differences": {"configuration meta_server.recover_from_replica_server", "m1.ini false", "m2.ini yes", "m3.ini false"},
			"findings":    {"position severity finding", `m2.ini:6 error [meta_server] recover_from_replica_server must be true or false, got "yes"`}},
			"NOT the same: recover_from_replica_server; NOT usable: m2.ini"},
		"twice": {"hosts_list = old:1", "hosts_list = old:1\nhosts_list = new:1", map[string][]string{
			"findings": {"position severity finding", "m2.ini:11 warning [zookeeper] hosts_list = new:1 is skipped: line 10 counts, which has old:1"}},
			"all 3 are the same and usable"},
		"a line that no server understands": {"[zookeeper]", "[zookeeper", map[string][]string{
			"differences": {"configuration zookeeper.hosts_list", "m1.ini old:1", "m2.ini -", "m3.ini old:1"},
			"findings": {"position severity finding", "m2.ini error [zookeeper] hosts_list is missing: a meta server does not start without it",
				"m2.ini:9 error a server does not start with this: a section header without ]"}},
			"NOT the same: hosts_list; NOT usable: m2.ini"},
		"CRLF":                         {"\n", "\r\n", nil, "all 3 are the same and usable"},
		"no line break at the end":     {"old:1\n", "old:1", nil, "all 3 are the same and usable"},
		"the list of the meta servers": {",m3:3", "", map[string][]string{"differences": {"configuration meta_server.server_list", "m1.ini m1:1,m2:2,m3:3", "m2.ini m1:1,m2:2", "m3.ini m1:1,m2:2,m3:3"}}, "NOT the same: server_list"},
		"another lock":                 {"/c1/lock", "/lock", map[string][]string{"differences": {"configuration meta_server.distributed_lock_service_parameters", "m1.ini /c1/lock", "m2.ini /lock", "m3.ini /c1/lock"}}, "NOT the same: distributed_lock_service_parameters"},
		"a byte order mark":            {"[apps.meta]", "\ufeff[apps.meta]", map[string][]string{"findings": {"position severity finding", "m2.ini:1 error a server does not start with this: the file begins with a byte order mark, which a server does not skip: save it as UTF-8 without one"}}, "NOT usable: m2.ini"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startSite(t, "")
			t.Chdir(s.dir)
			second := iniOf("2", "old:1")
			if c.old != "" {
				second = strings.ReplaceAll(second, c.old, c.new)
			}
			if err := os.WriteFile("m2.ini", []byte(second), 0o600); err != nil {
				t.Fatal(err)
			}
			s.Connect(t, nil)
			out, _, err := s.Run("config_check m1.ini m2.ini m3.ini")
			got := sections(out)
			if (err == nil) != strings.HasPrefix(c.result, "all") {
				t.Errorf("error %v", err)
			}
			if result := strings.Join(got["result"], ""); result != "result : "+c.result {
				t.Errorf("%s, want %s", result, c.result)
			}
			delete(got, "configurations")
			delete(got, "same_in_all")
			delete(got, "result")
			if c.want == nil {
				c.want = map[string][]string{}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// startRunning is a session with meta servers that say that they run with these texts, the
// configurations of which are files with the texts of the manifest's folder.
func startRunning(t *testing.T, dumps ...string) (s *shelltest.Session, files []string) {
	t.Helper()
	var metas []string
	for _, dump := range dumps {
		answer := func(wire.Message) wire.Message { return &wire.StringResult{Text: dump} }
		metas = append(metas, metatest.Start(t, shelltest.Answers{wire.RPCRemoteCommand: answer}.Behave).Address)
	}
	s = shelltest.StartOn(t, metaadmin.Options{}, metas...)
	for _, meta := range metas {
		_, port, _ := strings.Cut(meta, ":")
		file := filepath.Join(t.TempDir(), "m.ini")
		if err := os.WriteFile(file, []byte(iniOf(port, "z:1")+"timeout_ms = 1000\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return s, files
}

const dump = "[apps.meta]\n; \nports = PORT\n\n[meta_server]\n; \nmax_replicas_in_group = 4\n\nserver_list = m3:3,m1:1,m2:2\n\ncluster_root = /c1\n\n" +
	"distributed_lock_service_type = distributed_lock_service_zookeeper\n\ndistributed_lock_service_parameters = /c1/lock\n\n" +
	"meta_state_service_type = meta_state_service_zookeeper\n\nrecover_from_replica_server = false\n\n[zookeeper]\n; \nhosts_list = z:1\n\ntimeout_ms = 0x3e8\n\n"

func TestConfigurationsAreComparedWithWhatRuns(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string // what is replaced in what the server runs with
		running  string
		want     []string
	}{
		"the same":        {"", "", "same", nil},
		"another value":   {"hosts_list = z:1", "hosts_list = old:1", "1 key differs", []string{"SERVER zookeeper.hosts_list old:1 z:1 FILE:10"}},
		"several":         {"/c1", "/c0", "2 keys differ", []string{"SERVER meta_server.cluster_root /c0 /c1 FILE:5", "SERVER meta_server.distributed_lock_service_parameters /c0/lock /c1/lock FILE:7"}},
		"an added key":    {"timeout_ms = 0x3e8", "", "1 key differs", []string{"SERVER zookeeper.timeout_ms (not set) 1000 FILE:11"}},
		"a removed key":   {"recover_from_replica_server = false", "recover_from_replica_server = true", "1 key differs", []string{"SERVER meta_server.recover_from_replica_server true false FILE"}},
		"an empty answer": {dump, "unknown command 'config-dump'", "unknown", nil},
	} {
		t.Run(name, func(t *testing.T) {
			text := dump
			if c.old != "" {
				text = strings.ReplaceAll(dump, c.old, c.new)
			}
			s, files := startRunning(t, text)
			server := s.Env.Cluster.Metas[0]
			_, port, _ := strings.Cut(server, ":")
			if err := os.WriteFile(files[0], []byte(strings.Replace(shelltest.ReadIfAny(t, files[0]), "ports = "+port, "ports = PORT", 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			s.Env.Manifest = shelltest.LoadManifest(t, fmt.Sprintf("[clusters.c1]\nmeta_servers = [%q]\nservers = { %q = { config = %q } }\n", server, server, files[0]))
			out, diagnostics, err := s.Run("config_check")
			got := sections(strings.ReplaceAll(strings.ReplaceAll(out, files[0], "FILE"), server, "SERVER"))
			if err != nil || got["configurations"][1] != "SERVER SERVER usable "+c.running {
				t.Errorf("printed %q and %q, %v; want %s", out, diagnostics, err, c.running)
			}
			want := c.want
			if want != nil {
				want = append([]string{"server key running file position"}, want...)
			}
			if diff := cmp.Diff(want, got["changed_by_restart"]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if name == "an empty answer" && !strings.Contains(diagnostics, "was not compared with a running server: "+server+" does not say what it runs with: ") {
				t.Errorf("printed %q", diagnostics)
			}
		})
	}
}

func TestAFileIsComparedWithTheServerThatHasItsPort(t *testing.T) {
	s, files := startRunning(t, dump, dump)
	t.Chdir(filepath.Dir(files[1]))
	out, diagnostics, err := s.Run("config_check m.ini " + files[0])
	got := sections(out)["configurations"]
	for i, file := range []string{"m.ini", files[0]} {
		if want := file + " " + s.Env.Cluster.Metas[1-i] + " usable 1 key differs"; err != nil || got[i+1] != want { // its port
			t.Errorf("printed %q and %q, %v; want %s", got[i+1], diagnostics, err, want)
		}
	}
	copied := filepath.Join(t.TempDir(), "copy.ini")
	if err := os.WriteFile(copied, []byte(shelltest.ReadIfAny(t, files[0])), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, diagnostics, err := s.Run("config_check " + copied + " " + files[0]); err != nil || strings.Count(diagnostics, "it is not known which meta server uses it") != 2 {
		t.Errorf("two files with one port: printed %q and %q, %v", out, diagnostics, err)
	}
	if out, _, err := s.Run("config_check m.ini " + files[1]); err != nil || len(sections(out)["configurations"]) != 2 {
		t.Errorf("one file by two names: printed %q, %v", out, err)
	}
}

func TestAConfigurationThatCannotBeReadIsAFailure(t *testing.T) {
	s := startSite(t, "")
	out, diagnostics, err := s.Run("config_check m1:1 " + s.dir + "/none.ini")
	if err == nil || !strings.Contains(diagnostics, "WARNING: read configuration: stat "+s.dir+"/none.ini: no such file or directory\n") {
		t.Errorf("printed %q and %q, %v", out, diagnostics, err)
	}
	if got := sections(out); got["configurations"][2] != s.dir+"/none.ini - unreadable unknown" || got["result"][0] != "result : NOT read: "+s.dir+"/none.ini" {
		t.Errorf("printed %q", out)
	}
}

func TestTheCheckIsTypedInJSON(t *testing.T) {
	s, files := startRunning(t, strings.ReplaceAll(dump, "hosts_list = z:1", "hosts_list = old:1"))
	if err := os.WriteFile(files[0], []byte(shelltest.ReadIfAny(t, files[0])+"timeout_ms = 5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := s.Env.Cluster.Metas[0]
	s.Env.Manifest = shelltest.LoadManifest(t, fmt.Sprintf("[clusters.c1]\nmeta_servers = [%q, \"x:1\"]\nservers = { %q = { config = %q } }\n", server, server, files[0]))
	out, _, err := s.Run("config_check --all none -j")
	if err == nil {
		t.Error("no failure, though a file is missing")
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(server, ":")
	values := map[string]any{"meta_server.cluster_root": "/c1", "meta_server.distributed_lock_service_parameters": "/c1/lock",
		"meta_server.recover_from_replica_server": "false", "meta_server.server_list": "m1:1,m2:2,m3:3", "zookeeper.hosts_list": "z:1"}
	want := map[string]any{
		"same": nil, "usable": false, "differences": []any{}, "not_described": []any{"x:1"},
		"configurations": []any{
			map[string]any{"name": "none", "server": nil, "file": "none", "readable": false, "usable": false, "doubt": "read configuration: stat none: no such file or directory", "running": "unknown", "values": map[string]any{}},
			map[string]any{"name": server, "server": server, "file": files[0], "readable": true, "usable": true, "doubt": "", "running": "different", "values": values},
		},
		"findings": []any{map[string]any{"configuration": server, "line": 12.0, "severity": "warning", "section": "zookeeper", "key": "timeout_ms",
			"text": "[zookeeper] timeout_ms = 5 is skipped: line 11 counts, which has 1000"}},
		"changed_by_restart": []any{
			map[string]any{"configuration": server, "server": server, "line": 2.0, "section": "apps.meta", "key": "ports", "running": "PORT", "file": port},
			map[string]any{"configuration": server, "server": server, "line": 10.0, "section": "zookeeper", "key": "hosts_list", "running": "old:1", "file": "z:1"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a real server of 2.5.0 said, against a file that has nearly all of its keys; some are written
// in another way, one differs.
func TestAFileIsComparedWithARecordedDump(t *testing.T) {
	recorded, err := os.ReadFile("../../internal/pegasusconf/testdata/meta.ini")
	if err != nil {
		t.Fatal(err)
	}
	s, files := startRunning(t, string(recorded))
	server := s.Env.Cluster.Metas[0]
	text := strings.NewReplacer("timeout_ms = 60000", "timeout_ms = 0xea60", "balance_in_turn = false", "balance_in_turn = FALSE", "cluster_name = onebox\n", "",
		"balance_cluster = false", "balance_cluster = true").Replace(string(recorded))
	if err := os.WriteFile(files[0], []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Env.Manifest = shelltest.LoadManifest(t, fmt.Sprintf("[clusters.c1]\nmeta_servers = [%q]\nservers = { %q = { config = %q } }\n", server, server, files[0]))
	out, diagnostics, err := s.Run("config_check")
	if err != nil || diagnostics != "" {
		t.Errorf("printed %q, %v", diagnostics, err)
	}
	got := sections(strings.ReplaceAll(strings.ReplaceAll(out, files[0], "FILE"), server, "SERVER"))["changed_by_restart"]
	want := []string{"server key running file position", "SERVER meta_server.balance_cluster false true FILE:70"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
