package migration

import "pegashell/commands/command"

// Env is what the commands of this family use.
type Env = command.Env
