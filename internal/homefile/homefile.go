// Package homefile reads paths as people write them.
package homefile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Expand replaces a leading ~/ by the home folder, as a Unix shell does. Any other path stays as it is, ~NAME
// too. The error says that there is no home folder.
func Expand(path string) (string, error) {
	rest, ok := strings.CutPrefix(path, "~/")
	if !ok {
		return path, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return filepath.Join(home, rest), nil
}
