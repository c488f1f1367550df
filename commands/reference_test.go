package commands_test

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

// golden compares got with a file, or writes the file when the tests run with -update.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is out of date; write it anew with -update and look at the difference (-file +now):\n%s", file, diff)
	}
}

func TestReferenceIsUpToDate(t *testing.T) {
	var b bytes.Buffer
	if err := commands.NewRegistry(nil).WriteReference(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, filepath.Join("..", "docs", "commands.md"), b.Bytes())
}

func TestEveryCommandExplainsItself(t *testing.T) {
	for _, c := range commands.NewRegistry(nil).Commands() {
		if c.Summary == "" || len(c.Examples) == 0 {
			t.Errorf("%s lacks a summary or an example", c.Name)
		}
		if c.Flags() == nil {
			t.Errorf("%s has no flag set", c.Name)
		}
	}
}
