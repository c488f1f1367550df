package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
)

func zkStatCommand() *command.Command {
	return &command.Command{
		Name:     "zk_stat",
		Plugin:   command.PluginZooKeeper,
		Reads:    true,
		Summary:  "show what a ZooKeeper keeps of a znode besides its data",
		Usage:    "[HOSTS/PATH|PATH] " + ensemble.Usage + " [-j|--json]",
		Notes:    nodeNotes,
		Fields:   append([]command.Field{{Path: "znode", Type: command.Text, Meaning: "HOSTS/PATH"}}, statFields("stat")...),
		Examples: []string{"zk_stat /pegasus/c1", "zk_stat 10.0.0.1:2181/pegasus/c1 -j"},
		Args:     nodeArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var connect ensemble.Flags
			declareConnection(flags, &connect)
			inJSON := flags.BoolP("json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkStatRun(ctx, env, &connect, *inJSON, args)
			}
		},
	}
}

func zkStatRun(ctx context.Context, env Env, connect *ensemble.Flags, inJSON bool, args []string) error {
	at, err := openNode(ctx, env, connect, "zk_stat", args)
	if err != nil {
		return err
	}
	defer at.Client.Close()
	if err := at.Sync(ctx); err != nil {
		return err
	}
	stat, err := at.StatRoot(ctx)
	if err != nil {
		return err
	}
	s := statOf(*stat)
	if inJSON {
		return render.WriteIndented(env.Out(), struct {
			Znode string   `json:"znode"`
			Stat  statJSON `json:"stat"`
		}{at.String(), s}, "    ")
	}
	r := &render.Report{Single: true}
	t := r.Add(render.NewList("zk_stat"))
	owner := "-"
	if s.EphemeralOwner != nil {
		owner = *s.EphemeralOwner
	}
	for _, row := range [][2]any{
		{"znode", at}, {"kind", s.Kind}, {"czxid", s.Czxid}, {"created", s.Created.In(env.Location()).Format(time.DateTime)}, {"mzxid", s.Mzxid},
		{"changed", s.Changed.In(env.Location()).Format(time.DateTime)}, {"pzxid", s.Pzxid}, {"cversion", s.Cversion}, {"version", s.Version},
		{"aversion", s.Aversion}, {"ephemeral_owner", owner}, {"bytes", s.Bytes}, {"children", s.Children},
	} {
		t.Row(row[0], row[1])
	}
	return command.Print(env, r, command.OutputOptions{})
}

func zkExistsCommand() *command.Command {
	return &command.Command{
		Name:     "zk_exists",
		Plugin:   command.PluginZooKeeper,
		Reads:    true,
		Summary:  "say whether there is a znode",
		Usage:    "[HOSTS/PATH|PATH] " + ensemble.Usage + " [-j|--json]",
		Notes:    "Prints `true` or `false`. " + nodeNotes,
		Fields:   []command.Field{{Path: "znode", Type: command.Text, Meaning: "HOSTS/PATH"}, {Path: "exists", Type: command.Truth, Meaning: "whether there is one"}},
		Examples: []string{"zk_exists /pegasus/c1", "zk_exists 10.0.0.1:2181/pegasus/c1"},
		Exits: []command.Exit{{Code: 0, When: "there is one"}, {Code: exitDifferent, When: "there is none"},
			{Code: exitTrouble, When: "it could not be looked at, or the command was used wrongly"}},
		FailCode: exitTrouble,
		Args:     nodeArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var connect ensemble.Flags
			declareConnection(flags, &connect)
			inJSON := flags.BoolP("json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkExistsRun(ctx, env, &connect, *inJSON, args)
			}
		},
	}
}

func zkExistsRun(ctx context.Context, env Env, connect *ensemble.Flags, inJSON bool, args []string) error {
	at, err := openNode(ctx, env, connect, "zk_exists", args)
	if err != nil {
		return err
	}
	defer at.Client.Close()
	if err := at.Sync(ctx); err != nil {
		return err
	}
	stat, err := at.Stat(ctx, at.Path)
	if err != nil {
		return err
	}
	if inJSON {
		err = render.WriteIndented(env.Out(), struct {
			Znode  string `json:"znode"`
			Exists bool   `json:"exists"`
		}{at.String(), stat != nil}, "    ")
	} else {
		_, err = fmt.Fprintln(env.Out(), stat != nil)
	}
	if err == nil && stat == nil {
		return outcome.WithCode(exitDifferent, outcome.Told(errors.New("there is no such znode")), true)
	}
	return err
}
