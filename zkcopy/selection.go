package zkcopy

import (
	"time"

	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// Selection says what a copy includes and what it leaves out. The zero value includes everything
// but ephemeral znodes.
type Selection struct {
	// NoACL leaves ACLs aside, for targets that do not know the same users:
	// what is created gets the open ACL, what is there keeps its own, and they
	// are neither compared nor verified.
	NoACL bool
	// Exclude are globs over paths relative to the root: *, ? and [a-z] stay within one component,
	// ** crosses them, so that "**/tmp" is tmp at any depth; {a,b} is either, and \ means the next
	// character itself. One that begins with the source's path and a slash is read as a path from
	// the root of all znodes. What they match is left out with all that lies below it, on both
	// sides, and stays as it is in the target. The root itself is always copied.
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

// selector applies a Selection.
type selector struct {
	Selection
	globs  []*glob
	oldest int64 // of mtime, in milliseconds since 1970; zero for none
}

// newSelector makes the selector of a copy of the tree at a path.
func newSelector(s Selection, root string) (*selector, error) {
	made := &selector{Selection: s}
	for _, text := range s.Exclude {
		compiled, err := newGlob(text, root)
		if err != nil {
			return nil, err
		}
		made.globs = append(made.globs, compiled)
	}
	if !s.MinMtime.IsZero() {
		made.oldest = s.MinMtime.UnixMilli()
	}
	return made, nil
}

// excludes reports whether a path below the root is left out.
func (s *selector) excludes(rel string) bool {
	excluded := false
	for _, each := range s.globs {
		if each.matches(rel) {
			excluded = true
		}
	}
	if excluded {
		for _, each := range s.globs {
			each.overtakenBy(rel)
		}
	}
	return excluded
}

// unmatched are the globs that have matched nothing so far.
func (s *selector) unmatched() []string {
	var texts []string
	for _, each := range s.globs {
		if !each.used.Load() {
			texts = append(texts, each.text)
		}
	}
	return texts
}

// absent reports whether a copy treats a znode of the source as missing: it is not, or is
// ephemeral. One that is kept becomes persistent.
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

// tooOld reports whether a znode of the source is left as it is in the target.
func (s *selector) tooOld(from, to *tree.Node) bool {
	return from.Stat.Mtime < s.oldest && (to != nil || from.Stat.NumChildren == 0)
}
