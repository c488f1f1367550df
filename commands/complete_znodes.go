package commands

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/commands/complete"
	"pegashell/metaadmin"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// trees offers ZooKeepers that have a name, the connected cluster's tree, and behind a slash what lies in the
// ZooKeeper that stands before it.
func trees(q *query, kind Kind, typed string) (int, []Candidate) {
	keep := strings.LastIndexByte(typed, '/') + 1
	var all []Candidate
	switch {
	case slices.Contains(kind, orBackup):
		_, all = backupFiles(q, kindBackup, typed)
	case slices.Contains(kind, orNewBackup):
		_, all = newBackupFiles(q, kindNewBackup, typed)
	}
	switch own := slices.Contains(kind, orOwn); {
	case keep == 0:
		all = slices.Concat(q.namedTrees(own), all)
	case typed[0] == '/' && own:
		if at, ok := q.ownTree(); ok {
			at.Path = path.Clean(typed[:keep])
			all = append(all, q.children(at)...)
		}
	case typed[0] != '/' && len(all) == 0 && !q.mayBeLocal(typed[:keep]):
		if at, err := q.env.endpoint(typed[:keep]); err == nil {
			all = q.children(at)
		}
	}
	return keep, all
}

// mayBeLocal tells a folder of this machine, or what could be one, from a HOSTS/PATH.
func (q *query) mayBeLocal(folder string) bool {
	listed, known := lookAt(q, folder, readFolder)
	return !known || listed.there
}

// namedTrees are the trees that can be named without a slash being typed first.
func (q *query) namedTrees(own bool) []Candidate {
	var all []Candidate
	if q.env.Manifest != nil {
		for _, name := range slices.Sorted(maps.Keys(q.env.Manifest.ZooKeepers)) {
			z := q.env.Manifest.ZooKeepers[name]
			all = append(all, Candidate{name, strings.Join(z.Hosts, ",") + z.Root})
		}
	}
	if at, ok := q.ownTree(); ok {
		text := at.String()
		if own {
			text = at.Path
		}
		all = append(all, Candidate{text, "the connected cluster's tree"})
	}
	return all
}

// ownTree is the connected cluster's tree; false when it is not known.
func (q *query) ownTree() (place, bool) {
	return ofCluster(q, "tree", func(ctx context.Context, admin *metaadmin.Client) (place, error) {
		return (&Env{Cluster: &Cluster{Admin: admin}}).clusterTree(ctx)
	})
}

// pathsBelow offers the znodes below the tree that --source names, else below the connected cluster's.
func pathsBelow(q *query, _ Kind, typed string) (int, []Candidate) {
	keep := strings.LastIndexByte(typed, '/') + 1
	var at place
	if source := q.values("source"); len(source) > 0 {
		var err error
		if at, err = q.env.endpoint(source[len(source)-1]); err != nil {
			return keep, nil
		}
	} else {
		var ok bool
		if at, ok = q.ownTree(); !ok {
			return keep, nil
		}
	}
	at.Path = path.Join(at.Path, typed[:keep])
	return keep, q.children(at)
}

// children offers what lies right below a znode, with a slash behind what has more below it. The ensemble is
// entered as the flags on the line and the manifest say.
func (q *query) children(at place) []Candidate {
	if session.ValidatePath(at.Path) != nil {
		return nil
	}
	connect, flags, typed, err := q.connectOptions()
	if err != nil {
		return nil
	}
	name, _ := q.env.ensemble(at)
	key := complete.Key{Place: fmt.Sprintf("ensemble %s [%s] %q", at.Hosts(), name, flags), Item: at.Path}
	if typed {
		q.private = key.Place
	}
	znodes, _ := complete.Ask(q.patience, q.catalog, key, func(ctx context.Context) ([]complete.Znode, error) {
		options, err := complete.Detached(ctx, q.catalog, key.Place, func() (session.Options, error) { return q.quietEntrance(connect, at) })
		if err != nil {
			return nil, err
		}
		options.Connections = 1
		return q.sessions.Children(ctx, key.Place, at.Endpoint, options)
	})
	all := make([]Candidate, 0, len(znodes))
	for _, z := range znodes {
		c := Candidate{Text: z.Name}
		if z.Kind != tree.Persistent {
			c.Description = z.Kind.String()
		}
		if z.Children > 0 {
			c = Candidate{z.Name + "/", fmt.Sprintf("%d below", z.Children)}
		}
		all = append(all, c)
	}
	return all
}

// connectOptions are how the line and the manifest say that ZooKeepers are entered, those flags with their values,
// and whether the line has any of them.
func (q *query) connectOptions() (connect *zkConnectOptions, given []string, typed bool, err error) {
	connect = &zkConnectOptions{}
	flags := newFlagSet("")
	connect.declare(flags)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "workers" || f.Name == "timeout" {
			return // completion has its own
		}
		_, here := q.given[f.Name]
		typed = typed || here
		for _, value := range q.values(f.Name) {
			given = append(given, f.Name+"="+value)
			if setErr := f.Value.Set(value); setErr != nil {
				err = setErr
			}
		}
	})
	return connect, given, typed, err
}

// quietEntrance is how an ensemble is entered. It reads files, and says nothing to anybody: the command will.
func (q *query) quietEntrance(connect *zkConnectOptions, at place) (session.Options, error) {
	quiet := *q.env
	quiet.Out, quiet.Err, quiet.exposed = io.Discard, io.Discard, nil
	env, err := connect.with(&quiet)
	if err != nil {
		return session.Options{}, err
	}
	return env.entrance(at)
}

// dropPrivate ends and forgets the session that was entered as a former line said, unless this one says the
// same.
func (c *Completer) dropPrivate(now string) {
	if c.private != "" && c.private != now {
		c.catalog.Forget(c.private) // first: it ends questions that would open the session anew
		c.sessions.Drop(c.private)
	}
	c.private = now
}
