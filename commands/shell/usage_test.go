package shell_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/shelltest"
)

// usageByName cuts a help text into the lines of each command.
func usageByName(help string) map[string]string {
	usage := map[string]string{}
	name := ""
	for _, line := range strings.SplitAfter(help, "\n") {
		if m := helpLine.FindStringSubmatch(line); m != nil {
			name = m[1]
		}
		if strings.HasPrefix(line, "\t") {
			usage[name] += line
		}
	}
	return usage
}

var helpLine = regexp.MustCompile(`^\t(\w+) `)

func TestHelpShowsCommandsAsTheRealShellDoes(t *testing.T) {
	s := shelltest.Untouched(t)
	recorded := shelltest.RecordedOutput(t, filepath.Join("..", "cluster", "testdata", "replay", "02_read", "help.out"))
	want := usageByName(recorded)
	help, _, err := s.Run("help")
	if err != nil || !strings.HasPrefix(help, "Usage:\n") {
		t.Fatalf("help: %v, %q", err, help)
	}
	compared := 0
	var order, recordedOrder []string
	for _, c := range s.Registry.Commands() {
		if lines, ok := want[c.Name]; ok {
			compared++
			order = append(order, c.Name)
			if diff := cmp.Diff(lines, usageByName(help)[c.Name]); diff != "" {
				t.Errorf("%s (-recorded +ours):\n%s", c.Name, diff)
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^\t(\w+) `).FindAllStringSubmatch(recorded, -1) {
		if _, ok := s.Registry.Lookup(m[1]); ok {
			recordedOrder = append(recordedOrder, m[1])
		}
	}
	if diff := cmp.Diff(recordedOrder, order); diff != "" {
		t.Errorf("order (-recorded +ours):\n%s", diff)
	}
	if compared < 46 {
		t.Errorf("%d commands were compared, want at least 46", compared)
	}
	for name := range want {
		if _, ok := s.Registry.Lookup(name); ok {
			continue
		}
		if _, diagnostics, err := s.Run(name); err == nil || !strings.Contains(diagnostics, "is a command of the Pegasus shell") {
			t.Errorf("%s: error = %v, printed %q", name, err, diagnostics)
		}
	}
}

func TestAnUnknownCommandIsToldAndHelpShown(t *testing.T) {
	s := shelltest.Untouched(t)
	help, _, _ := s.Run("help")
	out, diagnostics, err := s.Run("bogus -x")
	if err == nil || diagnostics != "" || out != "ERROR: invalid subcommand 'bogus'\n"+help {
		t.Errorf("error = %v, %q, output:\n%s", err, diagnostics, out)
	}
	s.Env.Interactive = true // and the output goes to a file
	out, diagnostics, err = s.Run("bogus -x")
	if err == nil || diagnostics != "help lists the commands\n" || out != "ERROR: invalid subcommand 'bogus'\n" {
		t.Errorf("at the prompt: error = %v, %q, output:\n%s", err, diagnostics, out)
	}
}
