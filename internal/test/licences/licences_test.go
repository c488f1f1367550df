// Package licences holds the test that every module that is compiled into the program has a licence that
// was read and allowed.
package licences

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowed are the licences that may be compiled in, by their names in SPDX: they ask for their text to be
// kept and, MPL-2.0, for changes of the module itself to be published, of which there are none.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"}

// A module whose licence is new or has another text than the one that was read fails: read it, and add
// the line that the failure shows, with the licence's name in SPDX, to modules.txt.
func TestLicencesOfAllModulesWereReadAndAllowed(t *testing.T) {
	// A result of go test is kept until a file that was read changes.
	if _, err := os.ReadFile(filepath.Join("..", "..", "..", "go.mod")); err != nil {
		t.Fatal(err)
	}
	read := readList(t)
	modules := compiledIn(t)
	if len(modules) < 15 {
		t.Fatalf("%d modules were found, want all that are compiled in", len(modules))
	}
	for path, folder := range modules {
		sum, err := sumOfLicence(folder)
		known, listed := read[path]
		switch {
		case err != nil:
			t.Errorf("%s: %v", path, err)
		case !listed || known.sum != sum:
			t.Errorf("its licence was not read: %s LICENCE %s", path, sum)
		case !slices.Contains(allowed, known.licence):
			t.Errorf("%s: %s is not allowed: %s", path, known.licence, strings.Join(allowed, ", "))
		}
	}
	for path := range read {
		if modules[path] == "" {
			t.Errorf("modules.txt has %s, which is not compiled in", path)
		}
	}
}

type licence struct{ licence, sum string }

// readList reads modules.txt: a module, its licence, the SHA-256 of the licence's text.
func readList(t *testing.T) map[string]licence {
	t.Helper()
	f, err := os.Open("modules.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list := map[string]licence{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) != 3 {
			t.Fatalf("modules.txt: %q is not MODULE LICENCE SHA256", lines.Text())
		}
		list[words[0]] = licence{words[1], words[2]}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// compiledIn are the folders of the modules of the program, on every platform of a release.
func compiledIn(t *testing.T) map[string]string {
	t.Helper()
	modules := map[string]string{}
	for _, system := range []string{"linux", "darwin"} {
		list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}", ".")
		list.Dir = filepath.Join("..", "..", "..")
		list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		for line := range strings.Lines(string(out)) {
			if path, folder, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
				modules[path] = folder
			}
		}
	}
	return modules
}

func sumOfLicence(folder string) (string, error) {
	for _, name := range []string{"LICENSE", "LICENSE.md", "LICENSE.txt", "COPYING"} {
		if text, err := os.ReadFile(filepath.Join(folder, name)); err == nil {
			return fmt.Sprintf("%x", sha256.Sum256(text)), nil
		}
	}
	return "", fmt.Errorf("%s has no file with a licence", folder)
}
