package zookeeper

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
)

func zkPwdCommand() *command.Command {
	return &command.Command{
		Name:    "zk_pwd",
		Plugin:  command.PluginZooKeeper,
		Inward:  true,
		Reads:   true,
		Summary: "show the znode where relative paths begin",
		Usage:   "[-j|--json]",
		Notes:   "It is the connected cluster's tree unless zk_cd has chosen another.",
		Fields: []command.Field{
			{Path: "znode", Type: command.Text, Meaning: "HOSTS/PATH"},
			{Path: "chosen", Type: command.Truth, Meaning: "whether zk_cd has chosen it"},
		},
		Examples: []string{"zk_pwd", "zk_pwd -j"},
		Prepare: func(flags *command.FlagSet) command.Run {
			inJSON := flags.BoolP("json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkPwdRun(ctx, env, *inJSON, args)
			}
		},
	}
}

func zkPwdRun(ctx context.Context, env Env, inJSON bool, args []string) error {
	if len(args) > 0 {
		return outcome.WrongUse("zk_pwd: unexpected argument %q", args[0])
	}
	zk := env.QuietDirectory()
	at, err := place(ctx, env, &zk)
	if err != nil {
		return err
	}
	if inJSON {
		return render.WriteIndented(env.Out(), struct {
			Znode  string `json:"znode"`
			Chosen bool   `json:"chosen"`
		}{at.String(), zk.Place != nil}, "    ")
	}
	_, err = fmt.Fprintln(env.Out(), at)
	return err
}
