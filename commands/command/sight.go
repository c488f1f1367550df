package command

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"pegashell/internal/journal"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
)

const (
	// sightPatience bounds a sight: it must not keep anyone waiting.
	sightPatience = 2 * time.Second
	// sightTables is up to how many tables each is asked for its partitions.
	sightTables = 1000
	// sightQueries is how many of these questions are under way at once.
	sightQueries = 64
)

// See looks at the connected cluster and writes down what it sees, where a journal is kept. What
// does not answer in time stays unknown; a cluster without a leader is not written down, and false
// is returned.
func See(ctx context.Context, env Env) bool {
	if env.Journal() == nil || env.Cluster() == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, sightPatience)
	defer cancel()
	seen, ok := sight(ctx, env)
	if ok {
		env.Observe(seen)
	}
	return ok
}

// sight asks the leader for what a report compares.
func sight(ctx context.Context, env Env) (seen journal.Seen, ok bool) {
	seen = journal.Seen{Leaders: 1, Tables: -1, Unhealthy: -1, Servers: -1, Alive: -1}
	admin := env.Cluster().Admin
	at, err := env.ClusterTree(ctx)
	if err != nil {
		return seen, false
	}
	seen.Leader, seen.Hosts, seen.Root = admin.Leader(), at.Hosts(), at.Path
	if all := migration.DistinctLeaders(env.Leaders(ctx)); len(all) > 1 {
		seen.Leaders = len(all)
	}
	if level, err := admin.MetaLevel(ctx); err == nil {
		seen.Level = level.String()
	}
	if nodes, err := admin.ListNodes(ctx, wire.NodeInvalid); err == nil {
		seen.Servers, seen.Alive = len(nodes), 0
		for i := range nodes {
			if nodes[i].Status == wire.NodeAlive {
				seen.Alive++
			}
		}
	}
	if tables, err := admin.ListApps(ctx, wire.AppInvalid); err == nil {
		tables = slices.DeleteFunc(tables, func(t metaadmin.AppInfo) bool { return t.Status == wire.AppDropped })
		seen.Tables = len(tables)
		seen.TableSum, seen.Names = migration.TableNames(tables)
		seen.Unhealthy = unhealthy(ctx, admin, tables)
	}
	return seen, true
}

// unhealthy counts the tables of which a partition has not all its replicas; -1 where that cannot
// be known soon.
func unhealthy(ctx context.Context, admin *metaadmin.Client, tables []metaadmin.AppInfo) int {
	if len(tables) > sightTables {
		return -1
	}
	bad := make([]bool, len(tables))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sightQueries)
	for i, t := range tables {
		group.Go(func() error {
			found, err := admin.QueryPartitions(ctx, t.Name)
			if err != nil {
				return err
			}
			for j := range found.Configs {
				p := &found.Configs[j]
				bad[i] = bad[i] || p.PrimaryServer() == "" || 1+len(p.SecondaryServers()) < int(p.MaxReplicaCount)
			}
			return nil
		})
	}
	if group.Wait() != nil {
		return -1
	}
	n := 0
	for _, b := range bad {
		if b {
			n++
		}
	}
	return n
}
