package zookeeper

import (
	"context"
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

// treeAt is the tree named HOSTS/PATH, or PATH on the connected cluster's ZooKeeper, or that
// cluster's own tree for "".
func treeAt(ctx context.Context, env Env, zk *ensemble.Directory, command, text string) (ensemble.Address, error) {
	at, err := treeOrHosts(ctx, env, zk, command, text)
	if err == nil && at.Path == "" {
		err = outcome.WrongUse("%s: %s has no path: use HOSTS/PATH", command, text)
	}
	return at, err
}

// treeOrHosts is treeAt where HOSTS is allowed without a path.
func treeOrHosts(ctx context.Context, env Env, zk *ensemble.Directory, command, text string) (ensemble.Address, error) {
	text = ensemble.WithoutSlash(text)
	if text != "" && !strings.HasPrefix(text, "/") {
		at, err := zk.Parse(text)
		if err != nil {
			return at, outcome.WrongUse("%s: %v", command, err)
		}
		return at, nil
	}
	if err := session.ValidatePath(text); text != "" && err != nil {
		return ensemble.Address{}, outcome.WrongUse("%s: %v", command, err)
	}
	if err := env.RefuseTwoLeaders(ctx); err != nil {
		return ensemble.Address{}, err // it would be the ZooKeeper of whichever answers first
	}
	at, err := env.ClusterTree(ctx)
	if err != nil {
		return at, message.Errorf("%w\nWithout HOSTS it is the connected cluster's ZooKeeper: if no meta server answers, use HOSTS/PATH", err)
	}
	if text != "" {
		at.Path = text
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
