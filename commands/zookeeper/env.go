package zookeeper

import "pegashell/commands/command"

// Env is what the commands of this family use.
type Env interface {
	command.Output
	command.Questions
	command.Clock
	command.ZooKeepers
	command.Connection
}
