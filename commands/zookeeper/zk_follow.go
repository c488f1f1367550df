package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/session"
)

// The values of --until.
const (
	untilBlind = "blind"
	untilNever = "never"
)

// checkFollow refuses flags that do not fit together.
func (o *zkCopyOptions) checkFollow() error {
	with := map[string]bool{"--dry_run": o.dryRun, "--no_verify": o.noVerify, "--mtime": o.mtime != 0, "--ignore_ephemeral false": !o.ignoreEphemeral}
	switch {
	case !o.follow && o.asFallback:
		return outcome.WrongUse("zk_copy: --as_fallback needs --follow")
	case !o.follow && o.until != "":
		return outcome.WrongUse("zk_copy: --until needs --follow")
	case !o.follow:
		return nil
	case o.until != "" && o.until != untilBlind && o.until != untilNever:
		return outcome.WrongUse("zk_copy: --until: %q is neither blind nor never", o.until)
	}
	if o.asFallback {
		with["--exclude"], with["--no_acl"], with["--copy_only"] = len(o.exclude) > 0, o.noACL, o.copyOnly
		for _, flag := range []string{"--exclude", "--no_acl", "--copy_only"} {
			if with[flag] {
				return outcome.WrongUse("zk_copy: --as_fallback and %s contradict each other: meta servers need the whole tree", flag)
			}
		}
		o.delete = true
	}
	for _, flag := range []string{"--dry_run", "--no_verify", "--mtime", "--ignore_ephemeral false"} {
		if with[flag] {
			return outcome.WrongUse("zk_copy: --follow and %s contradict each other", flag)
		}
	}
	return nil
}

// follow is zk_copy --follow under way.
type follow struct {
	o              *zkCopyOptions
	env            *recorder
	zk             *ensemble.Directory
	ends           ends
	source, target zkcopy.Tree
	claim          *command.FollowClaim
	// pass hears the guards; seen is what they were shown last.
	pass migration.Pass
	seen *migration.Survey
	// until is when it ends, locks are where meta servers wait for the lead.
	until string
	locks []string

	// blind is when the level was first seen to be blind, without a break since: the freeze begins
	// with it, whether followers live or not.
	blind time.Time
	// froze is for how many seconds the level had been blind when both sides were verified.
	froze float64

	told    followTold
	updated time.Time
}

// followTold is what was printed last.
type followTold struct {
	at               time.Time
	phase            zkcopy.FollowPhase
	written, removed int64
	verified         int64
	changed, inUse   string
	frozen           bool
}

const (
	// tellEvery is how often a line says what was applied, and updateEvery how often other shells can
	// know.
	tellEvery   = 10 * time.Second
	updateEvery = time.Second / 5
)

// followRun copies and follows.
func (o *zkCopyOptions) followRun(ctx context.Context, env *recorder, zk *ensemble.Directory, e ends, source, target zkcopy.Tree, cluster *clusterLook) error {
	claim, err := command.ClaimFollow(env.State(), target.String())
	switch {
	case errors.Is(err, command.ErrFollowed):
		return message.Errorf("refused: another zk_copy --follow writes to %s already. End that one first (Ctrl-C in its shell); migrate status names it", target)
	case err != nil:
		return message.Errorf("claim the target in the state folder: %w", err)
	}
	defer claim.Close()
	f := &follow{o: o, env: env, zk: zk, ends: e, source: source, target: target, claim: claim, until: o.until}
	env.live = newLiveLine(env)
	change := o.force.Change(env, false)
	change.Command = o.followName()
	return migration.Execute(ctx, change, func(ctx context.Context, pass migration.Pass) error {
		f.pass = pass
		if err := pass(&migration.Survey{Source: unseen(source), Target: unseen(target)}); err != nil {
			return err // by the paths alone
		}
		if o.delete {
			t := o.transfer(ctx, env, source, target, func(seen *zkcopy.Seen) error { return f.begin(ctx, seen, cluster) })
			if err := t.confirmRemovals(ctx, env, o.yes, o.removing(), message.New("Nothing was copied yet."), source); err != nil {
				return err
			}
		}
		r, err := zkcopy.Follow(ctx, source, target, f.options(ctx, cluster))
		f.env.live.off()
		return f.end(ctx, r, err)
	})
}

// followName is what it is called among the guards.
func (o *zkCopyOptions) followName() string {
	if o.asFallback {
		return migration.Fallback
	}
	return migration.Following
}

// removing is the flag that lets znodes of the target be removed.
func (o *zkCopyOptions) removing() string {
	if o.asFallback {
		return "--as_fallback"
	}
	return "--delete"
}

func (f *follow) options(ctx context.Context, cluster *clusterLook) zkcopy.FollowOptions {
	o := f.o
	return zkcopy.FollowOptions{
		CopyOptions: zkcopy.CopyOptions{
			Batching: session.Batching{BatchOps: o.batch}, Selection: o.selection(), RateLimit: o.rate, Delete: o.delete,
			Before: func(seen *zkcopy.Seen) error { return f.begin(ctx, seen, cluster) },
			Proofs: o.proofs(f.env), Progress: show(f.env, "zk_copy", f.source, f.target), MaxDifferences: maxInJSON,
		},
		Frozen:    f.frozen,
		SweepLook: func(seen *zkcopy.Seen) error { return f.look(ctx, seen) },
		LastLook:  func(seen *zkcopy.Seen) error { return f.look(ctx, seen) },
		GoOn:      f.o.until == untilNever,
		OnState:   func(s zkcopy.FollowState) { f.state(ctx, s) },
	}
}

// begin hears the guards before the first copy, and decides when the following ends.
func (f *follow) begin(ctx context.Context, seen *zkcopy.Seen, cluster *clusterLook) error {
	f.seen = copySurvey(ctx, f.source, f.target, seen, cluster)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := f.pass(f.seen); err != nil {
		return err
	}
	own := f.seen.Own.Relation == zkcopy.Same && !f.seen.Own.Lock && f.seen.Own.Unreached == nil && f.seen.Own.Unasked == nil
	switch {
	case f.until == untilBlind && !own:
		return message.Errorf("zk_copy: --until blind: %s is not the tree of the connected cluster, so its meta level is not known. "+
			"Start pegashell with its meta servers (--cluster), or use --until never", f.source)
	case f.until == "" && own:
		f.until = untilBlind
	case f.until == "":
		f.until = untilNever
	}
	f.locks = nil
	for _, c := range slices.Concat(f.seen.Source.Clusters, f.seen.Source.Outside) {
		if c.LockPath != "" {
			f.locks = append(f.locks, c.LockPath)
		}
	}
	return nil
}

// look hears the guards again, before all of both trees is compared.
func (f *follow) look(ctx context.Context, seen *zkcopy.Seen) error {
	cluster := lookBeforeCopy(ctx, f.env, f.zk, f.source)
	defer cluster.wait()
	s := copySurvey(ctx, f.source, f.target, seen, cluster)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	f.seen = s
	return f.pass(s)
}

// frozen reports whether nothing can change the source any more: the level of the connected cluster
// is blind, and no other meta server waits to lead.
func (f *follow) frozen(ctx context.Context) bool {
	if f.seen == nil || f.seen.Own.Relation != zkcopy.Same {
		return false
	}
	level := command.LevelOf(ctx, f.env)
	if level.Value == 0 || level.Value > metaadmin.LevelBlind {
		f.blind = time.Time{}
		return false
	}
	if f.blind.IsZero() {
		f.blind = time.Now()
	}
	for _, lock := range f.locks {
		names, err := f.source.Client.Children(ctx, lock)
		held := 0
		for _, name := range names {
			if layout.IsLockNode(path.Join(lock, name)) {
				held++
			}
		}
		if err != nil || held > 1 {
			return false
		}
	}
	return true
}

// state prints what is worth a line, and leaves word for other shells.
func (f *follow) state(ctx context.Context, s zkcopy.FollowState) {
	now := f.env.Now()
	if now.Sub(f.updated) >= updateEvery {
		f.updated = now
		f.leaveWord(s)
	}
	t, env := &f.told, f.env
	switch {
	case s.Trouble != nil && t.phase != zkcopy.FollowUnheard:
		env.Warn("a side does not answer; it is tried again until it does: %v", s.Trouble)
		t.phase = zkcopy.FollowUnheard
	case s.Phase == zkcopy.FollowFollows && t.phase != zkcopy.FollowFollows:
		f.tellFollowing(s)
		t.phase, t.at = s.Phase, now
	case s.Phase == zkcopy.FollowFollows && now.Sub(t.at) >= tellEvery && (s.Written != t.written || s.Removed != t.removed):
		f.tellApplied(s)
		t.at, t.written, t.removed = now, s.Written, s.Removed
	}
	if frozen := !s.FrozenSince.IsZero(); frozen != t.frozen {
		if t.frozen = frozen; frozen {
			env.Note("The level is blind, and no follower waits for the lock: the last look follows as soon as the source is quiet.")
		}
	}
	if s.Verified != 0 && s.Verified != t.verified {
		t.verified, f.froze = s.Verified, s.Swept.Sub(f.blind).Seconds()
		if f.o.until == untilNever {
			f.tellVerified(ctx, s)
		}
	}
	if s.InUse != "" && s.InUse != t.inUse {
		env.Note("Somebody else writes to the target now (%s): nothing more is written to it. The source is still watched.", s.InUse)
	}
	t.inUse = s.InUse
	if s.ChangedAfter != "" && s.ChangedAfter != t.changed {
		env.Warn("the source has changed after the last look: %s. Somebody still writes to the old tree", s.ChangedAfter)
	}
	t.changed = s.ChangedAfter
	f.env.live.show(s)
}

// tellVerified says that both sides are equal, where the following goes on.
func (f *follow) tellVerified(ctx context.Context, s zkcopy.FollowState) {
	f.env.Note("verified: equal at the source's transaction %#x, frozen for %.1f seconds. Following goes on until Ctrl-C.", s.Verified, f.froze)
	if !f.o.json && len(f.o.exclude) == 0 {
		f.printNext(ctx)
	}
}

// printNext prints the next steps once both sides are verified: forward, or back.
func (f *follow) printNext(ctx context.Context) {
	if f.o.asFallback {
		f.env.Note("Next: %s has everything now. migrate rollback shows each line of the way back. To stay: set_meta_level steady, and begin this command again.", f.target)
		return
	}
	f.env.live.off()
	printNext(ctx, f.env, f.seen, f.ends, f.source, f.target, true)
}

// tellFollowing says that the first copy is done, or that the sides answer again.
func (f *follow) tellFollowing(s zkcopy.FollowState) {
	switch {
	case f.told.phase == zkcopy.FollowUnheard:
		f.env.Note("Both sides answer again; everything is compared.")
		return
	case f.told.phase != "":
		return
	case f.o.asFallback && s.Watched:
		f.env.Note("%s is as %s now, and is kept so. It ends by itself when the level is blind and no follower lives; Ctrl-C ends it earlier. To go back, run migrate rollback in another shell.", f.target, f.source)
		return
	case s.Watched:
		f.env.Note("The copy is there. Every further change of %s is applied to %s.", f.source, f.target)
	default:
		f.env.Note("The copy is there. The servers of %s do not report changes (ZooKeeper before 3.6): everything is compared again and again.", f.source)
	}
	if f.until == untilBlind {
		f.env.Note("Next: in another shell, stop the followers and run set_meta_level blind. This command then verifies and ends by itself; Ctrl-C ends it earlier.")
	}
}

func (f *follow) tellApplied(s zkcopy.FollowState) {
	last := ""
	if len(s.Last) > 0 {
		last = s.Last[0]
	}
	f.env.Note("following, %.1f s behind: %d znodes written, %d removed since the copy, the last %s; source at transaction %#x, applied up to %#x, %d sweeps",
		s.Behind(time.Now()).Seconds(), s.Written, s.Removed, last, s.Heard, s.Applied, s.Sweeps)
}

// leaveWord writes the file for other shells.
func (f *follow) leaveWord(s zkcopy.FollowState) {
	word := command.Following{
		Source: f.source.String(), Target: f.target.String(), Phase: string(s.Phase), Behind: s.Behind(time.Now()).Seconds(),
		Applied: s.Written + s.Removed, Updated: f.env.Now(), Fallback: f.o.asFallback,
	}
	if c := f.env.Cluster(); c != nil {
		word.Metas = c.Metas
	}
	if s.Verified != 0 {
		word.Verified = fmt.Sprintf("%#x", s.Verified)
	}
	if err := f.claim.Update(word); err != nil {
		f.source.Client.Log("leave word for other shells: %v", err)
	}
}

// end prints what is certain at the end, and the next steps.
func (f *follow) end(ctx context.Context, r *zkcopy.FollowResult, err error) error {
	f.evidence(r)
	if err != nil {
		return f.failure(ctx, r, err)
	}
	look := r.LastLook
	doubt := f.o.doubtOf(f.seen, look)
	out, table := copyReport(f.source, f.target, look, f.o, nil, doubt)
	table.Row("written_while_following", r.Written)
	table.Row("removed_while_following", r.Removed)
	table.Row("sweeps", r.Sweeps)
	table.Row("frozen_seconds", f.froze)
	f.env.Evidence("final", doubt == "")
	if f.o.json {
		next := ""
		if !f.o.asFallback {
			next = nextText(ctx, f.env, f.seen, f.ends, f.source, f.target, look)
		}
		addFinal(out, table, look, doubt, f.env.warnings, next)
	}
	if err := command.Print(f.env, out, command.OutputOptions{JSON: f.o.json}); err != nil {
		return err
	}
	f.o.remember(f.env, f.zk, f.ends, f.target, f.seen, look)
	warnOfResult(f.env, true, false, look)
	if !f.o.json {
		fmt.Fprintln(f.env.Out(), message.New("\nverified: equal at the source's transaction %#x, frozen for %.1f seconds", r.Verified, f.froze).In(f.env.Language()))
		if look.Excluded == 0 {
			f.printNext(ctx)
		}
	}
	if doubt != "" {
		return notFinal(doubt)
	}
	return nil
}

// failure words the end by an interrupt or an error: what is certain of both sides.
func (f *follow) failure(ctx context.Context, r *zkcopy.FollowResult, err error) error {
	if r.First == nil || nothingWritten(err) && r.Sweeps == 0 && r.Swept.IsZero() {
		return err
	}
	at := message.New("The sides were never found to be equal")
	switch {
	case r.Verified != 0:
		at = message.New("verified: equal at the source's transaction %#x, frozen for %.1f seconds", r.Verified, f.froze)
	case !r.Swept.IsZero():
		at = message.New("Both sides were last found to be equal, ACLs too, at the source's transaction %#x (%s); reported changes up to %#x were applied, %d are pending",
			r.SweptZxid, command.ClockOf(f.env.Now, f.env.Location())(r.Swept), r.Applied, r.Pending)
	}
	if r.ChangedAfter != "" {
		at = message.New("%s. The source has changed after the last look: %s", at, r.ChangedAfter)
	}
	if r.InUse != "" {
		at = message.New("%s. Somebody else writes to the target now: %s", at, r.InUse)
	}
	if ctx.Err() != nil && (r.Verified != 0 || r.InUse != "") {
		return outcome.Worded(at, ctx.Err()) // there is nothing to go on with
	}
	if ctx.Err() != nil {
		return outcome.Worded(message.New("%s. Repeat the command to go on", at), ctx.Err())
	}
	var extra *zkcopy.ExtraError
	if errors.As(err, &extra) {
		return err
	}
	var second *zkcopy.SecondWriterError
	if errors.As(err, &second) {
		return outcome.Worded(message.New("%v. It stopped, and writes nothing more. Find that program, then repeat the command.\n%s", err, at), err)
	}
	return outcome.Worded(message.New("%v\n%s", writeFailure(message.New("copy"), r.First, err), at), err)
}

func (f *follow) evidence(r *zkcopy.FollowResult) {
	env := f.env
	env.Evidence("follow", true)
	env.Evidence("written_while_following", r.Written)
	env.Evidence("removed_while_following", r.Removed)
	env.Evidence("sweeps", r.Sweeps)
	env.Evidence("verified", r.Verified != 0)
	if r.Verified != 0 {
		env.Evidence("source_zxid", fmt.Sprintf("%#x", r.Verified))
		env.Evidence("frozen_seconds", fmt.Sprintf("%.1f", f.froze))
	}
	if r.First != nil {
		env.Evidence("znodes", r.First.Read)
	}
}
