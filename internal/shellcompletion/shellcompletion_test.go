package shellcompletion_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"pegashell/internal/shellcompletion"
)

func testProgram() shellcompletion.Program {
	flags := pflag.NewFlagSet("demo-shell", pflag.ContinueOnError)
	flags.SortFlags = false
	flags.StringP("cluster", "m", "", "meta servers, `HOST:PORT,...` [it's\na list]")
	flags.StringP("cluster_name", "n", "", "`NAME` of a cluster")
	flags.StringP("config", "c", "", "manifest `FILE`")
	flags.BoolP("exit_on_error", "e", false, "stop")
	flags.String("completion", "", "print the script for `SHELL`")
	flags.Bool("names", false, "print names")
	flags.Lookup("names").Hidden = true
	return shellcompletion.Program{Name: "demo-shell", Flags: flags, Values: map[string]shellcompletion.Value{
		"cluster_name": {Query: "names", With: []string{"config"}},
		"config":       {Files: true},
		"completion":   {Words: shellcompletion.Shells},
	}}
}

// script writes the script to a file.
func script(t *testing.T, shell string) string {
	t.Helper()
	var b strings.Builder
	if err := testProgram().Write(&b, shell); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), shell)
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// completed has a real bash complete a line that it has cut into words, in a folder with two files
// and a program that prints names, and its arguments as one more.
func completed(t *testing.T, script, dir string, words ...string) []string {
	t.Helper()
	const driver = `source "$1"; dir=$2; shift 2
cd "$dir" || exit 1
PATH=$dir:$PATH
compopt() { :; } # knows no completion outside of one
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 ))
_demo_shell demo-shell "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
(( ${#COMPREPLY[@]} == 0 )) || printf '%s\n' "${COMPREPLY[@]}"`
	cmd := exec.Command("bash", append([]string{"--norc", "-c", driver, "bash", script, dir}, words...)...)
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil || errors.Len() > 0 {
		t.Fatalf("complete %q: %v\n%s", words, err, errors.String())
	}
	if len(out) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

func TestBashCompletesOptionsAndTheirValues(t *testing.T) {
	name := script(t, "bash")
	dir := t.TempDir()
	program := "#!/bin/sh\nprintf '%s\\n' one 'two words' 'evil$(touch evil)' \"args:$*\"\n"
	for file, content := range map[string]string{"demo-shell": program, "my file.toml": "", "mine.toml": ""} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ words, want []string }{
		{[]string{""}, []string{"-m", "--cluster", "-n", "--cluster_name", "-c", "--config", "-e", "--exit_on_error", "--completion"}},
		{[]string{"--c"}, []string{"--cluster", "--cluster_name", "--config", "--completion"}},
		{[]string{"-e", "--e"}, []string{"--exit_on_error"}},
		{[]string{"-m", ""}, nil},
		{[]string{"-c", "m"}, []string{"my file.toml", "mine.toml"}},
		{[]string{"--config", "=", "mi"}, []string{"mine.toml"}},
		{[]string{"--config", "="}, []string{"demo-shell", "my file.toml", "mine.toml"}},
		{[]string{"--completion", "z"}, []string{"zsh"}},
		{[]string{"-n", "o"}, []string{"one"}},
		{[]string{"-n", ""}, []string{"one", `two\ words`, `evil\$\(touch\ evil\)`, "args:--names"}},
		{[]string{"-c", "a file", "-n", "args"}, []string{`args:--names\ --config\ a\ file`}},
		{[]string{"--config", "=", "f", "--cluster_name", "=", "args"}, []string{`args:--names\ --config\ f`}},
	} {
		if diff := cmp.Diff(sorted(c.want), sorted(completed(t, name, dir, append([]string{"demo-shell"}, c.words...)...))); diff != "" {
			t.Errorf("completions of %q (-want +got):\n%s", c.words, diff)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "evil")); err == nil {
		t.Error("a name was carried out")
	}
}

func TestBashKnowsTheCompletionAfterReadingTheScript(t *testing.T) {
	out, err := exec.Command("bash", "--norc", "-c", `source "$1"; complete -p demo-shell`, "bash", script(t, "bash")).CombinedOutput()
	if err != nil || string(out) != "complete -F _demo_shell demo-shell\n" {
		t.Errorf("%v, %q", err, out)
	}
}

func TestZshScriptDescribesOptions(t *testing.T) {
	name := script(t, "zsh")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"#compdef demo-shell\n",
		`        '(-m --cluster)'{-m+,--cluster=}'[meta servers, HOST\:PORT,... \[it'\''s a list\]]:HOST\:PORT,...:' \` + "\n",
		`        '(-n --cluster_name)'{-n+,--cluster_name=}'[NAME of a cluster]:NAME:_demo_shell_names' \` + "\n",
		`        '(-c --config)'{-c+,--config=}'[manifest FILE]:FILE:_files' \` + "\n",
		`        '(-e --exit_on_error)'{-e,--exit_on_error}'[stop]' \` + "\n",
		`        '--completion=[print the script for SHELL]:SHELL:(bash zsh)'` + "\n}\n",
		"_demo_shell_names() {\n",
		"    [[ -n ${opt_args[-c]} ]] && along+=(--config ${(Q)opt_args[-c]})\n",
		`    found=(${(f)"$($program --names $along 2>/dev/null)"})` + "\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the script has no %q:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "[print names]") {
		t.Error("a hidden option is shown")
	}
	if zsh, err := exec.LookPath("zsh"); err == nil {
		if out, err := exec.Command(zsh, "-n", name).CombinedOutput(); err != nil {
			t.Errorf("zsh does not read the script: %v\n%s", err, out)
		}
	}
}

func TestOtherShellsAreRefused(t *testing.T) {
	var b strings.Builder
	err := testProgram().Write(&b, "fish")
	if err == nil || !strings.Contains(err.Error(), "bash and zsh") || b.Len() > 0 {
		t.Errorf("error = %v, wrote %q", err, b.String())
	}
}

func sorted(words []string) []string {
	words = append([]string(nil), words...)
	slices.Sort(words)
	return words
}
