package zookeeper

import (
	"errors"
	"strings"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
)

// maxInJSON is how many paths of a failure are listed in JSON; the number of all is listed too.
const maxInJSON = 10_000

// listedPaths is how many paths the engine is to keep for its errors.
func listedPaths(json bool) int {
	if json {
		return maxInJSON
	}
	return maxListed
}

// writeFailure words the failure of a copy or a restoration that has begun to write: what became of
// it, and what to do.
func writeFailure(what message.Text, r *zkcopy.CopyResult, err error) error {
	var changed *zkcopy.SourceChangedError
	var differs *zkcopy.VerifyError
	switch {
	case errors.As(err, &changed):
		return outcome.WithCode(exitChanged, outcome.Worded(message.New("%d znodes of the source changed while it was copied:%s\n"+
			"The target is not equal to the source. %s",
			changed.Total, indented(changed.Paths, changed.Total), untilUnchanged(err, message.New("Stop what changes the source (stop the followers, run set_meta_level blind), then repeat the command"))), err), true)
	case errors.As(err, &differs):
		var lines []string
		for _, d := range differs.Differences {
			lines = append(lines, d.String())
		}
		return outcome.Worded(message.New("%d znodes of the target differ from the source after the %s:%s\n"+
			"Another program may write to the target: find it, then repeat the command", differs.Total, what, indented(lines, differs.Total)), err)
	}
	return cutShort(err, message.New("the %s is not complete: %d znodes were created, %d changed, %d removed", what, r.Created, r.Changed, r.Removed))
}

// cutShort words the failure of a command that can be repeated to go on, with what was done so far.
func cutShort(err error, done message.Text) error {
	return unfinished(err, message.New("%s. Repeat the command: it continues where this one ended", done))
}

// unfinished words the failure of a command that has done a part, with what was done.
func unfinished(err error, done message.Text) error {
	if outcome.IsCanceled(err) {
		return outcome.Worded(done, err) // the registry says that it was interrupted
	}
	return outcome.Worded(message.New("%v\n%s", err, message.Sentence(done)), err)
}

// addFailure puts what an error names into the report's JSON, where there is more room for it.
func addFailure(out *render.Report, err error) {
	var changed *zkcopy.SourceChangedError
	var differs *zkcopy.VerifyError
	switch {
	case errors.As(err, &changed):
		out.Lists = append(out.Lists, render.List{Name: "changed", Texts: changed.Paths, Total: changed.Total})
	case errors.As(err, &differs):
		l := render.List{Name: "differences", Total: differs.Total}
		for _, d := range differs.Differences {
			l.Texts = append(l.Texts, d.String())
		}
		out.Lists = append(out.Lists, l)
	}
}

// resultOf says in a word or two what a copy or a restoration came to.
func resultOf(r *zkcopy.CopyResult, err error, dryRun, noVerify bool, verified string) string {
	var changed *zkcopy.SourceChangedError
	var differs *zkcopy.VerifyError
	switch {
	case dryRun:
		return "a plan, nothing was written"
	case errors.As(err, &changed):
		return "NOT verified: the source changed while it was copied"
	case errors.As(err, &differs):
		return "NOT verified: the target differs from the source"
	case err != nil:
		return "NOT complete, NOT verified"
	case r.Verified:
		return verified
	case noVerify:
		return "not verified: --no_verify was given"
	}
	return "NOT verified"
}

// countRows adds what a copy or a restoration did with znodes.
func countRows(t *render.Table, r *zkcopy.CopyResult) {
	t.Row("read", r.Read)
	t.Row("created", r.Created)
	t.RowIf(r.Parents > 0, "parents_created", r.Parents)
	t.Row("changed", r.Changed)
	t.Row("equal", r.Equal)
	t.Row("extra", r.Extra)
	t.Row("removed", r.Removed)
	t.Row("ephemeral_left_out", r.LeftOut)
}

// costRows adds what a copy or a restoration took.
func costRows(t *render.Table, r *zkcopy.CopyResult) {
	t.Row("bytes", r.Bytes)
	t.Row("seconds", r.Duration.Seconds())
	lost := r.ConnectionLosses + r.SessionLosses
	t.RowIf(lost > 0, "connections_lost", lost)
}

// warningsOf says in what a target whose znodes are all right still differs from the source.
func warningsOf(deletes, dryRun bool, r *zkcopy.CopyResult) []message.Text {
	var texts []message.Text
	warn := func(text message.Text) { texts = append(texts, text) }
	switch kept := keptExtras(dryRun, r); {
	case kept > 0 && deletes:
		warn(message.New("%d znodes of the target that are missing from the source were kept: they are ephemeral, or contain an ephemeral one", kept))
	case kept > 0:
		warn(message.New("%d znodes of the target are not in the source; --delete removes them", kept))
	}
	for _, glob := range r.Unmatched {
		warn(message.New("--exclude %s matched nothing, in the source or in the target", glob))
	}
	if r.CountersTotal > 0 {
		more := ""
		if r.CountersTotal > int64(len(r.Counters)) {
			more = ", ..."
		}
		warn(message.New("sequence counters are not copied: new sequential znodes will get lower numbers in the target than in the source, below %d znodes: %s%s",
			r.CountersTotal, strings.Join(r.Counters, ", "), more))
	}
	return texts
}

// warnOfResult prints them.
func warnOfResult(env Env, deletes, dryRun bool, r *zkcopy.CopyResult) {
	for _, text := range warningsOf(deletes, dryRun, r) {
		env.Warn("%s", text)
	}
}

// keptExtras is how many znodes stay in the target that are missing from the source.
func keptExtras(dryRun bool, r *zkcopy.CopyResult) int64 {
	if dryRun {
		return r.Extra - r.Removed
	}
	return r.Extra
}

// nothingWritten reports whether the copy was refused before its first write.
func nothingWritten(err error) bool {
	var look *zkcopy.LookError
	return errors.As(err, &look)
}
