package look

import (
	"context"
	"sync"
	"time"

	"pegashell/internal/manifest"
	"pegashell/metaadmin"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

// Times of a look.
const (
	// Patience is how long a server may take to answer, and a ZooKeeper to let a session in: living
	// ones answer within milliseconds. All are asked at the same time, so that a dead one costs this
	// once.
	Patience = 2 * time.Second
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
	// Open connects to a ZooKeeper, with the credentials and TLS files that it needs. After Patience
	// it gives up by itself, with what it knows of the reason. The look closes the client.
	Open func(ctx context.Context, at Address) (zkcopy.Tree, error)
	// Parse reads HOSTS[/PATH] or the name of a ZooKeeper.
	Parse func(text string) (Address, error)
	// Session returns the credentials and TLS files for a ZooKeeper.
	Session func(at Address) (session.Options, error)
	// Target and From are the trees on the new and on the old ZooKeeper, as the operator has named
	// them; nil where they are to be found out. A path may be missing.
	Target, From *Address
	// Stored has the replica servers asked what they hold though all is in order.
	Stored bool
	// Deep has data and ACLs of every znode compared.
	Deep bool
	// History is what files of earlier commands say.
	History migration.History
	// Memory is what earlier looks have found, for one that is repeated; nil to look at everything.
	Memory *Memory
	// Now returns the time; nil is the system's clock. Location is the time zone in which servers
	// print when they were started.
	Now      func() time.Time
	Location *time.Location
	// Progress shows that trees are read; nil shows nothing.
	Progress zkcopy.Progress
}

// Look fills a survey with all that a runbook needs: it asks every server and reads both trees.
// Nothing is changed anywhere. What could not be found out says why, so there is no error but the
// end of ctx.
func Look(ctx context.Context, o Options) (*migration.Survey, error) {
	l := &looking{Options: o, nodes: map[string]bool{}, survey: &migration.Survey{History: o.History}}
	l.withDefaults()
	var wait func()
	l.moved, wait = l.askWhetherMoved(ctx)
	l.askMetaServers(ctx)
	l.readFiles(ctx)
	t := l.findTrees(ctx)
	defer l.closeAll(ctx, t)
	defer wait()

	// What replica servers say is waited for while the trees are read, unless only the old tree
	// knows who they are.
	var asking sync.WaitGroup
	asking.Go(func() { l.askReplicaServers(ctx, l.knownReplicaServers()) })
	l.readTrees(ctx, t)
	asking.Wait()
	l.askHolders(ctx)
	if len(l.survey.Replicas) == 0 {
		l.askReplicaServers(ctx, l.storedReplicaServers(ctx, t))
	}
	l.askStored(ctx)
	l.dateLeaders(t)
	return l.survey, ctx.Err()
}

func (l *looking) withDefaults() {
	if l.Location == nil {
		l.Location = time.Local
	}
	if l.Now == nil {
		l.Now = time.Now
	}
	l.remembers = l.Memory != nil
	if l.Memory == nil {
		l.Memory = NewMemory()
	}
}

// looking is a look under way.
type looking struct {
	Options
	survey *migration.Survey
	// remembers: another look follows that uses the memory.
	remembers bool
	moved     moved

	mu sync.Mutex
	// nodes are the replica servers that leaders have named, and whether one calls it alive.
	nodes map[string]bool
}

// bounded limits a question.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, Patience)
}
