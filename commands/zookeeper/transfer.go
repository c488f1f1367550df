package zookeeper

import (
	"context"
	"errors"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/zkcopy"
)

// transfer is what zk_copy and zk_restore have in common: znodes that are written to a tree from
// elsewhere.
type transfer struct {
	// name is what people call it, such as "copy".
	name message.Text
	json bool
	// target is written to.
	target zkcopy.Tree
	// run carries it out, or plans it; each znode that is written, left out or removed is reported
	// to onAction, which may be nil.
	run func(plan bool, onAction func(zkcopy.Action)) (*zkcopy.CopyResult, error)
	// report words what came of it.
	report func(r *zkcopy.CopyResult, err error) *render.Report
}

// carryOut carries it out, or plans it, and prints the result.
func (t transfer) carryOut(env Env, plan bool) (*zkcopy.CopyResult, error) {
	if plan {
		p := newPlan()
		defer p.close()
		result, err := t.run(true, p.note)
		var changed *zkcopy.SourceChangedError
		switch {
		case errors.As(err, &changed):
			return nil, writeFailure(t.name, result, err)
		case err != nil:
			return nil, err
		}
		return result, p.print(env, t.json, t.report(result, nil))
	}
	result, err := t.run(false, nil)
	evidence(env, t.target, result)
	if err != nil && nothingWritten(err) {
		return nil, err
	}
	printErr := command.Print(env, t.report(result, err), command.OutputOptions{JSON: t.json})
	if err != nil {
		return nil, writeFailure(t.name, result, err)
	}
	return result, printErr
}

// confirmRemovals shows which znodes of the target a flag would remove because they are missing from
// source, and asks. Unless there are any it asks nothing. nothing says what was not done yet.
func (t transfer) confirmRemovals(ctx context.Context, env Env, yes bool, flag string, nothing message.Text, source fmt.Stringer) error {
	p := newPlan()
	defer p.close()
	planned, err := t.run(true, p.noteRemovals)
	if err != nil || planned.Removed == 0 {
		return err
	}
	if err := p.showRemovals(env, t.json, t.target); err != nil {
		return err
	}
	return env.Confirm(ctx, yes, message.New("%s Let %s remove %d znodes of %s that are not in %s?", nothing, flag, planned.Removed, t.target, source))
}

// evidence adds what a copy or a restoration did to the journal's entry.
func evidence(env Env, target fmt.Stringer, r *zkcopy.CopyResult) {
	env.Evidence("target", target.String())
	if r == nil {
		return
	}
	env.Evidence("znodes", r.Read)
	env.Evidence("bytes", r.Bytes)
	env.Evidence("created", r.Created)
	env.Evidence("changed", r.Changed)
	env.Evidence("equal", r.Equal)
	env.Evidence("removed", r.Removed)
	env.Evidence("verified", r.Verified)
	if r.Verified && r.SourceZxid != 0 {
		env.Evidence("source_zxid", fmt.Sprintf("%#x", r.SourceZxid))
	}
	if r.ByProof {
		env.Evidence("by_proof", true)
	}
}
