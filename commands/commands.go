// Package commands lists the families of the commands that an operator can type.
package commands

import (
	"fmt"
	"slices"

	"pegashell/commands/cluster"
	"pegashell/commands/command"
	"pegashell/commands/config"
	"pegashell/commands/migration"
	"pegashell/commands/shell"
	"pegashell/commands/zookeeper"
	"pegashell/internal/manifest"
)

// Builtin returns all commands in the order of the help.
func Builtin() []*command.Command {
	return slices.Concat(shell.First(), cluster.Commands(), config.Commands(), zookeeper.Commands(), migration.Commands(), shell.Commands())
}

// NewRegistry returns a registry of the built-in commands of the plugins that are on; on is nil for
// all.
func NewRegistry(on func(plugin string) bool) *command.Registry {
	return command.NewRegistry(Builtin(), func(c *command.Command) bool { return on == nil || c.Plugin == command.PluginShell || on(c.Plugin) })
}

// LoadRegistry returns the registry that a manifest describes: the built-in commands that it leaves
// on, its own ones and its defaults. Errors name the line of the manifest.
func LoadRegistry(m *manifest.Manifest) (*command.Registry, error) {
	all := Builtin()
	builtin := len(all)
	for _, external := range m.External {
		if slices.ContainsFunc(all[:builtin], func(c *command.Command) bool { return c.Name == external.Name }) {
			return nil, fmt.Errorf("%s: [[command]] %s: a built-in command has this name", m.Where("command", external.Name), external.Name)
		}
		all = append(all, shell.ExternalCommand(external))
	}
	r, err := command.LoadRegistry(all, m)
	if native := m.Shell.Native; r != nil && len(native) > 0 {
		r.Fallback = func(words []string) *command.Command { return shell.NativeCommand(native, words) }
	}
	return r, err
}
