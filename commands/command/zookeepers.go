package command

import (
	"context"
	"errors"
	"sync"

	"pegashell/commands/ensemble"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
)

// directory returns the ZooKeepers that this environment knows. It warns about files with secrets
// that other users can read, and about servers that accept fewer sessions than requested.
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
			e.Warn("%[1]s contains a secret and other users of this machine can read it: run chmod 600 %[1]s", file)
		}
	}
	d.Options.Notice = func(text string) { e.Warn("%s", text) }
	return d
}

// QuietDirectory is directory without warnings.
func (e *World) QuietDirectory() ensemble.Directory {
	return ensemble.Directory{Manifest: e.Manifest, Options: e.ZooKeeper, Place: e.Session.Place}
}

// ZooKeepers returns the directory of a command with flags for connections. It asks a person for the
// passwords that the flags leave out.
func (e *World) ZooKeepers(ctx context.Context, flags *ensemble.Flags) (*ensemble.Directory, error) {
	if err := flags.AskPasswords(func(of string) (string, error) { return e.askPassword(ctx, of) }); err != nil {
		return nil, err
	}
	d, err := flags.In(e.directory())
	var unusable *ensemble.FileError
	if err != nil && !errors.As(err, &unusable) {
		err = outcome.WrongUse("%v", err)
	}
	return d, err
}

// askPassword asks for a password, which is not shown.
func (e *World) askPassword(ctx context.Context, of string) (string, error) {
	if !e.Interactive || e.AskHidden == nil {
		return "", outcome.WrongUse("--auth %s:-: only a person at a terminal is asked for a password. Set %s, or auth or auth_file in plugins.toml", of, ensemble.AuthVariable)
	}
	return e.AskHidden(ctx, message.New("Password of %s: ", of).In(e.Language))
}

// ClusterTree asks the connected cluster where its metadata is.
func (e *World) ClusterTree(ctx context.Context) (ensemble.Address, error) {
	admin, err := e.Admin()
	if err != nil {
		return ensemble.Address{}, err
	}
	return ensemble.OfCluster(ctx, admin)
}
