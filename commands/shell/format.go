package shell

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/internal/tableformat"
)

func formatCommand() *command.Command {
	return &command.Command{
		Name:    "format",
		Plugin:  command.PluginShell,
		Inward:  true,
		Summary: "show or set the format in which tables are printed",
		Usage:   "[plain|lines|markdown|html|csv] [-j|--json]",
		Notes: "It holds until the shell ends, for what is printed, for -o FILE, and after `>` and `|`. --format on the command line and `[shell] format` in " +
			"plugins.toml set it at the start. plain is what the Pegasus shell prints. JSON, and lines that are not a table, are the same in every format. " +
			"In csv, a text that a spreadsheet would calculate because it begins with =, +, - or @ gets an apostrophe before it.",
		Fields:   []command.Field{{Path: "format", Type: command.Text, Meaning: "the current one"}},
		Examples: []string{"format csv", "format"},
		Args:     []complete.Kind{complete.Format.Complete},
		Prepare: func(flags *command.FlagSet) command.Run {
			json := flags.BoolP("json", "j", false, "print JSON")
			return func(_ context.Context, env command.Env, args []string) error { return formatRun(env, *json, args) }
		},
	}
}

func formatRun(env Env, json bool, args []string) error {
	switch {
	case len(args) > 1:
		return outcome.WrongArguments("format", message.New("at most one name"), len(args))
	case len(args) == 1:
		format, err := tableformat.Parse(args[0])
		if err != nil {
			return outcome.WrongUse("format: %v", err)
		}
		env.Session().Format = format
	}
	switch {
	case json:
		return render.WriteIndented(env.Out(), struct {
			Format string `json:"format"`
		}{env.Format().String()}, "    ")
	case len(args) == 0:
		_, err := fmt.Fprintln(env.Out(), env.Format())
		return err
	}
	fmt.Fprintln(env.Err(), "OK")
	return nil
}
