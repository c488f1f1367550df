package zookeeper

import (
	"context"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
)

func zkCdCommand() *command.Command {
	return &command.Command{
		Name:    "zk_cd",
		Plugin:  command.PluginZooKeeper,
		Inward:  true,
		Summary: "choose the znode where relative paths begin",
		Usage:   "[HOSTS/PATH|PATH] " + ensemble.Usage,
		Notes: "From then on, where a command takes PATH, it is one of this ensemble, a relative path such as `apps/1` or `..` begins at this znode, and no path is this znode itself; " +
			"a host needs its port then. `own` names the connected cluster's ensemble and tree, as `own/PATH` a path of that ensemble. Without an argument that tree is chosen. " +
			"`zk_copy` and `migrate` never begin here: without a name they mean the connected cluster's tree. Another cluster (`cc`) ends the choice; `own` is refused " +
			"from then on when the cluster has moved to another ZooKeeper.",
		Examples: []string{"zk_cd own", "zk_cd 10.0.0.1:2181/pegasus", "zk_cd .."},
		Args:     nodeArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var connect ensemble.Flags
			declareConnection(flags, &connect)
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkCdRun(ctx, env, &connect, args)
			}
		},
	}
}

func zkCdRun(ctx context.Context, env Env, connect *ensemble.Flags, args []string) error {
	if len(args) > 1 {
		return outcome.WrongArguments("zk_cd", message.New("at most one HOSTS/PATH or PATH"), len(args))
	}
	word := strings.Join(args, "")
	if word == "" {
		word = ensemble.OwnName
	}
	zk, err := env.ZooKeepers(ctx, connect)
	if err != nil {
		return err
	}
	at, err := treeOrHosts(ctx, env, zk, "zk_cd", word)
	if err != nil {
		return err
	}
	if at.Path == "" {
		at.Path = "/"
	}
	first, _, _ := strings.Cut(word, "/")
	if first == ensemble.OwnName || zk.Place == nil && (first == "" || zk.IsRelative(word)) {
		at.Name = ensemble.OwnName
	}
	opened, err := zk.Open(ctx, at)
	if err != nil {
		return err
	}
	defer opened.Client.Close()
	if err := opened.Sync(ctx); err != nil {
		return err
	}
	if _, err := opened.StatRoot(ctx); err != nil {
		return err
	}
	env.Session().Place = &at
	return nil
}
