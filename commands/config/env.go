package config

import (
	"time"

	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/internal/manifest"
)

// Env is what the commands of this family use.
type Env interface {
	command.Output
	Now() time.Time
	Location() *time.Location
	Manifest() *manifest.Manifest
	QuietDirectory() ensemble.Directory
}
