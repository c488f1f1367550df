package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/internal/nearmiss"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
)

// show gives a progress display, which shows nothing when the environment has none. One with a method Trouble also
// tells when a tree of these sides has lost its servers.
func (e *Env) show(title string, sides ...zkcopy.Side) zkcopy.Progress {
	if e.Progress == nil {
		return nil
	}
	p := e.Progress(title)
	if display, ok := p.(interface{ Trouble(now func() string) }); ok {
		display.Trouble(func() string { return outage(sides) })
	}
	return p
}

// outage tells of the first side that has no connection to its servers; it is empty when all have.
func outage(sides []zkcopy.Side) string {
	for _, side := range sides {
		tree, ok := side.(zkcopy.Tree)
		if !ok {
			continue
		}
		if lasts, patience := tree.Client.Outage(); lasts > 0 {
			return fmt.Sprintf("no connection for %.0fs, tried for %.0fs: %s", lasts.Seconds(), patience.Seconds(), tree.Endpoint().Hosts())
		}
	}
	return ""
}

// warn tells of a danger that does not stop the command.
func (e *Env) warn(format string, args ...any) {
	writeMarked(e.Err, fmt.Sprintf("WARNING: "+format+"\n", args...))
}

// confirm asks for a yes at a terminal. A script cannot be asked: it has to say --yes.
func (e *Env) confirm(ctx context.Context, yes bool, question string) error {
	if yes {
		return nil
	}
	if !e.Interactive {
		return fmt.Errorf("%s In a script, say --yes", question)
	}
	answer, err := e.ask(ctx, question+" [y/n]: ")
	if err != nil {
		return undone(err)
	}
	if answer = strings.TrimSpace(answer); answer != "y" && answer != "yes" {
		return errors.New("nothing was done: the answer was not y")
	}
	return nil
}

// forceOptions are the names of guards that the operator overrides.
type forceOptions struct {
	names []string
	known []string
	// planned: nothing is going to be written, so that guards warn where they would refuse.
	planned bool
}

func (o *forceOptions) declare(flags *FlagSet, known ...string) {
	o.known = known
	flags.StringSliceVar(&o.names, "force", nil, "override a guard by its name: "+strings.Join(known, ", "))
	described := make(complete.Words, len(known))
	for i, name := range known {
		described[i] = complete.Candidate{Text: name, Description: forced[name]}
	}
	flags.Complete("force", complete.ListOf(described.Complete))
}

// declareConnection adds the flags for connections to those of a command.
func declareConnection(flags *FlagSet, connection *ensemble.Flags) {
	connection.Declare(flags.FlagSet)
	for _, name := range ensemble.FileFlags {
		flags.Complete(name, complete.File)
	}
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
func (o *forceOptions) guard(env *Env, name, format string, args ...any) error {
	problem := fmt.Sprintf(format, args...)
	switch {
	case o.has(name):
		env.warn("%s (overridden)", problem)
	case o.planned:
		env.warn("without --dry_run this is refused: %s (guard %s)", problem, name)
	default:
		return fmt.Errorf("refused: %s\nNothing was changed. --force %s overrides this", problem, name)
	}
	return nil
}

// describeEphemerals tells who holds ephemeral znodes, the first few of them.
func describeEphemerals(count *zkcopy.Count) string {
	const shown = 3
	var parts []string
	for _, n := range count.EphemeralNodes[:min(shown, len(count.EphemeralNodes))] {
		parts = append(parts, fmt.Sprintf("%s (%q, session %#x)", n.Path, n.Value, n.Session))
	}
	text := strings.Join(parts, ", ")
	if int(count.Ephemerals) > len(parts) {
		text += ", ..."
	}
	return text
}

// expiryHint is what an operator who has just killed a server needs to know.
const expiryHint = "A meta server that was just killed keeps its lock node until its session expires, " +
	"after timeout_ms of section [zookeeper] in its config.ini: then wait and repeat."
