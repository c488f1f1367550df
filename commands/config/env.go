package config

import (
	"time"

	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/internal/manifest"
	"pegashell/internal/serverfile"
)

// Env is what the commands of this family use.
type Env interface {
	command.Output
	Now() time.Time
	Location() *time.Location
	Manifest() *manifest.Manifest
	QuietDirectory() ensemble.Directory
	Cluster() *command.Cluster
	State() string
}

// directory finds configurations by name.
func directory(env Env) serverfile.Directory {
	d := serverfile.Directory{Manifest: env.Manifest(), State: env.State(), Now: env.Now, Location: env.Location()}
	if c := env.Cluster(); c != nil {
		d.Metas = c.Metas
	}
	return d
}
