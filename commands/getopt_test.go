package commands

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// originalOptions are the options of the original's commands in 2.5.0, as it declares them to getopt_long. A colon marks
// those that take a value. The commands that are not here have none.
var originalOptions = map[string]string{
	"cluster_info":      "resolve_ip|r json|j output|o:",
	"app":               "detailed|d resolve_ip|r output|o: json|j",
	"app_disk":          "resolve_ip|r detailed|d json|j output|o:",
	"ls":                "all|a detailed|d json|j status|s: output|o:",
	"nodes":             "detailed|d resolve_ip|r resource_usage|u qps|q json|j status|s: output|o:",
	"create":            "partition_count|p: replica_count|r: fail_if_exist|f envs|e:",
	"drop":              "reserve_seconds|r:",
	"propose":           "force|f gpid|g: type|p: target|t: node|n:",
	"balance":           "gpid|g: type|p: from|f: to|t:",
	"remote_command":    "node_type|t: node_list|l: resolve_ip|r",
	"server_info":       "node_type|t: node_list|l: resolve_ip|r",
	"server_stat":       "node_type|t: node_list|l: resolve_ip|r",
	"flush_log":         "node_type|t: node_list|l: resolve_ip|r",
	"app_stat":          "app_name|a: only_qps|q only_usage|u json|j output|o:", // the long names of -q and -u take a value there
	"recover":           "node_list_file|f: node_list_str|s: wait_seconds|w: skip_bad_nodes|b skip_lost_partitions|l output|o:",
	"get_app_envs":      "json|j",
	"clear_app_envs":    "all|a prefix|p:",
	"ddd_diagnose":      "gpid|g: diagnose|d auto_diagnose|a skip_prompt|s output|o:",
	"get_replica_count": "json|j",
}

// originalCommands are the original's commands without options.
var originalCommands = []string{"help", "version", "recall", "rename", "set_meta_level", "get_meta_level", "use", "cc", "timeout",
	"set_app_envs", "del_app_envs", "set_replica_count", "exit"}

func TestFlagsThatTheOriginalLacksAreMarkedAsOurs(t *testing.T) {
	for _, c := range NewRegistry(nil).Commands() {
		options, ok := originalOptions[c.Name]
		if !ok && !slices.Contains(originalCommands, c.Name) {
			continue
		}
		var declared []string
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if _, own := f.Annotations[ownFlag]; own {
				return
			}
			text := f.Name + "|" + f.Shorthand
			if takesValue(f) {
				text += ":"
			}
			declared = append(declared, text)
		})
		if got := strings.Join(declared, " "); got != options {
			t.Errorf("%s: %s\nwant: %s", c.Name, got, options)
		}
		if !ok && !c.Plain && !c.Ignores {
			t.Errorf("%s has no options in the original, and refuses those that it does not know", c.Name)
		}
	}
}

// recorder is a value that takes everything.
type recorder struct {
	pflag.Value
	set []string
}

func (r *recorder) Set(s string) error {
	r.set = append(r.set, s)
	return nil
}

// read gives what a command reads of its words as a line: flags that are set, then the other words, or the error.
func read(c *Command, defaults []string, args ...string) string {
	flags := c.Flags()
	flags.VisitAll(func(f *pflag.Flag) { f.Value = &recorder{Value: f.Value} })
	words, err := c.parse(flags, defaults, args)
	if err != nil {
		return err.Error()
	}
	var parts []string
	flags.VisitAll(func(f *pflag.Flag) {
		for _, value := range f.Value.(*recorder).set {
			parts = append(parts, f.Name+"="+value)
		}
	})
	for _, w := range words {
		parts = append(parts, "<"+w+">")
	}
	return strings.Join(parts, " ")
}

// lines gives command lines of a flag, and what is read of each.
func lines(c *Command, f *pflag.Flag) map[string]string {
	name, long := c.Name, "--"+f.Name
	if !takesValue(f) {
		all := map[string]string{
			"a " + long + " b -- -x":       f.Name + "=true <a> <b> <-x>",
			long + "=1":                    name + ": option '" + long + "' doesn't allow an argument",
			long + "=":                     name + ": option '" + long + "' doesn't allow an argument",
			"-- " + long:                   "<" + long + ">",
			long + " " + long + " --x=5 a": name + ": unrecognized option '--x=5'",
		}
		if s := f.Shorthand; s != "" {
			all["a -"+s+" b"] = f.Name + "=true <a> <b>"
			all["-"+s+s] = f.Name + "=true " + f.Name + "=true"
			all["-"+s+"=1"] = name + ": invalid option -- '='"
			all["-"+s+"?"] = name + ": invalid option -- '?'"
		}
		return all
	}
	all := map[string]string{
		long + " v a":      f.Name + "=v <a>",
		long + "=v a":      f.Name + "=v <a>",
		long + "=":         f.Name + "=",
		long + " --":       f.Name + "=--",
		"a " + long + " -": f.Name + "=- <a>",
		"-- " + long:       "<" + long + ">",
		long:               name + ": option '" + long + "' requires an argument",
	}
	if s := f.Shorthand; s != "" {
		all["a -"+s+" v b"] = f.Name + "=v <a> <b>"
		all["-"+s+"v"] = f.Name + "=v"
		all["-"+s+"=v"] = f.Name + "==v"
		all["-"+s+" -- b"] = f.Name + "=-- <b>"
		all["-"+s] = name + ": option requires an argument -- '" + s + "'"
	}
	return all
}

func TestEveryFlagOfEveryCommandIsReadAsGetoptReadsIt(t *testing.T) {
	flagged := 0
	for _, c := range NewRegistry(nil).Commands() {
		if c.Plain || c.Ignores {
			words := []string{"a", "-x", "--none", "-n=1", "--", "-x", "--no_defaults=1"}
			if got, want := read(c, nil, words...), "<"+strings.Join(words, "> <")+">"; got != want {
				t.Errorf("%s: %q, want %q", c.Name, got, want)
			}
			continue
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			flagged++
			for line, want := range lines(c, f) {
				if got, _, _ := strings.Cut(read(c, nil, strings.Fields(line)...), "\n"); got != want {
					t.Errorf("%s %s: %q, want %q", c.Name, line, got, want)
				}
			}
			checkBeginnings(t, c, f)
		})
		checkAll(t, c)
	}
	if flagged < 150 {
		t.Errorf("%d flags were tried", flagged)
	}
}

// checkBeginnings checks what each beginning of a long option means: the option, if it is not ours and no other one
// begins so.
func checkBeginnings(t *testing.T, c *Command, f *pflag.Flag) {
	t.Helper()
	flags := c.Flags()
	_, own := f.Annotations[ownFlag]
	for n := 1; n < len(f.Name); n++ {
		typed := f.Name[:n]
		others, exact := 0, flags.Lookup(typed) != nil
		flags.VisitAll(func(g *pflag.Flag) {
			if _, ours := g.Annotations[ownFlag]; !ours && strings.HasPrefix(g.Name, typed) {
				others++
			}
		})
		if exact {
			continue
		}
		got, want := read(c, nil, "--"+typed, "v"), f.Name+"=v"
		if !takesValue(f) {
			want = f.Name + "=true <v>"
		}
		switch {
		case own && others == 0:
			want = fmt.Sprintf("%s: unrecognized option '--%s'", c.Name, typed)
		case own:
			if strings.Contains(got, f.Name+"=") {
				t.Errorf("%s --%s: %q, want nothing of --%s", c.Name, typed, got, f.Name)
			}
			continue
		case others > 1:
			want = fmt.Sprintf("%s: option '--%s' is ambiguous; possibilities: ", c.Name, typed)
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s --%s: %q, want %q", c.Name, typed, got, want)
		}
	}
}

// checkAll checks lines with all flags of a command.
func checkAll(t *testing.T, c *Command) {
	t.Helper()
	var bundle string
	var names, switches []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if _, own := f.Annotations[ownFlag]; !own {
			names = append(names, "'--"+f.Name+"'")
		}
		if !takesValue(f) && f.Shorthand != "" {
			bundle += f.Shorthand
			switches = append(switches, f.Name+"=true")
		}
	})
	if bundle != "" {
		if got, want := read(c, nil, "-"+bundle), strings.Join(switches, " "); got != want {
			t.Errorf("%s -%s: %q, want %q", c.Name, bundle, got, want)
		}
		if got := read(c, []string{"-" + bundle}, "--no_defaults"); got != "" {
			t.Errorf("%s --no_defaults: %q", c.Name, got)
		}
		if got, want := read(c, []string{"-" + bundle}, "x"), strings.Join(append(switches, "<x>"), " "); got != want {
			t.Errorf("%s with defaults: %q, want %q", c.Name, got, want)
		}
	}
	if len(names) > 1 {
		want := c.Name + ": option '--=x' is ambiguous; possibilities: " + strings.Join(names, " ")
		if got := read(c, nil, "--=x"); got != want {
			t.Errorf("%s --=x: %q, want %q", c.Name, got, want)
		}
	}
}

func TestFlagsOfOursAreFoundAmongTheWordsOfACommandWithoutOptions(t *testing.T) {
	c := &Command{Name: "set_app_envs", Plain: true, Prepare: func(flags *pflag.FlagSet) Run {
		flags.Bool("json", false, "")
		flags.String("note", "", "")
		declareOwn(flags, "json", "note")
		return nil
	}}
	for line, want := range map[string]string{
		"a --json b":      "json=true <a> <b>",
		"a --js -j":       "<a> <--js> <-j>",
		"--note x --":     "note=x <-->",
		"--note=x -note":  "note=x <-note>",
		"a --note":        "set_app_envs: option '--note' requires an argument",
		"a --json=false":  "set_app_envs: option '--json' doesn't allow an argument",
		"a --help":        "<a> <--help>",
		"a --no_defaults": "<a>",
	} {
		if got := read(c, nil, strings.Fields(line)...); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	if got := read(c, []string{"--json"}, "a", "--no_defaults"); got != "<a>" {
		t.Errorf("without the defaults: %q", got)
	}
}

func TestHelpIsAskedForAmongWordsThatAreIgnored(t *testing.T) {
	for _, c := range NewRegistry(nil).Commands() {
		_, err := c.parse(c.Flags(), nil, []string{"steady", "--help"})
		if got, want := errors.Is(err, pflag.ErrHelp), !c.Plain; got != want {
			t.Errorf("%s steady --help: %v", c.Name, err)
		}
		if _, err := c.parse(c.Flags(), nil, []string{"-h"}); !errors.Is(err, pflag.ErrHelp) {
			t.Errorf("%s -h: %v", c.Name, err)
		}
	}
}

func TestCompletionReadsFlagsAsTheCommandsDo(t *testing.T) {
	r := NewRegistry(nil)
	nodes := readFlags(r.byName["nodes"].Flags(), []string{"-ds=alive", "--s", "unalive", "x", "--js", "-o"})
	want := map[string][]string{"detailed": nil, "status": {"=alive", "unalive"}, "json": nil}
	if diff := cmp.Diff(want, nodes.given); diff != "" || nodes.open == nil || nodes.open.Name != "output" {
		t.Errorf("open: %v, given (-want +got):\n%s", nodes.open, diff)
	}
	for word, want := range map[string]int{"-s=al": 2, "-dsal": 3, "--status=al": 9, "--s=al": 4, "-d=true": 0, "--json=": 0, "--=x": 0, "-Zsal": 0, "-s": 0} {
		if _, at := nodes.glued(word); at != want {
			t.Errorf("%s: the value begins at %d, want %d", word, at, want)
		}
	}
}
