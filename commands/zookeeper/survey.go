package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/migration"
	"pegashell/zkcopy"
)

// seenTarget is a tree that is to be written to or removed, as it was seen.
func seenTarget(at zkcopy.Tree, there *zkcopy.Findings) migration.Tree {
	return migration.Tree{
		Name: at.String(), Path: at.Path, Exists: there.Exists,
		Ephemerals: there.Count.Ephemerals, EphemeralNodes: there.Count.EphemeralNodes, Clusters: there.Clusters,
	}
}

// unseen is a tree of which only the place is known.
func unseen(at zkcopy.Tree) migration.Tree { return migration.Tree{Name: at.String(), Path: at.Path} }

// existingFile is the file if it is there, else "".
func existingFile(file string) (string, error) {
	switch _, err := os.Lstat(file); {
	case file == "" || errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	}
	return file, nil
}

// clusterLook looks at the connected cluster in the background, while the trees are read.
type clusterLook struct {
	own   migration.Own
	level migration.Level
	done  chan struct{}
}

// lookAtCluster begins to find out how a tree lies to that of the connected cluster and, where they have znodes in
// common and withLevel is set, the meta level. The tree's client must not be closed before wait has returned.
func lookAtCluster(ctx context.Context, env Env, zk *ensemble.Directory, tree zkcopy.Tree, withLevel bool) *clusterLook {
	l := &clusterLook{done: make(chan struct{})}
	go func() {
		defer close(l.done)
		if l.own = ownOf(ctx, env, zk, tree); withLevel && l.own.Relation != zkcopy.Apart {
			l.level = command.LevelOf(ctx, env)
		}
	}()
	return l
}

func (l *clusterLook) wait() { <-l.done }

// ownOf says how a tree lies to that of the connected cluster.
func ownOf(ctx context.Context, env Env, zk *ensemble.Directory, tree zkcopy.Tree) migration.Own {
	at, err := env.ClusterTree(ctx)
	if err != nil {
		return migration.Own{Unasked: err.Error()}
	}
	own := migration.Own{Name: at.Endpoint.String()}
	if tree.Endpoint().String() == own.Name {
		own.Relation = zkcopy.Same
		return own
	}
	alone := *zk // one session is enough to look at some znodes
	alone.Options.Connections = 1
	opened, err := alone.Open(ctx, at)
	if err != nil {
		return migration.Own{Unreached: err.Error()}
	}
	defer opened.Client.Close()
	if own.Relation, err = zkcopy.Relate(ctx, tree, opened); err != nil {
		return migration.Own{Unreached: err.Error()}
	}
	return own
}

// copySurvey is what was seen of both trees of a copy and of the cluster.
func copySurvey(source, target zkcopy.Tree, seen *zkcopy.Seen, cluster *clusterLook) *migration.Survey {
	s := &migration.Survey{
		Source: migration.Tree{Name: source.String(), Path: source.Path, Exists: true, Clusters: seen.Source},
		Target: seenTarget(target, &seen.Target),
	}
	if cluster != nil && len(seen.Source) > 0 {
		cluster.wait()
		s.Own, s.Level = cluster.own, cluster.level
	}
	return s
}

// passRestore looks at a backup, then at where it is to be restored, and has each look pass the guards.
func passRestore(ctx context.Context, file *zkcopy.BackupFile, target zkcopy.Tree, pass migration.Pass) error {
	clusters, err := file.Clusters(ctx)
	if err != nil {
		return err
	}
	s := &migration.Survey{
		Source: migration.Tree{Name: file.String(), Path: file.Root(), Exists: true, Clusters: clusters},
		Target: unseen(target),
	}
	if err := pass(s); err != nil {
		return err
	}
	there, err := zkcopy.Inspect(ctx, target, zkcopy.CountOptions{})
	if err != nil {
		return fmt.Errorf("look at the target: %w", err)
	}
	s.Target = seenTarget(target, there)
	return pass(s)
}
