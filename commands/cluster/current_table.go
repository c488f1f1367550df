package cluster

import (
	"errors"
	"fmt"

	"pegashell/internal/outcome"
)

// errNoTable says that a command needs a current table.
var errNoTable = errors.New("no table is in use")

// Table is the current table's name. If there is none it prints so, in the original's words.
func table(env Env) (string, error) {
	if env.Session().App == "" {
		fmt.Fprintln(env.Err(), "No app is using now\nUSAGE: use [app_name]")
		return "", outcome.Told(errNoTable)
	}
	return env.Session().App, nil
}
