// Docgen writes the documentation that is made from the commands themselves: the reference, the
// manual page, and the help texts that are looked at when they change. It runs in the source's top
// folder:
//
//	go run ./internal/docgen
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/internal/commandline"
	"pegashell/internal/manifest"
)

func main() {
	pages, err := documentation()
	for _, p := range pages {
		if err == nil {
			err = os.WriteFile(filepath.FromSlash(p.file), []byte(p.text), 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "docgen:", err)
		os.Exit(1)
	}
}

// page is a file of the documentation.
type page struct {
	file string // from the source's top folder, with slashes
	text string
}

// documentation makes all pages.
func documentation() ([]page, error) {
	_, options, err := commandline.Parse(nil)
	if err != nil {
		return nil, fmt.Errorf("declare the program's options: %w", err)
	}
	registry := commands.NewRegistry(nil)
	pages := []page{
		{"docs/commands.md", reference(registry.Commands())},
		{"docs/man/pegashell.1", manPage(registry.Commands(), options)},
	}
	for _, sample := range helpSamples {
		text, err := helpText(registry, sample.line)
		if err != nil {
			return nil, fmt.Errorf("help text of %q: %w", sample.line, err)
		}
		pages = append(pages, page{"internal/docgen/testdata/help/" + sample.file, text})
	}
	return pages, nil
}

// group is a plugin with its commands.
type group struct {
	plugin   string
	commands []*command.Command
}

// byPlugin groups commands by plugin, in the order of the help.
func byPlugin(all []*command.Command) []group {
	var groups []group
	for _, plugin := range slices.Concat([]string{command.PluginShell}, manifest.Plugins) {
		g := group{plugin: plugin}
		for _, c := range all {
			if c.Plugin == plugin {
				g.commands = append(g.commands, c)
			}
		}
		if len(g.commands) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}
