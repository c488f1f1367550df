package zookeeper

import (
	"cmp"
	"context"
	"slices"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
)

func zkLocksCommand() *command.Command {
	return &command.Command{
		Name:    "zk_locks",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "show which meta server holds the leader lock, and who waits",
		Usage:   "[HOSTS/PATH|PATH] " + ensemble.Usage + " [-j|--json]",
		Notes: "PATH is the lock root: `distributed_lock_service_parameters` of the meta servers. Without it the lock of the connected cluster is shown, if a meta " +
			"server reports where it is. The first of the list holds the lock, and leads once it has loaded the metadata; a node that no session holds was " +
			"copied, and keeps every meta server from leading.",
		Fields: []command.Field{
			{Path: "locks[].state", Type: command.Text, Meaning: "`holds`, `waits`, or `stale` for a node that no session holds"},
			{Path: "locks[].server", Type: command.Text, Meaning: "the meta server that created it"},
			{Path: "locks[].session", Type: command.MaybeText, Meaning: "the session that holds it, as 0x1f; null for none"},
			{Path: "locks[].since", Type: command.Instant, Meaning: "when it was created"},
			{Path: "locks[].age_seconds", Type: command.Count, Meaning: "how long ago that is"},
			{Path: "locks[].path", Type: command.Text, Meaning: "the lock node"},
		},
		Examples: []string{"zk_locks", "zk_locks 10.0.0.1:2181/pegasus/c1"},
		Args:     nodeArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var connect ensemble.Flags
			declareConnection(flags, &connect)
			inJSON := flags.BoolP("json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkLocksRun(ctx, env, &connect, *inJSON, args)
			}
		},
	}
}

func zkLocksRun(ctx context.Context, env Env, connect *ensemble.Flags, inJSON bool, args []string) error {
	var at zkcopy.Tree
	var err error
	if len(args) == 0 {
		at, err = openOwn(ctx, env, connect)
	} else {
		at, err = openNode(ctx, env, connect, "zk_locks", args)
	}
	if err != nil {
		return err
	}
	defer at.Client.Close()
	if len(args) == 0 {
		root, reported := reportedLockRoot(ctx, env, at)
		if !reported {
			return message.Errorf("no meta server of the connected cluster reports where its lock is: name the lock root")
		}
		at.Path = root
	}
	at.Path = layout.LockPath(at.Path)
	var nodes []zkcopy.Entry
	order := map[string]int32{} // sequence numbers by the path
	err = zkcopy.List(ctx, at, zkcopy.ListOptions{Data: true}, func(e zkcopy.Entry) error {
		if sequence, ok := layout.ParseLockNodeName(e.Name); ok {
			nodes, order[e.Path] = append(nodes, e), sequence
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(nodes) == 0 {
		return message.Errorf("nobody holds the lock %s, or waits for it", at)
	}
	slices.SortFunc(nodes, func(a, b zkcopy.Entry) int { return cmp.Compare(order[a.Path], order[b.Path]) })
	r := &render.Report{Typed: true, Single: true}
	grid := r.Add(render.NewGrid("locks", "state", "server", "session", "since"))
	grid.Right("age_seconds")
	grid.Columns = append(grid.Columns, render.Column{Name: "path"})
	for i, e := range nodes {
		state, session := "waits", render.OrDash("")
		if i == 0 {
			state = "holds"
		}
		if e.Stat.EphemeralOwner == 0 {
			state = "stale"
		} else {
			session = render.OrDash(hexID(e.Stat.EphemeralOwner))
		}
		since := time.UnixMilli(e.Stat.Ctime)
		grid.Row(state, string(e.Data), session, render.Cell{Text: since.In(env.Location()).Format(time.DateTime), Value: since},
			int64(env.Now().Sub(since).Seconds()), e.Path)
	}
	return command.Print(env, r, command.OutputOptions{JSON: inJSON})
}
