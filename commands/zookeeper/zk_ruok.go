package zookeeper

import (
	"context"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/internal/message"
)

func zkRuokCommand() *command.Command {
	return &command.Command{
		Name:    "zk_ruok",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "ask ZooKeeper servers whether they run",
		Usage:   wordUsage,
		Notes:   wordNotes + " A server that runs need not have a quorum: `zk_mntr` shows its state.",
		Fields: []command.Field{
			{Path: "servers[].server", Type: command.Text, Meaning: "HOST:PORT"},
			{Path: "servers[].answer", Type: command.MaybeText, Meaning: "`imok`; null for none"},
		},
		Examples: []string{"zk_ruok", "zk_ruok 10.0.0.1:2181,10.0.0.2:2181"},
		Exits:    wordExits, FailCode: exitTrouble,
		Args: wordArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o wordOptions
			o.declare(flags)
			return func(ctx context.Context, env command.Env, args []string) error { return zkRuokRun(ctx, env, &o, args) }
		},
	}
}

// runs is the answer of a server that runs.
const runs = "imok"

func zkRuokRun(ctx context.Context, env Env, o *wordOptions, args []string) error {
	answers, err := o.ask(ctx, env, "zk_ruok", word{"ruok", "ruok"}, args)
	if err != nil {
		return err
	}
	r := &render.Report{Single: true, Typed: true}
	grid := r.Add(render.NewGrid("servers", "server", "answer"))
	for i := range answers {
		a := &answers[i]
		if said := strings.TrimSpace(a.text); a.err == nil && a.object == nil && said != runs {
			a.err = message.Errorf("it answered %q instead of %s", said, runs)
		}
		answer := runs // also of an admin server, whose answer has no text
		if a.err != nil {
			answer = ""
		}
		grid.Row(a.server, render.OrDash(answer))
	}
	return o.print(env, r, answers)
}
