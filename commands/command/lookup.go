package command

import (
	"errors"
	"fmt"
	"slices"

	"pegashell/internal/manifest"
	"pegashell/internal/nearmiss"
)

// NoHelp says why there is no help on a name.
func (r *Registry) NoHelp(name string) error {
	switch {
	case r.switchedOff(name) != nil:
		return r.Missing(name)
	case name == PluginExternal:
		return fmt.Errorf("the plugin %s has no command: plugins.toml defines none, or it is switched off there", name)
	case slices.Contains(manifest.Plugins, name):
		return fmt.Errorf("the plugin %s is switched off in plugins.toml", name)
	}
	return asking(fmt.Sprintf("no command and no plugin is named %q", name), name, append(r.names(), r.Plugins()...))
}

// Missing says that there is no command of a name.
func (r *Registry) Missing(name string) error {
	if c := r.switchedOff(name); c != nil {
		return fmt.Errorf("the command %s of the plugin %s is switched off in plugins.toml", name, c.Plugin)
	}
	return asking(fmt.Sprintf("there is no command %q", name), name, r.names())
}

// asking is a problem with a name, and the question whether a near one was meant.
func asking(problem, name string, known []string) error {
	if question := nearmiss.Question(name, known); question != "" {
		problem += ": " + question
	}
	return errors.New(problem)
}

// MayRepeat refuses a line that is carried out once at most: one that changes something, or that cannot be
// carried out at all.
func (r *Registry) MayRepeat(words []string) error {
	c, ok := r.Lookup(words[0])
	switch {
	case !ok:
		return r.Missing(words[0])
	case c.Wraps > 0 && c.Reads && len(words) > c.Wraps:
		return r.MayRepeat(words[c.Wraps:])
	case !c.Reads || c.changesWith(words[1:]):
		return fmt.Errorf("%s is not repeated: only commands that change nothing are", c.Name)
	}
	return nil
}

// changesWith says that typed words make a command that otherwise only looks change something.
func (c *Command) changesWith(typed []string) bool {
	if c.Changes == nil {
		return false
	}
	args, err := c.parse(c.Flags(), nil, c.appended(typed))
	return err == nil && c.Changes(args)
}
