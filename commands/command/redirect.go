package command

import (
	"io"
)

// Redirect sends results to w until back is called.
func (e *Env) Redirect(w io.Writer) (back func()) {
	out := e.Out
	e.Out = w
	return func() { e.Out = out }
}
