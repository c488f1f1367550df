package zookeeper

import (
	"context"
	"errors"
	"os"
	"strings"

	"pegashell/commands/ensemble"
	"pegashell/internal/homefile"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
	"pegashell/zkcopy/backup"
	"pegashell/zkcopy/session"
)

// treeAt is the tree that a word names: HOSTS/PATH, PATH on the ensemble of the place where the session
// stands, a path relative to that place, or the place itself for "". Without zk_cd the place is the
// connected cluster's tree.
func treeAt(ctx context.Context, env Env, zk *ensemble.Directory, command, text string) (ensemble.Address, error) {
	at, err := treeOrHosts(ctx, env, zk, command, text)
	switch {
	case err != nil || at.Path != "":
		return at, err
	case at.Name == "" && !strings.ContainsAny(text, ":,"):
		return at, outcome.WrongUse("%[1]s: %[2]s has no path: use HOSTS/PATH, or ./%[2]s for a znode of the connected cluster's tree", command, text)
	}
	return at, outcome.WrongUse("%s: %s has no path: use HOSTS/PATH", command, text)
}

// treeOrHosts is treeAt where HOSTS is allowed without a path.
func treeOrHosts(ctx context.Context, env Env, zk *ensemble.Directory, command, text string) (ensemble.Address, error) {
	text = ensemble.WithoutSlash(text)
	relative := zk.IsRelative(text)
	if text != "" && !strings.HasPrefix(text, "/") && !relative {
		return named(zk, command, text)
	}
	if err := session.ValidatePath(text); strings.HasPrefix(text, "/") && err != nil {
		return ensemble.Address{}, outcome.WrongUse("%s: %v", command, err)
	}
	at, err := place(ctx, env, zk)
	switch {
	case err != nil:
		return at, err
	case relative:
		at = at.Beside(text)
		if err := session.ValidatePath(at.Path); err != nil {
			return at, outcome.WrongUse("%s: %v", command, err)
		}
	case text != "":
		at.Path = text
	}
	return at, nil
}

// named is the tree HOSTS/PATH or NAME/PATH; what says for what it was named.
func named(zk *ensemble.Directory, what, text string) (ensemble.Address, error) {
	switch {
	case strings.HasPrefix(text, "/") && zk.Place != nil:
		return ensemble.Address{}, outcome.WrongUse("%[1]s: %[2]s does not name its ZooKeeper: use %[3]s%[2]s, or own%[2]s for that of the connected cluster", what, text, zk.Place.Hosts())
	case strings.HasPrefix(text, "/"):
		return ensemble.Address{}, outcome.WrongUse("%[1]s: %[2]s does not name its ZooKeeper: use own%[2]s for that of the connected cluster, or HOST:PORT%[2]s", what, text)
	}
	at, err := zk.Parse(text)
	var unknown *ensemble.OwnError
	if err != nil && !errors.As(err, &unknown) {
		err = outcome.WrongUse("%s: %v", what, err)
	}
	return at, err
}

// place is where the session stands. One that was chosen as the cluster's own is refused when the cluster has moved to
// another ZooKeeper meanwhile, or may have.
func place(ctx context.Context, env Env, zk *ensemble.Directory) (ensemble.Address, error) {
	if zk.Place == nil {
		return ownTree(ctx, env)
	}
	at := *zk.Place
	if at.Name != ensemble.OwnName {
		return at, nil
	}
	switch own, err := ownTree(ctx, env); {
	case err != nil:
		return at, message.Errorf("%w\nzk_cd has chosen the cluster's own ZooKeeper, which was %s: zk_cd %s stays there", err, at.Hosts(), at)
	case !at.IsOn(own.Servers) || at.Chroot != own.Chroot:
		return at, message.Errorf("zk_cd has chosen the cluster's own ZooKeeper, which was %s, but the cluster's metadata lies at %s now: use zk_cd own, or zk_cd %s to stay there", at.Hosts(), own, at)
	}
	return at, nil
}

// ownTree is the connected cluster's tree.
func ownTree(ctx context.Context, env Env) (ensemble.Address, error) {
	if err := env.RefuseTwoLeaders(ctx); err != nil {
		return ensemble.Address{}, err // it would be the ZooKeeper of whichever answers first
	}
	at, err := env.ClusterTree(ctx)
	if err != nil {
		return at, message.Errorf("%w\nWithout HOSTS it is the connected cluster's ZooKeeper: if no meta server answers, use HOSTS/PATH", err)
	}
	return at, nil
}

// namesFile reports whether an argument that can also name a tree names a backup file: one that
// exists, or any with a backup's ending.
func namesFile(text string) bool {
	path, err := homefile.Expand(text)
	if err != nil {
		return false
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		return true
	}
	return backup.HasSuffix(text)
}

// openBackup opens a backup file; a leading ~/ is the home folder.
func openBackup(name string) (*zkcopy.BackupFile, error) {
	path, err := homefile.Expand(name)
	if err != nil {
		return nil, err
	}
	return zkcopy.OpenBackup(path)
}

// openSide opens a tree or a backup file. A tree that is named without a path has this path. The
// caller calls shut.
func openSide(ctx context.Context, env Env, zk *ensemble.Directory, command, text, path string) (side zkcopy.Side, shut func(), at string, err error) {
	if namesFile(text) {
		file, err := openBackup(text)
		if err != nil {
			return nil, nil, "", err
		}
		return file, func() { file.Close() }, file.Header().Root, nil
	}
	endpoint, err := treeOrHosts(ctx, env, zk, command, text)
	if err != nil {
		return nil, nil, "", err
	}
	if endpoint.Path == "" {
		endpoint.Path = endpoint.Below(path)
	}
	if endpoint.Path == "" {
		return nil, nil, "", outcome.WrongUse("%s: %s has no path: use HOSTS/PATH, or the name of a backup file that exists", command, text)
	}
	tree, err := zk.Open(ctx, endpoint)
	if err != nil {
		return nil, nil, "", err
	}
	return tree, tree.Client.Close, tree.Path, nil
}
