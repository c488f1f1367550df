package zkcopy

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// DefaultMaxDifferences is how many paths an error about a tree lists.
const DefaultMaxDifferences = 100

// ActionKind says what a copy does to a znode of the target.
type ActionKind string

// Actions of a copy.
const (
	ActionCreate  ActionKind = "create"
	ActionSetData ActionKind = "set data"
	ActionSetACL  ActionKind = "set ACL"
	ActionRemove  ActionKind = "remove"
	// ActionLeaveOut: the znode is ephemeral at the source.
	ActionLeaveOut ActionKind = "leave out"
)

// Action is one planned or carried out step of a copy.
type Action struct {
	Kind  ActionKind
	Path  string // in the target
	Bytes int    // of data
}

// CopyOptions say how a copy is carried out. The zero value is usable.
type CopyOptions struct {
	tree.Limits
	session.Batching
	Selection
	// RateLimit bounds the operations per second on both sides together, each
	// operation of a transaction counted; zero means no bound.
	RateLimit int
	// DryRun plans and counts, and writes nothing.
	DryRun bool
	// Delete removes, as the last step before the verification, what the target has and the source
	// does not have. Ephemeral znodes stay, and what they lie in.
	Delete bool
	// SkipVerify leaves out reading back the target.
	SkipVerify bool
	Progress   Progress
	// OnAction hears of every step, one at a time, a parent's before its children's: when it is
	// planned in a dry run, otherwise when it is done.
	OnAction func(Action)
	// Before, if there is one, is called once, before the first write, with what
	// was seen of both trees. Its error ends the copy, with nothing written.
	Before func(*Seen) error
	// MaxDifferences bounds the paths that errors list.
	MaxDifferences int
	// Proofs is a directory, made where it is missing, in which a verified copy leaves a file of
	// less than 1 MiB for the next copy between the same trees: with it that need not ask for ACLs
	// that cannot have changed, nor read back what it did not write. Empty for none.
	Proofs string

	// known, if there is one, is filled with the stats of what is equal in the end.
	known *knownStats
}

// CopyResult counts what a copy did, or in a dry run would do, in znodes.
type CopyResult struct {
	Read    int64 // znodes of the source, without those left out
	Bytes   int64 // of data of these
	Created int64
	Changed int64 // data or ACL or both
	Equal   int64 // nothing to do
	LeftOut int64 // ephemeral at the source
	// Excluded counts what the globs matched at the source, not what lies below.
	Excluded int64
	// Unmatched are globs that matched no path of either side.
	Unmatched []string
	Older     int64 // left out by MinMtime
	// Extra znodes are in the target and not in the source: after a removal
	// those that are still there, in a dry run also the Removed ones.
	Extra   int64
	Removed int64
	// Parents of the target's root that were created.
	Parents int64
	// Counters are znodes of the source, the first few of CountersTotal, with
	// children of sequential names: new names will begin again lower in the
	// target, which has had fewer children.
	Counters      []string
	CountersTotal int64
	// Verified: of every znode the target was read after this copy last wrote it, and is equal to
	// the source; and the source was still as it was copied when it was read again after that.
	Verified bool
	// SourceZxid of a verified copy: nothing had changed in what was copied up to
	// this transaction of the source's servers.
	SourceZxid int64
	// ByProof: a proof was of use (see Proofs). All data was compared, but only those ACLs were read
	// that may have changed since the copy that left it, and only what was written was read back.
	ByProof bool
	// Followed: it is the last look of a follower, which reads only what may have changed (see Follow).
	Followed bool
	Duration time.Duration
	// Losses of connections and sessions that the copy lived through.
	ConnectionLosses, SessionLosses int64
}

// tally is an outcome that is counted.
type tally int

const (
	created tally = iota
	changed
	equal
	uncounted
)

// copier is one copy under way.
type copier struct {
	source, target Tree
	o              CopyOptions
	limits         tree.Limits
	progress       Progress
	writer         *writer
	ledger         *ledger // nil where nothing will be verified
	sums           *sums   // nil where no proof will be kept
	selector       *selector
	repeat         *repeat // nil where there is no proof of use

	read, bytes, leftOut, excluded, older, extra, removed, parents atomic.Int64
	outcome                                                        [uncounted]atomic.Int64

	// roots are those of source and target before the first write, nil for a
	// target that was not there.
	roots [2]*tree.Stat

	// sourceStart and targetStart are the transaction ids before the first
	// znode was read: later ones are changes during the copy.
	sourceStart, targetStart int64
	// sourceEnd is the transaction id up to which the source was found to be as
	// it was read.
	sourceEnd int64
	// targetSeen is one before all of the target was read, but for what this copy wrote itself after
	// that. verifying: all that is left to be done is the verification.
	targetSeen int64
	verifying  bool

	actions sync.Mutex // one OnAction at a time

	counters counters

	extrasLock sync.Mutex
	extras     []string // topmost extra paths below the root, at most maxExtras
	lostExtras bool     // there were more
}

// maxExtras bounds the paths that are remembered for removal; where there are more, they are
// searched again.
const maxExtras = 10_000

// Copy makes the target equal to the source: data, ACLs and children. Ephemeral znodes are left
// out, unless the Selection keeps them. Container and TTL znodes become persistent ones, because
// servers do not distinguish them (see tree.Kind). Missing parents of the target's root are created
// as persistent znodes without data and with the open ACL. What the target holds already is
// compared first, so that only differences are written; what it holds in excess is counted, and
// removed if the options say so. Afterwards the target is read back and compared.
//
// The result is never nil: it counts what an interrupted or failed copy has done. Running Copy
// again completes it. Nothing was written when the error is a *LookError.
func Copy(ctx context.Context, source, target Tree, o CopyOptions) (*CopyResult, error) {
	began := time.Now()
	source.Role, target.Role = "source", "target"
	defer boundGarbageOf(target.Client)()
	c := newCopier(source, target, o)
	sourceConnections, sourceSessions := source.Client.Losses()
	targetConnections, targetSessions := target.Client.Losses()
	verified, err := c.run(ctx)
	err = restlessSource(err)
	r := c.result()
	r.Verified, r.Duration = verified, time.Since(began)
	if verified {
		r.SourceZxid = c.sourceEnd
	}
	connections, sessions := source.Client.Losses()
	r.ConnectionLosses, r.SessionLosses = connections-sourceConnections, sessions-sourceSessions
	if target.Client != source.Client {
		connections, sessions = target.Client.Losses()
		r.ConnectionLosses += connections - targetConnections
		r.SessionLosses += sessions - targetSessions
	}
	return r, err
}

func newCopier(source, target Tree, o CopyOptions) *copier {
	if o.MaxDifferences <= 0 {
		o.MaxDifferences = DefaultMaxDifferences
	}
	o.Limits, o.Batching = evenly(o.RateLimit, target.Client, o.Limits.WithDefaults(source.Client, target.Client), o.Batching)
	c := &copier{source: source, target: target, o: o, progress: progressOr(o.Progress), limits: o.Limits}
	c.writer = newWriter(target.Client, o.Batching, c.finished)
	return c
}

func (c *copier) result() *CopyResult {
	var unmatched []string
	if c.selector != nil {
		unmatched = c.selector.unmatched()
	}
	numbered, total := c.counters.found()
	return &CopyResult{
		Unmatched: unmatched, Counters: numbered, CountersTotal: total,
		Read: c.read.Load(), Bytes: c.bytes.Load(),
		Created: c.outcome[created].Load(), Changed: c.outcome[changed].Load(), Equal: c.outcome[equal].Load(),
		LeftOut: c.leftOut.Load(), Excluded: c.excluded.Load(), Older: c.older.Load(), Extra: c.extra.Load(), Removed: c.removed.Load(),
		Parents: c.parents.Load(), ByProof: c.repeat != nil,
	}
}

func (c *copier) run(ctx context.Context) (verified bool, err error) {
	if c.selector, err = newSelector(c.o.Selection, c.source.Path); err != nil {
		return false, err
	}
	ctx = session.WithRateLimit(ctx, c.o.RateLimit)
	defer func() { c.conclude(err) }()
	if err := c.check(ctx); err != nil {
		return false, &LookError{err}
	}
	if c.repeat, err = c.compareByProof(ctx); err != nil {
		return false, err
	}
	if c.repeat != nil && c.repeat.isEqual() {
		c.verifying = !c.o.DryRun
		return !c.o.DryRun, nil
	}
	if c.repeat == nil {
		if err := c.look(ctx); err != nil {
			return false, &LookError{err}
		}
		if err := c.makeParents(ctx); err != nil {
			return false, err
		}
	}
	if err := c.copyAll(ctx); err != nil {
		return false, err
	}
	if c.o.Delete && c.extra.Load() > 0 && !c.o.DryRun {
		if err := c.removeExtras(ctx); err != nil {
			return false, err
		}
	}
	c.verifying = !c.o.DryRun && !c.o.SkipVerify
	written := c.outcome[created].Load() + c.outcome[changed].Load() + c.removed.Load()
	switch {
	case c.o.DryRun:
		return false, nil
	case c.repeat != nil && (written == 0 || !c.o.SkipVerify):
		err := c.repeat.verify(ctx)
		return err == nil, err
	case written == 0:
		return c.confirm(ctx) // everything was compared just now
	case c.o.SkipVerify:
		return false, nil
	}
	if err := c.verify(ctx); err != nil {
		return false, err
	}
	return true, nil
}

// check refuses what must not be copied, before anything is written.
func (c *copier) check(ctx context.Context) error {
	for _, path := range []string{c.source.Path, c.target.Path} {
		if err := session.ValidatePath(path); err != nil {
			return err
		}
	}
	syncing, both := errgroup.WithContext(ctx)
	syncing.Go(func() error { return c.source.Sync(both) })
	syncing.Go(func() error { return c.target.Sync(both) })
	if err := syncing.Wait(); err != nil {
		return err
	}
	for _, path := range []string{c.source.Path, c.target.Path} { // now that both are known to answer
		if tree.IsReserved(path) {
			return &tree.ReservedPathError{Path: path}
		}
	}
	c.sourceStart, c.targetStart = c.source.Client.Zxid(), c.target.Client.Zxid()
	c.targetSeen = c.targetStart
	c.openBooks()
	var relation Relation
	asking, both := errgroup.WithContext(ctx)
	asking.Go(func() (err error) { c.roots, err = c.statRoots(both); return err })
	asking.Go(func() (err error) { relation, err = Relate(both, c.target, c.source); return err })
	if err := asking.Wait(); err != nil {
		return err
	}
	root := c.roots[0]
	if root == nil {
		return &tree.NotFoundError{Tree: c.source.Endpoint()}
	}
	if c.selector.absent(&tree.Node{Path: c.source.Path, Stat: *root}) {
		return c.source.Blame(&EphemeralError{"copy", c.source.Path, root.EphemeralOwner})
	}
	if relation != Apart {
		return &OverlapError{Source: c.source.Endpoint(), Target: c.target.Endpoint(), Relation: relation}
	}
	return nil
}

// statRoots asks for the roots of source and target, nil for one that is not there.
func (c *copier) statRoots(ctx context.Context) (roots [2]*tree.Stat, err error) {
	roots[0], roots[1], err = statBoth(ctx, c.source, c.source.Path, c.target, c.target.Path)
	return roots, err
}

// makeParents creates the znodes above the target's root that are missing.
func (c *copier) makeParents(ctx context.Context) error {
	var missing []string
	for path := tree.ParentPath(c.target.Path); path != "/"; path = tree.ParentPath(path) {
		stat, err := c.target.Stat(ctx, path)
		if err != nil {
			return err
		}
		if stat != nil && tree.KindOf(*stat) == tree.Ephemeral {
			return c.target.Blame(&EphemeralError{"create children of", path, stat.EphemeralOwner})
		}
		if stat != nil {
			break
		}
		missing = append(missing, path)
	}
	for i := len(missing) - 1; i >= 0; i-- {
		path := missing[i]
		if !c.o.DryRun {
			w := &write{action: action{create: true}, path: path, data: []byte{}, acl: tree.OpenACL(), anyACL: true}
			if err := c.writer.settle(ctx, []*write{w}); err != nil && !w.settled {
				return blame(c.target, err)
			}
		}
		c.parents.Add(1)
		c.tell(Action{Kind: ActionCreate, Path: path})
	}
	return nil
}

// copyAll reads both trees side by side and writes what differs.
func (c *copier) copyAll(ctx context.Context) error {
	c.progress.Start(PhaseCopy)
	defer c.progress.Done()
	w := tree.Walker{
		Sides:  []tree.Wanted{{Tree: c.source, Want: tree.WantAll}, {Tree: c.target, Want: tree.WantAll}},
		Limits: c.limits, Progress: c.progress, NoACL: c.o.NoACL,
		Visit: c.visit, Skip: c.skipAndCount(&c.excluded),
		Listed: func(ctx context.Context, state any, children int) error {
			br, _ := state.(*branch)
			return c.writer.step(ctx, br, int64(children)-1)
		},
	}
	if c.repeat != nil {
		w.Narrow, w.Skip = c.repeat.mayDiffer, c.repeat.skip
	}
	group, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, c.writer.queue.WakeAll)()
	group.Go(func() error { return c.writer.run(ctx) })
	group.Go(func() error {
		defer c.writer.queue.Close()
		return w.Run(ctx)
	})
	return blame(c.target, group.Wait()) // what the walk says of either side names that already
}

// skipAndCount passes over what is excluded, and counts it where the source has
// it.
func (c *copier) skipAndCount(excluded *atomic.Int64) func(rel string, in tree.SideSet) bool {
	return func(rel string, in tree.SideSet) bool {
		if !c.selector.excludes(rel) {
			return false
		}
		if in.Has(0) {
			excluded.Add(1)
		}
		return true
	}
}

// removeExtras removes what only the target has.
func (c *copier) removeExtras(ctx context.Context) error {
	c.progress.Start(PhaseRemove)
	defer c.progress.Done()
	if err := c.source.Sync(ctx); err != nil {
		return err
	}
	r := newRemover(c.target, RemoveOptions{Limits: c.limits, Batching: c.o.Batching, Progress: c.progress})
	r.keepEphemeral = true
	r.removed = func(path string) {
		c.removed.Add(1)
		c.tell(Action{Kind: ActionRemove, Path: path})
	}
	r.absent = c.selector.absent
	r.keep = func(path string) bool { return c.selector.excludes(tree.RelativePath(c.target.Path, path)) }
	r.source = &c.source // which may have gained some of them since
	r.seeds = c.extras
	err := r.run(ctx)
	if err == nil && c.lostExtras {
		r.seeds = nil
		err = r.run(ctx)
	}
	c.extra.Add(-c.removed.Load())
	return err
}
