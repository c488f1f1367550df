package shell_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
	"github.com/spf13/pflag"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/test/shelltest"
	"pegashell/internal/words"
)

func TestHelpOnACommandTellsEverythingAboutItEverywhere(t *testing.T) {
	s := shelltest.Untouched(t)
	for _, c := range s.Registry.Commands() {
		out, diagnostics, err := s.Run("help " + c.Name)
		if err != nil || diagnostics != "" {
			t.Fatal(c.Name, err, diagnostics)
		}
		if !strings.HasPrefix(out, c.Name+": "+c.Summary+"\n") {
			t.Errorf("%s begins with %.60q", c.Name, out)
		}
		_, about, _ := strings.Cut(strings.Join(strings.Fields(out), " "), "Usage: ")
		for _, part := range append([]string{strings.Join(strings.Fields(c.Name+" "+c.Usage), " ")}, c.Examples...) {
			if part = strings.ReplaceAll(part, "][", "] ["); !strings.Contains(strings.ReplaceAll(about, "][", "] ["), strings.Join(strings.Fields(part), " ")) {
				t.Errorf("%s lacks %q:\n%s", c.Name, part, out)
			}
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" || !strings.Contains(out, "--"+f.Name) {
				t.Errorf("%s does not tell of --%s", c.Name, f.Name)
			}
		})
		for _, exit := range c.ExitStates() {
			if exit.When == "" || !strings.Contains(about, strings.ReplaceAll(exit.When, "`", "")) {
				t.Errorf("%s does not tell of exit state %d", c.Name, exit.Code)
			}
		}
		for _, line := range strings.Split(out, "\n") {
			if utf8.RuneCountInString(line) > 80 && len(strings.Fields(line)) > 5 && !strings.HasPrefix(line, "  "+c.Name+" ") {
				t.Errorf("%s: a line is too long: %q", c.Name, line)
			}
		}
		for _, other := range []string{c.Name + " --help", c.Name + " -h"} {
			if c.Flags().ShorthandLookup("h") != nil && strings.HasSuffix(other, "-h") {
				continue
			}
			if same, diagnostics, err := s.Run(other); err != nil || diagnostics != "" || same != out {
				t.Errorf("%s differs from help %s: %v, %q\n%s", other, c.Name, err, diagnostics, same)
			}
		}
		s.OnScreen()
		if coloured, _, _ := s.Run(c.Name + " --help"); shelltest.Escapes.ReplaceAllString(coloured, "") != out {
			t.Errorf("%s --help at a terminal is another text:\n%s", c.Name, coloured)
		}
		s.Env.Interactive, s.Env.Out, s.Env.Err = false, &s.Out, &s.Err
	}
}

func TestHelpIsGivenBehindOtherWords(t *testing.T) {
	s := shelltest.Untouched(t)
	for _, line := range []string{"ls -d --help", "ls -dh", "app temp -h", "propose --help -g 1.0"} {
		name, _, _ := strings.Cut(line, " ")
		if out, _, err := s.Run(line); err != nil || !strings.HasPrefix(out, name+": ") {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
	}
	// What a flag or a word of a command without flags takes is no question for help.
	for _, line := range []string{"use a --help", "app_stat -a --help -q -u"} {
		if out, _, err := s.Run(line); err == nil || strings.Contains(out, "Examples:") {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
	}
}

func TestHelpIsShortForAPersonAndTheOriginalsForAScript(t *testing.T) {
	script := shelltest.Untouched(t)
	usage, _, _ := script.Run("help")
	person := shelltest.Untouched(t).OnScreen()
	list, _, _ := person.Run("help")
	if !strings.HasPrefix(usage, "Usage:\n\thelp ") || !strings.HasPrefix(list, "\x1b[1mshell\x1b[0m\n  help ") {
		t.Errorf("script: %.40q, person: %.40q", usage, list)
	}
	lines := strings.Count(list, "\n")
	for line := range strings.Lines(shelltest.Escapes.ReplaceAllString(list, "")) {
		if len(line) > len("\n")+80 {
			t.Errorf("a line of the list does not fit a window of 80 columns: %q", line)
		}
	}
	if n := len(person.Registry.Commands()); lines < n || lines > n+20 {
		t.Errorf("%d lines for %d commands", lines, n)
	}
	person.Env.Interactive = false // a script whose output shows up at a terminal
	if out, _, _ := person.Run("help"); out != usage {
		t.Errorf("a script at a terminal gets %.60q", out)
	}
	person.Env.Interactive, person.Env.Out = true, &person.Out // a person who pages through it
	if out, _, _ := person.Run("help"); out != shelltest.Escapes.ReplaceAllString(list, "") {
		t.Errorf("a pager gets %.60q", out)
	}
}

func TestExamplesCanBeTypedAsTheyStand(t *testing.T) {
	registry := commands.NewRegistry(nil)
	for _, c := range registry.Commands() {
		own := 0
		for _, example := range c.Examples {
			line, err := words.Split(example)
			if err != nil || len(line) == 0 {
				t.Errorf("%s: %q: %v", c.Name, example, err)
				continue
			}
			meant, line, ok := registry.Find(line)
			if !ok {
				t.Errorf("%s: %q is no command", c.Name, line[0])
				continue
			}
			if meant == c {
				own++
			}
			if meant.Plain {
				continue
			}
			if err := meant.Flags().Parse(line[1:]); err != nil || len(line) < meant.Words {
				t.Errorf("%s: %q: %v", c.Name, example, err)
			}
		}
		if len(c.Examples) < 2 || own == 0 {
			t.Errorf("%s has %d examples, %d of its own; want at least two", c.Name, len(c.Examples), own)
		}
	}
}

func TestUnknownNamesAreAskedBack(t *testing.T) {
	s := shelltest.Untouched(t)
	s.Env.Manifest.Clusters = map[string]manifest.Cluster{"production": {}, "staging": {}}
	for line, want := range map[string]string{
		"nods":                          `did you mean "nodes"?`,
		"zk_c -x":                       `did you mean "zk_cd", "zk_cp" or "zk_copy"?`,
		"help nods":                     `ERROR: no command and no plugin is named "nods": did you mean "nodes"?`,
		"help zookeper":                 `ERROR: no command and no plugin is named "zookeper": did you mean "zookeeper"?`,
		"help quux":                     `ERROR: no command and no plugin is named "quux"`,
		"nodes --detialed":              "nodes: unrecognized option '--detialed'\n" + `did you mean "--detailed"?`,
		"nodes --detailde=5":            "nodes: unrecognized option '--detailde=5'\n" + `did you mean "--detailed"?`,
		"nodes --hlep":                  "nodes: unrecognized option '--hlep'\n" + `did you mean "--help"?`,
		"nodes -detailed":               "nodes: invalid option -- 'e'\n" + `did you mean "--detailed"?`,
		"nodes --re":                    "nodes: option '--re' is ambiguous; possibilities: '--resolve_ip' '--resource_usage'",
		"cc prodcution":                 "plugins.toml has production, staging\ndid you mean \"production\"?",
		"zk_rmr a:1/x --force lifetree": `did you mean "live_tree"?`,
		"zk_rmr a:1/x --force nonsense": "overwrite",
		"quux":                          "",
	} {
		_, diagnostics, err := s.Run(line)
		if got := strings.TrimSuffix(diagnostics, "\n"); err == nil || !strings.HasSuffix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %v, told %q, want %q", line, err, got, want)
		}
	}
}

func TestWhatIsSwitchedOffIsNamedSo(t *testing.T) {
	s := shelltest.Untouched(t)
	s.Registry = commands.NewRegistry(func(plugin string) bool { return plugin != command.PluginZooKeeper })
	for line, want := range map[string]string{
		"zk_copy -t a:1": "zk_copy is a command of the plugin zookeeper, but it is switched off in plugins.toml\n",
		"help zk_copy":   "ERROR: the command zk_copy of the plugin zookeeper is switched off in plugins.toml\n",
		"help zookeeper": "ERROR: the plugin zookeeper is switched off in plugins.toml\n",
		"help external":  "ERROR: the plugin external has no command: plugins.toml defines none, or it is switched off there\n",
	} {
		if _, diagnostics, err := s.Run(line); err == nil || diagnostics != want {
			t.Errorf("%s: %v, told %q, want %q", line, err, diagnostics, want)
		}
	}
	if out, _, _ := s.OnScreen().Run("help"); strings.Contains(out, "zookeeper") {
		t.Errorf("the list has a plugin that is switched off:\n%s", out)
	}
}

func TestAnUnknownCommandIsToldAPersonInThreeLines(t *testing.T) {
	s := shelltest.Untouched(t).OnScreen()
	out, diagnostics, err := s.Run("zk_cpoy")
	if err == nil || shelltest.Visible(out) != "<31>ERROR:<0> invalid subcommand 'zk_cpoy'\n" {
		t.Errorf("%v, printed %q", err, shelltest.Visible(out))
	}
	if want := "did you mean \"zk_copy\" or \"zk_cp\"?\nhelp lists the commands\n"; diagnostics != want {
		t.Errorf("told %q, want %q", diagnostics, want)
	}
}

func TestHelpOnSeveralNamesTellsOfThoseThatThereAre(t *testing.T) {
	s := shelltest.Untouched(t)
	out, diagnostics, err := s.Run("help nosuchthing use config")
	if err == nil || !strings.HasPrefix(out, "use: choose the current table\n") || !strings.Contains(out, "\n\nconfig\n  config_get     show") || !strings.Contains(diagnostics, "nosuchthing") {
		t.Errorf("%v, %q\n%s", err, diagnostics, out)
	}
}

// A Chinese character takes two columns.
func TestHelpInChineseFitsTheWindow(t *testing.T) {
	s := shelltest.Untouched(t)
	s.Env.Language, s.Env.LanguageNamed = message.Chinese, true
	s.Env.Interactive = true
	lines := []string{"help"}
	for _, c := range s.Registry.Commands() {
		lines = append(lines, "help "+c.Name)
	}
	for _, line := range lines {
		out, diagnostics, err := s.Run(line)
		if err != nil || diagnostics != "" {
			t.Fatal(line, err, diagnostics)
		}
		chinese := false
		usage := "  " + strings.TrimPrefix(line, "help ") + " "
		for text := range strings.Lines(out) {
			text = strings.TrimRight(text, "\n")
			chinese = chinese || strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
			if width := displaywidth.String(text); width > 80 && !strings.HasPrefix(text, usage) && !strings.HasPrefix(text, strings.Repeat(" ", len(usage))) {
				t.Errorf("%s: %d columns: %q", line, width, text)
			}
		}
		if !chinese {
			t.Errorf("%s is without Chinese:\n%s", line, out)
		}
	}
}
