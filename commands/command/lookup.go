package command

import (
	"slices"

	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
)

// NoHelp returns why there is no help for a name.
func (r *Registry) NoHelp(name string) error {
	switch {
	case r.switchedOff(name) != nil:
		return r.Missing(name)
	case name == PluginExternal:
		return message.Errorf("the plugin %s has no command: plugins.toml defines none, or it is switched off there", name)
	case slices.Contains(manifest.Plugins, name):
		return message.Errorf("the plugin %s is switched off in plugins.toml", name)
	}
	return asking(message.New("no command and no plugin is named %q", name), name, append(r.names(), r.Plugins()...))
}

// Missing returns the error for a name that is not a command.
func (r *Registry) Missing(name string) error {
	if c := r.switchedOff(name); c != nil {
		return message.Errorf("the command %s of the plugin %s is switched off in plugins.toml", name, c.Plugin)
	}
	return asking(message.New("there is no command %q", name), name, r.names())
}

// asking returns a problem with a name, followed by the question whether a near one was meant.
func asking(problem message.Text, name string, known []string) error {
	if question := nearmiss.Question(name, known); !question.IsZero() {
		problem = message.Join(": ", problem, question)
	}
	return message.Errorf("%s", problem)
}

// MayRepeat refuses a line that watch must not repeat: one that changes something, or that cannot
// be executed at all.
func (r *Registry) MayRepeat(words []string) error {
	c, words, ok := r.Find(words)
	switch {
	case !ok:
		return r.Missing(words[0])
	case c.Wraps > 0 && c.Reads && len(words) > c.Wraps:
		return r.MayRepeat(words[c.Wraps:])
	case !c.Reads || c.changesWith(words[1:]):
		return message.Errorf("watch cannot repeat %s: only read-only commands can be repeated", c.Name)
	}
	return nil
}

// Pages reports whether what a line prints can be looked at in a pager: the results of what only reads,
// and of nothing that carries out other commands, is a program of its own, or does not end.
func (r *Registry) Pages(words []string) bool {
	c, words, ok := r.Find(words)
	return ok && c.Reads && c.Wraps == 0 && c.Plugin != PluginExternal && !c.Endless && !c.changesWith(words[1:])
}

// changesWith reports whether the typed words make a command change something that otherwise only
// reads.
func (c *Command) changesWith(typed []string) bool {
	if c.Changes == nil {
		return false
	}
	args, err := c.parse(c.Flags(), nil, c.appended(typed))
	return err == nil && c.Changes(args)
}

// changes reports whether an execution with these flags and words changes something that the
// journal records: a dry run does not, nor does a list of what there is.
func (c *Command) changes(flags *FlagSet, args []string) bool {
	for _, name := range []string{"dry_run", "list"} {
		if f := flags.Lookup(name); f != nil && f.Value.String() == "true" {
			return false
		}
	}
	if c.Inward {
		return false
	}
	return !c.Reads || c.Changes != nil && c.Changes(args)
}
