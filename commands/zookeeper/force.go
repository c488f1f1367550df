package zookeeper

import (
	"fmt"
	"slices"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/nearmiss"
	"pegashell/internal/outcome"
	"pegashell/internal/suggestion"
)

// forceOptions are the names of guards that the operator overrides.
type forceOptions struct {
	names []string
	known []string
	// planned: nothing is going to be written, so that guards warn where they would refuse.
	planned bool
}

func (o *forceOptions) declare(flags *command.FlagSet, known ...string) {
	o.known = known
	flags.StringSliceVar(&o.names, "force", nil, "override a guard by its name: "+strings.Join(known, ", "))
	described := make(complete.Words, len(known))
	for i, name := range known {
		described[i] = suggestion.Suggestion{Text: name, Description: forced[name]}
	}
	flags.Complete("force", complete.ListOf(described.Complete))
}

// forced says of each name what --force does with it.
var forced = map[string]string{
	guardLiveTarget:     "write over a tree that living servers use",
	guardOtherTables:    "write over a tree with tables that the source has not",
	guardStaleLocks:     "take a source with lock nodes that no session holds",
	guardUsedTarget:     "write over a tree in which meta servers have led",
	guardRootTarget:     "write to the root of all znodes",
	forceLockNodes:      "with -i false: make plain znodes of lock nodes too",
	guardLiveTree:       "remove a tree that living servers use",
	guardConnectedTree:  "remove the tree of the connected cluster",
	guardUnknownCluster: "remove though the cluster cannot say which tree is its own",
	guardOverwrite:      "replace a file that exists",
}

// check refuses names of guards that there are not. planned says that nothing is going to be written.
func (o *forceOptions) check(planned bool) error {
	o.planned = planned
	for _, name := range o.names {
		if !slices.Contains(o.known, name) {
			text := fmt.Sprintf("--force: there is no guard %q; there are %s\n", name, strings.Join(o.known, ", "))
			if question := nearmiss.Question(name, o.known); question != "" {
				text += question + "\n"
			}
			return outcome.Misuse(text, "")
		}
	}
	return nil
}

func (o *forceOptions) has(name string) bool { return slices.Contains(o.names, name) }

// guard refuses, unless the guard of that name is overridden or nothing is going to be written; then it warns.
func (o *forceOptions) guard(env Env, name, format string, args ...any) error {
	problem := fmt.Sprintf(format, args...)
	switch {
	case o.has(name):
		env.Warn("%s (overridden)", problem)
	case o.planned:
		env.Warn("without --dry_run this is refused: %s (guard %s)", problem, name)
	default:
		return fmt.Errorf("refused: %s\nNothing was changed. --force %s overrides this", problem, name)
	}
	return nil
}
