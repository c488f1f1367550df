package cluster

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
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
		Examples: []string{"cc onebox", "cc production"},
		Plain:    true,
		Args:     []complete.Kind{complete.Cluster},
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error { return ccRun(ctx, env, args) }
		},
	}
}

// nameTimeout bounds the question for a cluster's name, as in the original.
const nameTimeout = time.Second

func ccRun(ctx context.Context, env Env, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return outcome.Misused()
	}
	names := env.Manifest()
	if names == nil {
		names = manifest.Default()
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
