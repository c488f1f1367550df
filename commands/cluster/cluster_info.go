package cluster

import (
	"context"
	"errors"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/migration"
)

type clusterInfoOptions struct {
	resolve bool
	command.OutputOptions
}

func clusterInfoCommand() *command.Command {
	return &command.Command{
		Name:     "cluster_info",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "show the main facts about the cluster",
		Usage:    "[-r|--resolve_ip] [-o|--output file_name] [-j|--json]",
		Notes:    "Every meta server of the list is also asked separately; if two lead at the same time, this command fails; other commands that only read print a warning.",
		Examples: []string{"cluster_info", "cluster_info -j -o cluster.json"},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o clusterInfoOptions
			flags.BoolVarP(&o.resolve, "resolve_ip", "r", false, "show host names of meta servers")
			o.DeclareJSON(flags)
			o.DeclareFile(flags)
			return func(ctx context.Context, env command.Env, _ []string) error { return clusterInfoRun(ctx, env, &o) }
		},
	}
}

func clusterInfoRun(ctx context.Context, env Env, o *clusterInfoOptions) error {
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	info, err := admin.ClusterInfo(ctx)
	if err != nil {
		return fail(env, err, "get cluster info failed, error=%s", metaadmin.Code(err))
	}
	name := resolver(ctx, env, o.resolve)
	list := render.NewList("cluster_info")
	for _, p := range info {
		if p.Key == "meta_servers" || p.Key == "primary_meta_server" {
			servers := strings.Split(p.Value, ",")
			for i := range servers {
				servers[i] = name(servers[i])
			}
			p.Value = strings.Join(servers, ",")
		}
		list.Row(p.Key, p.Value)
	}
	r := render.Report{Single: true}
	r.Add(list)
	if err := command.Print(env, &r, o.OutputOptions); err != nil {
		return err
	}
	if problem := migration.TwoLeaders(env.Leaders(ctx)); !problem.IsZero() {
		return outcome.Told(errors.New(problem.String()))
	}
	return nil
}
