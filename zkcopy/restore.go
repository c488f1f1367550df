package zkcopy

import (
	"context"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"pegashell/internal/message"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// RestoreOptions say how a backup is restored; they are those of a copy. The
// zero value is usable.
type RestoreOptions struct {
	tree.Limits
	session.Batching
	// NoACL leaves ACLs aside: what is created gets the open ACL, what is there
	// keeps its own, and they are neither compared nor verified.
	NoACL bool
	// RateLimit bounds the operations per second, each operation of a
	// transaction counted; zero means no bound.
	RateLimit                  int
	DryRun, Delete, SkipVerify bool
	Progress                   Progress
	OnAction                   func(Action)
	MaxDifferences             int
	// Proofs is a directory as CopyOptions have it: a verified restoration leaves a file there, with
	// which the next of the same backup need not ask for ACLs that cannot have changed.
	Proofs string
}

func (o RestoreOptions) copy() CopyOptions {
	return CopyOptions{
		Limits: o.Limits, Batching: o.Batching, Selection: Selection{NoACL: o.NoACL}, RateLimit: o.RateLimit,
		DryRun: o.DryRun, Delete: o.Delete, SkipVerify: o.SkipVerify,
		Progress: o.Progress, OnAction: o.OnAction, MaxDifferences: o.MaxDifferences, Proofs: o.Proofs,
	}
}

// Restore makes the target equal to a backup, as Copy does with a tree: what
// the target holds already is compared, only differences are written, and the
// target is read back. Ephemeral znodes of the backup are left out. The whole
// file is checked before anything is written; a damaged one is a *BackupError.
//
// The result is never nil: after an interruption or a failure it counts what was done, and running
// it again completes it.
func Restore(ctx context.Context, file *BackupFile, target Tree, o RestoreOptions) (*CopyResult, error) {
	began := time.Now()
	target.Role = "target"
	defer boundGarbageOf(target.Client)()
	connections, sessions := target.Client.Losses()
	r := &restorer{copier: newCopier(target, target, o.copy()), file: file}
	verified, err := r.run(ctx)
	result := r.result()
	// A file shows that a znode has children, but not how many.
	result.Counters, result.CountersTotal = nil, 0
	result.Verified, result.ByProof, result.Duration = verified, r.earlier != nil, time.Since(began)
	result.ConnectionLosses, result.SessionLosses = target.Client.Losses()
	result.ConnectionLosses -= connections
	result.SessionLosses -= sessions
	return result, err
}

// restorer is a copier whose source is a file. The copier's own source is the target.
type restorer struct {
	*copier
	file *BackupFile
	// earlier is what an earlier restoration of the file proves, nil for nothing.
	earlier *earlierRestore
}

func (r *restorer) run(ctx context.Context) (verified bool, err error) {
	if r.selector, err = newSelector(r.o.Selection, r.file.Root()); err != nil {
		return false, err
	}
	ctx = session.WithRateLimit(ctx, r.o.RateLimit)
	if err := r.check(ctx); err != nil {
		return false, &LookError{err}
	}
	if err := r.loadEarlier(ctx); err != nil {
		return false, &LookError{err}
	}
	if err := r.makeParents(ctx); err != nil {
		return false, err
	}
	if err := r.copyAll(ctx); err != nil {
		return false, err
	}
	held := r.earlierHolds()
	if r.o.Delete && !r.o.DryRun {
		if err := r.removeExtras(ctx); err != nil {
			return false, err
		}
	}
	written := r.outcome[created].Load() + r.outcome[changed].Load() + r.removed.Load()
	switch {
	case r.o.DryRun || written > 0 && r.o.SkipVerify:
		return false, nil
	case written > 0:
		if err := r.verify(ctx); err != nil {
			return false, err
		}
	} // otherwise everything was compared just now
	if !held {
		if err := r.compareAll(ctx); err != nil {
			return false, err
		}
	}
	r.keepRestoreProof(ctx)
	return true, nil
}

// check refuses a file and a target that must not be used, before anything is
// written.
func (r *restorer) check(ctx context.Context) error {
	if err := session.ValidatePath(r.target.Path); err != nil {
		return err
	}
	if tree.IsReserved(r.target.Path) {
		return &tree.ReservedPathError{Path: r.target.Path}
	}
	if _, err := r.file.Check(ctx, r.progress); err != nil {
		return err
	}
	if err := r.target.Sync(ctx); err != nil {
		return err
	}
	r.targetStart = r.target.Client.Zxid()
	r.openBooks()
	return nil
}

// sides calls visit for every path of the file and of the target.
func (r *restorer) sides(ctx context.Context, visit func(rel string, from, to *tree.Node) error) error {
	much := tree.WantAll
	if r.o.NoACL {
		much = tree.WantData
	}
	from, err := r.file.Read(ctx, much, r.limits, r.progress)
	if err != nil {
		return err
	}
	defer from.Close()
	to := tree.NewOrdered(ctx, r.target, tree.OrderedOptions{Limits: r.limits.Halved(), Want: much, NeedsACL: r.needsACL()})
	defer to.Close()
	return tree.SideBySide(ctx, from, to, visit)
}

// copyAll writes what differs.
func (r *restorer) copyAll(ctx context.Context) error {
	r.progress.Start(PhaseCopy)
	defer r.progress.Done()
	group, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, r.writer.queue.WakeAll)()
	group.Go(func() error { return r.writer.run(ctx) })
	group.Go(func() error {
		defer r.writer.queue.Close()
		return r.planAll(ctx)
	})
	return blame(r.target, group.Wait())
}

// opened is a path whose children are being planned.
type opened struct {
	rel   string
	state any // what the plan of the path is for its children
}

// planAll plans every path, in the order of the file. How many children a path
// has is known only when the next one no longer lies below it; until then its
// branch is held open.
//
// What was planned and is not written yet is held in memory, at most half of what the limits allow:
// the target's znodes that are read ahead have the other half.
func (r *restorer) planAll(ctx context.Context) error {
	var above []opened
	room := r.limits.Halved().DataBytes
	budget := semaphore.NewWeighted(room)
	leave := func(rel string) error {
		for len(above) > 0 {
			last := above[len(above)-1]
			if strings.HasPrefix(rel, last.rel+"/") {
				return nil
			}
			above = above[:len(above)-1]
			if err := r.hold(ctx, last.state, -1); err != nil {
				return err
			}
		}
		return nil
	}
	err := r.sides(ctx, func(rel string, from, to *tree.Node) error {
		if err := leave(rel); err != nil {
			return err
		}
		p := &tree.Pair{Rel: rel, Nodes: [2]*tree.Node{from, to}}
		if len(above) > 0 {
			p.Parent = above[len(above)-1].state
		} else if from.Kind() == tree.Ephemeral {
			return &BackupError{r.file.String(), message.Errorf("the root of the tree is an ephemeral znode")}
		}
		if err := r.hold(ctx, p.Parent, 1); err != nil {
			return err
		}
		r.takeACL(rel, from, to)
		if err := p.Hold(ctx, budget, room); err != nil {
			return err
		}
		state, _, err := r.visit(ctx, p)
		above = append(above, opened{rel, state})
		return err
	})
	if err != nil {
		return err
	}
	return leave("")
}

// hold counts a child in, or ends the children of a branch.
func (r *restorer) hold(ctx context.Context, state any, by int64) error {
	br, _ := state.(*branch)
	return r.writer.step(ctx, br, by)
}

// removeExtras removes what only the target has: as many paths as are remembered at a time.
func (r *restorer) removeExtras(ctx context.Context) error {
	r.progress.Start(PhaseRemove)
	defer r.progress.Done()
	defer func() { r.extra.Add(-r.removed.Load()) }()
	for len(r.extras) > 0 {
		rm := newRemover(r.target, RemoveOptions{Limits: r.limits, Batching: r.o.Batching, Progress: r.progress})
		rm.keepEphemeral = true
		before := r.removed.Load()
		rm.removed = func(path string) {
			r.removed.Add(1)
			r.tell(Action{Kind: ActionRemove, Path: path})
		}
		rm.seeds = r.extras
		if err := rm.run(ctx); err != nil {
			return err
		}
		if !r.lostExtras || r.removed.Load() == before {
			return nil
		}
		if err := r.findExtras(ctx); err != nil {
			return err
		}
	}
	return nil
}

// findExtras collects again what only the target has.
func (r *restorer) findExtras(ctx context.Context) error {
	r.extras, r.lostExtras = nil, false
	top := "//" // what was remembered last
	return r.sides(ctx, func(rel string, from, to *tree.Node) error {
		if to == nil || from != nil && from.Kind() != tree.Ephemeral || strings.HasPrefix(rel, top+"/") {
			return nil
		}
		top = rel
		r.remember(rel)
		return nil
	})
}

// verify reads the target back and compares it by digests with what was read from the file. Where
// they differ, or the target has other znodes, it is compared with the file once more, znode by znode.
func (r *restorer) verify(ctx context.Context) error {
	if err := r.target.Sync(ctx); err != nil {
		return err
	}
	r.progress.Start(PhaseVerify)
	defer r.progress.Done()
	if err := r.readBack(ctx); err != nil || r.ledger.suspects.empty() {
		return err
	}
	return r.compareAll(ctx)
}

// compareAll compares the target with the file, znode by znode, ACLs too.
func (r *restorer) compareAll(ctx context.Context) error {
	r.earlier = nil
	var found VerifyError
	note := func(rel string, kind DifferenceKind) {
		found.Total++
		if len(found.Differences) < r.o.MaxDifferences {
			found.Differences = append(found.Differences, Difference{tree.JoinPath(r.target.Path, rel), kind})
		}
	}
	err := r.sides(ctx, func(rel string, from, to *tree.Node) error {
		if from != nil {
			r.progress.Add(1, int64(len(from.Data)))
		}
		switch {
		case from == nil || from.Kind() == tree.Ephemeral:
			if to != nil && to.Stat.Czxid > r.targetStart {
				note(rel, Unexpected) // it came meanwhile
			}
		case to == nil:
			note(rel, Missing)
		case !tree.SameData(from.Data, to.Data):
			note(rel, OtherData)
		case !r.o.NoACL && !tree.SameACL(from.ACL, to.ACL):
			note(rel, OtherACL)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if found.Total > 0 {
		return &found
	}
	return nil
}
