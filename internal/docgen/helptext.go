package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/render"
)

// helpSamples are lines that ask for help in its different forms, and the files that show what a
// person gets.
var helpSamples = []struct{ file, line string }{
	{"list.txt", "help"},
	{"plugin.txt", "help config"},
	{"guides.txt", "help migration"},
	{"nodes.txt", "nodes --help"},
	{"several.txt", "help set_meta_level zk_diff"},
}

// escapes are the sequences that change how a terminal shows text.
var escapes = regexp.MustCompile("\x1b\\[([0-9;]*)m")

// helpText is what a line prints at a terminal, with <1> and <0> for escape sequences.
func helpText(registry *command.Registry, line string) (string, error) {
	var out, diagnostics strings.Builder
	env := &command.World{
		Out:         &render.Screen{Writer: &out, Color: true},
		Err:         &diagnostics,
		Interactive: true,
	}
	if err := registry.Execute(context.Background(), env, strings.Fields(line)); err != nil {
		return "", fmt.Errorf("%w: %s", err, diagnostics.String())
	}
	return escapes.ReplaceAllString(out.String(), "<$1>"), nil
}
