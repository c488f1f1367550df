package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/internal/manifest"
	"pegashell/internal/nearmiss"
)

// switchedOff returns the command of a name if it is off.
func (r *Registry) switchedOff(name string) *Command {
	for _, c := range r.all {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func (r *Registry) names() []string {
	names := make([]string, len(r.Listed))
	for i, c := range r.Listed {
		names[i] = c.Name
	}
	return names
}

// Plugins are the plugins that have a command here: the shell's own, those of the manifest, then
// others in the order of their commands.
func (r *Registry) Plugins() []string {
	var others []string
	for _, c := range r.Listed {
		if c.Plugin != PluginShell && !slices.Contains(manifest.Plugins, c.Plugin) && !slices.Contains(others, c.Plugin) {
			others = append(others, c.Plugin)
		}
	}
	all := slices.Concat([]string{PluginShell}, manifest.Plugins, others)
	return slices.DeleteFunc(all, func(plugin string) bool { return len(r.OfPlugin(plugin)) == 0 })
}

func (r *Registry) OfPlugin(plugin string) []*Command {
	var of []*Command
	for _, c := range r.Listed {
		if c.Plugin == plugin {
			of = append(of, c)
		}
	}
	return of
}

// Registry knows the commands of a shell in the order of its help.
type Registry struct {
	// Fallback returns the command that executes a line whose first word is not a command; nil for
	// none.
	Fallback func(words []string) *Command

	all    []*Command // those that are off too
	Listed []*Command
	byName map[string]*Command
	// defaults are flags that are added before those that are typed, by the name of the command.
	defaults map[string][]string
}

// NewRegistry returns a registry of those commands that are on; on is nil for all.
func NewRegistry(all []*Command, on func(*Command) bool) *Registry {
	r := &Registry{all: all, byName: map[string]*Command{}}
	for _, c := range all {
		if on == nil || on(c) {
			r.Listed = append(r.Listed, c)
			r.byName[c.Name] = c
		}
	}
	return r
}

// LoadRegistry returns a registry of those commands that a manifest leaves on, with its defaults.
// Errors name the line of the manifest.
func LoadRegistry(all []*Command, m *manifest.Manifest) (*Registry, error) {
	r := NewRegistry(all, func(c *Command) bool { return m.CommandOn(c.Name, c.Plugin) })
	if err := r.checkSwitches(m); err != nil {
		return nil, err
	}
	if err := r.checkServerLines(m); err != nil {
		return nil, err
	}
	return r, r.setDefaults(m)
}

// checkSwitches refuses switches of commands that do not exist, and of those that cannot be
// switched off.
func (r *Registry) checkSwitches(m *manifest.Manifest) error {
	for _, name := range slices.Sorted(maps.Keys(m.Commands)) {
		wrong := func(why string) error {
			return fmt.Errorf("%s: [commands] %s: %s", m.Where("commands", name), name, why)
		}
		switch {
		case !slices.ContainsFunc(r.all, func(c *Command) bool { return c.Name == name }):
			return wrong(r.noSuch(name))
		case (name == "help" || name == "exit") && !m.Commands[name]:
			return wrong("it cannot be switched off")
		}
	}
	return nil
}

// never maps flags that cannot be defaults to the reason.
var never = map[string]string{
	"yes":        typedEachTime,
	"force":      typedEachTime,
	overrideFlag: typedEachTime,
	"help":       typedEachTime,
	"auth":       "cannot be a default, because `plugins` shows defaults; put credentials into [zookeepers.NAME], best as auth_env or auth_file",
}

const typedEachTime = "has to be typed each time"

func (r *Registry) setDefaults(m *manifest.Manifest) error {
	r.defaults = m.Defaults
	for _, name := range slices.Sorted(maps.Keys(m.Defaults)) {
		c, ok := r.Lookup(name)
		if !ok && r.switchedOff(name) != nil {
			continue // of a command that is off
		}
		if c == nil {
			return fmt.Errorf("%s: [defaults] %s: %s", m.Where("defaults", name), name, r.noSuch(name))
		}
		if err := checkDefaults(c, m.Defaults[name]); err != nil {
			return fmt.Errorf("%s: [defaults] %s: %w", m.Where("defaults", name), name, err)
		}
	}
	return nil
}

// noSuch says that there is no command of a name, and which may have been meant.
func (r *Registry) noSuch(name string) string {
	all := make([]string, len(r.all))
	for i, c := range r.all {
		all[i] = c.Name
	}
	if question := nearmiss.Question(name, all); !question.IsZero() {
		return "there is no such command: " + question.String()
	}
	return "there is no such command"
}

// checkDefaults refuses what the command would refuse.
func checkDefaults(c *Command, words []string) error {
	flags := c.Flags()
	if !flags.HasFlags() && len(words) > 0 {
		return fmt.Errorf("it has no flags")
	}
	others, err := c.parse(flags, nil, words)
	if err != nil {
		return err
	}
	flags.Visit(func(f *pflag.Flag) {
		if why, ok := never[f.Name]; ok {
			err = fmt.Errorf("--%s %s", f.Name, why)
		}
	})
	if err == nil && len(others) > 0 { // only now: the word may be a misplaced secret
		err = fmt.Errorf("%q is not a flag", others[0])
	}
	return err
}

// Commands are the commands in the order of the help.
func (r *Registry) Commands() []*Command { return r.Listed }

// All are the commands, including those that are off.
func (r *Registry) All() []*Command { return r.all }

// Find finds the command that executes a line of at least one word. Of a command whose name is two words, such as
// `migrate status`, line has the name as its first word.
func (r *Registry) Find(typed []string) (c *Command, line []string, ok bool) {
	if len(typed) > 1 {
		if c, ok := r.byName[typed[0]+" "+typed[1]]; ok {
			return c, append([]string{c.Name}, typed[2:]...), true
		}
	}
	c, ok = r.byName[typed[0]]
	return c, typed, ok
}

// Below returns the commands whose names begin with this word and have a second one.
func (r *Registry) Below(name string) []*Command {
	var below []*Command
	for _, c := range r.Listed {
		if strings.HasPrefix(c.Name, name+" ") {
			below = append(below, c)
		}
	}
	return below
}

// Lookup finds a command by its exact name.
func (r *Registry) Lookup(name string) (*Command, bool) {
	c, ok := r.byName[name]
	return c, ok
}
