package commands_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/internal/manifest"
)

// originalOptions are the options of the original's commands in 2.5.0, as it declares them to getopt_long. A colon marks
// those that take a value. The commands that are not here have none.
var originalOptions = map[string]string{
	"cluster_info":          "resolve_ip|r json|j output|o:",
	"app":                   "detailed|d resolve_ip|r output|o: json|j",
	"app_disk":              "resolve_ip|r detailed|d json|j output|o:",
	"ls":                    "all|a detailed|d json|j status|s: output|o:",
	"nodes":                 "detailed|d resolve_ip|r resource_usage|u qps|q json|j status|s: output|o:",
	"create":                "partition_count|p: replica_count|r: fail_if_exist|f envs|e:",
	"drop":                  "reserve_seconds|r:",
	"propose":               "force|f gpid|g: type|p: target|t: node|n:",
	"balance":               "gpid|g: type|p: from|f: to|t:",
	"remote_command":        "node_type|t: node_list|l: resolve_ip|r",
	"server_info":           "node_type|t: node_list|l: resolve_ip|r",
	"server_stat":           "node_type|t: node_list|l: resolve_ip|r",
	"flush_log":             "node_type|t: node_list|l: resolve_ip|r",
	"app_stat":              "app_name|a: only_qps|q only_usage|u json|j output|o:", // the long names of -q and -u take a value there
	"recover":               "node_list_file|f: node_list_str|s: wait_seconds|w: skip_bad_nodes|b skip_lost_partitions|l output|o:",
	"add_backup_policy":     "policy_name|p: backup_provider_type|b: app_ids|a: backup_interval_seconds|i: start_time|s: backup_history_cnt|c:",
	"query_backup_policy":   "policy_name|p: backup_info_cnt|b:",
	"modify_backup_policy":  "policy_name|p: add_app|a: remove_app|r: backup_interval_seconds|i: backup_history_count|c: start_time|s:",
	"disable_backup_policy": "policy_name|p:",
	"enable_backup_policy":  "policy_name|p:",
	"restore_app": "old_cluster_name|c: old_policy_name|p: old_app_name|a: old_app_id|i: new_app_name|n: timestamp|t: " +
		"backup_provider_type|b: skip_bad_partition|s",
	"query_restore_status": "detailed|d",
	"get_app_envs":         "json|j",
	"clear_app_envs":       "all|a prefix|p:",
	"ddd_diagnose":         "gpid|g: diagnose|d auto_diagnose|a skip_prompt|s output|o:",
	"get_replica_count":    "json|j",
}

// originalCommands are the original's commands without options.
var originalCommands = []string{"help", "version", "recall", "rename", "set_meta_level", "get_meta_level", "use", "cc", "timeout",
	"set_app_envs", "del_app_envs", "set_replica_count", "ls_backup_policy", "exit"}

func TestFlagsThatTheOriginalLacksAreMarkedAsOurs(t *testing.T) {
	for _, c := range commands.NewRegistry(nil).Commands() {
		options, ok := originalOptions[c.Name]
		if !ok && !slices.Contains(originalCommands, c.Name) {
			continue
		}
		var declared []string
		flags := c.Flags()
		flags.VisitAll(func(f *pflag.Flag) {
			if flags.IsOwn(f.Name) {
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

// reading is a command that, instead of being carried out, keeps what was read of its line.
type reading struct {
	flags *command.FlagSet
	words []string
	help  string // that was shown, and nothing else done
}

// readLine has the registry read a line of the command, with default flags of a manifest.
func readLine(c *command.Command, defaults, args []string) (*reading, error) {
	r := &reading{}
	recording := *c
	recording.Words, recording.First, recording.Appended, recording.FailCode = 0, nil, "", 0
	recording.Prepare = func(flags *command.FlagSet) command.Run {
		c.Prepare(flags)
		flags.VisitAll(func(f *pflag.Flag) { f.Value = &recorder{Value: f.Value} })
		r.flags = flags
		return func(_ context.Context, _ command.Env, words []string) error {
			r.words = words
			return nil
		}
	}
	m := manifest.Default()
	m.Defaults = map[string][]string{c.Name: defaults}
	registry, err := command.LoadRegistry([]*command.Command{&recording}, m)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = registry.Execute(context.Background(), &command.World{Out: &out, Err: io.Discard}, append([]string{c.Name}, args...))
	r.help = out.String()
	return r, err
}

// read gives what a command reads of its words as a line: flags that are set, then the other words, or the error.
func read(c *command.Command, defaults []string, args ...string) string {
	r, err := readLine(c, defaults, args)
	if err != nil {
		return err.Error()
	}
	var parts []string
	r.flags.VisitAll(func(f *pflag.Flag) {
		if kept, ok := f.Value.(*recorder); ok { // else it is --override, which no command declares by itself
			for _, value := range kept.set {
				parts = append(parts, f.Name+"="+value)
			}
		}
	})
	for _, w := range r.words {
		parts = append(parts, "<"+w+">")
	}
	return strings.Join(parts, " ")
}

// takesValue is false for switches.
func takesValue(f *pflag.Flag) bool { return f.NoOptDefVal == "" }

// linesOf gives command lines of a flag, and what is read of each.
func linesOf(c *command.Command, f *pflag.Flag) map[string]string {
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
	for _, c := range commands.NewRegistry(nil).Commands() {
		if c.Plain || c.Ignores {
			words := []string{"a", "-x", "--none", "-n=1", "--", "-x"}
			if c.Flags().Lookup("json") == nil { // a flag of ours can be in the manifest
				words = append(words, "--no_defaults=1")
			}
			if got, want := read(c, nil, words...), "<"+strings.Join(words, "> <")+">"; got != want {
				t.Errorf("%s: %q, want %q", c.Name, got, want)
			}
			continue
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Name == "override" { // in TestGuardsAreOverriddenByTheirNames
				return
			}
			flagged++
			for line, want := range linesOf(c, f) {
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
func checkBeginnings(t *testing.T, c *command.Command, f *pflag.Flag) {
	t.Helper()
	flags := c.Flags()
	own := flags.IsOwn(f.Name)
	for n := 1; n < len(f.Name); n++ {
		typed := f.Name[:n]
		others, exact := 0, flags.Lookup(typed) != nil
		flags.VisitAll(func(g *pflag.Flag) {
			if !flags.IsOwn(g.Name) && strings.HasPrefix(g.Name, typed) {
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
func checkAll(t *testing.T, c *command.Command) {
	t.Helper()
	var bundle, usual string // usual are those that can be defaults
	var names, switches, defaults []string
	flags := c.Flags()
	flags.VisitAll(func(f *pflag.Flag) {
		if !flags.IsOwn(f.Name) {
			names = append(names, "'--"+f.Name+"'")
		}
		if !takesValue(f) && f.Shorthand != "" {
			bundle += f.Shorthand
			switches = append(switches, f.Name+"=true")
			if f.Name != "yes" && f.Name != "force" {
				usual += f.Shorthand
				defaults = append(defaults, f.Name+"=true")
			}
		}
	})
	if bundle != "" {
		if got, want := read(c, nil, "-"+bundle), strings.Join(switches, " "); got != want {
			t.Errorf("%s -%s: %q, want %q", c.Name, bundle, got, want)
		}
	}
	if usual != "" {
		if got := read(c, []string{"-" + usual}, "--no_defaults"); got != "" {
			t.Errorf("%s --no_defaults: %q", c.Name, got)
		}
		if got, want := read(c, []string{"-" + usual}, "x"), strings.Join(append(defaults, "<x>"), " "); got != want {
			t.Errorf("%s with defaults: %q, want %q", c.Name, got, want)
		}
	}
	if len(names) > 1 {
		want := c.Name + ": option '--=x' is ambiguous; possibilities: " + strings.Join(names, " ")
		if got, _, _ := strings.Cut(read(c, nil, "--=x"), "\n"); got != want {
			t.Errorf("%s --=x: %q, want %q", c.Name, got, want)
		}
	}
}

func TestFlagsOfOursAreFoundAmongTheWordsOfACommandWithoutOptions(t *testing.T) {
	c := &command.Command{Name: "set_app_envs", Plain: true, Prepare: func(flags *command.FlagSet) command.Run {
		flags.Bool("json", false, "")
		flags.String("note", "", "")
		flags.DeclareOwn("json", "note")
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
	for _, c := range commands.NewRegistry(nil).Commands() {
		for line, want := range map[string]bool{"steady --help": !c.Plain, "-h": true, "--help": true} {
			r, err := readLine(c, nil, strings.Fields(line))
			if help := strings.HasPrefix(r.help, c.Name+": "); err != nil || help != want || help && r.words != nil {
				t.Errorf("%s %s: %v, shown %q, words %q", c.Name, line, err, r.help, r.words)
			}
		}
	}
}
