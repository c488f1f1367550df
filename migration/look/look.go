package look

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"pegashell/internal/manifest"
	"pegashell/metaadmin"
	"pegashell/migration"
	"pegashell/zkcopy"
)

// Times of a look.
const (
	// patience is how long a server may take to answer, and a ZooKeeper to let a session in: living
	// ones answer within milliseconds. All are asked at the same time, so that a dead one costs this
	// once.
	patience = 2 * time.Second
	// readingTime bounds the reading of the trees, which takes longer the larger they are.
	readingTime = time.Minute
)

// Options say what is looked at.
type Options struct {
	// Admin is the connected cluster's client, and Metas its list of meta servers; nil for no
	// cluster, of which the configurations and trees can be seen all the same.
	Admin *metaadmin.Client
	Metas []string
	// Servers are the cluster's servers of the manifest, by HOST:PORT.
	Servers map[string]manifest.Server
	// Read returns a configuration file by its name: a file's, or HOST:PORT of one of Servers.
	Read func(ctx context.Context, name string) ([]byte, error)
	// Files are configuration files that were named, whosever they are.
	Files []string
	// Open connects to a ZooKeeper, with the credentials and TLS files that it needs. The look
	// closes the client.
	Open func(ctx context.Context, at Address) (zkcopy.Tree, error)
	// Parse reads HOSTS[/PATH] or the name of a ZooKeeper.
	Parse func(text string) (Address, error)
	// Target and From are the trees on the new and on the old ZooKeeper, as the operator has named
	// them; nil where they are to be found out. A path may be missing.
	Target, From *Address
	// Deep has data and ACLs of every znode compared.
	Deep bool
	// History is what files of earlier commands say.
	History migration.History
	// Location is the time zone in which servers print when they were started.
	Location *time.Location
	// Progress shows that trees are read; nil shows nothing.
	Progress zkcopy.Progress
}

// Look fills a survey with all that a runbook needs: it asks every server and reads both trees.
// Nothing is changed anywhere. What could not be found out says why, so there is no error but the
// end of ctx.
func Look(ctx context.Context, o Options) (*migration.Survey, error) {
	l := &looking{Options: o, nodes: map[string]bool{}, survey: &migration.Survey{History: o.History}}
	if l.Location == nil {
		l.Location = time.Local
	}
	l.askMetaServers(ctx)
	l.readFiles(ctx)
	trees := l.findTrees(ctx)
	defer trees.close()

	// What replica servers say is waited for while the trees are read, unless only the old tree
	// knows who they are.
	var asking errgroup.Group
	asking.Go(func() error {
		l.askReplicaServers(ctx, l.knownReplicaServers())
		return nil
	})
	l.readTrees(ctx, trees)
	asking.Wait()
	if len(l.survey.Replicas) == 0 {
		l.askReplicaServers(ctx, l.storedReplicaServers(ctx, trees))
	}
	l.dateLeaders(ctx, trees)
	return l.survey, ctx.Err()
}

// looking is a look under way.
type looking struct {
	Options
	survey *migration.Survey

	mu sync.Mutex
	// nodes are the replica servers that leaders have named, and whether one calls it alive.
	nodes map[string]bool
}

// bounded limits a question.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, patience)
}
