package zkcopy

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// catchUp applies what is in line. What cannot be applied znode by znode is left to a sweep.
func (f *follower) catchUp(ctx context.Context) error {
	if f.state.InUse = f.inUse(ctx); f.state.InUse != "" {
		return nil
	}
	for len(f.pending.paths) > 0 && !f.needSweep && ctx.Err() == nil {
		f.show(FollowFollows)
		heard := f.state.Heard
		since := f.pending.since
		batch := f.pending.take(followBatch)
		mine := ours{}
		err := f.apply(ctx, batch, mine)
		if err == nil {
			err = f.mayGoOn(f.checkForeign(ctx, mine))
		}
		if err != nil { // how far it came is not known
			for _, rel := range batch {
				f.note(rel)
			}
			maps.Copy(f.unsure, mine)
		}
		var second *SecondWriterError
		switch {
		case err != nil && (ctx.Err() != nil || isOutage(err) || errors.As(err, &second)):
			return err
		case err != nil:
			f.target.Client.Log("apply changes: %v; all is compared instead", err)
			f.needSweep = true
		case f.state.InUse != "":
			return nil
		}
		if f.pending.since = since; len(f.pending.paths) == 0 {
			f.pending = newPending()
			f.state.Applied = max(f.state.Applied, heard)
		}
	}
	return nil
}

// inUse returns what somebody else wrote to the target after the last look.
func (f *follower) inUse(ctx context.Context) string {
	if f.result.LastLook == nil || !f.o.GoOn {
		return ""
	}
	var second *SecondWriterError
	if err := f.checkForeign(ctx, nil); errors.As(err, &second) {
		return second.Path
	}
	return ""
}

// apply makes some paths of the target equal to the source, and reads them back.
func (f *follower) apply(ctx context.Context, rels []string, mine ours) error {
	slices.Sort(rels)
	group, both := errgroup.WithContext(ctx)
	group.Go(func() error { return f.source.Sync(both) }) // as far as the watch has heard, at least
	group.Go(func() error { return f.target.Sync(both) })
	err := f.checkForeign(ctx, nil)
	if synced := group.Wait(); err == nil {
		err = synced
	}
	if err != nil {
		return err
	}
	heads, err := f.readHeads(ctx, rels)
	if err != nil {
		return err
	}
	if err := f.account(ctx, rels, heads[0]); err != nil {
		return err
	}
	if err := f.removeGone(ctx, rels, heads, mine); err != nil {
		return err
	}
	for len(rels) > 0 {
		n := cutBySize(heads)
		if err := f.writeSome(ctx, rels[:n], [2][]session.Request{heads[0][:n], heads[1][:n]}, mine); err != nil {
			return err
		}
		rels, heads[0], heads[1] = rels[n:], heads[0][n:], heads[1][n:]
	}
	return nil
}

// readHeads reads the ACLs and stats of both sides.
func (f *follower) readHeads(ctx context.Context, rels []string) (heads [2][]session.Request, err error) {
	group, ctx := errgroup.WithContext(ctx)
	for side, tr := range f.trees() {
		group.Go(func() (err error) { heads[side], err = readAll(ctx, tr, session.GetACL, rels); return err })
	}
	return heads, group.Wait()
}

// removeGone removes what the source does not have any more. It looks at the source again first.
func (f *follower) removeGone(ctx context.Context, rels []string, heads [2][]session.Request, mine ours) error {
	from, to := heads[0], heads[1]
	gone := map[string]bool{}
	var seeds []string
	for i, rel := range rels { // parents before their children
		if f.isAbsent(&from[i]) && !to[i].Found() {
			f.forget(rel)
		}
		if !f.isAbsent(&from[i]) || !to[i].Found() || tree.KindOf(to[i].Stat) == tree.Ephemeral || f.selector.excludes(rel) {
			continue
		}
		if rel == "" {
			return f.source.Wrap(&tree.NotFoundError{Tree: f.source.Endpoint()})
		}
		gone[rel] = true
		if !hasAncestor(gone, rel) {
			seeds = append(seeds, rel)
		}
	}
	if len(seeds) == 0 {
		return nil
	}
	var mu sync.Mutex
	r := newRemover(f.target, RemoveOptions{Limits: f.o.Limits.WithDefaults(f.source.Client, f.target.Client), Batching: f.o.Batching})
	r.keepEphemeral, r.absent, r.source, r.seeds = true, f.selector.absent, &f.source, seeds
	r.keep = func(path string) bool { return f.selector.excludes(tree.RelativePath(f.target.Path, path)) }
	r.removed = func(path string) {
		mu.Lock()
		defer mu.Unlock()
		rel := tree.RelativePath(f.target.Path, path)
		mine[rel] = true
		f.forget(rel)
		f.state.Removed++
		f.changed(rel)
	}
	return r.run(ctx)
}

// forget notes that neither side has a znode.
func (f *follower) forget(rel string) {
	f.known.drop(0, rel)
	f.known.drop(1, rel)
}

// hasAncestor reports whether something above a path is in the set.
func hasAncestor(set map[string]bool, rel string) bool {
	for at := strings.LastIndexByte(rel, '/'); at > 0; at = strings.LastIndexByte(rel, '/') {
		if rel = rel[:at]; set[rel] {
			return true
		}
	}
	return false
}

// isAbsent reports whether the source has no znode there that is copied.
func (f *follower) isAbsent(r *session.Request) bool {
	return r.Missing() || r.Found() && f.selector.absent(&tree.Node{Path: r.Path, Stat: r.Stat})
}

// readAll sends one request for each path.
func readAll(ctx context.Context, t Tree, kind session.RequestKind, rels []string) ([]session.Request, error) {
	requests := make([]session.Request, len(rels))
	for i, rel := range rels {
		requests[i] = session.Request{Kind: kind, Path: tree.JoinPath(t.Path, rel), Room: math.MaxInt32}
	}
	return requests, send(ctx, t, requests)
}

func send(ctx context.Context, t Tree, requests []session.Request) error {
	if err := t.Client.Read(ctx, requests); err != nil {
		return t.Wrap(err)
	}
	for i := range requests {
		if r := &requests[i]; !r.Found() && !r.Missing() {
			return t.Wrap(session.WrapPath("read", r.Path, r.Err()))
		}
	}
	return nil
}

// followBytes bounds the data that is read and written together.
const followBytes = 4 << 20

// cutBySize returns how many of some znodes are read and written together.
func cutBySize(heads [2][]session.Request) int {
	bytes := 0
	for i := range heads[0] {
		if bytes += int(heads[0][i].Stat.DataLength + heads[1][i].Stat.DataLength); bytes > followBytes && i > 0 {
			return i
		}
	}
	return len(heads[0])
}

// readNodes reads znodes whole, heads being their ACLs; nil where there is none.
func readNodes(ctx context.Context, t Tree, rels []string, heads []session.Request) ([]*tree.Node, error) {
	data, err := readAll(ctx, t, session.GetData, rels)
	if err != nil {
		return nil, err
	}
	return wholeNodes(heads, data), nil
}

// wholeNodes puts together what was read of some znodes.
func wholeNodes(heads, data []session.Request) []*tree.Node {
	nodes := make([]*tree.Node, len(heads))
	for i := range nodes {
		a, d := &heads[i], &data[i]
		if !a.Found() || !d.Found() {
			continue
		}
		nodes[i] = tree.Whole(a.Path, session.ACLAnswer{ACL: a.ACL, Stat: &a.Stat}, session.DataAnswer{Data: d.Data, Stat: &d.Stat})
		if d.Stat.Aversion != nodes[i].Stat.Aversion { // the ACL was set in between
			nodes[i].ACL = nil
		}
	}
	return nodes
}

// writeSome writes those of some znodes that differ, and reads them back.
func (f *follower) writeSome(ctx context.Context, rels []string, heads [2][]session.Request, mine ours) error {
	var nodes [2][]*tree.Node
	group, both := errgroup.WithContext(ctx)
	for side, tr := range f.trees() {
		group.Go(func() (err error) { nodes[side], err = readNodes(both, tr, rels, heads[side]); return err })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	from, to := nodes[0], nodes[1]
	var writes []*write
	var written []string
	for i, rel := range rels {
		w, err := f.plan(rel, from[i], to[i])
		if err != nil {
			return err
		}
		if w != nil {
			writes, written = append(writes, w), append(written, rel)
			mine[rel] = true
		}
	}
	for rest := writes; len(rest) > 0; {
		n := cutWrites(rest, f.writer.batching)
		if err := f.writer.settle(ctx, rest[:n]); err != nil {
			return blame(f.target, err)
		}
		rest = rest[n:]
	}
	return f.readBack(ctx, written, writes)
}

// plan returns what makes one znode of the target equal; nil for nothing.
func (f *follower) plan(rel string, from, to *tree.Node) (*write, error) {
	if f.selector.excludes(rel) || f.selector.absent(from) {
		return nil, nil
	}
	path := tree.JoinPath(f.target.Path, rel)
	switch {
	case tree.IsReserved(path):
		return nil, &tree.ReservedPathError{Path: path}
	case to != nil && to.Kind() == tree.Ephemeral:
		return nil, f.target.Blame(&EphemeralError{"write", path, to.Stat.EphemeralOwner})
	case f.o.NoACL:
		from.ACL = tree.OpenACL()
	case from.ACL == nil:
		f.note(rel) // it is read again
		return nil, nil
	case tree.IsMasked(from.ACL):
		return nil, f.source.Wrap(&session.PathError{Op: "read the ACL of", Path: from.Path, Err: session.ErrNotAuthorized})
	}
	w := &write{path: path, data: from.Data, acl: from.ACL, source: from.Stat, anyACL: f.o.NoACL}
	if w.action = w.plan(to); !f.knows() || !f.known.meet(0, rel, &from.Stat) {
		f.changed(rel)
	}
	if w.none() {
		f.isEqual(rel, from, to)
		return nil, nil
	}
	return w, nil
}

// isEqual notes a znode that is equal on both sides.
func (f *follower) isEqual(rel string, from, to *tree.Node) {
	if f.state.Watched {
		f.known.set(0, rel, &from.Stat)
		f.known.set(1, rel, &to.Stat)
	}
}

// cutWrites returns how many writes share a transaction.
func cutWrites(writes []*write, b session.Batching) int {
	bytes := 0
	for i, w := range writes {
		if bytes += w.size(); i > 0 && (bytes > b.BatchBytes || i >= b.BatchOps) {
			return i
		}
	}
	return len(writes)
}

// readBack reads what was written and compares it.
func (f *follower) readBack(ctx context.Context, rels []string, writes []*write) error {
	if len(rels) == 0 {
		return nil
	}
	if err := f.target.Sync(ctx); err != nil {
		return err
	}
	requests := make([]session.Request, 2*len(writes))
	for i, w := range writes {
		requests[i] = session.Request{Kind: session.GetACL, Path: w.path}
		requests[len(writes)+i] = session.Request{Kind: session.GetData, Path: w.path, Room: math.MaxInt32, Likely: len(w.data)}
	}
	if err := send(ctx, f.target, requests); err != nil {
		return err
	}
	there := wholeNodes(requests[:len(writes)], requests[len(writes):])
	for i, w := range writes {
		n := there[i]
		if n == nil || !tree.SameData(w.data, n.Data) || !w.anyACL && !tree.SameACL(w.acl, n.ACL) {
			return &SecondWriterError{f.target, w.path}
		}
		f.isEqual(rels[i], &tree.Node{Stat: w.source}, n)
		f.state.Written++
		f.applied(rels[i])
	}
	return nil
}
