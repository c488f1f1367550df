package look

import (
	"context"
	"errors"
	"path"
	"strings"
	"sync"

	"pegashell/metaadmin"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

// readTrees reads the old and the new tree at the same time, and compares them.
func (l *looking) readTrees(ctx context.Context, t *trees) {
	ctx, cancel := context.WithTimeout(ctx, readingTime)
	defer cancel()
	configs := l.configs()
	var reading sync.WaitGroup
	for _, each := range []struct {
		c     *candidate
		found *migration.Tree
	}{{t.source, &l.survey.Source}, {t.target, &l.survey.Target}} {
		if each.c != nil {
			reading.Go(func() { *each.found = l.readTree(ctx, each.c, configs) })
		}
	}
	reading.Wait()
	if t.source == nil || t.target == nil {
		return
	}
	l.survey.Compared, l.survey.Target.Changed = l.compare(ctx, t)
	l.survey.Target.Equal = l.survey.Compared.Equal
}

// readTree reads one tree, and the locks of its clusters that lie outside of it, unless what was
// read before is still right.
func (l *looking) readTree(ctx context.Context, c *candidate, configs []metaadmin.ServerConfig) migration.Tree {
	found := migration.Tree{Name: c.at.String(), Path: c.at.Path}
	if c.doubt == nil && c.seen.contents == nil {
		c.doubt = l.readNow(ctx, c, configs)
	}
	if c.doubt == nil {
		found = c.seen.tree
		found.Name = c.at.String()
	} else {
		found.Contents.Doubt, found.Contents.Denied = strings.TrimPrefix(c.doubt.Error(), found.Name+": "), isDenied(c.doubt)
	}
	found.Contents.Hosts, found.Contents.Aliases = c.at.Hosts(), c.aliases()
	return found
}

// isDenied reports whether other credentials are needed.
func isDenied(err error) bool {
	var refused *session.AuthError
	var required *session.AuthRequiredError
	return errors.Is(err, session.ErrNotAuthorized) || errors.As(err, &refused) || errors.As(err, &required)
}

func (l *looking) readNow(ctx context.Context, c *candidate, configs []metaadmin.ServerConfig) error {
	opened, err := l.open(ctx, c)
	if err != nil {
		return err
	}
	contents, err := read(ctx, opened, l.Progress)
	if err != nil {
		return err
	}
	found := migration.Tree{Path: c.at.Path}
	found.Contents.Seen = l.Now()
	contents.describe(&found)
	Locate(ctx, &found, opened, configs)
	if !found.Exists {
		found.Above = above(ctx, opened)
	}
	c.seen.locks = map[string]lockQueue{}
	for _, lock := range c.lockPaths(configs) {
		c.seen.locks[lock] = readLockQueue(ctx, opened, lock)
	}
	c.seen.contents, c.seen.tree = contents, found
	return nil
}

// above is the lowest znode above a tree that exists; "" where that cannot be seen.
func above(ctx context.Context, at zkcopy.Tree) string {
	for at.Path != "/" {
		at.Path = path.Dir(at.Path)
		if stat, err := at.Stat(ctx, at.Path); err != nil {
			return ""
		} else if stat != nil {
			return at.Path
		}
	}
	return ""
}

// configs are what meta servers run with or, where none answers, what configuration files say.
func (l *looking) configs() []metaadmin.ServerConfig {
	var configs []metaadmin.ServerConfig
	for _, m := range l.survey.Meta {
		if m.Running != nil {
			configs = append(configs, *m.Running)
		}
	}
	for _, f := range l.survey.Files {
		if f.Known() && f.Config.LockRoot != "" {
			configs = append(configs, f.Config)
		}
	}
	return configs
}

// Locate finds the locks of the clusters in a tree that lie outside of it. One that cannot be
// looked at counts as not found, and nothing is known of the clusters then.
func Locate(ctx context.Context, t *migration.Tree, at zkcopy.Tree, configs []metaadmin.ServerConfig) {
	locate(ctx, t, t.Path, at, configs)
}

// LocateAround is Locate for clusters of which only the roots were looked at, not what lies below.
func LocateAround(ctx context.Context, t *migration.Tree, at zkcopy.Tree, configs []metaadmin.ServerConfig) {
	locate(ctx, t, "", at, configs)
}

func locate(ctx context.Context, t *migration.Tree, seen string, at zkcopy.Tree, configs []metaadmin.ServerConfig) {
	for _, place := range migration.LockPlaces(seen, t.Clusters, configs) {
		found, err := zkcopy.FindClusters(ctx, zkcopy.Tree{Client: at.Client, Path: place}, zkcopy.CountOptions{})
		if err != nil {
			configs = nil // what they report cannot be seen
			continue
		}
		t.Outside = append(t.Outside, found...)
	}
	t.Unlocated = migration.Unlocated(t.Clusters, t.Outside, configs)
	t.Unfound = migration.Unfound(t.Clusters, t.Outside)
}
