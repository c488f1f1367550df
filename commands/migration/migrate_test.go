package migration_test

import (
	"strings"
	"testing"

	"pegashell/internal/test/shelltest"
)

func TestAnUnknownWordNamesTheKnownOnes(t *testing.T) {
	s := shelltest.Untouched(t)
	const words = "preflight, status, rollback, again\n"
	for line, want := range map[string]string{
		"migrate stat": `migrate: unknown word "stat": did you mean "status"? The words are ` + words,
		"migrate x":    `migrate: unknown word "x": the words are ` + words,
	} {
		_, diagnostics, err := s.Run(line)
		if err == nil || !strings.HasPrefix(diagnostics, want) {
			t.Errorf("%s: %v, %q, want %q", line, err, diagnostics, want)
		}
	}
}

func TestTheHelpOfMigrateListsItsCommands(t *testing.T) {
	s := shelltest.Untouched(t)
	for _, line := range []string{"help migrate", "migrate --help"} {
		out, _, err := s.Run(line)
		_, list, _ := strings.Cut(out, "\nCommands:\n")
		if err != nil || strings.Count(list, "  migrate ") != 4 || !strings.HasPrefix(list, "  migrate preflight  check ") {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
	}
}

func TestTheOldTreeIsNotTheNewOne(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{}.Behave)
	for line, refused := range map[string]bool{
		"migrate status --from z1:2181/p --target z1:2181/p":                 true,
		"migrate rollback --from z1:2181,z2:2181/p --target z2/p":            true,
		"migrate again --from z1:2181/p --target z1:2181":                    true,
		"migrate preflight copy --from z1:2181/p --target z1:2181/p":         true,
		"migrate status --from z1.invalid:2181/p --target z1.invalid:2181/q": false,
		"migrate status --from z1.invalid:2181/p --target z2.invalid:2181/p": false,
	} {
		_, diagnostics, _ := s.Run(line)
		if got := strings.Contains(diagnostics, ": --from and --target name the same tree: "); got != refused {
			t.Errorf("%s: refused %t: %q", line, got, diagnostics)
		}
	}
}

func TestWhatWasNamedIsRememberedUntilAnotherClusterIsConnected(t *testing.T) {
	s := shelltest.StartShell(t, "[clusters.c2]\nmeta_servers = [\"127.0.0.1:1\"]\n[zookeepers.fresh]\nhosts = [\"127.0.0.1:2\"]\n", shelltest.Answers{}.Behave)
	const earlier = "; named earlier in this shell: "
	for _, c := range []struct{ line, want, not string }{
		{"migrate status --target 127.0.0.1:2/p --by recovery", "127.0.0.1:2/p", earlier},
		{"migrate status", earlier + "--target 127.0.0.1:2/p --by recovery", "target_not_named"},
		{"migrate status --target 127.0.0.1:3/p --by copy", "127.0.0.1:3/p", earlier},
		{"migrate again", earlier + "--target 127.0.0.1:3/p --by copy", "127.0.0.1:2/p"},
		{"migrate status --from 127.0.0.1:3/p", "old     127.0.0.1:3/p", "--target 127.0.0.1:3"},
		{"cc c2", "", "ERROR"},
		{"migrate status --from 127.0.0.1:3/p", "or a name of plugins.toml: fresh", earlier},
	} {
		out, diagnostics, _ := s.Run(c.line)
		out = strings.Join(strings.Fields(out), " ")
		if !strings.Contains(out, strings.Join(strings.Fields(c.want), " ")) || strings.Contains(out, c.not) {
			t.Errorf("%s: want %q, not %q:\n%s%s", c.line, c.want, c.not, out, diagnostics)
		}
	}
}
