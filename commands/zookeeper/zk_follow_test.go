package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands/command"
	"pegashell/internal/message"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

// spoken is an environment of which only the words count.
type spoken struct {
	Env
	now  time.Time
	said []string
}

func (s *spoken) Note(format string, args ...any) {
	s.said = append(s.said, fmt.Sprintf(format, args...))
}
func (s *spoken) Warn(format string, args ...any) {
	s.said = append(s.said, "WARNING: "+fmt.Sprintf(format, args...))
}
func (s *spoken) Now() time.Time             { return s.now }
func (s *spoken) Location() *time.Location   { return time.UTC }
func (s *spoken) Language() message.Language { return message.English }
func (s *spoken) Cluster() *command.Cluster  { return nil }

// told makes a follow that speaks to it.
func told(s *spoken, o zkCopyOptions, until string) *follow {
	side := func(role string) zkcopy.Tree {
		return zkcopy.Tree{Client: &session.Client{}, Path: "/" + role, Role: role}
	}
	return &follow{o: &o, env: &recorder{Env: s, live: &liveLine{}}, claim: &command.FollowClaim{}, until: until, source: side("source"), target: side("target")}
}

func TestFollowRefusesFlagsThatDoNotFitTogether(t *testing.T) {
	base := zkCopyOptions{follow: true, ignoreEphemeral: true}
	with := func(change func(o *zkCopyOptions)) zkCopyOptions {
		o := base
		change(&o)
		return o
	}
	for want, o := range map[string]zkCopyOptions{
		"":                                      base,
		"zk_copy: --as_fallback needs --follow": {asFallback: true, ignoreEphemeral: true},
		"zk_copy: --until needs --follow":       {until: untilNever, ignoreEphemeral: true},
		`zk_copy: --until: "dawn" is neither blind nor never`:                                            with(func(o *zkCopyOptions) { o.until = "dawn" }),
		"zk_copy: --follow and --dry_run contradict each other":                                          with(func(o *zkCopyOptions) { o.dryRun = true }),
		"zk_copy: --follow and --no_verify contradict each other":                                        with(func(o *zkCopyOptions) { o.noVerify = true }),
		"zk_copy: --follow and --mtime contradict each other":                                            with(func(o *zkCopyOptions) { o.mtime = 1 }),
		"zk_copy: --follow and --ignore_ephemeral false contradict each other":                           with(func(o *zkCopyOptions) { o.ignoreEphemeral = false }),
		"zk_copy: --as_fallback and --exclude contradict each other: meta servers need the whole tree":   with(func(o *zkCopyOptions) { o.asFallback, o.exclude = true, []string{"x"} }),
		"zk_copy: --as_fallback and --no_acl contradict each other: meta servers need the whole tree":    with(func(o *zkCopyOptions) { o.asFallback, o.noACL = true, true }),
		"zk_copy: --as_fallback and --copy_only contradict each other: meta servers need the whole tree": with(func(o *zkCopyOptions) { o.asFallback, o.copyOnly = true, true }),
	} {
		got := ""
		if err := o.checkFollow(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	fallback := with(func(o *zkCopyOptions) { o.asFallback = true })
	if err := fallback.checkFollow(); err != nil || !fallback.delete {
		t.Errorf("a fallback keeps what only the old tree has: %v", err)
	}
}

func TestFollowSaysEachChangeOfItsStateOnce(t *testing.T) {
	began := time.Date(2026, 5, 14, 2, 30, 0, 0, time.UTC)
	follows := zkcopy.FollowState{Phase: zkcopy.FollowFollows, Watched: true}
	written := follows
	written.Written, written.Removed, written.Last, written.Heard, written.Applied = 3, 1, []string{"/source/apps/1", "/source/apps/2"}, 0x20, 0x1f
	frozen := written
	frozen.FrozenSince = began
	verified := frozen
	verified.Phase, verified.Verified, verified.Swept = zkcopy.FollowVerified, 0x20, began.Add(2*time.Second)
	after := verified
	after.Verified, after.ChangedAfter = 0, "/source/apps/3"
	inUse := verified
	inUse.InUse = "/target/lock/n"
	silent := follows
	silent.Phase, silent.Trouble = zkcopy.FollowUnheard, errors.New("connection refused")
	swept := follows
	swept.Watched = false
	const next = "Next: in another shell, stop the followers and run set_meta_level blind. This command then verifies and ends by itself; Ctrl-C ends it earlier."
	const there = "The copy is there. Every further change of /source is applied to /target."
	for name, test := range map[string]struct {
		o      zkCopyOptions
		until  string
		states []zkcopy.FollowState
		want   []string
	}{
		"a whole life": {
			until: untilBlind, states: []zkcopy.FollowState{follows, follows, written, written, frozen, frozen, verified},
			want: []string{there, next,
				"following, 0.0 s behind: 3 znodes written, 1 removed since the copy, the last /source/apps/1; source at transaction 0x20, applied up to 0x1f, 0 sweeps",
				"The level is blind, and no follower waits for the lock: the last look follows as soon as the source is quiet."},
		},
		"servers before 3.6": {
			until: untilNever, states: []zkcopy.FollowState{swept, swept},
			want: []string{"The copy is there. The servers of /source do not report changes (ZooKeeper before 3.6): everything is compared again and again."},
		},
		"a side that does not answer": {
			until: untilNever, states: []zkcopy.FollowState{follows, silent, silent, follows, follows},
			want: []string{there, "WARNING: a side does not answer; it is tried again until it does: connection refused", "Both sides answer again; everything is compared."},
		},
		"a fallback": {
			o: zkCopyOptions{asFallback: true}, until: untilBlind, states: []zkcopy.FollowState{follows, follows},
			want: []string{"/target is as /source now, and is kept so. It ends by itself when the level is blind and no follower lives; Ctrl-C ends it earlier. To go back, run migrate rollback in another shell."},
		},
		"changes after the last look": {
			o: zkCopyOptions{until: untilNever, json: true}, until: untilNever, states: []zkcopy.FollowState{follows, verified, inUse, inUse, after, after},
			want: []string{there,
				"The level is blind, and no follower waits for the lock: the last look follows as soon as the source is quiet.",
				"verified: equal at the source's transaction 0x20, frozen for 2.0 seconds. Following goes on until Ctrl-C.",
				"Somebody else writes to the target now (/target/lock/n): nothing more is written to it. The source is still watched.",
				"WARNING: the source has changed after the last look: /source/apps/3. Somebody still writes to the old tree"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &spoken{now: began}
			f := told(s, test.o, test.until)
			f.blind = began
			for _, state := range test.states {
				f.state(t.Context(), state)
				s.now = s.now.Add(tellEvery)
			}
			if diff := cmp.Diff(test.want, s.said); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheEndOfAFollowSaysWhatIsCertain(t *testing.T) {
	swept := time.Date(2026, 5, 14, 2, 30, 0, 0, time.UTC)
	first := &zkcopy.CopyResult{Read: 9}
	equal := zkcopy.FollowState{Swept: swept, SweptZxid: 0x10, Applied: 0x12, Pending: 2}
	verified := equal
	verified.Verified = 0x20
	changed := equal
	changed.ChangedAfter = "/source/apps/3"
	inUse := verified
	inUse.InUse = "/target/lock/n"
	gone := errors.New("no server answers")
	for name, test := range map[string]struct {
		state       zkcopy.FollowState
		first       *zkcopy.CopyResult
		err         error
		interrupted bool
		want        string
	}{
		"nothing copied yet":      {err: gone, want: "no server answers"},
		"nothing written":         {first: first, err: &zkcopy.LookError{Err: gone}, want: "no server answers"},
		"never equal":             {first: first, interrupted: true, want: "The sides were never found to be equal. Repeat the command to go on"},
		"interrupted":             {state: equal, first: first, interrupted: true, want: "Both sides were last found to be equal, ACLs too, at the source's transaction 0x10 (2026-05-14 02:30:00); reported changes up to 0x12 were applied, 2 are pending. Repeat the command to go on"},
		"interrupted when done":   {state: verified, first: first, interrupted: true, want: "verified: equal at the source's transaction 0x20, frozen for 1.5 seconds"},
		"changed after that":      {state: changed, first: first, interrupted: true, want: "Both sides were last found to be equal, ACLs too, at the source's transaction 0x10 (2026-05-14 02:30:00); reported changes up to 0x12 were applied, 2 are pending. The source has changed after the last look: /source/apps/3. Repeat the command to go on"},
		"the target used by then": {state: inUse, first: first, interrupted: true, want: "verified: equal at the source's transaction 0x20, frozen for 1.5 seconds. Somebody else writes to the target now: /target/lock/n"},
		"a failure":               {state: equal, first: first, err: gone, want: "no server answers\nThe copy is not complete: 0 znodes were created, 0 changed, 0 removed. Repeat the command: it continues where this one ended\nBoth sides were last found to be equal, ACLs too, at the source's transaction 0x10 (2026-05-14 02:30:00); reported changes up to 0x12 were applied, 2 are pending"},
		"a second writer": {state: equal, first: first, err: &zkcopy.SecondWriterError{Target: told(&spoken{}, zkCopyOptions{}, "").target, Path: "/target/x"},
			want: "another program writes to the target /target: /target/x was changed, and not by this command. It stopped, and writes nothing more. Find that program, then repeat the command.\n" +
				"Both sides were last found to be equal, ACLs too, at the source's transaction 0x10 (2026-05-14 02:30:00); reported changes up to 0x12 were applied, 2 are pending"},
	} {
		t.Run(name, func(t *testing.T) {
			f := told(&spoken{}, zkCopyOptions{}, untilNever)
			f.froze = 1.5
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.interrupted {
				cancel()
				test.err = ctx.Err()
			}
			err := f.failure(ctx, &zkcopy.FollowResult{FollowState: test.state, First: test.first}, test.err)
			if got := err.Error(); got != test.want {
				t.Errorf("%q\nwant %q", got, test.want)
			}
		})
	}
}
