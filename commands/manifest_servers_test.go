package commands_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands"
	"pegashell/internal/test/shelltest"
)

func TestLinesForServersBeginWithACommand(t *testing.T) {
	const head = "[[command]]\nname = \"box\"\nprogram = \"onebox\"\n[clusters.c1]\nmeta_servers = [\"a:1\"]\n[clusters.c1.servers.\"a:1\"]\n"
	for name, c := range map[string]struct{ lines, want string }{
		"of the site":  {"stop = \"box stop -m 1\"\nstart = 'box \"a b\" > out'", ""},
		"built in":     {"restart = \"source restart.txt\"", ""},
		"switched off": {"stop = \"drop x\"\n[commands]\ndrop = false", ""},
		"unknown":      {"stop = \"box stop\"\nrestart = \"bos restart\"", ":8: [clusters.c1.servers.\"a:1\"] restart: \"bos restart\" cannot be typed in this shell: \"bos\": there is no such command: did you mean \"box\"?"},
		"blank":        {"start = \" \"", ":7: [clusters.c1.servers.\"a:1\"] start: \" \" cannot be typed in this shell: it is blank"},
		"quotes":       {"start = \"box 'a\"", ":7: [clusters.c1.servers.\"a:1\"] start: \"box 'a\" cannot be typed in this shell: a quote is not closed"},
		"native":       {"start = \"get a\"\n[shell]\nnative = [\"x\"]", "\"get\": there is no such command"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := commands.LoadRegistry(shelltest.LoadManifest(t, head+c.lines+"\n"))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestPluginsListsWhatTheManifestSaysOfServers(t *testing.T) {
	s := shelltest.StartShell(t, `[[command]]
name = "box"
program = "onebox"
[clusters.c1]
meta_servers = ["a:1", "b:1", "c:1"]
[clusters.c1.servers]
"a:1" = { config = "/c/a.ini", stop = "box stop", start = "box start" }
"b:1" = { read_config = ["/bin/ssh", "b", "cat"], write_config = ["/bin/ssh", "b", "tee"], restart = "box restart" }
`, shelltest.DescribedCluster.Behave)
	out, _, err := s.Run("plugins")
	if err != nil {
		t.Fatal(err)
	}
	_, grid, _ := strings.Cut(strings.ReplaceAll(out, s.Env.Manifest.File, "F"), "[servers]\n")
	var got [][]string
	for line := range strings.Lines(grid) {
		if words := strings.Fields(line); len(words) > 0 {
			got = append(got, words)
		}
	}
	want := [][]string{
		strings.Fields("server cluster config read_config write_config stop start restart from"),
		strings.Fields("a:1 c1 /c/a.ini - - box stop box start - F:7"),
		strings.Fields("b:1 c1 - /bin/ssh b cat /bin/ssh b tee - - box restart F:8"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("servers (-want +got):\n%s", diff)
	}
}

func TestTheExamplesOfTheShippedManifestCanBeUsed(t *testing.T) {
	shipped, err := os.ReadFile("../plugins.toml")
	if err != nil {
		t.Fatal(err)
	}
	setting := regexp.MustCompile(`(?m)^# (\[+[a-z].*\]|[a-z_]+ = .*)$`)
	m := shelltest.LoadManifest(t, setting.ReplaceAllString(string(shipped), "$1"))
	if _, err := commands.LoadRegistry(m); err != nil {
		t.Fatal(err)
	}
	servers := m.Clusters["production"].Servers
	if first := servers["meta1.example.org:34601"]; first.Config == "" || len(first.Lines()) != 3 {
		t.Errorf("the first server is %+v", first)
	}
	if second := servers["meta2.example.org:34601"]; len(second.ReadConfig) != 3 || len(second.WriteConfig) != 3 {
		t.Errorf("the second server is %+v", second)
	}
}
