package look

import (
	"context"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
)

// partitionQueries is how many tables a leader is asked about at once, over one connection.
const partitionQueries = 64

// askLeader asks a leader, which has described the cluster as info, for the rest.
func (l *looking) askLeader(ctx, short context.Context, server metaadmin.Server, known func() *knownServer, info metaadmin.ClusterInfo) migration.Leading {
	leading := migration.Leading{Info: info, Beacons: -1}
	hosts, _ := info.Get("zookeeper_hosts")
	root, _ := info.Get("zookeeper_root")
	leading.Hosts, leading.Root = placeOf(hosts, root)
	word, _ := info.Get("meta_function_level")
	leading.Effective, _ = wire.ParseMetaLevel(strings.TrimPrefix(word, "fl_"))
	var asking sync.WaitGroup
	asking.Go(func() {
		if level, err := server.MetaLevel(short); err == nil {
			leading.Level = level
		}
	})
	asking.Go(func() {
		nodes, err := server.ListNodes(short)
		if err != nil {
			return
		}
		leading.Nodes = len(nodes)
		for _, n := range nodes {
			if n.Status == wire.NodeAlive {
				leading.Alive++
			}
		}
		// A leader calls those alive whose beacons it gets.
		leading.Beacons = leading.Alive
		l.noteReplicaServers(nodes)
	})
	asking.Go(func() {
		apps, err := server.ListApps(short)
		if err != nil {
			return
		}
		for _, app := range apps {
			if app.Status != wire.AppDropped {
				leading.Tables = append(leading.Tables, app)
			}
		}
		// Only what is not being written at the same time.
		leading.Unhealthy = l.countUnhealthy(ctx, server, known(), migration.Leading{Tables: leading.Tables, Hosts: leading.Hosts, Root: leading.Root})
	})
	asking.Wait()
	return leading
}

// mostTables is how many tables' health is asked for in every look that is repeated.
const mostTables = 5

// countUnhealthy counts the tables with a partition that lacks a replica, or of which the leader
// does not say: what is not known is not healthy. The leader writes every change of a partition to
// its tree, so that while that stays as it is all tables do. In between only tables that were not
// healthy are asked for again, some at a time.
func (l *looking) countUnhealthy(ctx context.Context, server metaadmin.Server, known *knownServer, leading migration.Leading) int {
	tables := leading.Tables
	now := l.Now()
	if l.remembers && len(tables) > mostTables && !known.health.IsZero() && (now.Sub(known.health) < again || !l.movedOn(leading.Hosts, leading.Root)) {
		var sick []metaadmin.AppInfo
		var rest []string
		for _, app := range tables {
			switch {
			case !slices.Contains(known.sick, app.Name):
			case len(sick) < mostTables:
				sick = append(sick, app)
			default:
				rest = append(rest, app.Name)
			}
		}
		known.sick = append(rest, unhealthy(ctx, server, sick)...)
		return len(known.sick)
	}
	known.sick, known.health = unhealthy(ctx, server, tables), now
	return len(known.sick)
}

// unhealthy are the names of those tables that are not healthy.
func unhealthy(ctx context.Context, server metaadmin.Server, tables []metaadmin.AppInfo) []string {
	var mu sync.Mutex
	var names []string
	var group errgroup.Group
	group.SetLimit(partitionQueries)
	for _, app := range tables {
		group.Go(func() error {
			short, cancel := bounded(ctx)
			defer cancel()
			partitions, err := server.Partitions(short, app.Name)
			if err != nil || !healthy(app, partitions) {
				mu.Lock()
				defer mu.Unlock()
				names = append(names, app.Name)
			}
			return nil
		})
	}
	group.Wait()
	return names
}

// healthy reports whether every partition of a table has a primary and all its replicas.
func healthy(app metaadmin.AppInfo, partitions []metaadmin.PartitionConfig) bool {
	if len(partitions) < int(app.PartitionCount) {
		return false
	}
	for i := range partitions {
		p := &partitions[i]
		if p.PrimaryServer() == "" || 1+len(p.SecondaryServers()) < int(p.MaxReplicaCount) {
			return false
		}
	}
	return true
}
