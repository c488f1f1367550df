package zookeeper

import (
	"pegashell/commands/command"
	"pegashell/internal/manifest"
)

// Env is what the commands of this family use.
type Env interface {
	command.Output
	command.Questions
	command.Clock
	command.ZooKeepers
	command.Connection
	command.Programs
	Session() *command.Session
	Manifest() *manifest.Manifest
}
