package manifest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// write puts content into a new file and gives its path.
func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), FileName)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var withoutPositions = cmpopts.IgnoreUnexported(Manifest{})

// alone makes sure that no file of the user who runs the test is laid on top.
func alone(t *testing.T) { t.Setenv("XDG_CONFIG_HOME", t.TempDir()) }

func TestLoadReadsEveryKey(t *testing.T) {
	alone(t)
	path := write(t, `
default_cluster = "c1"
[clusters.c1]
meta_servers = ["m1:34601", "[::1]:34602"]
[clusters."two words"]
meta_servers = ["M2.Example.org:34601"]
[zookeepers.old]
hosts = ["z1:2181", "z2:2181"]
root = "/pegasus/c1"
[zookeepers.new]
hosts = ["z3:2181"]
[plugins]
zookeeper = false
[commands]
drop = false
zk_ls = true
[defaults]
ls = ["-d"]
[shell]
history = "~/h"
prompt = "plain"
native = ["/opt/run.sh", "shell"]
[[command]]
name = "start_meta"
summary = "start a meta server"
usage = "<HOST>"
program = "tools/start"
arguments = ["meta"]
words = ["h1", "h2"]
timeout = "1m30s"
confirm = true
[[command]]
name = "uptime"
program = "uptime"
`)
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := &Manifest{
		File:           path,
		Files:          []string{path},
		DefaultCluster: "c1",
		Clusters: map[string]Cluster{
			"c1":        {MetaServers: []string{"m1:34601", "[::1]:34602"}},
			"two words": {MetaServers: []string{"M2.Example.org:34601"}},
		},
		ZooKeepers: map[string]ZooKeeper{
			"old": {Hosts: []string{"z1:2181", "z2:2181"}, Root: "/pegasus/c1", File: path},
			"new": {Hosts: []string{"z3:2181"}, File: path},
		},
		Plugins:  map[string]bool{"zookeeper": false},
		Commands: map[string]bool{"drop": false, "zk_ls": true},
		Defaults: map[string][]string{"ls": {"-d"}},
		External: []External{{
			Name: "start_meta", Summary: "start a meta server", Usage: "<HOST>",
			Program: filepath.Join(filepath.Dir(path), "tools/start"), Arguments: []string{"meta"},
			Words: []string{"h1", "h2"}, Timeout: Duration(90 * time.Second), Confirm: true,
		}, {Name: "uptime", Program: "uptime"}},
		Shell: Shell{History: "~/h", Prompt: PromptPlain, Native: []string{"/opt/run.sh", "shell"}},
	}
	if diff := cmp.Diff(want, got, withoutPositions); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
	for plugin, want := range map[string]bool{"cluster": true, "zookeeper": false, "shell": true} {
		if got.PluginOn(plugin) != want {
			t.Errorf("PluginOn(%q) = %v", plugin, !want)
		}
	}
	for command, want := range map[[2]string]bool{{"ls", "cluster"}: true, {"drop", "cluster"}: false, {"zk_ls", "zookeeper"}: true, {"zk_rmr", "zookeeper"}: false} {
		if got.CommandOn(command[0], command[1]) != want {
			t.Errorf("CommandOn(%q) = %v", command, !want)
		}
	}
	for key, want := range map[string]string{
		"default_cluster":              "2",
		"clusters c1 nosuch":           "3", // the nearest that is known
		"clusters c1 meta_servers":     "4",
		"defaults ls":                  "18",
		"command start_meta":           "23",
		"command start_meta arguments": "28",
		"command uptime program":       "34",
		"command nosuch":               "23",
		"nosuch":                       "",
	} {
		if want = path + ":" + want; key == "nosuch" {
			want = path
		}
		if where := got.Where(strings.Fields(key)...); where != want {
			t.Errorf("%s stands at %s, want %s", key, where, want)
		}
	}
}

func TestLoadSaysWhereTheFileIsWrong(t *testing.T) {
	for name, tc := range map[string]struct{ content, want string }{
		"unknown key":            {"[plugins]\ncluster = true\nclutser = false\n", `:3: unknown key "plugins.clutser": did you mean "cluster"?`},
		"unknown key of a name":  {"[clusters.a]\nmeta_servers = [\"h:1\"]\nmetas = 1\n", `:3: unknown key "clusters.a.metas": clusters.a can have meta_servers`},
		"unknown table":          {"\n[cluster.a]\nmeta_servers = [\"h:1\"]\n", `:2: unknown key "cluster": did you mean "clusters"?`},
		"two unknown keys":       {"a = 1\nb = 2\n", `:2: unknown key "b"`},
		"syntax":                 {"[clusters.a]\nmeta_servers = [\"h:1\"\n", ":2:"},
		"wrong type":             {"[plugins]\ncluster = \"yes\"\n", ":2:"},
		"wrong length of time":   {"[[command]]\nname = \"a\"\nprogram = \"b\"\ntimeout = \"soon\"\n", `:4: [[command]] a timeout: "soon" is not a duration`},
		"a number for a time":    {"[[command]]\nname = \"a\"\nprogram = \"b\"\ntimeout = 5\n", `:4: [[command]] a timeout: it must be a duration in quotes, such as "30s" or "5m", not a number`},
		"a fraction for a time":  {"[[command]]\ntimeout = 1.5\n", `:2: [[command]] timeout: it must be a duration in quotes, such as "30s" or "5m", not a number`},
		"a number for a text":    {"default_cluster = 1\n", `:1: default_cluster: it must be a text in quotes, not a number`},
		"a text for a list":      {"[clusters.a]\nmeta_servers = \"h:1\"\n", `:2: [clusters.a] meta_servers: it must be a list of texts, such as ["a", "b"], not a text`},
		"a list of numbers":      {"[clusters.a]\nmeta_servers = [1]\n", `not a list of other values`},
		"a text for a table":     {"[clusters]\na = \"h:1\"\n", `:2: [clusters] a: it must be a table, under a line [clusters.a], not a text`},
		"a table for a list":     {"[command]\nname = \"a\"\n", `:1: command: it must be tables, each under a line [[command]], not a table`},
		"a date for a switch":    {"[[command]]\nname = \"a\"\nreads = 2026-01-01\n", `:3: [[command]] a reads: it must be true or false, not a date or a time`},
		"mistyped key of a name": {"[zookeepers.a]\nhost = [\"h:1\"]\n", `:2: unknown key "zookeepers.a.host": did you mean "hosts"?`},
		"mistyped command key":   {"[[command]]\nname = \"a\"\ntimeuot = \"5s\"\n", `:3: unknown key "command.timeuot": did you mean "timeout"?`},
		"mistyped default":       {"default_cluster = \"prdo\"\n[clusters.prod]\nmeta_servers = [\"a:1\"]\n", `:1: default_cluster: there is no table [clusters.prdo]: did you mean "prod"?`},
		"no length of time":      {"[[command]]\ntimeout = \"0s\"\n", `"0s" is not a duration`},
		"no name":                {"\n[[command]]\nprogram = \"b\"\n", `:2: [[command]] number 1: name is missing`},
		"no program":             {"[[command]]\nname = \"a\"\n", `:1: [[command]] a: program is missing`},
		"a name of two words":    {"[[command]]\nname = \"a b\"\nprogram = \"b\"\n", `:1: [[command]] a b: name: "a b" is not a word`},
		"a sign for a name":      {"[[command]]\nname = \"|\"\nprogram = \"b\"\n", `name: "|" is not a word`},
		"a name twice":           {"[[command]]\nname = \"a\"\nprogram = \"b\"\n[[command]]\nprogram = \"b\"\nname = \"a\"\n", `[[command]] a: two commands have this name`},
		"words with blanks":      {"[[command]]\nname = \"a\"\nprogram = \"b\"\nwords = [\"x y\"]\n", `words: "x y" is not a word`},
		"two lines of usage":     {"[[command]]\nname = \"a\"\nprogram = \"b\"\nusage = \"x\\ny\"\n", `one line each`},
		"unknown key, command":   {"[[command]]\nname = \"a\"\nprog = \"b\"\n", `:3: unknown key "command.prog"`},
		"unknown language":       {"\n[shell]\nlanguage = \"chinese\"\n", `:3: [shell] language: "chinese" is neither "en" nor "zh"`},
		"unknown prompt":         {"\n[shell]\nprompt = \"fancy\"\n", `:3: [shell] prompt: "fancy" is neither "cluster" nor "plain"`},
		"unknown format":         {"\n[shell]\nformat = \"htlm\"\n", `:3: [shell] format: unknown format "htlm": the formats are plain, lines, markdown, html, csv; did you mean "html"?`},
		"format of a list":       {"[shell]\nformat = [\"csv\"]\n", `:2: [shell] format: it must be a text in quotes, not a list of texts`},
		"no native program":      {"[shell]\nnative = [\"\"]\n", `:2: [shell] native: the program is empty`},
		"a switch that is text":  {"[commands]\ndrop = \"no\"\n", ":2: [commands] drop: it must be true or false, not a text"},
		"a default, no list":     {"[defaults]\nls = \"-d\"\n", ":2: [defaults] ls: it must be a list of texts"},
		"not text":               {"a = \"\xff\"\n", ":1:"},
		"no meta servers":        {"[clusters.a]\n", ": [clusters.a] meta_servers: the list is missing or empty"},
		"no hosts":               {"[zookeepers.a]\nhosts = []\n", ": [zookeepers.a] hosts: the list is missing or empty"},
		"no port":                {"[clusters.\"a b\"]\nmeta_servers = [\"h\"]\n", `: [clusters."a b"] meta_servers: "h" is not HOST:PORT`},
		"no host":                {"[zookeepers.a]\nhosts = [\":2181\"]\n", `":2181" is not HOST:PORT`},
		"a list in one string":   {"[zookeepers.a]\nhosts = [\"a:1,b:2\"]\n", `"a:1,b:2" is not HOST:PORT`},
		"port out of range":      {"[zookeepers.a]\nhosts = [\"a:65536\"]\n", `"65536" is not a port`},
		"port zero":              {"[zookeepers.a]\nhosts = [\"a:0\"]\n", `"0" is not a port`},
		"relative root":          {"[zookeepers.a]\nhosts = [\"a:1\"]\nroot = \"pegasus\"\n", `root: "pegasus" is not an absolute path`},
		"root with an end":       {"[zookeepers.a]\nhosts = [\"a:1\"]\nroot = \"/pegasus/\"\n", `root: "/pegasus/" is not an absolute path`},
		"relative chroot":        {"[zookeepers.a]\nhosts = [\"a:1\"]\nchroot = \"team\"\n", `:3: [zookeepers.a] chroot: "team" is not an absolute path of a znode, such as /team: it does not begin with /`},
		"chroot with an end":     {"[zookeepers.a]\nhosts = [\"a:1\"]\nchroot = \"/team/\"\n", `chroot: "/team/" is not an absolute path of a znode, such as /team: it ends with /`},
		"chroot that is none":    {"[zookeepers.a]\nhosts = [\"a:1\"]\nchroot = \"/\"\n", `chroot: "/" is not a chroot: omit the key`},
		"chroot in the hosts":    {"[zookeepers.a]\nhosts = [\"a:1/team\"]\n", `hosts: "a:1/team" has a path; of a ZooKeeper it belongs in chroot or root`},
		"unknown default":        {"default_cluster = \"b\"\n[clusters.a]\nmeta_servers = [\"a:1\"]\n", `default_cluster: there is no table [clusters.b]`},
	} {
		t.Run(name, func(t *testing.T) {
			alone(t)
			path := write(t, tc.content)
			_, err := Load(path)
			if err == nil {
				t.Fatal("was read")
			}
			if got := err.Error(); !strings.Contains(got, path) || !strings.Contains(got, tc.want) {
				t.Errorf("error %q, want the file and %q in it", got, tc.want)
			}
		})
	}
}

func TestAByteOrderMarkIsSkipped(t *testing.T) {
	alone(t)
	m, err := Load(write(t, "\ufeff[clusters.a]\nmeta_servers = [\"h:1\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Cluster("a"); err != nil {
		t.Error(err)
	}
}

func TestLoadWantsAFileThatIsNamed(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.toml"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
}

// usersFile puts content into the file of the user who runs the test, and gives its path.
func usersFile(t *testing.T, content string) string {
	t.Helper()
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	path := filepath.Join(config, "pegashell", FileName)
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadSearchesTheFolderAndTheUsersConfiguration(t *testing.T) {
	alone(t)
	t.Chdir(t.TempDir())
	got, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got, withoutPositions); diff != "" {
		t.Errorf("without a file (-want +got):\n%s", diff)
	}

	users := usersFile(t, "")
	if got, err = Load(""); err != nil || got.File != users {
		t.Errorf("read %q, %v, want %q", got.File, err, users)
	}

	if err := os.WriteFile(FileName, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err = Load(""); err != nil || got.File != FileName+","+users {
		t.Errorf("read %q, %v, want both", got.File, err)
	}

	t.Chdir(filepath.Dir(users))
	if got, err = Load(""); err != nil || got.File != FileName {
		t.Errorf("read %q, %v, want one file once", got.File, err)
	}

	if err := os.WriteFile(FileName, []byte("?"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = Load(""); err == nil || !strings.Contains(err.Error(), "plugins.toml:1:") {
		t.Errorf("error %v, want one about the file in the folder", err)
	}
}

func TestNamesAreLookedUpAndTheKnownOnesListed(t *testing.T) {
	m := &Manifest{
		File:       "f.toml",
		Clusters:   map[string]Cluster{"b": {}, "a": {MetaServers: []string{"h:1"}}},
		ZooKeepers: map[string]ZooKeeper{},
	}
	c, err := m.Cluster("a")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Cluster{MetaServers: []string{"h:1"}}, c); diff != "" {
		t.Errorf("cluster (-want +got):\n%s", diff)
	}
	near := &Manifest{
		File:       "f.toml",
		Clusters:   map[string]Cluster{"prod": {}, "dev": {}},
		ZooKeepers: map[string]ZooKeeper{"old": {}},
	}
	for _, tc := range []struct {
		err  error
		want string
	}{
		{second(m.Cluster("c")), `unknown cluster "c": f.toml has a, b`},
		{second(near.Cluster("prdo")), "unknown cluster \"prdo\": f.toml has dev, prod\ndid you mean \"prod\"?"},
		{second(near.ZooKeeper("odl")), "unknown ZooKeeper \"odl\": f.toml has old\ndid you mean \"old\"?"},
		{second(m.ZooKeeper("z.1")), `unknown ZooKeeper "z.1": f.toml has no table [zookeepers."z.1"]`},
		{second(Default().Cluster("c")), `unknown cluster "c": no plugins.toml was found; name one with -c FILE`},
	} {
		if tc.err == nil || tc.err.Error() != tc.want {
			t.Errorf("error %v, want %s", tc.err, tc.want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestTheShippedFileIsRight(t *testing.T) {
	alone(t)
	m, err := Load(filepath.Join("..", "..", FileName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Cluster(m.DefaultCluster); err != nil {
		t.Error(err)
	}
}
