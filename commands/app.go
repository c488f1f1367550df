package commands

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/metaadmin"
)

func appCommand() *Command {
	return &Command{
		Name:     "app",
		Plugin:   PluginCluster,
		Reads:    true,
		Summary:  "show one table and its partitions",
		Usage:    "<app_name> [-d|--detailed] [-r|--resolve_ip] [-o|--output file_name] [-j|--json]",
		Examples: []string{"app temp -d", "app temp -d -j"},
		Args:     []Kind{kindTable},
		Prepare: func(flags *pflag.FlagSet) Run {
			var o oneTableOptions
			o.declareDetailed(flags, "every partition and who holds it")
			o.declareResolve(flags)
			o.declare(flags)
			return func(ctx context.Context, env *Env, args []string) error { return appRun(ctx, env, &o, args) }
		},
	}
}

func appRun(ctx context.Context, env *Env, o *oneTableOptions, args []string) error {
	_, app, err := env.oneTable(ctx, args, "query app %s failed, error=%s")
	if err != nil {
		return err
	}
	var r report
	o.parameters(&r, args[0])
	general := r.add(newList("general"))
	general.row("app_name", args[0])
	general.row("app_id", app.AppID)
	general.row("partition_count", app.Count)
	general.row("max_replica_count", maxReplicaCount(app))
	if o.detailed {
		appDetails(&r, app, env.resolver(ctx, o.resolve))
	}
	return r.print(env, o.outputOptions)
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
