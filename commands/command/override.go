package command

import (
	"slices"
	"strings"

	"pegashell/commands/complete"
	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
	"pegashell/internal/outcome"
	"pegashell/internal/suggestion"
	"pegashell/migration"
)

// overrideFlag overrides guards of the Pegasus shell's commands. It is not --force, which some of
// these commands have with another meaning.
const overrideFlag = "override"

// OverrideMeaning begins what the flag that overrides guards means; their names follow.
const OverrideMeaning = "override a guard by its name: "

// Overrides are the names of guards that the operator overrides with a flag of a command.
type Overrides struct {
	command, flag string
	names, known  []string
}

// Declare adds the flag to those of a command; more are names that are not guards, with what they
// do.
func (o *Overrides) Declare(flags *FlagSet, flag, command string, more ...suggestion.Suggestion) {
	o.command, o.flag = command, flag
	var described complete.Words
	for _, g := range migration.Overridable(command) {
		described = append(described, suggestion.Suggestion{Text: g.Name, Description: g.Overridden})
	}
	described = append(described, more...)
	for _, d := range described {
		o.known = append(o.known, d.Text)
	}
	flags.StringSliceVar(&o.names, flag, nil, OverrideMeaning+strings.Join(o.known, ", "))
	flags.Complete(flag, complete.ListOf(described.Complete))
}

// Check refuses names of guards that do not exist.
func (o *Overrides) Check() error {
	for _, name := range o.names {
		if slices.Contains(o.known, name) {
			continue
		}
		problem := message.New("--%s: there is no guard %q; there are %s", o.flag, name, strings.Join(o.known, ", "))
		if question := nearmiss.Question(name, o.known); !question.IsZero() {
			problem = message.Join("\n", problem, question)
		}
		return outcome.WrongUse("%s", problem)
	}
	return nil
}

// Has reports whether a guard is overridden.
func (o *Overrides) Has(name string) bool { return slices.Contains(o.names, name) }

// Change is what the command is about to do with these guards overridden; planned says that nothing
// is going to be written.
func (o *Overrides) Change(env Output, planned bool) migration.Change {
	for _, name := range o.names {
		if !planned && !slices.ContainsFunc(migration.Overridable(o.command), func(g migration.Guard) bool { return g.Name == name }) {
			env.Overridden(name) // no guard: it changes what the command does
		}
	}
	return migration.Change{
		Command: o.command, Flag: "--" + o.flag, Overridden: o.names, Planned: planned,
		Warn:  func(text message.Text) { env.Warn("%s", text) },
		Begin: env.Begin, Overrode: env.Overridden,
	}
}

// OverridableBy are what the guards of a command say that it does when they are overridden.
func OverridableBy(command string) []string {
	var texts []string
	for _, g := range migration.Overridable(command) {
		texts = append(texts, g.Overridden)
	}
	return texts
}

// prepare declares the flags of one execution: the command's own, and --override for a command of
// the cluster that has guards which can be overridden.
func (c *Command) prepare(flags *FlagSet) (Run, *Overrides) {
	run, overrides := c.Prepare(flags), &Overrides{command: c.Name}
	if c.Plugin == PluginCluster && len(migration.Overridable(c.Name)) > 0 {
		overrides.Declare(flags, overrideFlag, c.Name)
		flags.DeclareOwn(overrideFlag)
	}
	return run, overrides
}
