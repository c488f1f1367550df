package command

import (
	"context"
	"io"
	"os"
	"os/exec"

	"pegashell/commands/render"
	"pegashell/internal/program"
)

// RunProgram runs a program with a command's output and waits for it. The caller sets its standard
// input.
func RunProgram(ctx context.Context, env interface {
	Output
	Programs
}, cmd *exec.Cmd) error {
	cmd.Stdout, cmd.Stderr = programOutput(env.Out()), programOutput(env.Err())
	defer env.HandOver()()
	return program.Run(ctx, cmd)
}

// RunOnTerminal runs a program that a person works with, such as an editor, and waits for it: on the terminal,
// wherever the command's output goes. Where there is none it has no input, and its output is not the command's
// result.
func RunOnTerminal(ctx context.Context, env interface {
	Output
	Programs
}, cmd *exec.Cmd) error {
	if terminal := env.Terminal(); terminal != nil {
		cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	} else {
		diagnostics := programOutput(env.Err())
		cmd.Stdout, cmd.Stderr = diagnostics, diagnostics
	}
	defer env.HandOver()()
	return program.Run(ctx, cmd)
}

// programOutput returns the writer that a program gets instead of w: if there is a file below w it
// is that file, so that the program writes to it directly.
func programOutput(w io.Writer) io.Writer {
	for {
		switch v := w.(type) {
		case *render.StickyWriter:
			w = v.W
		case *render.Screen:
			w = v.Writer
		case interface{ File() *os.File }:
			return v.File()
		default:
			return w
		}
	}
}
