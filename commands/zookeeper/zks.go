package zookeeper

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
)

func zksCommand() *command.Command {
	return &command.Command{
		Name:    "zks",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "list the ZooKeepers of plugins.toml, and the connected cluster's",
		Usage:   ensemble.Usage + " [-o|--output file_name] [-j|--json]",
		Notes: "`tree` is the chroot and the root that plugins.toml names, `login` how a session proves who it is, `state` whether one could be opened within " +
			"3 seconds. A row without a name is the connected cluster's ZooKeeper where plugins.toml does not have it.",
		Fields: []command.Field{
			{Path: "zookeepers[].name", Type: command.MaybeText, Meaning: "its name in plugins.toml; null for none"},
			{Path: "zookeepers[].hosts", Type: command.Texts, Meaning: "its servers, HOST:PORT"},
			{Path: "zookeepers[].tree", Type: command.MaybeText, Meaning: "the path of the tree that is meant; null for none"},
			{Path: "zookeepers[].login", Type: command.MaybeText, Meaning: "`sasl` with its mechanism, or the schemes of its credentials; null for none"},
			{Path: "zookeepers[].tls", Type: command.Truth, Meaning: "whether connections are encrypted"},
			{Path: "zookeepers[].own", Type: command.Truth, Meaning: "whether the connected cluster's metadata is there"},
			{Path: "zookeepers[].state", Type: command.Text, Meaning: "`answers`, or why no session could be opened"},
		},
		Examples: []string{"zks", "zks -j"},
		Prepare: func(flags *command.FlagSet) command.Run {
			var connect ensemble.Flags
			declareConnection(flags, &connect)
			var o command.OutputOptions
			o.Declare(flags)
			return func(ctx context.Context, env command.Env, args []string) error {
				return zksRun(ctx, env, &connect, o, args)
			}
		},
	}
}

// zksTimeout bounds opening a session with each ZooKeeper.
const zksTimeout = 3 * time.Second

// listed is one row.
type listed struct {
	at    ensemble.Address
	named manifest.ZooKeeper
	own   bool
	state string
}

func zksRun(ctx context.Context, env Env, connect *ensemble.Flags, o command.OutputOptions, args []string) error {
	if len(args) > 0 {
		return outcome.WrongUse("zks: unexpected argument %q", args[0])
	}
	zk, err := env.ZooKeepers(ctx, connect)
	if err != nil {
		return err
	}
	rows := []*listed{}
	if m := env.Manifest(); m != nil {
		for _, name := range slices.Sorted(maps.Keys(m.ZooKeepers)) {
			z := m.ZooKeepers[name]
			if at, err := zk.Parse(name + "/"); err == nil {
				at.Name = name
				rows = append(rows, &listed{at: at, named: z})
			}
		}
	}
	if env.Cluster() != nil {
		if own, err := env.ClusterTree(ctx); err == nil {
			rows = markOwn(zk, rows, own)
		}
	}
	if len(rows) == 0 {
		return message.Errorf("plugins.toml names no ZooKeeper, and no connected cluster reports one")
	}
	quiet := *zk
	quiet.Options.Notice, quiet.Options.Connections = nil, 1
	var asking sync.WaitGroup
	for _, row := range rows {
		asking.Go(func() { row.ask(ctx, env, &quiet) })
	}
	asking.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return command.Print(env, zksReport(rows), o)
}

// markOwn marks the rows of the connected cluster's ensemble, or adds one for it.
func markOwn(zk *ensemble.Directory, rows []*listed, own ensemble.Address) []*listed {
	name, _ := zk.Lookup(own)
	found := false
	for _, row := range rows {
		if row.at.Name == name && name != "" {
			row.own, found = true, true
		}
	}
	if found {
		return rows
	}
	return append(rows, &listed{at: own, named: manifest.ZooKeeper{Root: own.Path}, own: true})
}

// ask opens a session, and ends it.
func (l *listed) ask(ctx context.Context, env Env, zk *ensemble.Directory) {
	ctx, cancel := context.WithTimeout(ctx, zksTimeout)
	defer cancel()
	tree, err := zk.Open(ctx, l.at)
	if err != nil {
		l.state = err.Error() // in English, as all values
		return
	}
	tree.Client.Close()
	l.state = "answers"
}

func zksReport(rows []*listed) *render.Report {
	r := &render.Report{Single: true, Typed: true}
	grid := r.Add(render.NewGrid("zookeepers", "name", "hosts", "tree", "login", "tls", "own", "state"))
	for _, l := range rows {
		tls := l.named.TLSCA != "" || l.named.TLSCert != ""
		grid.Row(render.OrDash(l.at.Name), render.Cell{Text: strings.Join(l.at.Servers, ","), Value: l.at.Servers},
			render.OrDash(l.named.Chroot+l.named.Root), render.OrDash(l.login()), tls, l.own, l.state)
	}
	return r
}

// login says how sessions prove who they are, without what they prove it with.
func (l *listed) login() string {
	var ways []string
	if l.named.Mechanism != "" {
		ways = append(ways, "sasl "+l.named.Mechanism)
	}
	credentials, err := l.named.Credentials()
	if err != nil {
		return "credentials that cannot be read"
	}
	for _, c := range credentials {
		if scheme, _, _ := strings.Cut(string(c), ":"); !slices.Contains(ways, scheme) {
			ways = append(ways, scheme)
		}
	}
	return strings.Join(ways, ", ")
}
