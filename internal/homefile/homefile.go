// Package homefile knows the paths below the home folder.
package homefile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Expand replaces a leading ~/ by the home folder, as a Unix shell does. Any other path stays as it
// is, ~NAME too. The error says that there is no home folder.
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

// State is the folder in which pegashell keeps what it learns, such as the history:
// $XDG_STATE_HOME/pegashell, or ~/.local/state/pegashell where the variable is no absolute path;
// empty if there is no home folder. It need not exist.
func State() string {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "pegashell")
}
