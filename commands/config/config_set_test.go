package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/manifest"
	"pegashell/internal/test/shelltest"
)

const serverConfig = "; a server\r\n[meta_server]\r\n  server_list = a:1\r\n\r\n[zookeeper]\r\n  hosts_list = old:2181 ; the old one\r\n  timeout_ms=1000"

func writeConfig(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.ini")
	if err := os.WriteFile(file, []byte(serverConfig), 0o640); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestConfigSetChangesOneValueAndKeepsTheOldFile(t *testing.T) {
	file := writeConfig(t)
	out, _, err := shelltest.Execute(t, "config_set", file, "zookeeper", "hosts_list", "new1:2181,new2:2181")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"line 6:", "-   hosts_list = old:2181", "+   hosts_list = new1:2181,new2:2181", "restart"} {
		if !strings.Contains(out, want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(serverConfig, "old:2181", "new1:2181,new2:2181", 1)
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	backup, err := os.ReadFile(file + ".bak-20270115_080000")
	if err != nil || string(backup) != serverConfig {
		t.Errorf("backup = %q, %v; want the old file", backup, err)
	}
	if _, _, err := shelltest.Execute(t, "config_set", file, "zookeeper", "timeout_ms", "2000"); err != nil {
		t.Fatal(err)
	}
	if second, err := os.ReadFile(file + ".bak-20270115_080000-2"); err != nil || string(second) != want {
		t.Errorf("second backup = %q, %v; want the file between the changes", second, err)
	}
	if out, _, err := shelltest.Execute(t, "config_get", file, "zookeeper", "hosts_list"); err != nil || out != "new1:2181,new2:2181\n" {
		t.Errorf("config_get = %q, %v", out, err)
	}
}

func TestConfigSetRefusesAndChangesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		words []string
		want  string
	}{
		"key in another section": {[]string{"meta_server", "hosts_list", "x"}, "section [meta_server] has no key hosts_list; [zookeeper] has hosts_list (--add adds it)"},
		"missing section":        {[]string{"nosuch", "key", "x"}, "there is no section [nosuch]"},
		"mistyped section":       {[]string{"zookeper", "timeout", "x"}, "there is no section [zookeper]: did you mean \"zookeeper\"? (--add adds it)"},
		"mistyped key":           {[]string{"zookeeper", "host_list", "x"}, "section [zookeeper] has no key host_list: did you mean \"hosts_list\"? (--add adds it)"},
		"empty value":            {[]string{"zookeeper", "hosts_list", ""}, "config_set: the value is empty; use --empty to write an empty value\n"},
		"blank value":            {[]string{"zookeeper", "hosts_list", " "}, "the value is empty"},
		"empty section":          {[]string{"", "hosts_list", "x", "--add"}, "the name of the section or of the key is empty"},
		"empty key":              {[]string{"zookeeper", "", "x", "--add"}, "the name of the section or of the key is empty"},
		"no value":               {[]string{"zookeeper", "hosts_list"}, "config_set needs a file, a section, a key and a value, got 3 arguments\n"},
		"line break":             {[]string{"zookeeper", "mystery", "a\nb", "--add"}, "cannot express this value"},
		"servers without ports":  {[]string{"zookeeper", "hosts_list", "new1:2181,new2"}, "hosts_list must be HOST:PORT,HOST:PORT,..., optionally with a chroot after the last server, or the name of a ZooKeeper in plugins.toml: \"new2\" is not HOST:PORT\nNothing was written\n"},
		"server with a blank":    {[]string{"zookeeper", "hosts_list", "new1:2181, new2:2181"}, "\" new2:2181\" is not HOST:PORT"},
		"chroot of one server":   {[]string{"zookeeper", "hosts_list", "new1:2181/x,new2:2181/x"}, "\"/x,new2:2181/x\" is not a chroot: there is one chroot for all servers, written once after the last server"},
		"chroot with an end":     {[]string{"zookeeper", "hosts_list", "new1:2181/x/"}, "the chroot \"/x/\" ends with /"},
		"boolean":                {[]string{"meta_server", "recover_from_replica_server", "yes", "--add"}, "ERROR: [meta_server] recover_from_replica_server must be true or false, got \"yes\"\nNothing was written\n"},
		"number":                 {[]string{"zookeeper", "timeout_ms", "abc"}, "[zookeeper] timeout_ms must be a whole number from 1 to 2147483647, got \"abc\"\nNothing was written\n"},
		"meta servers":           {[]string{"meta_server", "server_list", "a:1,b"}, "\"b\" is not HOST:PORT\nNothing was written\n"},
		"relative root":          {[]string{"meta_server", "cluster_root", "pegasus/c1", "--add"}, "\"pegasus/c1\" does not begin with /\nNothing was written\n"},
		"level":                  {[]string{"meta_server", "meta_function_level_on_start", "fl_steady", "--add"}, "must be stopped, blind, freezed, steady or lively, got \"fl_steady\": did you mean \"steady\"?\nNothing was written\n"},
		"port that is none":      {[]string{"zookeeper", "hosts_list", "new1:0"}, "has no port from 1 to 65535"},
		"comma at the end":       {[]string{"zookeeper", "hosts_list", "new1:1,"}, "\"\" is not HOST:PORT"},
	} {
		t.Run(name, func(t *testing.T) {
			file := writeConfig(t)
			_, diagnostics, err := shelltest.Execute(t, append([]string{"config_set", file}, c.words...)...)
			if err == nil || !strings.Contains(diagnostics, c.want) {
				t.Errorf("error = %v, printed %q; want %q", err, diagnostics, c.want)
			}
			entries, _ := os.ReadDir(filepath.Dir(file))
			got, _ := os.ReadFile(file)
			if len(entries) != 1 || string(got) != serverConfig {
				t.Errorf("%d files, config %q; want the old one alone", len(entries), got)
			}
		})
	}
}

func TestConfigSetWritesTheServersOfANamedZooKeeper(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{}.Behave)
	s.Env.Manifest.ZooKeepers = map[string]manifest.ZooKeeper{"new": {Hosts: []string{"a:2181", "b:2182"}, Root: "/pegasus/c1", File: "plugins.toml"},
		"team": {Hosts: []string{"a:2181"}, Chroot: "/team", File: "plugins.toml"}}
	file := writeConfig(t)
	out, diagnostics, err := s.Run("config_set " + file + " zookeeper hosts_list nwe")
	if want := "\"nwe\" is not HOST:PORT: did you mean \"new\"? (plugins.toml has new, team)\nNothing was written\n"; err == nil || !strings.HasSuffix(diagnostics, want) {
		t.Errorf("near name: error = %v, printed %q and %q; want %q", err, out, diagnostics, want)
	}
	if _, diagnostics, err = s.Run("config_set " + file + " zookeeper hosts_list third"); err == nil || !strings.Contains(diagnostics, ": plugins.toml has new, team\n") {
		t.Errorf("unknown name: error = %v, printed %q", err, diagnostics)
	}
	out, diagnostics, err = s.Run("config_set " + file + " zookeeper hosts_list new")
	if err != nil || !strings.HasPrefix(out, "new is [zookeepers.new] of plugins.toml: a:2181,b:2182\n") || !strings.Contains(out, "+   hosts_list = a:2181,b:2182") {
		t.Errorf("name: error = %v, printed %q and %q", err, out, diagnostics)
	}
	if out, _, err := s.Run("config_get " + file + " zookeeper hosts_list"); err != nil || out != "a:2181,b:2182\n" {
		t.Errorf("config_get = %q, %v", out, err)
	}
}

func TestConfigSetWritesAChroot(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{}.Behave)
	s.Env.Manifest.ZooKeepers = map[string]manifest.ZooKeeper{
		"team": {Hosts: []string{"a:2181", "b:2182"}, Chroot: "/team", Root: "/pegasus/c1", File: "plugins.toml"},
	}
	file := filepath.Join(t.TempDir(), "config.ini")
	if err := os.WriteFile(file, []byte("[meta_server]\ncluster_root = /pegasus/c2\n[zookeeper]\nhosts_list = old:2181\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	moved := func(before, after, now, old string) string {
		return "WARNING: the chroot was " + before + " and becomes " + after + ": the server will look for its metadata at " + now + ", not at " + old + "\n"
	}
	for _, c := range []struct{ value, want, diagnostics string }{
		{"new1:2181,new2:2181/x/y", "new1:2181,new2:2181/x/y", moved("none", "/x/y", "/x/y/pegasus/c2", "/pegasus/c2")},
		{"new3:2181/x/y", "new3:2181/x/y", ""},
		{"new1:2181", "new1:2181", moved("/x/y", "none", "/pegasus/c2", "/x/y/pegasus/c2")},
		{"team/team", "a:2181,b:2182/team/team", moved("none", "/team/team", "/team/team/pegasus/c2", "/pegasus/c2")},
		{"new1:2181/team", "new1:2181/team", moved("/team/team", "/team", "/team/pegasus/c2", "/team/team/pegasus/c2")},
		{"team", "a:2181,b:2182/team", "WARNING: cluster_root of section [meta_server] is /pegasus/c2, so the server will use /team/pegasus/c2; [zookeepers.team] has root = \"/pegasus/c1\"\n"},
		{"new1:2181/pegasus/c2", "", "ERROR: the chroot /pegasus/c2 ends with cluster_root, /pegasus/c2: the server would look for its metadata at /pegasus/c2/pegasus/c2. " +
			"Omit cluster_root here: new1:2181\nNothing was written\n"},
		{"team/pegasus/c2", "", "ERROR: the chroot /team/pegasus/c2 ends with cluster_root, /pegasus/c2: the server would look for its metadata at " +
			"/team/pegasus/c2/pegasus/c2. Omit cluster_root here: a:2181,b:2182/team\nNothing was written\n"},
	} {
		out, diagnostics, err := s.Run("config_set " + file + " zookeeper hosts_list " + c.value)
		if (err == nil) != (c.want != "") || diagnostics != c.diagnostics {
			t.Errorf("%s: error = %v, printed %q and %q; want %q", c.value, err, out, diagnostics, c.diagnostics)
		}
		if got, _, _ := s.Run("config_get " + file + " zookeeper hosts_list"); c.want != "" && got != c.want+"\n" {
			t.Errorf("%s: the file has %q, want %q", c.value, got, c.want)
		}
	}
}

func TestConfigSetAddsWhenToldTo(t *testing.T) {
	file := writeConfig(t)
	if _, diagnostics, err := shelltest.Execute(t, "config_set", file, "meta_server", "recover_from_replica_server", "true", "--add"); err != nil {
		t.Fatal(err, diagnostics)
	}
	if out, _, err := shelltest.Execute(t, "config_get", file, "meta_server", "recover_from_replica_server"); err != nil || out != "true\n" {
		t.Errorf("config_get = %q, %v", out, err)
	}
}

func TestConfigSetWritesAnEmptyValueWhenToldTo(t *testing.T) {
	file := writeConfig(t)
	if _, diagnostics, err := shelltest.Execute(t, "config_set", file, "zookeeper", "timeout_ms", "", "--empty"); err != nil {
		t.Fatal(err, diagnostics)
	}
	if out, _, err := shelltest.Execute(t, "config_get", file, "zookeeper", "timeout_ms"); err != nil || out != "\n" {
		t.Errorf("config_get = %q, %v", out, err)
	}
}

func TestConfigSetWarnsWhenWhatItAddsMayBeMistyped(t *testing.T) {
	for name, c := range map[string]struct {
		words []string
		want  string
	}{
		"key":          {[]string{"zookeeper", "host_list", "x"}, "WARNING: [zookeeper] host_list is new: did you mean \"hosts_list\"?\n"},
		"section":      {[]string{"zookeper", "hosts_list", "x"}, "WARNING: [zookeper] hosts_list is new: did you mean \"zookeeper\"?\n"},
		"nothing near": {[]string{"zookeeper", "another", "x"}, ""},
		"there":        {[]string{"zookeeper", "hosts_list", "x:1"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, diagnostics, err := shelltest.Execute(t, append([]string{"config_set", writeConfig(t), "--add"}, c.words...)...)
			if err != nil || diagnostics != c.want {
				t.Errorf("error = %v, told %q; want %q", err, diagnostics, c.want)
			}
		})
	}
}

func TestConfigGetNamesWhatIsWrong(t *testing.T) {
	file := writeConfig(t)
	for _, c := range []struct {
		words []string
		want  string
	}{
		{[]string{"config_get", file, "zookeeper", "nosuch"}, "section [zookeeper] has no key nosuch"},
		{[]string{"config_get", file + ".missing", "a", "b"}, "no such file"},
		{[]string{"config_get", file}, "config_get needs a file, a section and a key, got 1 argument\n"},
		{[]string{"config_get", file, "zokeeper", "hosts"}, "there is no section [zokeeper]: did you mean \"zookeeper\"?"},
	} {
		out, diagnostics, err := shelltest.Execute(t, c.words...)
		if err == nil || !strings.Contains(diagnostics, c.want) {
			t.Errorf("%v: error = %v, printed %q; want %q", c.words, err, diagnostics, c.want)
		}
		if len(c.words) != 4 && !strings.HasPrefix(out, "USAGE: \tconfig_get") {
			t.Errorf("%v printed %q, want the usage", c.words, out)
		}
	}
}

func TestConfigSetWarnsOfAKeyThatStandsTwice(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.ini")
	if err := os.WriteFile(file, []byte("[zookeeper]\nhosts_list = a:1\nhosts_list = b:1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, diagnostics, err := shelltest.Execute(t, "config_set", file, "zookeeper", "hosts_list", "c:1")
	if err != nil || !strings.Contains(diagnostics, "WARNING: ") || !strings.Contains(diagnostics, "hosts_list") {
		t.Errorf("error = %v, printed %q; want a warning about the second hosts_list", err, diagnostics)
	}
}
