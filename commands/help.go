package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/internal/getopt"
	"pegashell/internal/manifest"
	"pegashell/internal/nearmiss"
)

func helpCommand() *Command {
	return &Command{
		Name:    "help",
		Plugin:  PluginShell,
		Reads:   true,
		Summary: "show how to use every command",
		Notes: "Alone it lists the commands for a person by their plugins, a line each; in a script it prints the usage of all, as the " +
			"original shell does. With names of commands it tells all about each, as `COMMAND --help` does; with the name of a plugin it " +
			"lists that plugin's commands.",
		Examples: []string{"help", "help nodes zk_copy", "help zookeeper"},
		Exits:    []Exit{{1, "there is no such command or plugin"}},
		RestArgs: kindTopic,
		Ignores:  true,
		Prepare: func(*pflag.FlagSet) Run {
			return func(_ context.Context, env *Env, args []string) error { return helpRun(env, args) }
		},
	}
}

func helpRun(env *Env, args []string) error {
	r := env.registry
	args = slices.DeleteFunc(args, getopt.IsOption) // as in the original, which ignores all words
	if len(args) == 0 {
		if env.Interactive { // also where a pager shows it
			r.writeList(env.Out)
		} else {
			r.writeUsages(env.Out)
		}
		return nil
	}
	var problems []error
	separator := ""
	for _, name := range args {
		c, found := r.Lookup(name)
		of := r.ofPlugin(name)
		if !found && len(of) == 0 {
			problems = append(problems, r.noHelp(name))
			continue
		}
		io.WriteString(env.Out, separator)
		separator = "\n"
		if found {
			c.writeHelp(env.Out)
		} else {
			writeGroup(env.Out, name, of, nameWidth(of))
		}
	}
	return errors.Join(problems...)
}

// noHelp says why there is no help on a name.
func (r *Registry) noHelp(name string) error {
	switch {
	case switchedOff(name) != nil:
		return r.missing(name)
	case name == PluginExternal:
		return fmt.Errorf("the plugin %s has no command: plugins.toml defines none, or it is switched off there", name)
	case slices.Contains(manifest.Plugins, name):
		return fmt.Errorf("the plugin %s is switched off in plugins.toml", name)
	}
	return asking(fmt.Sprintf("no command and no plugin is named %q", name), name, append(r.names(), r.plugins()...))
}

// missing says that there is no command of a name.
func (r *Registry) missing(name string) error {
	if c := switchedOff(name); c != nil {
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

// writeList lists the commands by their plugins, a line each, for people.
func (r *Registry) writeList(w io.Writer) {
	width := nameWidth(r.commands)
	for _, plugin := range r.plugins() {
		writeGroup(w, plugin, r.ofPlugin(plugin), width)
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "help COMMAND or COMMAND --help tells all about one of them.")
}

func writeGroup(w io.Writer, plugin string, commands []*Command, width int) {
	fmt.Fprintln(w, toneHeading.paint(w, plugin))
	for _, c := range commands {
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %-*s  %s", width, c.Name, c.Summary), " "))
	}
}

func nameWidth(commands []*Command) int {
	width := 0
	for _, c := range commands {
		width = max(width, len(c.Name))
	}
	return width
}

// plugins are the plugins that have a command here: the shell's own, those of the manifest, then others in the
// order of their commands.
func (r *Registry) plugins() []string {
	var others []string
	for _, c := range r.commands {
		if c.Plugin != PluginShell && !slices.Contains(manifest.Plugins, c.Plugin) && !slices.Contains(others, c.Plugin) {
			others = append(others, c.Plugin)
		}
	}
	all := slices.Concat([]string{PluginShell}, manifest.Plugins, others)
	return slices.DeleteFunc(all, func(plugin string) bool { return len(r.ofPlugin(plugin)) == 0 })
}

func (r *Registry) ofPlugin(plugin string) []*Command {
	var of []*Command
	for _, c := range r.commands {
		if c.Plugin == plugin {
			of = append(of, c)
		}
	}
	return of
}
