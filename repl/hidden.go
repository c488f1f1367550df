package repl

import (
	"context"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// HiddenFrom returns a function that asks a source, while its terminal does not show what is typed.
func HiddenFrom(source Source, terminal, out *os.File) func(ctx context.Context, question string) (string, error) {
	return func(ctx context.Context, question string) (string, error) {
		show, err := hideTyping(terminal)
		if err != nil {
			return "", fmt.Errorf("keep the terminal from showing a password: %w", err)
		}
		defer fmt.Fprintln(out) // the end of the line was not shown either
		defer show()
		return source.Ask(ctx, question)
	}
}

// hideTyping switches a terminal's echo off until show is called.
func hideTyping(terminal *os.File) (show func(), err error) {
	fd := int(terminal.Fd())
	settings, err := unix.IoctlGetTermios(fd, getSettings)
	if err != nil {
		return nil, err
	}
	hidden := *settings
	hidden.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(fd, setSettings, &hidden); err != nil {
		return nil, err
	}
	return func() { unix.IoctlSetTermios(fd, setSettings, settings) }, nil // a terminal that is gone shows nothing
}
