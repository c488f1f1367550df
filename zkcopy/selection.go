package zkcopy

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// Selection says what a copy takes and what it leaves out. The zero value
// takes everything but ephemeral znodes.
type Selection struct {
	// NoACL leaves ACLs aside, for targets that do not know the same users:
	// what is created gets the open ACL, what is there keeps its own, and they
	// are neither compared nor verified.
	NoACL bool
	// Exclude are globs over paths relative to the root: * and ? stay within
	// one component, ** crosses them, so that "**/tmp" is tmp at any depth.
	// What they match is left out with all that lies below it, and stays as
	// it is in the target. The root itself is always copied.
	Exclude []string
	// MinMtime leaves out znodes that were not changed since, and leaves what
	// the target has in their place as it is. One that has children is copied
	// all the same where the target lacks it, for something newer may lie
	// below it.
	MinMtime time.Time
	// KeepEphemeral copies ephemeral znodes as persistent ones, except the
	// lock nodes of Pegasus meta servers: as persistent znodes they keep every
	// meta server from leading. KeepLocks copies these too.
	KeepEphemeral, KeepLocks bool
}

// ValidateGlob tells what is wrong with a glob of Selection.Exclude.
func ValidateGlob(glob string) error {
	_, err := compileGlob(glob)
	return err
}

// compileGlob makes an expression over paths that begin with a slash.
func compileGlob(glob string) (*regexp.Regexp, error) {
	rest := strings.Trim(glob, "/")
	switch {
	case rest == "":
		return nil, fmt.Errorf("glob %q is empty", glob)
	case !utf8.ValidString(rest):
		return nil, fmt.Errorf("glob %q is not UTF-8", glob)
	}
	text := strings.Builder{}
	text.WriteString(`\A/`)
	for rest != "" {
		var token, means string
		switch {
		case strings.HasPrefix(rest, "**/"):
			token, means = "**/", `(?:.*/)?`
		case strings.HasPrefix(rest, "**"):
			token, means = "**", `.*`
		case rest[0] == '*':
			token, means = "*", `[^/]*`
		case rest[0] == '?':
			token, means = "?", `[^/]`
		default:
			end := strings.IndexAny(rest, "*?")
			if end < 0 {
				end = len(rest)
			}
			token, means = rest[:end], regexp.QuoteMeta(rest[:end])
		}
		text.WriteString(means)
		rest = rest[len(token):]
	}
	text.WriteString(`\z`)
	return regexp.Compile("(?s)" + text.String())
}

// selector applies a Selection.
type selector struct {
	Selection
	excluded []*regexp.Regexp
	oldest   int64 // of mtime, in milliseconds since 1970; zero for none
}

func newSelector(s Selection) (*selector, error) {
	made := &selector{Selection: s}
	for _, glob := range s.Exclude {
		compiled, err := compileGlob(glob)
		if err != nil {
			return nil, err
		}
		made.excluded = append(made.excluded, compiled)
	}
	if !s.MinMtime.IsZero() {
		made.oldest = s.MinMtime.UnixMilli()
	}
	return made, nil
}

// excludes tells of a path below the root whether it is left out.
func (s *selector) excludes(rel string) bool {
	for _, each := range s.excluded {
		if each.MatchString(rel) {
			return true
		}
	}
	return false
}

// absent tells whether a copy takes a znode of the source for not there: it is
// not, or is ephemeral. One that is kept becomes persistent.
func (s *selector) absent(from *tree.Node) bool {
	switch {
	case from == nil:
		return true
	case from.Kind() != tree.Ephemeral:
		return false
	case !s.KeepEphemeral, !s.KeepLocks && layout.IsLockNode(from.Path):
		return true
	}
	from.Stat.EphemeralOwner = 0
	return false
}

// tooOld tells whether a znode of the source is left as it is in the target.
func (s *selector) tooOld(from, to *tree.Node) bool {
	return from.Stat.Mtime < s.oldest && (to != nil || from.Stat.NumChildren == 0)
}
