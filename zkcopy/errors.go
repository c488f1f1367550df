package zkcopy

import (
	"fmt"
	"strings"

	"pegashell/zkcopy/session"
)

// Relation tells how two trees lie to each other.
type Relation int

// Relations of a tree a to a tree b.
const (
	Apart  Relation = iota // no znode in common
	Same                   // the same tree
	Inside                 // a lies inside b
	Around                 // b lies inside a
)

func (r Relation) String() string {
	switch r {
	case Same:
		return "is"
	case Inside:
		return "lies inside"
	case Around:
		return "contains"
	}
	return "lies apart from"
}

// LookError is what kept a copy from its first write: nothing was changed.
type LookError struct{ Err error }

func (e *LookError) Error() string { return e.Err.Error() }
func (e *LookError) Unwrap() error { return e.Err }

// OverlapError says that source and target of a copy have znodes in common.
type OverlapError struct {
	Source, Target session.Endpoint
	// Relation is that of the target to the source.
	Relation Relation
}

func (e *OverlapError) Error() string {
	return fmt.Sprintf("target %s %s the source %s on the same servers", e.Target, e.Relation, e.Source)
}

// EphemeralError says that an ephemeral znode, which a living session holds,
// stands where a tree is to be written or removed.
type EphemeralError struct {
	Op   string
	Path string
	// Session is the id of the session that holds it.
	Session int64
}

func (e *EphemeralError) Error() string {
	return fmt.Sprintf("%s %s: it is ephemeral and held by session %#x", e.Op, e.Path, e.Session)
}

// SourceChangedError says that the source was changed while it was copied, so
// that the target is not equal to it. Copying again brings it up to date.
type SourceChangedError struct {
	Paths []string // of the source, at most CopyOptions.MaxDifferences
	Total int64
	// Progress of them hold the progress of duplications to other clusters, and Duplications are the paths of these.
	Progress     int64
	Duplications []string
}

// OnlyProgress says that nothing changed but the progress of duplications, which copying again does not mend as long as
// they are under way.
func (e *SourceChangedError) OnlyProgress() bool { return e.Total > 0 && e.Progress == e.Total }

func (e *SourceChangedError) Error() string {
	return fmt.Sprintf("%d znodes of the source changed while it was copied%s", e.Total, sample(e.Paths, e.Total))
}

// VerifyError says that the target, read back, is not equal to the source.
type VerifyError struct {
	Differences []Difference // at most CopyOptions.MaxDifferences
	Total       int64
}

func (e *VerifyError) Error() string {
	paths := make([]string, len(e.Differences))
	for i, d := range e.Differences {
		paths[i] = d.String()
	}
	return fmt.Sprintf("%d znodes differ from the source after the copy%s", e.Total, sample(paths, e.Total))
}

// sample writes the first few of total items for an error's text.
func sample(items []string, total int64) string {
	const shown = 3
	if len(items) == 0 {
		return ""
	}
	text := ": " + strings.Join(items[:min(shown, len(items))], ", ")
	if total > shown {
		text += ", ..."
	}
	return text
}
