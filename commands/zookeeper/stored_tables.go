package zookeeper

import (
	"context"
	"time"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/migration"
)

// storedTimeout bounds finding out what replica servers hold: some may be gone.
const storedTimeout = 5 * time.Second

// storedTables asks the replica servers of the connected cluster which tables they hold. The leader
// knows the servers.
func storedTables(ctx context.Context, env Env) migration.Stored {
	stored := migration.Stored{Asked: true}
	cluster := env.Cluster()
	if cluster == nil {
		stored.Doubt = message.Errorf("no cluster is connected")
		return stored
	}
	ctx, cancel := context.WithTimeout(ctx, storedTimeout)
	defer cancel()
	at, err := env.ClusterTree(ctx)
	if err != nil {
		stored.Doubt = message.Errorf("no leader reports which replica servers exist")
		return stored
	}
	stored.Root = at.Path
	apps, err := cluster.Admin.StoredApps(ctx)
	switch {
	case err != nil:
		stored.Doubt = message.Errorf("the leader does not list the replica servers (%s)", metaadmin.Code(err))
	case apps.Silent > 0:
		stored.Doubt = message.Errorf("%d of %d replica servers did not answer", apps.Silent, apps.Servers)
	}
	stored.Tables = apps.Apps
	return stored
}
