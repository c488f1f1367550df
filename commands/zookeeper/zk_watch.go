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
	"pegashell/zkcopy"
)

// sweepEvery is how often zk_watch looks through a tree whose servers do not report changes.
const sweepEvery = 2 * time.Second

// errEnough ends a watch after as many changes as were asked for.
var errEnough = errors.New("enough changes were shown")

type zkWatchOptions struct {
	count   int
	json    bool
	connect ensemble.Flags
}

func zkWatchCommand() *command.Command {
	return &command.Command{
		Name:    "zk_watch",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Endless: true,
		Summary: "show the changes of a tree as they come, until Ctrl-C",
		Usage:   "[HOSTS/PATH|PATH] [-n|--count num] " + ensemble.Usage + " [-j|--json]",
		Notes: "A line for each change: the time, what happened (`created`, `data set`, `removed`), and the path below the tree. Changes of ACLs are not shown: ZooKeeper reports them to nobody. " +
			"Servers before 3.6 report no changes of trees: then the tree is looked through every 2 seconds, so that several changes of a znode can be one line, and `child removed` names what the removed znode was below. " +
			"The same is done after a lost connection. Ctrl-C ends it, which is not a failure. `-j` prints an object a line. " + nodeNotes,
		Fields: []command.Field{
			{Path: "time", Type: command.Instant, Meaning: "when it was heard of"},
			{Path: "change", Type: command.Text, Meaning: "`created`, `data set`, `removed` or `child removed`"},
			{Path: "path", Type: command.Text, Meaning: "the znode"},
			{Path: "zxid", Type: command.MaybeText, Meaning: "its transaction, as 0x1f; null where the server does not report it, as those before 3.9"},
		},
		Examples: []string{"zk_watch", "zk_watch 10.0.0.1:2181/pegasus/c1 -n 1"},
		Args:     nodeArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkWatchOptions
			flags.IntVarP(&o.count, "count", "n", 0, "end after so many changes; 0 for never")
			declareConnection(flags, &o.connect)
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON, an object a line")
			return func(ctx context.Context, env command.Env, args []string) error { return zkWatchRun(ctx, env, &o, args) }
		},
	}
}

func zkWatchRun(ctx context.Context, env Env, o *zkWatchOptions, args []string) error {
	if o.count < 0 {
		return outcome.WrongUse("zk_watch: -n: %d is below 0", o.count)
	}
	at, err := openNode(ctx, env, &o.connect, "zk_watch", args)
	if err != nil {
		return err
	}
	defer at.Client.Close()
	shown := 0
	err = zkcopy.WatchTree(ctx, at, zkcopy.WatchOptions{
		Every: sweepEvery,
		Begun: func(reported bool) {
			if reported {
				env.Note("Watching %s. Ctrl-C ends it.", at)
			} else {
				env.Note("Watching %s: its servers report no changes, so it is looked through every %v. Ctrl-C ends it.", at, sweepEvery)
			}
		},
		Gap: func() { env.Warn("changes were not reported for a while; what they left in the tree follows") },
		Heard: func(c zkcopy.Change) error {
			if err := o.show(env, at.Path, c); err != nil {
				return err
			}
			if shown++; shown == o.count {
				return errEnough
			}
			return nil
		},
	})
	if errors.Is(err, errEnough) || ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// show prints one change.
func (o *zkWatchOptions) show(env Env, root string, c zkcopy.Change) error {
	now := env.Now()
	if !o.json {
		name := below(root, c.Path)
		if name == "" {
			name = c.Path
		}
		_, err := fmt.Fprintf(env.Out(), "%s  %-13s  %s\n", now.In(env.Location()).Format(time.DateTime), c.Kind, name)
		return err
	}
	line := struct {
		Time   time.Time `json:"time"`
		Change string    `json:"change"`
		Path   string    `json:"path"`
		Zxid   *string   `json:"zxid"`
	}{Time: now.UTC().Truncate(time.Millisecond), Change: string(c.Kind), Path: c.Path}
	if c.Zxid > 0 {
		id := hexID(c.Zxid)
		line.Zxid = &id
	}
	return render.WriteIndented(env.Out(), line, "")
}
