// Docgen writes the documentation that is made from the commands themselves: the reference, the
// manual page, and the help texts that are looked at when they change. It runs in the source's top
// folder:
//
//	go run ./internal/docgen
//
// With the output of the demo it writes the session in README.md instead:
//
//	go run ./internal/docgen -demo FILE
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/internal/commandline"
	"pegashell/internal/manifest"
	"pegashell/internal/transcript"
)

func main() {
	demo := flag.String("demo", "", "write the session in README.md from this output of the demo")
	flag.Parse()
	pagesOf := documentation
	if *demo != "" {
		pagesOf = func() ([]page, error) { return readme(*demo) }
	}
	pages, err := pagesOf()
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

// readme makes README.md with the session of a run of the demo.
func readme(demo string) ([]page, error) {
	out, err := os.ReadFile(demo)
	if err != nil {
		return nil, err
	}
	session, err := transcript.Of(string(out))
	if err != nil {
		return nil, err
	}
	old, err := os.ReadFile("README.md")
	if err != nil {
		return nil, err
	}
	text, err := transcript.Put(string(old), session)
	return []page{{"README.md", text}}, err
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
	drawing, err := picture()
	if err != nil {
		return nil, fmt.Errorf("draw the prompt: %w", err)
	}
	pages = append(pages, drawing)
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
