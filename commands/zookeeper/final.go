package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/migration"
	"pegashell/zkcopy"
)

// recorder is an environment that remembers what it warned of.
type recorder struct {
	Env
	warnings []string
	live     *liveLine // erased before anything is printed for a person; nil for none
}

func (r *recorder) Note(format string, args ...any) {
	r.live.off()
	r.Env.Note(format, args...)
}

func (r *recorder) Warn(format string, args ...any) {
	r.live.off()
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
	r.Env.Warn(format, args...)
}

// english are texts as JSON has them.
func english(texts []message.Text) []string {
	var words []string
	for _, text := range texts {
		words = append(words, text.String())
	}
	return words
}

// doubtOf says why a copy that is equal now is not one to move meta servers to, "" for nothing.
func (o *zkCopyOptions) doubtOf(seen *migration.Survey, r *zkcopy.CopyResult) string {
	switch {
	case seen == nil || !r.Verified:
	case seen.Unsettled():
		return "the source may still change"
	case len(seen.Source.Clusters) == 0: // no meta server ever reads it
	case o.copiesLocks(seen):
		return "the target has lock nodes that no session holds"
	case keptExtras(o.dryRun, r) > 0:
		return "the target has znodes that the source does not have"
	}
	return ""
}

// copiesLocks reports whether lock nodes become plain znodes in the target.
func (o *zkCopyOptions) copiesLocks(seen *migration.Survey) bool {
	for _, c := range seen.Source.Clusters {
		for _, l := range c.Locks {
			if l.Session == 0 || !o.ignoreEphemeral && o.force.Has(forceLockNodes) {
				return true
			}
		}
	}
	return false
}

// notFinal is the failure of a copy that there is such a doubt about.
func notFinal(doubt string) error {
	return outcome.WithCode(exitNotFinal, outcome.Told(errors.New("the copy is not final: "+doubt)), true)
}

// addFinal puts into a report for programs whether the copy is final, what was warned of, and what
// comes next.
func addFinal(out *render.Report, t *render.Table, r *zkcopy.CopyResult, doubt string, warnings []string, next string) {
	t.Row("final", r.Verified && doubt == "")
	t.Row("next", render.OrDash(next))
	out.Lists = append(out.Lists, render.List{Name: "warnings", Texts: warnings, Total: int64(len(warnings))})
}

// nextText is what printNext prints, as one text for programs: it is in English.
func nextText(ctx context.Context, env Env, seen *migration.Survey, e ends, source, target zkcopy.Tree, r *zkcopy.CopyResult) string {
	if seen == nil || r.Excluded > 0 || r.Older > 0 {
		return ""
	}
	return strings.TrimSpace(nextOf(ctx, env, seen, e, source, target, r.Verified).in(message.English))
}
