package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/repl"
)

// asProgram makes the test binary the program.
const asProgram = "PEGASHELL_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// pegashell runs the program in an empty folder with a script as its standard input.
func pegashell(t *testing.T, script string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	home := t.TempDir()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Dir = home
	cmd.Env = append(os.Environ(), asProgram+"=1", "HOME="+home, "XDG_CONFIG_HOME=", "XDG_STATE_HOME=", "GORACE=atexit_sleep_ms=0")
	cmd.Stdin = strings.NewReader(script)
	var out, diag bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diag
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	left, err := os.ReadDir(home)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("a script left %v in the home folder", left)
	}
	return out.String(), diag.String(), cmd.ProcessState.ExitCode()
}

func TestWrongUseSaysWhatIsWrongAndWhatWouldBeRight(t *testing.T) {
	dir := t.TempDir()
	good, bad, wrong := filepath.Join(dir, "good.toml"), filepath.Join(dir, "bad.toml"), filepath.Join(dir, "wrong.toml")
	for path, content := range map[string]string{
		good:  "[clusters.a]\nmeta_servers = [\"127.0.0.1:1\"]\n[clusters.b]\nmeta_servers = [\"127.0.0.1:2\"]\n",
		bad:   "[cluster.a]\n",
		wrong: "\n[defaults]\nls = [\"-Z\"]\n",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, tc := range map[string]struct {
		args []string
		want []string
	}{
		"unknown option":        {[]string{"--clutser", "a:1"}, []string{"unknown flag: --clutser", "pegashell --help"}},
		"missing value":         {[]string{"-m"}, []string{"flag needs an argument", "pegashell --help"}},
		"a command beside -x":   {[]string{"-x", "version", "ls"}, []string{`"ls"`, "stands beside -x"}},
		"a secret":              {[]string{"zk_ls", "h:1/", "--auth", "digest:u:p"}, []string{"--auth", "list of processes", "PEGASHELL_ZK_AUTH"}},
		"both":                  {[]string{"-m", "a:1", "-n", "b"}, []string{"can not specify both cluster and cluster_name at the same time"}},
		"no meta servers":       {[]string{"-m", ""}, []string{"--cluster is empty", "HOST:PORT"}},
		"no port":               {[]string{"-m", "localhost"}, []string{`"localhost"`, "HOST:PORT", "--cluster 127.0.0.1:34601"}},
		"a comma too many":      {[]string{"-m", "a:1,"}, []string{`""`, "HOST:PORT"}},
		"an unknown shell":      {[]string{"--completion", "fish"}, []string{`--completion: "fish" is not one of bash, zsh`}},
		"no such manifest":      {[]string{"-c", "none.toml"}, []string{"none.toml: no such file"}},
		"unknown key":           {[]string{"-c", bad}, []string{bad + ":1: unknown key"}},
		"a wrong default":       {[]string{"-c", wrong}, []string{wrong + ":3: [defaults] ls: ls: invalid option -- 'Z'"}},
		"a name for servers":    {[]string{"-c", good, "-m", "b"}, []string{`"b"`, "b is a cluster of plugins.toml: -n b"}},
		"unknown cluster":       {[]string{"-c", good, "-n", "c"}, []string{`unknown cluster "c"`, "has a, b"}},
		"cluster, no manifest ": {[]string{"-n", "c"}, []string{`unknown cluster "c"`, "-c FILE"}},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, code := pegashell(t, "version\n", tc.args...)
			if code != repl.ExitUsage || stdout != "" {
				t.Errorf("exit code %d, output %q", code, stdout)
			}
			for _, want := range tc.want {
				if !strings.Contains(stderr, want) {
					t.Errorf("told %q, want %q in it", stderr, want)
				}
			}
		})
	}
}

func TestHelpAndVersionNeedNoCluster(t *testing.T) {
	stdout, stderr, code := pegashell(t, "", "--help")
	if code != 0 || stderr != "" || !strings.Contains(stdout, "-m, --cluster HOST:PORT,...") {
		t.Errorf("--help: exit code %d, output %q, errors %q", code, stdout, stderr)
	}
	stdout, stderr, code = pegashell(t, "", "--version")
	if code != 0 || stderr != "" || stdout != "pegashell "+programVersion()+"\n" {
		t.Errorf("--version: exit code %d, output %q, errors %q", code, stdout, stderr)
	}
}

func TestScriptsForUnixShellsNeedNoCluster(t *testing.T) {
	config := filepath.Join(t.TempDir(), "m.toml")
	if err := os.WriteFile(config, []byte("[clusters.b]\nmeta_servers = [\"a:1\"]\n[clusters.a]\nmeta_servers = [\"a:1\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"complete -":      {"--completion", "bash"},
		"#compdef":        {"--completion", "zsh"},
		"a\nb\n":          {"--cluster_names", "-c", config},
		"--completion SH": {"--help"},
	} {
		stdout, stderr, code := pegashell(t, "", args...)
		if code != 0 || stderr != "" || !strings.Contains(stdout, want) || strings.Contains(stdout, "ERROR") {
			t.Errorf("%q: exit code %d, output %q, errors %q", args, code, stdout, stderr)
		}
	}
}

// Nobody listens on port 1 of the loopback.
func TestAScriptRunsWithoutACluster(t *testing.T) {
	version := "pegashell " + programVersion() + "\n"
	banner := func(config, name, metas string) string {
		return version + `Type "help" for more information.
Type "Ctrl-D" or "Ctrl-C" to exit the shell.

The config file is: ` + config + `
The cluster name is: ` + name + `
The cluster meta list is: ` + metas + "\n"
	}
	config := filepath.Join(t.TempDir(), "m.toml")
	if err := os.WriteFile(config, []byte("default_cluster = \"c\"\n[clusters.c]\nmeta_servers = [\"127.0.0.1:1\"]\n[plugins]\ncluster = false\n[shell]\nformat = \"lines\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const unclosed = "HINT: a quote is not closed, or no blank follows the closing one; in single quotes a word stays as it is: '{\"a\": 1}'\n"
	for name, tc := range map[string]struct {
		args   []string
		script string
		want   string
		code   int
		told   string
	}{
		"named list":      {[]string{"--cluster", "127.0.0.1:1,LocalHost:1"}, "version\nexit\nversion\n", banner("none", "unknown", "127.0.0.1:1,LocalHost:1") + version, 0, ""},
		"default cluster": {[]string{"-c", config}, "version", banner(config, "c", "127.0.0.1:1") + version, 0, ""},
		"named cluster":   {[]string{"-c", config, "--cluster_name", "c"}, "", banner(config, "c", "127.0.0.1:1"), 0, ""},
		"a failure":       {[]string{"-m", "127.0.0.1:1"}, "'\nversion\n", banner("none", "unknown", "127.0.0.1:1") + "Invalid argument(s)\n" + version, 1, unclosed + "line 1 failed\n"},
		"a stop":          {[]string{"-e", "-m", "127.0.0.1:1"}, "'\nversion\n", banner("none", "unknown", "127.0.0.1:1") + "Invalid argument(s)\n", 1, unclosed + "line 1 failed\n"},
		"quiet":           {[]string{"-q", "-m", "127.0.0.1:1"}, "version\nquux\nexit 9\n", version + "ERROR: invalid subcommand 'quux'\n", 9, "line 2 failed\n"},
		"given lines":     {[]string{"-x", "version", "-x", "echo a b", "-m", "127.0.0.1:1"}, "version\n", version + "a b\n", 0, ""},
		"a format":        {[]string{"-m", "127.0.0.1:1", "--format", "csv", "-x", "format", "-x", "format html", "-x", "format"}, "", "csv\nhtml\n", 0, "OK\n"},
		"a site's format": {[]string{"-c", config, "-q"}, "format\nformat plain\nformat\n", "lines\nplain\n", 0, "OK\n"},
		"the line's word": {[]string{"-c", config, "--format", "markdown", "format"}, "", "markdown\n", 0, ""},
		"given words":     {[]string{"-m", "127.0.0.1:1", "echo", "a b", ">", "-m"}, "", "a b > -m\n", 0, ""},
		"a given failure": {[]string{"zk_diff", "a", "b", "c"}, "", "USAGE: \tzk_diff                 <HOSTS/PATH|PATH|FILE> <HOSTS[/PATH]|PATH|FILE> [--ephemeral]\n" +
			"\t                        [--no_acl] [-w|--workers num] [--auth SCHEME:ID] [--tls_ca file]\n" +
			"\t                        [--tls_cert file] [--tls_key file] [--timeout ms] [-j|--json]\n", 2, "zk_diff needs two trees or backup files, got 3 arguments\n"},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, code := pegashell(t, tc.script, tc.args...)
			if code != tc.code || stderr != tc.told {
				t.Errorf("exit code %d, want %d; errors %q, want %q", code, tc.code, stderr, tc.told)
			}
			if diff := cmp.Diff(tc.want, stdout); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
	stdout, _, code := pegashell(t, "ls\n", "-c", config)
	if code != repl.ExitFailed || !strings.Contains(stdout, "ERROR: invalid subcommand 'ls'") {
		t.Errorf("a command whose plugin is off: exit code %d, output %q", code, stdout)
	}
}

func TestAScriptIsNotTheDataOfAZnode(t *testing.T) {
	stdout, stderr, code := pegashell(t, "zk_set 127.0.0.1:1/x --file /dev/stdin\nversion\n", "-q", "-m", "127.0.0.1:1")
	if code != repl.ExitFailed || !strings.HasPrefix(stderr, "zk_set: --file: the shell reads its lines from the standard input") || !strings.HasSuffix(stdout, "pegashell "+programVersion()+"\n") {
		t.Errorf("exit code %d, output %q, errors %q", code, stdout, stderr)
	}
}

func TestAnOutputThatCannotBeWrittenIsAFailureAndNoWrongUse(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	for _, args := range [][]string{{"-m", "127.0.0.1:1"}, {"--help"}, {"--version"}} {
		cmd := exec.Command(os.Args[0], args...)
		cmd.Dir = t.TempDir() // with no manifest in it
		cmd.Env = append(os.Environ(), asProgram+"=1", "GORACE=atexit_sleep_ms=0")
		cmd.Stdin, cmd.Stdout = strings.NewReader("version\n"), full
		var diag bytes.Buffer
		cmd.Stderr = &diag
		var exit *exec.ExitError
		if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if code := cmd.ProcessState.ExitCode(); code != repl.ExitFailed || !strings.Contains(diag.String(), "no space left on device") {
			t.Errorf("%q: exit code %d, errors %q", args, code, diag.String())
		}
	}
}
