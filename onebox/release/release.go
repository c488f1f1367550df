// Package release names the releases of Pegasus that the simulated servers behave as.
package release

import (
	"fmt"
	"strings"
)

// Release is a release of Pegasus.
type Release string

// The releases that can be simulated. They differ in how servers report their figures, in whether a
// follower survives an HTTP request, and in whether servers are named by host too.
const (
	V25  Release = "2.5.0"
	Main Release = "main" // the main branch of 2026, 2.6.0-SNAPSHOT
)

// All are the releases, the oldest first.
func All() []Release { return []Release{V25, Main} }

// Parse reads a release's name; the empty text is the default, 2.5.0.
func Parse(text string) (Release, error) {
	if text == "" {
		return V25, nil
	}
	var names []string
	for _, r := range All() {
		if text == string(r) {
			return r, nil
		}
		names = append(names, string(r))
	}
	return "", fmt.Errorf("release %q cannot be simulated: it must be %s", text, strings.Join(names, " or "))
}
