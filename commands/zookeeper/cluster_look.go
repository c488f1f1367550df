package zookeeper

import (
	"context"
	"path"
	"sync"

	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/metaadmin"
	"pegashell/migration"
	"pegashell/zkcopy"
)

// clusterLook looks at the connected cluster in the background, while the trees are read. Its
// fields are set when wait has returned.
type clusterLook struct {
	own     migration.Own
	level   migration.Level
	leaders []metaadmin.Leader

	configs func() []metaadmin.ServerConfig
	asking  sync.WaitGroup
}

// askCluster begins to ask the meta servers who leads, and for their configurations.
func askCluster(ctx context.Context, env Env) *clusterLook {
	l := &clusterLook{configs: sync.OnceValue(func() []metaadmin.ServerConfig { return configsOf(ctx, env) })}
	l.asking.Go(func() { l.leaders = env.Leaders(ctx) })
	l.asking.Go(func() { l.configs() })
	return l
}

// lookBeforeCopy also begins to find out how the source lies to the connected cluster's tree and,
// where they have znodes in common, the meta level. The source's client must not be closed before
// wait has returned.
func lookBeforeCopy(ctx context.Context, env Env, zk *ensemble.Directory, source zkcopy.Tree) *clusterLook {
	l := askCluster(ctx, env)
	l.asking.Go(func() {
		if l.own = l.ownOf(ctx, env, zk, source, false); l.own.Relation != zkcopy.Apart {
			l.level = command.LevelOf(ctx, env)
		}
	})
	return l
}

// lookBeforeRemoval also begins to find out how a tree lies to the connected cluster's tree and
// lock. The tree's client must not be closed before wait has returned.
func lookBeforeRemoval(ctx context.Context, env Env, zk *ensemble.Directory, tree zkcopy.Tree) *clusterLook {
	l := askCluster(ctx, env)
	l.asking.Go(func() { l.own = l.ownOf(ctx, env, zk, tree, true) })
	return l
}

func (l *clusterLook) wait() { l.asking.Wait() }

// configsOf are the configurations of those of the connected cluster's meta servers that answer.
func configsOf(ctx context.Context, env Env) []metaadmin.ServerConfig {
	if env.Cluster() == nil {
		return nil
	}
	return env.Cluster().Admin.ServerConfigs(ctx)
}

// ownOf says how a tree lies to that of the connected cluster and, withLock, to its lock, if that
// lies elsewhere.
func (l *clusterLook) ownOf(ctx context.Context, env Env, zk *ensemble.Directory, tree zkcopy.Tree, withLock bool) migration.Own {
	at, err := env.ClusterTree(ctx)
	if err != nil {
		return migration.Own{Unasked: err}
	}
	own := migration.Own{Name: at.Endpoint.String()}
	if tree.Endpoint().String() == own.Name {
		own.Relation = zkcopy.Same
		return own
	}
	alone := clusterDirectory(env, zk, tree, at)
	alone.Options.Connections = 1 // enough to look at some znodes
	opened, err := alone.Open(ctx, at)
	if err != nil {
		return migration.Own{Unreached: err}
	}
	defer opened.Client.Close()
	own.Relation, err = zkcopy.Relate(ctx, tree, opened)
	if err == nil && own.Relation == zkcopy.Apart && withLock {
		own, err = ownLock(ctx, tree, opened, migration.ReportedLocks(at.Path, l.configs()), own)
	}
	if err != nil {
		return migration.Own{Unreached: err}
	}
	return own
}

// clusterDirectory opens the connected cluster's tree beside one that a line names. The line's credentials and
// TLS files are for the ensemble that it names: another one does not get to see them.
func clusterDirectory(env Env, zk *ensemble.Directory, named zkcopy.Tree, own ensemble.Address) ensemble.Directory {
	if own.SharesServer(named.Endpoint().Servers) {
		return *zk
	}
	d := env.QuietDirectory()
	d.Options.SessionTimeout, d.Options.ConnectTimeout = zk.Options.SessionTimeout, zk.Options.ConnectTimeout
	return d
}

// ownLock says how a tree lies to the locks of the cluster whose tree is own; own itself if it lies
// apart from them.
func ownLock(ctx context.Context, tree, cluster zkcopy.Tree, locks []string, own migration.Own) (migration.Own, error) {
	for _, each := range locks {
		lock := zkcopy.Tree{Client: cluster.Client, Path: each}
		relation, err := zkcopy.Relate(ctx, tree, lock)
		if err != nil {
			return own, err
		}
		if relation != zkcopy.Apart {
			return migration.Own{Relation: relation, Name: lock.String(), Lock: true}, nil
		}
	}
	return own, nil
}

// reportedLockRoot returns where meta servers report the lock of the cluster that uses this tree;
// false where none does.
func reportedLockRoot(ctx context.Context, env Env, at zkcopy.Tree) (lockRoot string, reported bool) {
	locks := migration.ReportedLocks(at.Path, configsOf(ctx, env))
	if len(locks) == 0 {
		return "", false
	}
	return path.Dir(locks[0]), true
}
