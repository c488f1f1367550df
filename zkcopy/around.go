package zkcopy

import (
	"context"
	"errors"
	"path"

	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// ClustersAround finds the Pegasus clusters to which a tree's root belongs: those with an apps node at
// the root or at a znode above it, and those whose lock node the root is or lies below. Of a cluster
// whose apps node has data, or may not be read, the tables are not read.
func ClustersAround(ctx context.Context, tr Tree) ([]Cluster, error) {
	if err := tr.Sync(ctx); err != nil {
		return nil, err
	}
	var around []Cluster
	for at := tr.Path; ; at = tree.ParentPath(at) {
		if path.Base(at) == layout.LockName {
			locked, err := FindClusters(ctx, Tree{Client: tr.Client, Path: at, Role: tr.Role}, CountOptions{Synced: true})
			if err != nil {
				return nil, err
			}
			around = append(around, locked...)
		}
		here, err := clusterAt(ctx, tr, at)
		if err != nil {
			return nil, err
		}
		around = append(around, here...)
		if at == "/" {
			return around, nil
		}
	}
}

// unreadable is the state of an apps node that may not be read.
const unreadable = "unreadable"

// clusterAt finds the cluster whose apps node lies directly below a path.
func clusterAt(ctx context.Context, tr Tree, root string) ([]Cluster, error) {
	apps := layout.Join(root, layout.AppsName)
	answer, err := tr.Client.Data(ctx, apps)
	switch {
	case errors.Is(err, session.ErrNotAuthorized): // a cluster's, as far as one can know
		return []Cluster{{Root: root, HasApps: true, AppsState: unreadable}}, nil
	case err != nil:
		return nil, tr.Wrap(err)
	case answer.Stat == nil:
		return nil, nil
	case len(answer.Data) > 0:
		return []Cluster{{Root: root, HasApps: true, AppsState: string(answer.Data), AppsZxid: answer.Stat.Czxid}}, nil
	}
	return FindClusters(ctx, Tree{Client: tr.Client, Path: apps, Role: tr.Role}, CountOptions{Synced: true})
}
