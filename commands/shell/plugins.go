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
		Fields:   pluginsFields,
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

var pluginsFields = []command.Field{
	{Path: "manifest.files", Type: command.Texts, Meaning: "the files that were read, a later one overrides the ones before"},
	{Path: "manifest.native_shell", Type: command.Texts, Meaning: "the program of `[shell] native` and its arguments"},
	{Path: "plugins[].plugin", Type: command.Text, Meaning: "its name"},
	{Path: "plugins[].state", Type: command.Text, Meaning: "`on` or `off`"},
	{Path: "plugins[].from", Type: command.MaybeText, Meaning: "FILE:LINE that says so; null for none"},
	{Path: "plugins[].commands_on", Type: command.Count, Meaning: "its commands that are on"},
	{Path: "plugins[].commands_off", Type: command.Count, Meaning: "its commands that are off"},
	{Path: "commands[].command", Type: command.Text, Meaning: "a command that the manifest mentions; the list is missing if there is none"},
	{Path: "commands[].plugin", Type: command.Text, Meaning: "its plugin"},
	{Path: "commands[].state", Type: command.Text, Meaning: "`on` or `off`"},
	{Path: "commands[].defaults", Type: command.Texts + command.OrNull, Meaning: "its flags in `[defaults]`; null without an entry"},
	{Path: "commands[].program", Type: command.MaybeText, Meaning: "what it runs; null for a command of the shell"},
	{Path: "commands[].from", Type: command.Text, Meaning: "FILE:LINE of what the manifest says, with commas between"},
	{Path: "servers[].server", Type: command.Text, Meaning: "HOST:PORT of a meta server that the manifest describes; the list is missing if there is none"},
	{Path: "servers[].cluster", Type: command.Text, Meaning: "its cluster"},
	{Path: "servers[].config", Type: command.MaybeText, Meaning: "its configuration file"},
	{Path: "servers[].read_config", Type: command.MaybeText, Meaning: "the program that prints its configuration"},
	{Path: "servers[].write_config", Type: command.MaybeText, Meaning: "the program that writes it"},
	{Path: "servers[].stop", Type: command.MaybeText, Meaning: "the line that stops it"},
	{Path: "servers[].start", Type: command.MaybeText, Meaning: "the line that starts it"},
	{Path: "servers[].restart", Type: command.MaybeText, Meaning: "the line that restarts it"},
	{Path: "servers[].from", Type: command.Text, Meaning: "FILE:LINE of the table"},
}

// pluginsReport lists everything that a manifest says about commands.
func pluginsReport(env Env) *render.Report {
	m := env.Manifest()
	if m == nil {
		m = manifest.Default()
	}
	all := env.Registry().All()
	r := render.Report{Typed: true}
	general := r.Add(render.NewList("manifest"))
	general.Row("files", render.Cell{Text: cmp.Or(strings.Join(m.Files, ", "), "none"), Value: append([]string{}, m.Files...)})
	general.RowIf(len(m.Shell.Native) > 0, "native_shell", render.Cell{Text: strings.Join(m.Shell.Native, " "), Value: append([]string{}, m.Shell.Native...)})
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
		from := ""
		if _, ok := m.Plugins[plugin]; ok {
			from = m.Where("plugins", plugin)
		}
		plugins.Row(plugin, onOff(m.PluginOn(plugin)), render.OrDash(from), on, off)
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
				row = append(row, render.OrDash(text))
			}
			grid.Row(append(row, m.Where("clusters", cluster, "servers", server))...)
		}
	}
	return grid
}

// manifestRow returns what the manifest says about a command; nil for nothing.
func manifestRow(m *manifest.Manifest, c *command.Command) []any {
	var from []string
	program := ""
	if i := slices.IndexFunc(m.External, func(e manifest.External) bool { return e.Name == c.Name }); i >= 0 {
		program = commandLine(m.External[i].Program, m.External[i].Arguments)
		from = append(from, m.Where("command", c.Name))
	}
	if _, ok := m.Commands[c.Name]; ok {
		from = append(from, m.Where("commands", c.Name))
	} else if _, ok := m.Plugins[c.Plugin]; ok && !m.PluginOn(c.Plugin) {
		from = append(from, m.Where("plugins", c.Plugin))
	}
	defaults := render.OrDash("")
	if flags, ok := m.Defaults[c.Name]; ok {
		defaults = render.Cell{Text: cmp.Or(strings.Join(flags, " "), "none"), Value: append([]string{}, flags...)}
		from = append(from, m.Where("defaults", c.Name))
	}
	if from == nil {
		return nil
	}
	return []any{c.Name, c.Plugin, onOff(m.CommandOn(c.Name, c.Plugin)), defaults, render.OrDash(program), strings.Join(from, ", ")}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
