package walls

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "pegashell"

func TestNoRoomImportsMoreThanItsRowAllows(t *testing.T) {
	top := filepath.Join("..", "..", "..")
	document, err := os.ReadFile(filepath.Join(top, "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	rooms, err := ParseTable(string(document))
	if err != nil {
		t.Fatalf("docs/architecture.md: %v", err)
	}
	packages, err := Packages(top)
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) < 20 {
		t.Fatalf("%d packages were found, want those of the whole source", len(packages))
	}
	for _, room := range rooms {
		folder := filepath.Join(top, filepath.FromSlash(room.Name))
		if _, err := os.Stat(folder); err != nil && room.Name != testRoom {
			t.Errorf("docs/architecture.md has a row for a room that is not there: %v", err)
		}
	}
	for _, wrong := range Check(rooms, module, packages) {
		t.Errorf("docs/architecture.md: %s", wrong)
	}
}

const testTable = "Words.\n\n" +
	"| room | what lives there | may import |\n| --- | --- | --- |\n" +
	"| `main.go` | wiring | `a/` |\n" +
	"| `some.toml` | no Go | |\n" +
	"| `top/` | | `*` |\n" +
	"| `a/` | | `a/b/`, `owner/lib`; in tests `top/` |\n" +
	"| `a/b/` | | `low/` |\n" +
	"| `absent/` | | |\n" +
	"| `low/` | | |\n" +
	"| `*_test.go` | | `cmp`, `low/` |\n\n" +
	"| other | table |\n"

func TestImportsAreCheckedAgainstTheirRoom(t *testing.T) {
	rooms, err := ParseTable(testTable)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		folder, path string
		test         bool
		want         string // the end of what is wrong; empty for nothing
	}{
		"the standard library":            {"low", "encoding/json", false, ""},
		"a room that is allowed":          {"a", "pegashell/a/b", false, ""},
		"deep in a room that is allowed":  {"a", "pegashell/a/b/c/d", false, ""},
		"the own room":                    {"low/x", "pegashell/low", false, ""},
		"a library that is allowed":       {"a", "github.com/owner/lib/v2", false, ""},
		"everything":                      {"top", "github.com/any/thing", false, ""},
		"a test's library":                {"low", "go.example/cmp", true, ""},
		"a test's room":                   {"a", "pegashell/top", true, ""},
		"the top package":                 {"", "pegashell/a", false, ""},
		"upwards":                         {"low", "pegashell/a", false, "the row of low/ does not allow a/"},
		"past a room of its own":          {"a", "pegashell/low", false, "the row of a/ does not allow low/"},
		"a library that is not":           {"a", "github.com/owner/library", false, "does not allow owner/library"},
		"a test's library outside a test": {"low", "go.example/cmp", false, "does not allow cmp"},
		"a test's room outside a test":    {"a", "pegashell/top", false, "does not allow top/"},
		"another room's in a test":        {"a/b", "pegashell/top", true, "does not allow top/"},
		"a room without a row":            {"a", "pegashell/new", false, "does not allow new/"},
		"a package without a row":         {"ab", "fmt", false, "the package in ab has no row"},
	} {
		t.Run(name, func(t *testing.T) {
			p := Package{tc.folder, []Import{{"x.go", tc.path, tc.test}}}
			wrong := strings.Join(Check(rooms, module, []Package{p}), "\n")
			if tc.want == "" && wrong != "" || !strings.HasSuffix(wrong, tc.want) {
				t.Errorf("says %q, want %q", wrong, tc.want)
			}
		})
	}
}

func TestATableThatContradictsItselfIsRefused(t *testing.T) {
	for name, tc := range map[string]struct{ document, want string }{
		"no table":       {"| a | b |\n| room | it |\n", "no table has the columns"},
		"upwards":        {strings.Replace(testTable, "| `low/` | | |", "| `low/` | | `a/` |", 1), "low/ may import a/, whose row is not below its own"},
		"no such room":   {strings.Replace(testTable, "`a/b/`,", "`a/c/`,", 1), "a/ may import a/c/, which has no row"},
		"a missing cell": {strings.Replace(testTable, "| `low/` | | |", "| `low/` |", 1), "has 1 cells"},
	} {
		if _, err := ParseTable(tc.document); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %q", name, err, tc.want)
		}
	}
}

func TestPackagesAreReadWithTheImportsOfTheirTests(t *testing.T) {
	top := t.TempDir()
	for file, text := range map[string]string{
		"main.go":           "package main\nimport \"m/a\"\n",
		"a/a.go":            "//go:build plan9\n\npackage a\nimport x \"fmt\"\n",
		"a/a_test.go":       "package a_test\nimport \"testing\"\n",
		"a/testdata/no.go":  "package no\nimport \"fmt\"\n",
		"tools/go.mod":      "module tools\n",
		"tools/tool.go":     "package tools\nimport \"fmt\"\n",
		"bare/bare.go":      "package bare\n",
		".hidden/hidden.go": "package hidden\nimport \"fmt\"\n",
	} {
		file = filepath.Join(top, file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Packages(top)
	if err != nil {
		t.Fatal(err)
	}
	want := []Package{
		{"", []Import{{"main.go", "m/a", false}}},
		{"a", []Import{{"a/a.go", "fmt", false}, {"a/a_test.go", "testing", true}}},
		{"bare", nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
