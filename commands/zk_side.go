package commands

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"pegashell/internal/homefile"
	"pegashell/zkcopy"
	"pegashell/zkcopy/backup"
	"pegashell/zkcopy/session"
)

// treeAt is the tree named HOSTS/PATH, or PATH on the connected cluster's ZooKeeper, or that cluster's own
// tree for "".
func (e *Env) treeAt(ctx context.Context, command, text string) (place, error) {
	at, err := e.treeOrHosts(ctx, command, text)
	if err == nil && at.Path == "" {
		err = usagef("%s: %s names no path: HOSTS/PATH is wanted", command, text)
	}
	return at, err
}

// treeOrHosts is treeAt for where HOSTS may stand without a path.
func (e *Env) treeOrHosts(ctx context.Context, command, text string) (place, error) {
	text = withoutSlash(text)
	if text != "" && !strings.HasPrefix(text, "/") {
		at, err := e.endpoint(text)
		if err != nil {
			return at, usagef("%s: %v", command, err)
		}
		return at, nil
	}
	if err := session.ValidatePath(text); text != "" && err != nil {
		return place{}, usagef("%s: %v", command, err)
	}
	if err := e.refuseTwoLeaders(ctx); err != nil {
		return place{}, err // it would be the ZooKeeper of whichever answers first
	}
	at, err := e.clusterTree(ctx)
	if err != nil {
		return at, fmt.Errorf("%w\nWithout HOSTS it is the connected cluster's ZooKeeper", err)
	}
	if text != "" {
		at.Path = text
	}
	return at, nil
}

// namesFile tells whether a word that can also name a tree names a backup file: one that is there, or any
// with a backup's ending.
func namesFile(text string) bool {
	path, err := homefile.Expand(text)
	if err != nil {
		return false
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		return true
	}
	return hasBackupSuffix(text)
}

func hasBackupSuffix(name string) bool {
	return slices.ContainsFunc(backup.Suffixes, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}

// openBackup opens a backup file; a leading ~/ stands for the home folder.
func openBackup(name string) (*zkcopy.BackupFile, error) {
	path, err := homefile.Expand(name)
	if err != nil {
		return nil, err
	}
	return zkcopy.OpenBackup(path)
}

// side opens a tree or a backup file. A tree that is named without a path lies at the path given. The
// caller calls shut.
func (e *Env) side(ctx context.Context, command, text, path string) (side zkcopy.Side, shut func(), at string, err error) {
	if namesFile(text) {
		file, err := openBackup(text)
		if err != nil {
			return nil, nil, "", err
		}
		return file, func() { file.Close() }, file.Header().Root, nil
	}
	endpoint, err := e.treeOrHosts(ctx, command, text)
	if err != nil {
		return nil, nil, "", err
	}
	if endpoint.Path == "" {
		endpoint.Path = path
	}
	if endpoint.Path == "" {
		return nil, nil, "", usagef("%s: %s names no path: HOSTS/PATH is wanted", command, text)
	}
	tree, err := e.open(ctx, endpoint)
	if err != nil {
		return nil, nil, "", err
	}
	return tree, tree.Client.Close, tree.Path, nil
}
