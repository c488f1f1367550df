package commands

import (
	"errors"
	"fmt"
	"pegashell/internal/outcome"
)

// errNoTable says that a command needs a current table.
var errNoTable = errors.New("no table is in use")

// table is the current table's name. Without one that is told, in the original's words.
func (e *Env) table() (string, error) {
	if e.Session.App == "" {
		fmt.Fprintln(e.Err, "No app is using now\nUSAGE: use [app_name]")
		return "", outcome.Told(errNoTable)
	}
	return e.Session.App, nil
}
