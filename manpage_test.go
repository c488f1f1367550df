package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestManPageIsUpToDate(t *testing.T) {
	_, options, err := parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := commands.NewRegistry(nil).WriteManPage(&page, options); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("docs", "man", "pegashell.1")
	if *update {
		if err := os.WriteFile(file, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), page.String()); diff != "" {
		t.Errorf("%s is out of date; make docs writes it anew (-file +now):\n%s", file, diff)
	}
}
