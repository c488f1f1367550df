package commands_test

import (
	"strings"
	"testing"

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
