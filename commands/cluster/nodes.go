package cluster

import (
	"context"
	"fmt"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type nodesOptions struct {
	detailed, resolve bool
	usage, qps        bool
	status            string
	intervalMS        int32
	command.OutputOptions
}

func nodesCommand() *command.Command {
	return &command.Command{
		Name:    "nodes",
		Plugin:  command.PluginCluster,
		Reads:   true,
		Summary: "list replica servers",
		Usage: "[-d|--detailed] [-j|--json] [-r|--resolve_ip] [-u|--resource_usage]" +
			"[-o|--output file_name] [-s|--status all|alive|unalive] [-q|--qps]",
		Notes:    sampleNotes,
		Examples: []string{"nodes -d", "nodes -d -o nodes.list", "nodes -s unalive", "nodes -u -q"},
		Prepare: func(flags *command.FlagSet) command.Run {
			o := nodesOptions{intervalMS: sampleInterval}
			flags.BoolVarP(&o.detailed, "detailed", "d", false, "count the replicas on each server")
			flags.BoolVarP(&o.resolve, "resolve_ip", "r", false, "show host names")
			flags.BoolVarP(&o.usage, "resource_usage", "u", false, "show what each server takes of memory and disk")
			flags.BoolVarP(&o.qps, "qps", "q", false, "show each server's requests and latencies")
			o.DeclareJSON(flags)
			flags.StringVarP(&o.status, "status", "s", "", "ask for servers in this state: all, alive, unalive")
			flags.Complete("status", complete.NodeStatus.Complete)
			o.DeclareFile(flags)
			declareSample(flags, &o.intervalMS)
			return func(ctx context.Context, env command.Env, _ []string) error { return nodesRun(ctx, env, &o) }
		},
	}
}

func parseNodeStatus(s string) (metaadmin.NodeStatus, error) {
	switch {
	case s == "", s == "all":
		return wire.NodeInvalid, nil
	case strings.EqualFold(s, wire.NodeAlive.String()):
		return wire.NodeAlive, nil
	case strings.EqualFold(s, wire.NodeUnalive.String()):
		return wire.NodeUnalive, nil
	}
	return wire.NodeInvalid, outcome.Misuse("parse "+s+" as node_status::type failed", complete.NodeStatus.Near(s))
}

// node is one replica server in the listing.
type node struct {
	status             metaadmin.NodeStatus
	primary, secondary int
	usage              usage
	traffic            traffic
}

func nodesRun(ctx context.Context, env Env, o *nodesOptions) error {
	status, err := parseNodeStatus(o.status)
	if err != nil {
		return err
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	infos, err := admin.ListNodes(ctx, status)
	if err != nil {
		return fail(env, err, "list nodes failed, error=%s", metaadmin.Code(err))
	}
	nodes := map[string]*node{}
	for i := range infos {
		nodes[infos[i].Name()] = &node{status: infos[i].Status}
	}
	if o.detailed {
		if err := countReplicas(ctx, env, admin, nodes); err != nil {
			return err
		}
	}
	if err := measure(ctx, env, admin, nodes, o); err != nil {
		return err
	}
	r := nodesReport(nodes, o, resolver(ctx, env, o.resolve))
	if err := command.Print(env, r, o.OutputOptions); err != nil {
		return err
	}
	env.Saved(command.ListServers, o.File)
	return nil
}

// countReplicas adds to each node how many replicas it holds, by the leader's partitions.
func countReplicas(ctx context.Context, env Env, admin *metaadmin.Client, nodes map[string]*node) error {
	apps, err := admin.ListApps(ctx, wire.AppAvailable)
	if err != nil {
		return fail(env, err, "list apps failed, error=%s", metaadmin.Code(err))
	}
	partitions, failed, err := partitionsOf(ctx, admin, apps)
	if err != nil {
		return fail(env, err, "list app %s failed, error=%s", failed, metaadmin.Code(err))
	}
	for _, table := range partitions {
		for i := range table.Configs {
			p := &table.Configs[i]
			if n := nodes[p.PrimaryServer()]; n != nil {
				n.primary++
			}
			for _, s := range p.SecondaryServers() {
				if n := nodes[s]; n != nil {
					n.secondary++
				}
			}
		}
	}
	return nil
}

func nodesReport(nodes map[string]*node, o *nodesOptions, name func(string) string) *render.Report {
	r := &render.Report{}
	if o.status != "" || o.File != "" {
		parameters := r.Add(render.NewList("parameters"))
		if o.status != "" {
			parameters.Row("status", o.status)
		}
		if o.File != "" {
			parameters.Row("out_file", o.File)
		}
	}
	details := r.Add(render.NewGrid("details", "address", "status"))
	if o.detailed {
		details.Right("replica_count", "primary_count", "secondary_count")
	}
	wbm := false
	for _, n := range nodes {
		wbm = wbm || n.usage.hasWBM
	}
	if o.usage {
		details.Right(usageColumns(wbm)...)
	}
	if o.qps {
		details.Right(trafficHeads...)
	}
	alive := 0
	for _, server := range sortedServers(nodes) {
		n := nodes[server]
		if n.status == wire.NodeAlive {
			alive++
		}
		cells := []any{name(server), n.status}
		if o.detailed {
			cells = append(cells, n.primary+n.secondary, n.primary, n.secondary)
		}
		if o.usage {
			cells = append(cells, n.usage.cells(wbm)...)
		}
		if o.qps {
			cells = append(cells, n.traffic.cells()...)
		}
		details.Row(cells...)
	}
	summary := r.Add(render.NewList("summary"))
	summary.Row("total_node_count", len(nodes))
	summary.Row("alive_node_count", alive)
	summary.Row("unalive_node_count", fmt.Sprint(len(nodes)-alive))
	return r
}
