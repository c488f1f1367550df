package commands

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/metaadmin"
)

type clusterInfoOptions struct {
	resolve bool
	outputOptions
}

func clusterInfoCommand() *Command {
	return &Command{
		Name:     "cluster_info",
		Plugin:   PluginCluster,
		Reads:    true,
		Summary:  "show what the cluster says of itself",
		Usage:    "[-r|--resolve_ip] [-o|--output file_name] [-j|--json]",
		Notes:    "Every meta server of the list is also asked by itself; when two lead at the same time, that is said on standard error and the command fails.",
		Examples: []string{"cluster_info", "cluster_info -j -o cluster.json"},
		Prepare: func(flags *pflag.FlagSet) Run {
			var o clusterInfoOptions
			flags.BoolVarP(&o.resolve, "resolve_ip", "r", false, "show host names of meta servers")
			o.declareJSON(flags)
			o.declareFile(flags)
			return func(ctx context.Context, env *Env, _ []string) error { return clusterInfoRun(ctx, env, &o) }
		},
	}
}

// declare adds the flags of every command that prints a report. Commands of the original have them in its order,
// which its errors show.
func (o *outputOptions) declare(flags *pflag.FlagSet) {
	o.declareFile(flags)
	o.declareJSON(flags)
}

func (o *outputOptions) declareFile(flags *pflag.FlagSet) {
	flags.StringVarP(&o.file, "output", "o", "", "write the result to this file")
	declareKind(flags, "output", kindFile)
}

func (o *outputOptions) declareJSON(flags *pflag.FlagSet) {
	flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
}

func clusterInfoRun(ctx context.Context, env *Env, o *clusterInfoOptions) error {
	admin, err := env.admin()
	if err != nil {
		return err
	}
	info, err := admin.ClusterInfo(ctx)
	if err != nil {
		return env.fail(err, "get cluster info failed, error=%s", metaadmin.Code(err))
	}
	name := env.resolver(ctx, o.resolve)
	list := newList("cluster_info")
	for _, p := range info {
		if p.Key == "meta_servers" || p.Key == "primary_meta_server" {
			servers := strings.Split(p.Value, ",")
			for i := range servers {
				servers[i] = name(servers[i])
			}
			p.Value = strings.Join(servers, ",")
		}
		list.row(p.Key, p.Value)
	}
	r := report{single: true}
	r.add(list)
	if err := r.print(env, o.outputOptions); err != nil {
		return err
	}
	if problem := env.twoLeaders(ctx); problem != "" {
		env.warn("%s", problem)
		return reported(errors.New(problem))
	}
	return nil
}
