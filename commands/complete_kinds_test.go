package commands

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"pegashell/internal/suggestion"
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
		c.Flags().VisitAll(func(f *pflag.Flag) {
			number := valueKind(f) == "a whole number is wanted"
			free := !takesValue(f) || number || slices.Contains(freeValues[c.Name], f.Name) || slices.Contains(freeAnywhere, f.Name)
			if kind := Kind(f.Annotations[kindOfValue]); free != (len(kind) == 0) {
				t.Errorf("%s --%s has the kind %q", c.Name, f.Name, kind)
			}
		})
	}
}

func TestEveryKindHasASource(t *testing.T) {
	check := func(where string, kind Kind) {
		for len(kind) > 0 && kind[0] == "list" {
			kind = kind[1:]
		}
		if len(kind) > 0 && kindSources[kind[0]] == nil {
			t.Errorf("%s: there is no kind %q", where, kind[0])
		}
	}
	for _, c := range NewRegistry(nil).Commands() {
		for _, kind := range append([]Kind{c.RestArgs}, c.Args...) {
			check(c.Name, kind)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) { check(c.Name+" --"+f.Name, f.Annotations[kindOfValue]) })
	}
}

func TestFixedValuesOfFlagsAreDescribed(t *testing.T) {
	for _, c := range NewRegistry(nil).Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			kind := Kind(f.Annotations[kindOfValue])
			if len(kind) > 0 && kind[0] == "list" {
				kind = kind[1:]
			}
			if len(kind) == 0 || kind[0] != "words" {
				return
			}
			_, all := kind.candidates(nil, "")
			for _, value := range all {
				if value.Description == "" {
					t.Errorf("%s --%s %s has no description", c.Name, f.Name, value.Text)
				}
			}
		})
	}
}

func TestCommandBehindOneThatWrapsItIsCompleted(t *testing.T) {
	r := NewRegistry(nil)
	for name, wraps := range map[string]int{"twice": 1, "after": 2} {
		prepare := func(*pflag.FlagSet) Run { return nil }
		r.commands = append(r.commands, &Command{Name: name, Usage: "of " + name, Wraps: wraps, Args: []Kind{kindBoolean}, Prepare: prepare})
	}
	c := NewCompleter(r, &Env{})
	defer c.Close()
	for text, want := range map[string]suggestion.Completion{
		"twice set_meta_lev":       {Start: 6, Suggestions: []suggestion.Suggestion{{Text: "set_meta_level", Description: "set the function level of the leading meta server"}}, Usage: "of twice"},
		"twice set_meta_level ste": {Start: 21, Suggestions: []suggestion.Suggestion{{Text: "steady", Description: "the usual level: everything but balancing"}}, Usage: "<stopped|blind|freezed|steady|lively>"},
		"after t":                  {Start: 6, Suggestions: []suggestion.Suggestion{{Text: "true"}}, Usage: "of after"},
		"after 1 vers":             {Start: 8, Suggestions: []suggestion.Suggestion{{Text: "version", Description: "show this program's version"}}, Usage: "of after"},
		"after 1 twice nodes -s u": {Start: 23, Suggestions: []suggestion.Suggestion{{Text: "unalive", Description: "the leader has lost it"}}, Usage: r.byName["nodes"].Usage},
	} {
		if diff := cmp.Diff(want, c.Complete(t.Context(), text)); diff != "" {
			t.Errorf("completion of %q (-want +got):\n%s", text, diff)
		}
	}
}
