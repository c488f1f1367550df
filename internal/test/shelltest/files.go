package shelltest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func WriteFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// ReadIfAny gives a file's content, "" when there is none.
func ReadIfAny(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(b)
}

func ReadLines(t *testing.T, file string) []string {
	t.Helper()
	text := ReadIfAny(t, file)
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// bannerLines is how many lines the real shell prints before the first command.
const bannerLines = 7

// RecordedOutput gives what the real shell printed between its banner and its last line.
func RecordedOutput(t *testing.T, file string) string {
	t.Helper()
	text := ReadIfAny(t, file)
	for range bannerLines {
		_, rest, ok := strings.Cut(text, "\n")
		if !ok {
			t.Fatalf("%s has no banner", file)
		}
		text = rest
	}
	text, ok := strings.CutSuffix(text, "dsn exit with code 0\n")
	if !ok {
		t.Fatalf("%s lacks the last line", file)
	}
	return text
}
