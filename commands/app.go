package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type appOptions struct {
	detailed, resolve bool
	outputOptions
}

func appCommand() *Command {
	return &Command{
		Name:     "app",
		Plugin:   PluginCluster,
		Summary:  "show one table and its partitions",
		Usage:    "<app_name> [-d|--detailed] [-r|--resolve_ip] [-o|--output file_name] [-j|--json]",
		Examples: []string{"app temp -d", "app temp -d -j"},
		Prepare: func(flags *pflag.FlagSet) Run {
			var o appOptions
			flags.BoolVarP(&o.detailed, "detailed", "d", false, "show every partition and who holds it")
			flags.BoolVarP(&o.resolve, "resolve_ip", "r", false, "show host names")
			o.declare(flags)
			return func(ctx context.Context, env *Env, args []string) error { return appRun(ctx, env, &o, args) }
		},
	}
}

func appRun(ctx context.Context, env *Env, o *appOptions, args []string) error {
	if len(args) == 0 {
		return &UsageError{}
	}
	if args[0] == "" {
		fmt.Fprintln(env.Out, "ERROR: null app name")
		return &UsageError{}
	}
	name := args[0]
	admin, err := env.admin()
	if err != nil {
		return err
	}
	app, err := queryTable(ctx, admin, name)
	if err != nil {
		return env.fail(err, "query app %s failed, error=%s", name, metaadmin.Code(err))
	}
	var r report
	parameters := r.add(newList("parameters"))
	parameters.row("app_name", name)
	if o.file != "" {
		parameters.row("out_file", o.file)
	}
	parameters.row("detailed", o.detailed)
	general := r.add(newList("general"))
	general.row("app_name", name)
	general.row("app_id", app.AppID)
	general.row("partition_count", app.Count)
	replicaCount := int32(0)
	if len(app.Configs) > 0 {
		replicaCount = app.Configs[0].MaxReplicaCount
	}
	general.row("max_replica_count", replicaCount)
	if o.detailed {
		appDetails(&r, app, env.resolver(ctx, o.resolve))
	}
	return r.print(env, o.outputOptions)
}

// queryTable asks for a table's partitions. A name that no table can have is not asked for, as in the original.
func queryTable(ctx context.Context, admin *metaadmin.Client, name string) (*metaadmin.Partitions, error) {
	if !validTableName(name) {
		return nil, errTableName(wire.RPCQueryCfg)
	}
	return admin.QueryPartitions(ctx, name)
}

// appDetails adds the partitions, the servers that hold them and the partitions' health.
func appDetails(r *report, app *metaadmin.Partitions, name func(string) string) {
	replicas := r.add(newGrid("replicas", "pidx", "ballot", "replica_count", "primary", "secondaries"))
	nodes := map[string]*node{}
	at := func(server string) *node {
		if nodes[server] == nil {
			nodes[server] = &node{}
		}
		return nodes[server]
	}
	var h health
	primaries, secondaries := 0, 0
	for i := range app.Configs {
		p := &app.Configs[i]
		h.count(p)
		primary, others := p.PrimaryServer(), p.SecondaryServers()
		count := len(others)
		shown := "-"
		if primary != "" {
			count++
			primaries++
			at(primary).primary++
			shown = name(primary)
		}
		names := make([]string, 0, len(others))
		for _, s := range others {
			secondaries++
			at(s).secondary++
			names = append(names, name(s))
		}
		replicas.row(p.PID.Index, p.Ballot, fmt.Sprintf("%d/%d", count, p.MaxReplicaCount), shown, "["+strings.Join(names, ",")+"]")
	}
	servers := r.add(newGrid("nodes", "node", "primary", "secondary", "total"))
	for _, s := range sortedServers(nodes) {
		n := nodes[s]
		servers.row(name(s), n.primary, n.secondary, n.primary+n.secondary)
	}
	servers.row("", primaries, secondaries, primaries+secondaries)
	healthy := r.add(newList("healthy"))
	healthy.row("fully_healthy_partition_count", h.fully)
	healthy.row("unhealthy_partition_count", int(app.Count)-h.fully)
	healthy.row("write_unhealthy_partition_count", h.writeUnhealthy)
	healthy.row("read_unhealthy_partition_count", h.readUnhealthy)
}
