package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/creack/pty"
)

func TestWhatTheShellItselfPrintsControlsNoTerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	far, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	defer terminal.Close()
	const sent = "\x1b]0;owned\x07"
	shell := &Shell{Source: scriptSource(t, "", io.Discard), Out: terminal, Err: terminal}
	shell.Execute = func(context.Context, []string) error {
		fmt.Fprint(shell.Out, sent+" printed\n")
		return errors.New("failed")
	}
	if err := (Banner{Cluster: sent}).Write(terminal); err != nil {
		t.Fatal(err)
	}
	shell.Line(t.Context(), "fail > f")
	shell.Line(t.Context(), `fail > "none/\x1b]0;owned\x07"`)
	fmt.Fprint(terminal, "END")
	var seen strings.Builder
	for buf := make([]byte, 4096); !strings.Contains(seen.String(), "END"); {
		n, err := far.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		seen.Write(buf[:n])
	}
	if got := seen.String(); strings.Contains(got, "\x1b") || strings.Count(got, `\x1b]0;owned\x07`) < 3 {
		t.Errorf("the terminal is sent %q", got)
	}
}
