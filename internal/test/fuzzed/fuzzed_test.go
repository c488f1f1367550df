// Package fuzzed checks that no decoder is without a fuzz test.
package fuzzed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// decoders are the folders that read what others have written, and how many fuzz tests each has at least.
var decoders = map[string]int{
	"metaadmin":            1, // addresses
	"metaadmin/wire":       3, // frames, both ways, and messages
	"zkcopy":               2, // proofs, globs
	"zkcopy/session":       3, // packets, addresses, the server's side of a login
	"zkcopy/layout":        1, // tables and partitions
	"zkcopy/backup":        4, // files, lines, JSON
	"internal/journal":     1,
	"internal/manifest":    1, // plugins.toml
	"internal/ini":         1, // config.ini
	"internal/pegasusconf": 1, // values in it
	"internal/words":       3, // lines
	"internal/znodepath":   1, // paths
	"repl":                 1, // lines with a redirection
	"repl/lineedit":        1, // keys
	"commands/complete":    1,
	"internal/secret":      1,
}

func TestEveryDecoderIsFuzzed(t *testing.T) {
	for folder, want := range decoders {
		files, err := filepath.Glob(filepath.Join("../../..", folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got += strings.Count(string(text), "\nfunc Fuzz")
		}
		if got < want {
			t.Errorf("%s has %d fuzz tests, want %d", folder, got, want)
		}
	}
}
