package cluster

import (
	"context"
	"fmt"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/metaadmin"
)

func appCommand() *command.Command {
	return &command.Command{
		Name:     "app",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "show one table and its partitions",
		Usage:    "<app_name> [-d|--detailed] [-r|--resolve_ip] [-o|--output file_name] [-j|--json]",
		Examples: []string{"app temp -d", "app temp -d -j"},
		Args:     []complete.Kind{complete.Table},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o oneTableOptions
			o.declareDetailed(flags, "every partition and who holds it")
			o.declareResolve(flags)
			o.Declare(flags)
			return func(ctx context.Context, env command.Env, args []string) error { return appRun(ctx, env, &o, args) }
		},
	}
}

func appRun(ctx context.Context, env Env, o *oneTableOptions, args []string) error {
	_, app, err := oneTable(ctx, env, args, "query app %s failed, error=%s")
	if err != nil {
		return err
	}
	var r render.Report
	o.parameters(&r, args[0])
	general := r.Add(render.NewList("general"))
	general.Row("app_name", args[0])
	general.Row("app_id", app.AppID)
	general.Row("partition_count", app.Count)
	general.Row("max_replica_count", maxReplicaCount(app))
	if o.detailed {
		appDetails(&r, app, resolver(ctx, env, o.resolve))
	}
	return command.Print(env, &r, o.OutputOptions)
}

// rolesHeld counts the replicas of a table on one server.
type rolesHeld struct{ primary, secondary int }

// appDetails adds the partitions, the servers that hold them and the partitions' health.
func appDetails(r *render.Report, app *metaadmin.Partitions, name func(string) string) {
	replicas := r.Add(render.NewGrid("replicas", "pidx", "ballot", "replica_count", "primary", "secondaries"))
	nodes := map[string]*rolesHeld{}
	at := func(server string) *rolesHeld {
		if nodes[server] == nil {
			nodes[server] = &rolesHeld{}
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
		replicas.Row(p.PID.Index, p.Ballot, fmt.Sprintf("%d/%d", count, p.MaxReplicaCount), shown, "["+strings.Join(names, ",")+"]")
	}
	servers := r.Add(render.NewGrid("nodes", "node", "primary", "secondary", "total"))
	for _, s := range sortedServers(nodes) {
		n := nodes[s]
		servers.Row(name(s), n.primary, n.secondary, n.primary+n.secondary)
	}
	servers.Row("", primaries, secondaries, primaries+secondaries)
	healthy := r.Add(render.NewList("healthy"))
	healthy.Row("fully_healthy_partition_count", h.fully)
	healthy.Row("unhealthy_partition_count", int(app.Count)-h.fully)
	healthy.Row("write_unhealthy_partition_count", h.writeUnhealthy)
	healthy.Row("read_unhealthy_partition_count", h.readUnhealthy)
}
