package zookeeper

import (
	"context"
	"fmt"

	"pegashell/commands/ensemble"
	"pegashell/internal/znodepath"
	"pegashell/migration"
	"pegashell/zkcopy"
)

// ends are the two sides of a copy, as they were named.
type ends struct{ from, to ensemble.Address }

// clusterRoot is the source's path as its meta servers see it. A source that was named by its servers may be that of
// the connected cluster, which alone knows of its chroot: known is false where neither says whether there is one.
func (e ends) clusterRoot(ctx context.Context, env Env) (root string, known bool) {
	if e.from.Chroot != "" || e.from.Name != "" {
		return e.from.ClusterRoot(), true
	}
	if env.Cluster() != nil {
		if own, err := env.ClusterTree(ctx); err == nil && own.String() == e.from.String() {
			return own.ClusterRoot(), true
		}
	}
	return e.from.ClusterRoot(), false
}

// printNext prints the next steps of a migration after the copy of a whole cluster's tree.
func printNext(ctx context.Context, env Env, seen *migration.Survey, e ends, source, target zkcopy.Tree, verified bool) {
	switch {
	case !seen.Source.HasClusterAtRoot() || source.Endpoint().Hosts() == target.Endpoint().Hosts():
		return
	case seen.LevelUnasked():
		fmt.Fprintf(env.Out(), "\nNext: the source may have changed during the copy (see the warnings). Start pegashell with the address of the source's meta servers (--cluster), stop the followers, run set_meta_level blind, and repeat this command there.\n")
		return
	case seen.Unsettled():
		fmt.Fprintf(env.Out(), "\nNext: the source may have changed during the copy (see the warnings). Stop the followers, run set_meta_level blind, and repeat this command.\n")
		return
	case !verified:
		fmt.Fprintf(env.Out(), "\nNext: the copy was not verified. Compare it with zk_diff %s %s.\n", source, target)
		return
	}
	root, known := e.clusterRoot(ctx, env)
	chroot, found := znodepath.Chroot(target.Path, root)
	if !found {
		chroot = ""
	}
	fmt.Fprintf(env.Out(), "\nNext: set hosts_list = %s%s in section [zookeeper] of every meta server's config.ini, then restart the leader.\n", target.Endpoint().Hosts(), chroot)
	if !known {
		fmt.Fprintf(env.Out(), "If hosts_list ends in a chroot now, such as HOST:PORT/CHROOT, it must end in one afterwards too: the shell is not connected to the source's cluster and cannot see it.\n")
	}
	if !found {
		fmt.Fprintf(env.Out(), "The path changes too: set cluster_root = %s in section [meta_server], and also distributed_lock_service_parameters if it is below %s.\n", target.Path, root)
	}
	if e.to.Name != "" && e.to.Chroot != chroot {
		fmt.Fprintf(env.Out(), "[zookeepers.%s] of plugins.toml says chroot = %q: config_set writes another hosts_list for that name.\n", e.to.Name, e.to.Chroot)
	}
	for _, lock := range seen.Source.Outside {
		fmt.Fprintf(env.Out(), "The lock of the meta servers is outside of the tree, below %s. It is not copied: they create it on the new ZooKeeper.\n", lock.Root)
	}
	fmt.Fprintf(env.Out(), "When the cluster is healthy there, wait a minute: zk_check %s must show no living_meta_servers then. A meta server that still uses the old ZooKeeper becomes the leader there, 20 to 40 s after the restart.\n", source)
	fmt.Fprintf(env.Out(), "Then start the followers, and remove the old tree with zk_rmr %s.\n", source)
	for _, lock := range seen.Source.Outside {
		fmt.Fprintf(env.Out(), "That leaves %s on the old ZooKeeper: remove it too if no other cluster has its lock there.\n", lock.Root)
	}
}
