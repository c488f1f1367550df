package zkcopy

import (
	"context"
	"slices"
	"time"

	"pegashell/internal/message"
	"pegashell/zkcopy/tree"
)

// FollowOptions say how a tree is followed. The zero value follows until the context ends.
type FollowOptions struct {
	// CopyOptions are those of the first copy, and whenever all is compared. What the source loses is
	// removed from the target in any case. DryRun, SkipVerify, MinMtime and KeepEphemeral
	// must not be set.
	CopyOptions
	// Frozen, if there is one, reports whether nothing can change the source any more. When it
	// does and the source was quiet, the last look follows, and with it the end.
	Frozen func(ctx context.Context) bool
	// LastLook is called like CopyOptions.Before, in the last look, SweepLook in each sweep that is
	// not part of it. Their errors end the following.
	LastLook, SweepLook func(*Seen) error
	// GoOn continues after the last look until the context ends, and reports what changes then.
	GoOn bool
	// OnState hears of every change of the state, by one goroutine.
	OnState func(FollowState)
	// SweepEvery is how often the stats of all of both trees are read; zero is a minute. It is less
	// often where a sweep takes long, and up to six times as often while changes of ACLs are possible
	// that nobody has looked for.
	SweepEvery time.Duration
	// Poll is how often Frozen is asked; zero is five times a second.
	Poll time.Duration
}

// FollowPhase is what a follower is doing.
type FollowPhase string

// The phases of a follower.
const (
	FollowCopies    FollowPhase = "copying"
	FollowFollows   FollowPhase = "following"
	FollowSweeps    FollowPhase = "sweeping"
	FollowLastLook  FollowPhase = "last look"
	FollowVerified  FollowPhase = "verified"
	FollowUnheard   FollowPhase = "no answer"
	FollowTargetUse FollowPhase = "target in use"
)

// FollowState is how far a follower has come.
type FollowState struct {
	Phase FollowPhase
	// Watched: the source reports its changes. Without, they are found by sweeps alone.
	Watched bool
	// Pending are changed paths that are not applied yet, Since is when the oldest of them was heard
	// of; zero for none.
	Pending int
	Since   time.Time
	// Heard is the last transaction of the source that is known, Applied the one up to which all
	// reported changes are applied.
	Heard, Applied int64
	// Written and Removed are znodes of the target since the first copy; Last are the paths in the
	// source of the last ones, the newest first.
	Written, Removed int64
	Last             []string
	// Sweeps are how often all was compared since the first copy and the sweep that follows it, Lost
	// how often watches were lost.
	Sweeps, Lost int64
	// Swept is when all was last found equal, and SweptZxid the source's transaction then.
	Swept     time.Time
	SweptZxid int64
	// FrozenSince is when the source was first seen to be frozen; zero while it is not.
	FrozenSince time.Time
	// Verified is the transaction of the last look that found both sides equal; 0 before, and again
	// once the source has changed since. ChangedAfter is the path of the first such change.
	Verified     int64
	ChangedAfter string
	// InUse is a znode of the target that somebody else has written after the last look; "" for none.
	InUse string
	// Trouble is why a side does not answer; nil while both do.
	Trouble error
}

// Behind is for how long the oldest change that is known has waited to be applied.
func (s FollowState) Behind(now time.Time) time.Duration {
	if s.Since.IsZero() {
		return 0
	}
	return max(0, now.Sub(s.Since))
}

// FollowResult is what came of following.
type FollowResult struct {
	FollowState
	// First is what the first copy did, LastLook what the last look did; nil where there was none.
	First, LastLook *CopyResult
}

// SecondWriterError says that somebody else writes to the target of a follower.
type SecondWriterError struct {
	Target tree.Tree
	Path   string
}

func (e *SecondWriterError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *SecondWriterError) In(l message.Language) string {
	return message.New("another program writes to the target %s: %s was changed, and not by this command", e.Target, e.Path).In(l)
}

// ExtraError says that the target has znodes that the source does not have, so that following would
// never make both equal.
type ExtraError struct {
	Target tree.Tree
	Extra  int64
}

func (e *ExtraError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *ExtraError) In(l message.Language) string {
	return message.New("the target %s has %d znodes that the source does not have: repeat with --delete, which removes them", e.Target, e.Extra).In(l)
}

// show reports the state.
func (f *follower) show(phase FollowPhase) {
	f.state.Phase = phase
	f.state.Pending, f.state.Since = len(f.pending.paths), f.pending.since
	s := f.state
	s.Last = slices.Clone(s.Last)
	f.o.OnState(s)
}

// applied notes a znode that was written.
func (f *follower) applied(rel string) {
	path := tree.JoinPath(f.source.Path, rel)
	f.state.Last = append([]string{path}, f.state.Last[:min(len(f.state.Last), lastPaths-1)]...)
}

// changed notes that the source has changed: when the last event was heard, at the latest, where it
// reports its changes.
func (f *follower) changed(rel string) {
	if f.lastChange = f.heardAt; !f.state.Watched {
		f.lastChange = time.Now()
	}
	if f.state.Verified != 0 {
		f.state.Verified, f.state.ChangedAfter = 0, tree.JoinPath(f.source.Path, rel)
	}
}
