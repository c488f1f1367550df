package commands

import (
	"os"
	"pegashell/commands/complete"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// freeValues are the flags with values that only the operator knows.
var freeValues = map[string][]string{
	"ls":             {"app_name_pattern"},
	"create":         {"envs"},
	"clear_app_envs": {"prefix"},
}

// freeAnywhere are such flags of any command.
var freeAnywhere = []string{"auth"}

func TestEveryFlagHasTheKindOfItsValue(t *testing.T) {
	for _, c := range NewRegistry(nil).Commands() {
		flags := c.Flags()
		flags.VisitAll(func(f *pflag.Flag) {
			number := valueKind(f) == "a whole number is wanted"
			free := !takesValue(f) || number || slices.Contains(freeValues[c.Name], f.Name) || slices.Contains(freeAnywhere, f.Name)
			if kind := flags.Kind(f.Name); free != (kind == nil) {
				t.Errorf("%s --%s has a kind: %v", c.Name, f.Name, kind != nil)
			}
		})
	}
}

func TestFixedValuesOfFlagsAreDescribed(t *testing.T) {
	nowhere := &complete.Query{Sources: complete.NewSources(nil), Patience: t.Context()}
	defer nowhere.Close()
	for _, c := range NewRegistry(nil).Commands() {
		flags := c.Flags()
		flags.VisitAll(func(f *pflag.Flag) {
			kind := flags.Kind(f.Name)
			if kind == nil {
				return
			}
			// With nothing to ask, what is offered is fixed; files are of this folder and end this test early.
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
	r := NewRegistry(nil)
	for name, wraps := range map[string]int{"twice": 1, "after": 2} {
		prepare := func(*FlagSet) Run { return nil }
		r.commands = append(r.commands, &Command{Name: name, Usage: "of " + name, Wraps: wraps, Args: []complete.Kind{complete.Boolean.Complete}, Prepare: prepare})
	}
	c := NewCompleter(r, &Env{})
	defer c.Close()
	for text, want := range map[string]Result{
		"twice set_meta_lev":       {6, []complete.Candidate{{Text: "set_meta_level", Description: "set the function level of the leading meta server"}}, "of twice"},
		"twice set_meta_level ste": {21, []complete.Candidate{{Text: "steady", Description: "the usual level: everything but balancing"}}, "<stopped|blind|freezed|steady|lively>"},
		"after t":                  {6, []complete.Candidate{{Text: "true"}}, "of after"},
		"after 1 vers":             {8, []complete.Candidate{{Text: "version", Description: "show this program's version"}}, "of after"},
		"after 1 twice nodes -s u": {23, []complete.Candidate{{Text: "unalive", Description: "the leader has lost it"}}, r.byName["nodes"].Usage},
	} {
		if diff := cmp.Diff(want, c.Complete(text)); diff != "" {
			t.Errorf("completion of %q (-want +got):\n%s", text, diff)
		}
	}
}
