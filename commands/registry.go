package commands

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/pflag"

	"pegashell/internal/manifest"
)

// Registry knows the commands of a shell in the order of its help.
type Registry struct {
	commands []*Command
	byName   map[string]*Command
	// defaults are flags to put in front of those that are typed, by the name of the command.
	defaults map[string][]string
	// native is the program that gets the lines of unknown commands, and its arguments; nil for none.
	native []string
}

// NewRegistry gives a registry of the built-in commands of the plugins that are on; on is nil for all.
func NewRegistry(on func(plugin string) bool) *Registry {
	return newRegistry(func(c *Command) bool { return on == nil || c.Plugin == PluginShell || on(c.Plugin) })
}

func newRegistry(on func(*Command) bool) *Registry {
	r := &Registry{byName: map[string]*Command{}}
	for _, c := range builtin() {
		if on(c) {
			r.add(c)
		}
	}
	return r
}

// LoadRegistry gives the registry that a manifest describes: the built-in commands that it leaves on, its own
// ones and its defaults. Errors name the line of the manifest.
func LoadRegistry(m *manifest.Manifest) (*Registry, error) {
	if err := checkSwitches(m); err != nil {
		return nil, err
	}
	r := newRegistry(func(c *Command) bool { return m.CommandOn(c.Name, c.Plugin) })
	for _, external := range m.External {
		if switchedOff(external.Name) != nil {
			return nil, fmt.Errorf("%s: [[command]] %s: a built-in command has this name", m.Where("command", external.Name), external.Name)
		}
		if m.CommandOn(external.Name, PluginExternal) {
			r.add(externalCommand(external))
		}
	}
	r.native = m.Shell.Native
	if len(r.native) == 0 {
		r.native = nil
	}
	return r, r.setDefaults(m)
}

func (r *Registry) add(c *Command) {
	r.commands = append(r.commands, c)
	r.byName[c.Name] = c
}

// checkSwitches refuses switches of commands that there are not, and of those that nobody can do without.
func checkSwitches(m *manifest.Manifest) error {
	for _, name := range slices.Sorted(maps.Keys(m.Commands)) {
		wrong := func(why string) error {
			return fmt.Errorf("%s: [commands] %s: %s", m.Where("commands", name), name, why)
		}
		external := slices.ContainsFunc(m.External, func(e manifest.External) bool { return e.Name == name })
		switch {
		case !external && switchedOff(name) == nil:
			return wrong("there is no such command")
		case (name == "help" || name == "exit") && !m.Commands[name]:
			return wrong("it cannot be switched off")
		}
	}
	return nil
}

// never says of flags why they cannot be defaults.
var never = map[string]string{
	"yes":   typedEachTime,
	"force": typedEachTime,
	"help":  typedEachTime,
	"auth":  "is no default, since `plugins` shows those; credentials stand in [zookeepers.NAME], best as auth_env or auth_file",
}

const typedEachTime = "has to be typed each time"

func (r *Registry) setDefaults(m *manifest.Manifest) error {
	r.defaults = m.Defaults
	for _, name := range slices.Sorted(maps.Keys(m.Defaults)) {
		c, ok := r.Lookup(name)
		if !ok && switchedOff(name) != nil {
			continue // of a command that is off
		}
		if err := checkDefaults(c, m.Defaults[name]); err != nil {
			return fmt.Errorf("%s: [defaults] %s: %w", m.Where("defaults", name), name, err)
		}
	}
	return nil
}

// checkDefaults refuses what the command would refuse; c is nil for a command that there is not.
func checkDefaults(c *Command, words []string) error {
	if c == nil {
		return fmt.Errorf("there is no such command")
	}
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
		err = fmt.Errorf("%q is no flag", others[0])
	}
	return err
}

// Commands are the commands in the order of the help.
func (r *Registry) Commands() []*Command { return r.commands }

// Lookup finds a command by its exact name.
func (r *Registry) Lookup(name string) (*Command, bool) {
	c, ok := r.byName[name]
	return c, ok
}
