package look

import (
	"context"
	"sync"

	"pegashell/metaadmin"
	"pegashell/migration"
	"pegashell/zkcopy"
)

// readTrees reads the old and the new tree at the same time, and compares them.
func (l *looking) readTrees(ctx context.Context, t *trees) {
	ctx, cancel := context.WithTimeout(ctx, readingTime)
	defer cancel()
	configs := l.configs()
	var reading sync.WaitGroup
	for _, each := range []struct {
		c *candidate
		t *migration.Tree
	}{{t.source, &l.survey.Source}, {t.target, &l.survey.Target}} {
		if each.c != nil {
			reading.Go(func() { l.readTree(ctx, t, each.c, each.t, configs) })
		}
	}
	reading.Wait()
	if t.source == nil || t.target == nil {
		return
	}
	l.survey.Compared, l.survey.Target.Changed = l.compare(ctx, t)
	l.survey.Target.Equal = l.survey.Compared.Equal
}

// readTree reads one tree, and the locks of its clusters that lie outside of it.
func (l *looking) readTree(ctx context.Context, t *trees, c *candidate, found *migration.Tree, configs []metaadmin.ServerConfig) {
	found.Name, found.Path = c.at.String(), c.at.Path
	found.Contents.Hosts, found.Contents.Aliases = c.at.Hosts(), c.aliases()
	if c.opened == nil {
		found.Contents.Doubt = t.doubts[c].Error()
		return
	}
	contents, err := read(ctx, c.opened.Tree, l.Progress)
	if err != nil {
		found.Contents.Doubt = err.Error()
		return
	}
	c.opened.contents = contents
	contents.describe(found)
	Locate(ctx, found, c.opened.Tree, configs)
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
	for _, place := range migration.LockPlaces(t.Path, t.Clusters, configs) {
		found, err := zkcopy.FindClusters(ctx, zkcopy.Tree{Client: at.Client, Path: place}, zkcopy.CountOptions{})
		if err != nil {
			configs = nil // what they report cannot be seen
			continue
		}
		t.Outside = append(t.Outside, found...)
	}
	t.Unlocated = migration.Unlocated(t.Clusters, t.Outside, configs)
}
