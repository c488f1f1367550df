package cluster

import (
	"pegashell/commands/command"
	"pegashell/internal/manifest"
)

// Env is what the commands of this family use.
type Env interface {
	command.Output
	command.Questions
	command.Clock
	command.Connection
	Session() *command.Session
	Manifest() *manifest.Manifest
	State() string
}
