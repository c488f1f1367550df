package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/getopt"
	"pegashell/internal/message"
)

func helpCommand() *command.Command {
	return &command.Command{
		Name:    "help",
		Plugin:  command.PluginShell,
		Reads:   true,
		Summary: "show how to use every command",
		Notes: "Without arguments it lists the commands by plugin, one per line; in a script it prints the usage of all commands, as the " +
			"original shell does. With names of commands it shows the help of each, as `COMMAND --help` does; with the name of a plugin it " +
			"lists that plugin's commands.",
		Examples: []string{"help", "help nodes zk_copy", "help zookeeper"},
		Exits:    []command.Exit{{Code: 1, When: "there is no such command or plugin"}},
		RestArgs: complete.Topic,
		Ignores:  true,
		Prepare: func(*command.FlagSet) command.Run {
			return func(_ context.Context, env command.Env, args []string) error { return helpRun(env, args) }
		},
	}
}

func helpRun(env Env, args []string) error {
	r := env.Registry()
	args = slices.DeleteFunc(args, getopt.IsOption) // as in the original, which ignores all words
	if len(args) == 0 {
		if env.Interactive() { // also where a pager shows it
			writeList(r, env.Out(), env.Language())
		} else {
			r.WriteUsages(env.Out())
		}
		return nil
	}
	var problems []error
	separator := ""
	for len(args) > 0 {
		c, rest, found := r.Find(args)
		name := args[0]
		if args = args[1:]; found && strings.Contains(c.Name, " ") {
			args = rest[1:]
		}
		of := r.OfPlugin(name)
		if !found && len(of) == 0 {
			problems = append(problems, r.NoHelp(name))
			continue
		}
		io.WriteString(env.Out(), separator)
		separator = "\n"
		if found {
			r.WriteHelp(env.Out(), env.Language(), c)
		} else {
			writeGroup(env.Out(), env.Language(), name, of)
			if guides := guidesOf(name); !guides.IsZero() {
				fmt.Fprintf(env.Out(), "\n%s\n", guides.In(env.Language()))
			}
		}
	}
	return errors.Join(problems...)
}

// guidesOf says where the guides to the commands of a plugin are; zero for none.
func guidesOf(plugin string) message.Text {
	if plugin != command.PluginMigration {
		return message.Text{}
	}
	return message.New("Step by step: docs/migration-by-copy.md and docs/migration-by-recovery.md of the source. migrate status shows the line to type next.")
}

// writeList lists the commands by their plugins, a line each, for people.
func writeList(r *command.Registry, w io.Writer, l message.Language) {
	for _, plugin := range r.Plugins() {
		writeGroup(w, l, plugin, r.OfPlugin(plugin))
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, message.New("help COMMAND or COMMAND --help shows the help of one command.").In(l))
}

func writeGroup(w io.Writer, l message.Language, plugin string, commands []*command.Command) {
	width := nameWidth(commands) // of its own, so that the lines of other groups stay within a window
	fmt.Fprintln(w, render.ToneHeading.Paint(w, plugin))
	for _, c := range commands {
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %-*s  %s", width, c.Name, l.Whole(c.Summary)), " "))
	}
}

func nameWidth(commands []*command.Command) int {
	width := 0
	for _, c := range commands {
		width = max(width, len(c.Name))
	}
	return width
}
