package zkcopy

import (
	"context"
	"slices"

	"pegashell/zkcopy/tree"

	"golang.org/x/sync/errgroup"
)

// Relate reports how trees a and b overlap. Host names do not matter: the servers of both are the
// same when a znode has the same czxid and ctime through either, which are the same in two
// ensembles only if one is a clone of the other.
func Relate(ctx context.Context, a, b Tree) (Relation, error) {
	relation := relationOf(a.Path, b.Path)
	if relation == Apart {
		return Apart, nil
	}
	same, err := sameServers(ctx, a, b)
	if err != nil || !same {
		return Apart, err
	}
	return relation, nil
}

// relationOf is how two trees on the same servers overlap, by their paths.
func relationOf(a, b string) Relation {
	switch {
	case a == b:
		return Same
	case tree.Contains(b, a):
		return Inside
	case tree.Contains(a, b):
		return Around
	}
	return Apart
}

// maxWitnesses bounds how many znodes are compared to distinguish servers.
const maxWitnesses = 8

// sameServers compares znodes that both trees would have in common. Those that a server makes by
// itself, / and /zookeeper, have czxid and ctime 0 everywhere and show nothing; where a tree is
// rooted at / its children are compared.
func sameServers(ctx context.Context, a, b Tree) (bool, error) {
	var witnesses []string
	for _, root := range []string{a.Path, b.Path} {
		if root != "/" && !slices.Contains(witnesses, root) {
			witnesses = append(witnesses, root)
		}
	}
	if a.Path == "/" || b.Path == "/" {
		for _, tr := range []Tree{a, b} {
			names, err := tr.Client.Children(ctx, "/")
			if err != nil {
				return false, tr.Wrap(err)
			}
			names = slices.DeleteFunc(names, func(name string) bool { return "/"+name == tree.ReservedPath })
			for _, name := range names[:min(len(names), maxWitnesses)] {
				witnesses = append(witnesses, "/"+name)
			}
		}
	}
	for _, witness := range witnesses {
		same, err := sameNode(ctx, a, b, witness)
		if err != nil || same {
			return same, err
		}
	}
	return false, nil
}

func sameNode(ctx context.Context, a, b Tree, path string) (bool, error) {
	onA, onB, err := statBoth(ctx, a, path, b, path)
	if err != nil || onA == nil || onA.Czxid == 0 || onB == nil {
		return false, err
	}
	return onA.Czxid == onB.Czxid && onA.Ctime == onB.Ctime, nil
}

// statBoth asks for two znodes at once, nil for one that is not there.
func statBoth(ctx context.Context, a Tree, pathA string, b Tree, pathB string) (onA, onB *tree.Stat, err error) {
	asking, both := errgroup.WithContext(ctx)
	asking.Go(func() (err error) { onA, err = a.Stat(both, pathA); return err })
	asking.Go(func() (err error) { onB, err = b.Stat(both, pathB); return err })
	return onA, onB, asking.Wait()
}
