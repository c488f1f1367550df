package commands_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands"
	"pegashell/internal/test/shelltest"
)

func TestCommandsAreSwitchedOneByOne(t *testing.T) {
	m := shelltest.LoadManifest(t, `
[plugins]
zookeeper = false
external = false
[commands]
drop = false
zk_ls = true
mine = true
[[command]]
name = "mine"
program = "true"
[[command]]
name = "other"
program = "true"
`)
	registry, err := commands.LoadRegistry(m)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"ls": true, "drop": false, "zk_ls": true, "zk_copy": false, "config_get": true, "exit": true, "mine": true, "other": false,
	} {
		if _, got := registry.Lookup(name); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestWhatIsWrongInAManifestIsToldByLine(t *testing.T) {
	for content, want := range map[string]string{
		"[commands]\nlss = false\n":                                         `:2: [commands] lss: there is no such command`,
		"[commands]\ndrp = false\n":                                         `:2: [commands] drp: there is no such command: did you mean "drop"?`,
		"[defaults]\nzk_cpy = [\"-w\", \"2\"]\n":                            `:2: [defaults] zk_cpy: there is no such command: did you mean "zk_copy", "zk_cp" or "zk_cd"?`,
		"[commands]\n\nexit = false\n":                                      `:3: [commands] exit: it cannot be switched off`,
		"\n[[command]]\nprogram = \"a\"\nname = \"ls\"\n":                   `:2: [[command]] ls: a built-in command has this name`,
		"[commands]\nls = false\n[[command]]\nname=\"ls\"\nprogram=\"a\"\n": `:3: [[command]] ls: a built-in command has this name`,
		"[defaults]\nlss = [\"-d\"]\n":                                      `:2: [defaults] lss: there is no such command`,
		"[defaults]\nls = [\"-d\", \"-Z\"]\n":                               `:2: [defaults] ls: ls: invalid option -- 'Z'`,
		"[defaults]\nls = [\"temp\"]\n":                                     `:2: [defaults] ls: "temp" is not a flag`,
		"[defaults]\nls = [\"-s\"]\n":                                       `:2: [defaults] ls: ls: option requires an argument -- 's'`,
		"[defaults]\nzk_copy = [\"-w\", \"many\"]\n":                        `:2: [defaults] zk_copy: zk_copy: invalid value "many"`,
		"[defaults]\nzk_rmr = [\"-y\"]\n":                                   `:2: [defaults] zk_rmr: --yes has to be typed each time`,
		"[defaults]\nzk_rmr = [\"--force\", \"live_tree\"]\n":               `--force has to be typed each time`,
		"[defaults]\ncc = [\"c1\"]\n":                                       `:2: [defaults] cc: it has no flags`,
		"[defaults]\nzk_copy = [\"--auth\", \"digest:u:hush\"]\n":           ":2: [defaults] zk_copy: --auth cannot be a default, because `plugins` shows defaults; put credentials into [zookeepers.NAME], best as auth_env or auth_file",
		"[defaults]\nzk_ls = [\"--aut=digest:u:hush\", \"x:hush\"]\n":       `:2: [defaults] zk_ls: --auth cannot be a default`,
	} {
		m := shelltest.LoadManifest(t, content)
		_, err := commands.LoadRegistry(m)
		if err == nil || !strings.HasPrefix(err.Error(), m.File+":") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: error %v, want %s", content, err, want)
		}
	}
}

func TestDefaultsStandInFrontOfWhatIsTyped(t *testing.T) {
	s := shelltest.StartShell(t, "[defaults]\necho = []\nhelp = []\ncluster_info = [\"-j\"]\n", shelltest.DescribedCluster.Behave)
	if out, _, err := s.Run("cluster_info"); err != nil || !strings.HasPrefix(out, "{\n") {
		t.Errorf("printed %q, %v; want JSON", out, err)
	}
	if out, _, err := s.Run("cluster_info --no_defaults"); err != nil || strings.HasPrefix(out, "{\n") {
		t.Errorf("printed %q, %v; want text", out, err)
	}
}

func TestPluginsTellsWhatTheManifestSays(t *testing.T) {
	s := shelltest.StartShell(t, `[plugins]
config = false
[commands]
drop = false
[defaults]
ls = ["-d", "-a"]
[shell]
native = ["/run.sh", "shell"]
[[command]]
name = "start"
program = "/start"
arguments = ["meta"]
`, shelltest.DescribedCluster.Behave)
	out, _, err := s.Run("plugins")
	if err != nil {
		t.Fatal(err)
	}
	file := s.Env.Manifest.File
	var got [][]string
	for _, line := range strings.Split(strings.ReplaceAll(out, file, "F"), "\n") {
		if words := strings.Fields(line); len(words) > 0 && !slices.Contains([]string{"shell", "cluster", "zookeeper", "migration"}, words[0]) {
			got = append(got, words)
		}
	}
	want := [][]string{
		{"[manifest]"},
		{"files", ":", "F"},
		{"native_shell", ":", "/run.sh", "shell"},
		{"[plugins]"},
		{"plugin", "state", "from", "commands_on", "commands_off"},
		{"config", "off", "F:2", "0", "4"},
		{"external", "on", "-", "1", "0"},
		{"[commands]"},
		{"command", "plugin", "state", "defaults", "program", "from"},
		{"ls", "cluster", "on", "-d", "-a", "-", "F:6"},
		{"drop", "cluster", "off", "-", "-", "F:4"},
		{"config_get", "config", "off", "-", "-", "F:2"},
		{"config_set", "config", "off", "-", "-", "F:2"},
		{"config_revert", "config", "off", "-", "-", "F:2"},
		{"config_check", "config", "off", "-", "-", "F:2"},
		{"start", "external", "on", "-", "/start", "meta", "F:9"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("plugins (-want +got):\n%s", diff)
	}
	if out, _, err := s.Run("plugins -j"); err != nil || !strings.Contains(out, `"native_shell": ["/run.sh", "shell"]`) {
		t.Errorf("printed %q, %v", out, err)
	}
}
