package command

import (
	"context"
	"errors"
	"sync"

	"pegashell/commands/ensemble"
	"pegashell/internal/outcome"
)

// directory gives the ZooKeepers that this environment knows. It warns of files with secrets that are open to others and of
// servers that let in fewer sessions than are wanted.
func (e *World) directory() ensemble.Directory {
	d := e.QuietDirectory()
	if e.exposed == nil {
		e.exposed = map[string]bool{}
	}
	var mu sync.Mutex // two ensembles are connected to at once
	d.Exposed = func(file string) {
		mu.Lock()
		defer mu.Unlock()
		if !e.exposed[file] {
			e.exposed[file] = true
			e.Warn("%s holds a secret and is open to other users of this machine: chmod 600 it", file)
		}
	}
	d.Options.Notice = func(text string) { e.Warn("%s", text) }
	return d
}

// QuietDirectory is directory for who tells nothing.
func (e *World) QuietDirectory() ensemble.Directory {
	return ensemble.Directory{Manifest: e.Manifest, Options: e.ZooKeeper}
}

// ZooKeepers gives the directory of a command with flags for connections.
func (e *World) ZooKeepers(flags *ensemble.Flags) (*ensemble.Directory, error) {
	d, err := flags.In(e.directory())
	var unusable *ensemble.FileError
	if err != nil && !errors.As(err, &unusable) {
		err = outcome.WrongUse("%v", err)
	}
	return d, err
}

// ClusterTree asks the connected cluster where its metadata lies.
func (e *World) ClusterTree(ctx context.Context) (ensemble.Address, error) {
	admin, err := e.Admin()
	if err != nil {
		return ensemble.Address{}, err
	}
	return ensemble.OfCluster(ctx, admin)
}
