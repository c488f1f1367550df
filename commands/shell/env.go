package shell

import (
	"pegashell/commands/command"
	"pegashell/internal/manifest"
)

// Env is what the commands of this family use.
type Env interface {
	command.Output
	command.Questions
	command.Clock
	command.Lines
	command.Programs
	Cluster() *command.Cluster
	Session() *command.Session
	Manifest() *manifest.Manifest
	Version() string
}
