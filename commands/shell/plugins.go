package shell

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/internal/manifest"
)

func pluginsCommand() *command.Command {
	return &command.Command{
		Name:     "plugins",
		Plugin:   command.PluginShell,
		Reads:    true,
		Summary:  "list plugins, and what plugins.toml says about commands",
		Usage:    "[-o|--output file_name] [-j|--json]",
		Notes:    "A command is listed if the manifest mentions it or its plugin: whether it is on or off, its default flags, the program that it runs, and the file and line that say so. The same for meta servers of `[clusters.NAME.servers]`. A command called with `--no_defaults` ignores its flags in `[defaults]`.",
		Examples: []string{"plugins", "plugins -j"},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o command.OutputOptions
			o.Declare(flags)
			return func(_ context.Context, env command.Env, _ []string) error {
				return command.Print(env, pluginsReport(env), o)
			}
		},
	}
}

// pluginsReport lists everything that a manifest says about commands.
func pluginsReport(env Env) *render.Report {
	m := env.Manifest()
	if m == nil {
		m = manifest.Default()
	}
	all := env.Registry().All()
	var r render.Report
	general := r.Add(render.NewList("manifest"))
	general.Row("files", cmp.Or(strings.Join(m.Files, ", "), "none"))
	if len(m.Shell.Native) > 0 {
		general.Row("native_shell", strings.Join(m.Shell.Native, " "))
	}
	plugins := r.Add(render.NewGrid("plugins", "plugin", "state", "from"))
	plugins.Right("commands_on", "commands_off")
	for _, plugin := range slices.Concat([]string{command.PluginShell}, manifest.Plugins) {
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
		plugins.Row(plugin, onOff(m.PluginOn(plugin)), from, on, off)
	}
	commands := render.NewGrid("commands", "command", "plugin", "state", "defaults", "program", "from")
	for _, c := range all {
		if row := manifestRow(m, c); row != nil {
			commands.Row(row...)
		}
	}
	if len(commands.Rows) > 0 {
		r.Add(commands)
	}
	if servers := serversGrid(m); len(servers.Rows) > 0 {
		r.Add(servers)
	}
	return &r
}

// serversGrid lists what the manifest says of meta servers.
func serversGrid(m *manifest.Manifest) *render.Table {
	grid := render.NewGrid("servers", "server", "cluster", "config", "read_config", "write_config", "stop", "start", "restart", "from")
	for _, cluster := range slices.Sorted(maps.Keys(m.Clusters)) {
		servers := m.Clusters[cluster].Servers
		for _, server := range slices.Sorted(maps.Keys(servers)) {
			row := []any{server, cluster}
			s := servers[server]
			for _, text := range []string{s.Config, strings.Join(s.ReadConfig, " "), strings.Join(s.WriteConfig, " "), s.Stop, s.Start, s.Restart} {
				row = append(row, cmp.Or(text, "-"))
			}
			grid.Row(append(row, m.Where("clusters", cluster, "servers", server))...)
		}
	}
	return grid
}

// manifestRow returns what the manifest says about a command; nil for nothing.
func manifestRow(m *manifest.Manifest, c *command.Command) []any {
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
