package commands

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/internal/manifest"
)

func pluginsCommand() *Command {
	return &Command{
		Name:     "plugins",
		Plugin:   PluginShell,
		Reads:    true,
		Summary:  "list plugins, and what plugins.toml says of commands",
		Usage:    "[-o|--output file_name] [-j|--json]",
		Notes:    "Commands are listed if the manifest says something of them or of their plugin: that they are on or off, their flags, the program that carries them out, and where that stands. `--no_defaults` behind a command leaves out its flags of `[defaults]`.",
		Examples: []string{"plugins", "plugins -j"},
		Prepare: func(flags *pflag.FlagSet) Run {
			var o outputOptions
			o.declare(flags)
			return func(_ context.Context, env *Env, _ []string) error { return pluginsReport(env).print(env, o) }
		},
	}
}

// pluginsReport tells all that a manifest says of commands.
func pluginsReport(env *Env) *report {
	m := env.Manifest
	if m == nil {
		m = manifest.Default()
	}
	all := allCommands(m)
	var r report
	general := r.add(newList("manifest"))
	general.row("files", cmp.Or(strings.Join(m.Files, ", "), "none"))
	if len(m.Shell.Native) > 0 {
		general.row("native_shell", strings.Join(m.Shell.Native, " "))
	}
	plugins := r.add(newGrid("plugins", "plugin", "state", "from"))
	plugins.right("commands_on", "commands_off")
	for _, plugin := range slices.Concat([]string{PluginShell}, manifest.Plugins) {
		on, off := 0, 0
		for _, c := range all {
			switch {
			case c.Plugin != plugin:
			case m.CommandOn(c.Name, plugin):
				on++
			default:
				off++
			}
		}
		from := "-"
		if _, ok := m.Plugins[plugin]; ok {
			from = m.Where("plugins", plugin)
		}
		plugins.row(plugin, onOff(m.PluginOn(plugin)), from, on, off)
	}
	commands := newGrid("commands", "command", "plugin", "state", "defaults", "program", "from")
	for _, c := range all {
		if row := manifestRow(m, c); row != nil {
			commands.row(row...)
		}
	}
	if len(commands.rows) > 0 {
		r.add(commands)
	}
	return &r
}

// allCommands are the built-in commands and those of the manifest, on or off.
func allCommands(m *manifest.Manifest) []*Command {
	all := builtin()
	for _, external := range m.External {
		all = append(all, externalCommand(external))
	}
	return all
}

// manifestRow is what the manifest says of a command; nil for nothing.
func manifestRow(m *manifest.Manifest, c *Command) []any {
	var from []string
	program := "-"
	if i := slices.IndexFunc(m.External, func(e manifest.External) bool { return e.Name == c.Name }); i >= 0 {
		program = commandLine(m.External[i].Program, m.External[i].Arguments)
		from = append(from, m.Where("command", c.Name))
	}
	if _, ok := m.Commands[c.Name]; ok {
		from = append(from, m.Where("commands", c.Name))
	} else if _, ok := m.Plugins[c.Plugin]; ok && !m.PluginOn(c.Plugin) {
		from = append(from, m.Where("plugins", c.Plugin))
	}
	defaults := "-"
	if flags, ok := m.Defaults[c.Name]; ok {
		defaults = cmp.Or(strings.Join(flags, " "), "none")
		from = append(from, m.Where("defaults", c.Name))
	}
	if from == nil {
		return nil
	}
	return []any{c.Name, c.Plugin, onOff(m.CommandOn(c.Name, c.Plugin)), defaults, program, strings.Join(from, ", ")}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
