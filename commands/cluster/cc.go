package cluster

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
)

func ccCommand() *command.Command {
	return &command.Command{
		Name:     "cc",
		Plugin:   command.PluginCluster,
		Inward:   true,
		Summary:  "connect to another cluster of plugins.toml",
		Usage:    "[cluster_name]",
		Notes:    "At a terminal, cc alone lists the clusters of plugins.toml.",
		Examples: []string{"cc onebox", "cc production"},
		Plain:    true,
		Args:     []complete.Kind{complete.Cluster},
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error { return ccRun(ctx, env, args) }
		},
	}
}

// clustersReport lists the clusters that can be named, and marks the one that is connected.
func clustersReport(env Env, names *manifest.Manifest) *render.Report {
	var r render.Report
	grid := r.Add(render.NewGrid("clusters", "cluster", "meta_servers", "connected"))
	for _, name := range slices.Sorted(maps.Keys(names.Clusters)) {
		metas, connected := names.Clusters[name].MetaServers, "-"
		if c := env.Cluster(); c != nil && slices.Equal(c.Metas, metas) {
			connected = "yes"
		}
		grid.Row(name, strings.Join(metas, ","), connected)
	}
	return &r
}

// nameTimeout bounds the question for a cluster's name, as in the original.
const nameTimeout = time.Second

func ccRun(ctx context.Context, env Env, args []string) error {
	names := env.Manifest()
	if names == nil {
		names = manifest.Default()
	}
	if len(args) == 0 && env.Interactive() && len(names.Clusters) > 0 {
		return command.Print(env, clustersReport(env, names), command.OutputOptions{})
	}
	if len(args) != 1 || args[0] == "" {
		return outcome.Misused()
	}
	found, err := names.Cluster(args[0])
	if err != nil {
		return err
	}
	if err := env.Connect(args[0], found.MetaServers); err != nil {
		return message.Errorf("cluster %q: %w", args[0], err)
	}
	ctx, cancel := context.WithTimeout(ctx, nameTimeout)
	defer cancel()
	// As in the original the name stays the one that was typed when nobody answers: the next
	// command will say why.
	_ = env.Cluster().QueryName(ctx)
	fmt.Fprintf(env.Out(), "The cluster name is: %s\n", env.Cluster().Name)
	fmt.Fprintf(env.Out(), "The cluster meta list is: %s\n", strings.Join(env.Cluster().Metas, ","))
	return nil
}
