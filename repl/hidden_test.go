package repl

import (
	"context"
	"os"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// echoes reports whether a terminal shows what is typed.
func echoes(t *testing.T, terminal *os.File) bool {
	t.Helper()
	settings, err := unix.IoctlGetTermios(int(terminal.Fd()), getSettings)
	if err != nil {
		t.Fatal(err)
	}
	return settings.Lflag&unix.ECHO != 0
}

// asking is a source that looks at the terminal while it asks.
type asking struct {
	Source
	ask func() string
}

func (a asking) Discard()                                    {}
func (a asking) Ask(context.Context, string) (string, error) { return a.ask(), nil }

func TestATerminalDoesNotShowAPassword(t *testing.T) {
	far, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	defer terminal.Close()
	shown := true
	ask := HiddenFrom(asking{ask: func() string { shown = echoes(t, terminal); return "hush" }}, terminal, terminal)
	password, err := ask(t.Context(), "Password: ")
	if err != nil || password != "hush" || shown {
		t.Errorf("%q, %v; shown while it was typed: %t", password, err, shown)
	}
	if !echoes(t, terminal) {
		t.Error("the terminal shows nothing afterwards")
	}
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := HiddenFrom(asking{ask: func() string { t.Error("asked"); return "" }}, file, file)(t.Context(), ""); err == nil {
		t.Error("what is no terminal hides nothing")
	}
}
