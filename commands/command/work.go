package command

import (
	"context"
	"slices"
	"strings"
	"time"

	"pegashell/commands/ensemble"
	"pegashell/metaadmin"
	"pegashell/migration"
	"pegashell/zkcopy"
)

// Work is what a shell has done to a cluster that others can make void without its knowing.
type Work struct {
	// Level is the meta level that it has set last; nil for none.
	Level *migration.LevelSet
	// Copy is the last verified copy of the cluster's tree that it has made; nil for none.
	Copy *Copied
}

// Copied is a verified copy, and how its source is reached.
type Copied struct {
	migration.CopyMade
	// Open connects to the source with one session. The caller closes the tree's client.
	Open func(ctx context.Context) (zkcopy.Tree, error)
}

// Work is what this shell has done to a cluster.
func (s *Session) Work(c *Cluster) Work { return s.work[workKey(c)] }

// HasSetLevel remembers that the cluster's meta level was set.
func (s *Session) HasSetLevel(c *Cluster, l *migration.LevelSet) {
	s.change(c, func(w *Work) { w.Level = l })
}

// HasCopied remembers that the cluster's tree was copied, or forgets it: nil.
func (s *Session) HasCopied(c *Cluster, copied *Copied) {
	s.change(c, func(w *Work) { w.Copy = copied })
}

func (s *Session) change(c *Cluster, change func(*Work)) {
	if s.work == nil {
		s.work = map[string]Work{}
	}
	w := s.work[workKey(c)]
	change(&w)
	s.work[workKey(c)] = w
}

// workKey is the same for a cluster that was left and connected again.
func workKey(c *Cluster) string {
	if c == nil {
		return ""
	}
	return strings.Join(slices.Sorted(slices.Values(c.Metas)), ",")
}

// SightingOf is what a leader's description of its cluster shows.
func SightingOf(info metaadmin.ClusterInfo, at time.Time) migration.Sighting {
	s := migration.Sighting{Time: at}
	s.Leader, _ = info.Get("primary_meta_server")
	if tree, err := ensemble.OfInfo(info); err == nil {
		s.ZooKeeper = tree.Endpoint.String()
	}
	return s
}

// ClockOf prints a time of day in a time zone, with its date unless that is the one of now.
func ClockOf(now func() time.Time, zone *time.Location) func(time.Time) string {
	if zone == nil {
		zone = time.Local
	}
	return func(t time.Time) string {
		t = t.In(zone)
		if t.Format(time.DateOnly) == now().In(zone).Format(time.DateOnly) {
			return t.Format(time.TimeOnly)
		}
		return t.Format(time.DateTime)
	}
}
