package zookeeper

import (
	"fmt"

	"pegashell/migration"
	"pegashell/zkcopy"
)

// tellNext says what comes behind the copy of a whole cluster's tree in a migration.
func tellNext(env Env, seen *migration.Survey, source, target zkcopy.Tree, verified bool) {
	switch {
	case !seen.Source.HasClusterAtRoot() || source.Endpoint().Hosts() == target.Endpoint().Hosts():
		return
	case seen.Unsettled():
		fmt.Fprintf(env.Out(), "\nNext: the source may have changed under the copy (see the warnings). Stop the followers, set_meta_level blind, and repeat this command.\n")
		return
	case !verified:
		fmt.Fprintf(env.Out(), "\nNext: the copy was not verified. Compare it with zk_diff %s %s.\n", source, target)
		return
	}
	fmt.Fprintf(env.Out(), "\nNext: set hosts_list = %s in section [zookeeper] of every meta server's config.ini, then restart the leader.\n", target.Endpoint().Hosts())
	if source.Path != target.Path {
		fmt.Fprintf(env.Out(), "The path is another one too: set cluster_root = %s in section [meta_server], and distributed_lock_service_parameters where it lies below %s.\n", target.Path, source.Path)
	}
	for _, lock := range seen.Source.Outside {
		fmt.Fprintf(env.Out(), "The lock of the meta servers lies outside of the tree, below %s. It is not copied: they create it on the new ZooKeeper.\n", lock.Root)
	}
	fmt.Fprintf(env.Out(), "When the cluster is healthy there, wait a minute: zk_check %s must show no living_meta_servers then. A meta server that still uses the old ZooKeeper leads there, 20 to 40 s after the restart.\n", source)
	fmt.Fprintf(env.Out(), "Then start the followers, and remove the old tree with zk_rmr %s.\n", source)
}
