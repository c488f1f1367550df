package zookeeper

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"pegashell/internal/message"
	"pegashell/migration"
	"pegashell/migration/look"
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

// copySurvey is what was seen of both trees of a copy and of the cluster.
func copySurvey(ctx context.Context, source, target zkcopy.Tree, seen *zkcopy.Seen, cluster *clusterLook) *migration.Survey {
	s := &migration.Survey{
		Source: migration.Tree{Name: source.String(), Path: source.Path, Exists: true, Clusters: seen.Source},
		Target: seenTarget(target, &seen.Target),
	}
	s.Target.Changed, s.Target.Equal = seen.Changed, seen.Equal
	cluster.wait()
	s.Leaders = cluster.leaders
	if len(seen.Source) > 0 {
		s.Own, s.Level = cluster.own, cluster.level
	}
	look.Locate(ctx, &s.Source, source, cluster.configs())
	look.Locate(ctx, &s.Target, target, cluster.configs())
	return s
}

// removalSurvey is what was seen of a tree that is to be removed and of the cluster.
func removalSurvey(ctx context.Context, at zkcopy.Tree, there *zkcopy.Findings, cluster *clusterLook) *migration.Survey {
	s := &migration.Survey{Target: seenTarget(at, there), Own: cluster.own, Leaders: cluster.leaders}
	look.Locate(ctx, &s.Target, at, cluster.configs())
	return s
}

// passRestore looks at a backup, then at where it is to be restored, and has each look pass the guards. It returns what
// was seen.
func passRestore(ctx context.Context, env Env, file *zkcopy.BackupFile, target zkcopy.Tree, pass migration.Pass) (*migration.Survey, error) {
	cluster := askCluster(ctx, env)
	defer cluster.wait()
	clusters, err := file.Clusters(ctx)
	if err != nil {
		return nil, err
	}
	s := &migration.Survey{
		Source: migration.Tree{Name: file.String(), Path: file.Root(), Exists: true, Clusters: clusters},
		Target: unseen(target),
	}
	if err := pass(s); err != nil {
		return nil, err
	}
	there, err := zkcopy.Inspect(ctx, target, zkcopy.CountOptions{})
	if err != nil {
		return nil, message.Errorf("look at the target: %w", err)
	}
	s.Target = seenTarget(target, there)
	s.Stored = storedTables(ctx, env)
	cluster.wait()
	s.Leaders = cluster.leaders
	look.Locate(ctx, &s.Target, target, cluster.configs())
	return s, pass(s)
}
