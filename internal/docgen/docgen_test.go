package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands"
)

func TestDocumentationIsUpToDate(t *testing.T) {
	t.Chdir(filepath.Join("..", ".."))
	pages, err := documentation()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		t.Run(filepath.Base(p.file), func(t *testing.T) {
			written, err := os.ReadFile(filepath.FromSlash(p.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(written), p.text); diff != "" {
				t.Errorf("%s is out of date; write it again with make docs and review the difference (-file +now):\n%s", p.file, diff)
			}
		})
	}
}

// Every command is in a group, so that no page leaves one out.
func TestEveryCommandIsInAGroup(t *testing.T) {
	all := commands.NewRegistry(nil).Commands()
	grouped := 0
	for _, g := range byPlugin(all) {
		grouped += len(g.commands)
	}
	if grouped != len(all) {
		t.Errorf("%d of %d commands are in a group", grouped, len(all))
	}
}
