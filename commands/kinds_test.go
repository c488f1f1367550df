package commands_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/suggestion"
)

// freeValues are the flags with values that only the operator knows.
var freeValues = map[string][]string{
	"ls":             {"app_name_pattern"},
	"create":         {"envs"},
	"clear_app_envs": {"prefix"},
	"journal":        {"since", "of"},
	"zk_create":      {"acl"},

	"add_backup_policy":    {"policy_name", "backup_provider_type", "start_time"},
	"modify_backup_policy": {"start_time"},
	"restore_app":          {"new_app_name", "backup_provider_type"},
	"start_bulk_load":      {"cluster_name", "file_provider_type", "root_path"},
}

// freeAnywhere are such flags of any command.
var freeAnywhere = []string{"auth"}

func TestEveryFlagHasTheKindOfItsValue(t *testing.T) {
	for _, c := range commands.NewRegistry(nil).Commands() {
		flags := c.Flags()
		flags.VisitAll(func(f *pflag.Flag) {
			number := strings.HasPrefix(f.Value.Type(), "int") || strings.HasPrefix(f.Value.Type(), "uint")
			free := f.NoOptDefVal != "" || number || slices.Contains(freeValues[c.Name], f.Name) || slices.Contains(freeAnywhere, f.Name)
			if kind := flags.Kind(f.Name); free != (kind == nil) {
				t.Errorf("%s --%s has a kind: %v", c.Name, f.Name, kind != nil)
			}
		})
	}
}

func TestFixedValuesOfFlagsAreDescribed(t *testing.T) {
	nowhere := &complete.Query{Sources: complete.NewSources(nil), Patience: t.Context()}
	defer nowhere.Close()
	for _, c := range commands.NewRegistry(nil).Commands() {
		flags := c.Flags()
		flags.VisitAll(func(f *pflag.Flag) {
			kind := flags.Kind(f.Name)
			if kind == nil {
				return
			}
			// Where there is nothing to ask, what is offered is fixed, or a file of this folder.
			_, all := kind(nowhere, "")
			for _, value := range all {
				if value.Description == "" && !isFile(value.Text) {
					t.Errorf("%s --%s %s has no description", c.Name, f.Name, value.Text)
				}
			}
		})
	}
}

// isFile says whether there is a file of this name here.
func isFile(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

func TestCommandBehindOneThatWrapsItIsCompleted(t *testing.T) {
	all := commands.Builtin()
	for name, wraps := range map[string]int{"twice": 1, "after": 2} {
		all = append(all, &command.Command{
			Name: name, Usage: "of " + name, Wraps: wraps, Args: []complete.Kind{complete.Boolean.Complete},
			Prepare: func(*command.FlagSet) command.Run { return nil },
		})
	}
	r := command.NewRegistry(all, nil)
	nodes, _ := r.Lookup("nodes")
	c := command.NewCompleter(r, &command.World{})
	defer c.Close()
	one := func(text, description string) []suggestion.Suggestion {
		return []suggestion.Suggestion{{Text: text, Description: description}}
	}
	for text, want := range map[string]suggestion.Completion{
		"twice set_meta_lev":       {Start: 6, Suggestions: one("set_meta_level", "set the function level of the leader"), Usage: "of twice"},
		"twice set_meta_level ste": {Start: 21, Suggestions: one("steady", "the usual level: everything but balancing"), Usage: "<stopped|blind|freezed|steady|lively>"},
		"after t":                  {Start: 6, Suggestions: one("true", ""), Usage: "of after"},
		"after 1 vers":             {Start: 8, Suggestions: one("version", "show this program's version"), Usage: "of after"},
		"after 1 twice nodes -s u": {Start: 23, Suggestions: one("unalive", "the leader misses its beacons"), Usage: nodes.Usage},
	} {
		if diff := cmp.Diff(want, c.Complete(t.Context(), text)); diff != "" {
			t.Errorf("completion of %q (-want +got):\n%s", text, diff)
		}
	}
}
