package complete

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/commands/ensemble"
	"pegashell/internal/message"
	"pegashell/internal/suggestion"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// Tree is the kind of HOSTS[/PATH]: ZooKeepers that have a name, the connected cluster's tree, and
// after a slash the znodes of the ZooKeeper before it.
func Tree(q *Query, typed string) (int, []suggestion.Suggestion) { return trees(q, typed, false, nil) }

// OwnTree is Tree where it may also be a PATH of the connected cluster's ZooKeeper.
func OwnTree(q *Query, typed string) (int, []suggestion.Suggestion) {
	return trees(q, typed, true, nil)
}

// OwnTreeOr is OwnTree where it may also be a file of a kind.
func OwnTreeOr(file Kind) Kind {
	return func(q *Query, typed string) (int, []suggestion.Suggestion) { return trees(q, typed, true, file) }
}

func trees(q *Query, typed string, own bool, file Kind) (int, []suggestion.Suggestion) {
	keep := strings.LastIndexByte(typed, '/') + 1
	var all []suggestion.Suggestion
	if file != nil {
		_, all = file(q, typed)
	}
	switch {
	case keep == 0:
		all = slices.Concat(q.namedTrees(own), all)
		if at, ok := q.place(); ok && own && q.ZooKeepers.Place != nil {
			all = append(all, q.children(at)...)
		}
	case typed[0] != '/' && (len(all) > 0 || q.mayBeLocal(typed[:keep])):
	default:
		if at, ok := q.tree(typed[:keep], own); ok {
			all = append(all, q.children(at)...)
		}
	}
	return keep, all
}

// tree is the tree that a word names; own says that it may also be a path of the place where the session
// stands, or one relative to it.
func (q *Query) tree(word string, own bool) (ensemble.Address, bool) {
	relative := q.ZooKeepers.IsRelative(word)
	if own && (strings.HasPrefix(word, "/") || relative) {
		at, ok := q.place()
		if relative {
			return at.Beside(word), ok
		}
		at.Path = path.Clean(word)
		return at, ok
	}
	zk := q.ZooKeepers
	zk.Own = func() (ensemble.Address, error) {
		at, ok := q.ownTree()
		if !ok {
			return at, errUnknown
		}
		return at, nil
	}
	at, err := zk.Parse(word)
	return at, err == nil
}

// errUnknown stands for an answer that is not there.
var errUnknown = errors.New("it is not known")

// place is where the session stands.
func (q *Query) place() (ensemble.Address, bool) {
	if q.ZooKeepers.Place != nil {
		return *q.ZooKeepers.Place, true
	}
	return q.ownTree()
}

// mayBeLocal reports whether a word may be a folder of this machine and not HOSTS/PATH.
func (q *Query) mayBeLocal(folder string) bool {
	listed, known := lookAt(q, folder, ReadFolder)
	return !known || listed.there
}

// namedTrees are the trees that have a name without a slash.
func (q *Query) namedTrees(own bool) []suggestion.Suggestion {
	var all []suggestion.Suggestion
	if q.Manifest != nil {
		for _, name := range slices.Sorted(maps.Keys(q.Manifest.ZooKeepers)) {
			z := q.Manifest.ZooKeepers[name]
			all = append(all, suggestion.Suggestion{Text: name, Description: strings.Join(z.Hosts, ",") + cmp.Or(z.Tree(), z.Chroot)})
		}
	}
	if at, ok := q.ownTree(); ok {
		text := at.String()
		if own {
			text = at.Path
			if q.ZooKeepers.Place != nil { // a path would be one of the place's ensemble
				text = ensemble.OwnName
			}
		}
		all = append(all, suggestion.Suggestion{Text: text, Description: "the connected cluster's tree"})
	}
	return all
}

// ownTree is the connected cluster's tree; false when it is not known.
func (q *Query) ownTree() (ensemble.Address, bool) {
	return ofCluster(q, "tree", ensemble.OfCluster)
}

// Below is the kind of a path below the tree that is copied. It offers the znodes below the tree
// that --source names or, without one, below the connected cluster's.
func Below(q *Query, typed string) (int, []suggestion.Suggestion) {
	keep := strings.LastIndexByte(typed, '/') + 1
	var at ensemble.Address
	if source := q.Values("source"); len(source) > 0 {
		var ok bool
		if at, ok = q.tree(source[len(source)-1], false); !ok {
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

// children offers what is directly below a znode, with a slash after those that have children. The
// ensemble is entered with the flags of the line and of the manifest.
func (q *Query) children(at ensemble.Address) []suggestion.Suggestion {
	znodes, _ := q.znodes(at)
	all := make([]suggestion.Suggestion, 0, len(znodes))
	for _, z := range znodes {
		c := suggestion.Suggestion{Text: z.Name}
		if z.Kind != tree.Persistent {
			c.Description = z.Kind.String()
		}
		if z.Children > 0 {
			c = suggestion.Suggestion{Text: z.Name + "/", Description: message.New("%d below", z.Children).In(q.Language)}
		}
		all = append(all, c)
	}
	return all
}

// znodes returns what is directly below a znode; false if that is not known.
func (q *Query) znodes(at ensemble.Address) ([]Znode, bool) {
	if session.ValidatePath(at.Path) != nil {
		return nil, false
	}
	connect, flags, typed, err := q.connectOptions()
	if err != nil {
		return nil, false
	}
	name, _ := q.ZooKeepers.Lookup(at)
	key := Key{Place: fmt.Sprintf("ensemble %s [%s] %q", at.Hosts(), name, flags), Item: at.Path}
	if typed {
		q.Private = key.Place
	}
	return Ask(q.Patience, q.Catalog, key, func(ctx context.Context) ([]Znode, error) {
		options, err := Detached(ctx, q.Catalog, key.Place, func() (session.Options, error) {
			directory, err := connect.In(q.ZooKeepers)
			if err != nil {
				return session.Options{}, err
			}
			return directory.OptionsFor(at)
		})
		if err != nil {
			return nil, err
		}
		options.Connections = 1
		return q.sessions.Children(ctx, key.Place, at.Endpoint, options)
	})
}

// connectOptions returns the options of the line and the manifest for connecting to ZooKeepers,
// those flags with their values, and whether the line has any of them.
func (q *Query) connectOptions() (connect *ensemble.Flags, given []string, typed bool, err error) {
	connect = &ensemble.Flags{}
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	connect.Declare(flags)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "workers" || f.Name == "timeout" {
			return // completion has its own
		}
		_, here := q.Given[f.Name]
		typed = typed || here
		for _, value := range q.Values(f.Name) {
			given = append(given, f.Name+"="+value)
			if setErr := f.Value.Set(value); setErr != nil {
				err = setErr
			}
		}
	})
	return connect, given, typed, err
}
