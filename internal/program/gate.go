package program

import (
	"io"
	"os"
	"os/exec"
	"reflect"
	"sync"
)

// gate forwards the output of a program until it is closed: a program that could not be stopped
// must not write into the output of the next command.
type gate struct {
	mu     sync.Mutex
	w      io.Writer
	closed bool
}

// gates returns gates for the outputs of a program that are not files, and one gate if both are the
// same.
func gates(cmd *exec.Cmd) (out, err *gate) {
	put := func(w *io.Writer) *gate {
		if _, file := (*w).(*os.File); file || *w == nil {
			return nil
		}
		g := &gate{w: *w}
		*w = g
		return g
	}
	same := reflect.ValueOf(cmd.Stdout).Comparable() && cmd.Stdout == cmd.Stderr
	if out = put(&cmd.Stdout); same { // as exec.Cmd has it, which then never writes both at once
		cmd.Stderr = cmd.Stdout
		return out, out
	}
	return out, put(&cmd.Stderr)
}

func (g *gate) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return 0, os.ErrClosed
	}
	return g.w.Write(p)
}

// shut closes the gate; no write is under way afterwards.
func (g *gate) shut() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}
