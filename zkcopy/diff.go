package zkcopy

import (
	"context"
	"strings"
	"time"

	"pegashell/zkcopy/tree"
)

// DiffKind says in what a znode of two trees differs.
type DiffKind int

// Kinds of differences.
const (
	OnlyInA DiffKind = iota
	OnlyInB
	DataDiffers
	ACLDiffers
	// KindDiffers: one is ephemeral and the other not. It is found only where
	// ephemeral znodes are compared.
	KindDiffers
)

func (k DiffKind) String() string {
	switch k {
	case OnlyInA:
		return "only_in_a"
	case OnlyInB:
		return "only_in_b"
	case DataDiffers:
		return "data"
	case ACLDiffers:
		return "acl"
	}
	return "kind"
}

// DiffEntry is one difference between two trees.
type DiffEntry struct {
	// Path is below the roots, / for these.
	Path string
	Kind DiffKind
	// A and B are the znodes; one is nil where only the other tree has the znode.
	A, B *tree.Node
	// Of is the table that the znode describes or is a partition of, if it is that.
	Of PegasusNode
}

// DiffOptions say how trees are compared. The zero value is usable.
type DiffOptions struct {
	tree.Limits
	// Ephemeral has ephemeral znodes compared too. Who holds them is not.
	Ephemeral bool
	// IgnoreACL leaves ACLs aside.
	IgnoreACL bool
	// OnDifference hears of every difference, one at a time, in the order of
	// the tree: parents first, siblings by name. A znode can differ in several
	// ways. Its error ends the comparison.
	OnDifference func(DiffEntry) error
	Progress     Progress
}

// DiffResult counts what a comparison found, in znodes.
type DiffResult struct {
	ZnodesA, ZnodesB int64 // without those left out
	// EphemeralsA and EphemeralsB were left out.
	EphemeralsA, EphemeralsB int64
	Equal                    int64
	OnlyInA, OnlyInB         int64
	// Data, ACL and Kind may count the same znode.
	Data, ACL, Kind int64
	Duration        time.Duration
}

// Same reports whether no difference was found.
func (r *DiffResult) Same() bool {
	return r.OnlyInA+r.OnlyInB+r.Data+r.ACL+r.Kind == 0
}

// Diff compares two trees. Both are read in the order of a backup file, with many requests under
// way, and merged: what is held in memory is bounded by the limits and by the lists of children on
// the way from the roots to one znode. A backup file is checked whole before the first difference
// is reported.
//
// A tree that does not exist is a *NotFoundError, a damaged file is a *BackupError. The result is
// never nil: after a failure it holds what was found before.
func Diff(ctx context.Context, a, b Side, o DiffOptions) (*DiffResult, error) {
	began := time.Now()
	d := &differ{o: o, progress: progressOr(o.Progress), root: strings.TrimSuffix(a.Root(), "/")}
	err := d.run(ctx, as("a", a), as("b", b))
	d.result.Duration = time.Since(began)
	return &d.result, err
}

// as sets the name that a side which is a tree has in errors.
func as(role string, side Side) Side {
	if t, ok := side.(Tree); ok {
		t.Role = role
		return t
	}
	return side
}

type differ struct {
	o        DiffOptions
	progress Progress
	result   DiffResult
	tables   tableNote
	root     string // of the first side, without a slash at its end
}

func (d *differ) run(ctx context.Context, a, b Side) error {
	for _, side := range []Side{a, b} {
		if err := prepare(ctx, side, d.progress); err != nil {
			return err
		}
	}
	d.progress.Start(PhaseDiff)
	defer d.progress.Done()
	much := tree.WantAll
	if d.o.IgnoreACL {
		much = tree.WantData
	}
	half := d.o.Limits.Halved()
	fromA, err := a.Read(ctx, much, half, d.progress)
	if err != nil {
		return err
	}
	defer fromA.Close()
	fromB, err := b.Read(ctx, much, half, nil)
	if err != nil {
		return err
	}
	defer fromB.Close()
	return tree.SideBySide(ctx, fromA, fromB, d.visit)
}

func (d *differ) visit(rel string, a, b *tree.Node) error {
	if a != nil {
		d.progress.Add(1, int64(len(a.Data)))
	}
	a = d.leaveOut(a, &d.result.ZnodesA, &d.result.EphemeralsA)
	b = d.leaveOut(b, &d.result.ZnodesB, &d.result.EphemeralsB)
	found := DiffEntry{Path: tree.JoinPath("/", rel), A: a, B: b, Of: d.tables.note(d.root+rel, a, b)}
	if rel == "" {
		found.Path = "/"
	}
	switch {
	case a == nil && b == nil:
		return nil
	case b == nil:
		return d.tell(found, OnlyInA, &d.result.OnlyInA)
	case a == nil:
		return d.tell(found, OnlyInB, &d.result.OnlyInB)
	}
	same := true
	for _, each := range []struct {
		same bool
		kind DiffKind
		n    *int64
	}{
		{a.Kind() == b.Kind(), KindDiffers, &d.result.Kind},
		{tree.SameData(a.Data, b.Data), DataDiffers, &d.result.Data},
		{d.o.IgnoreACL || tree.SameACL(a.ACL, b.ACL), ACLDiffers, &d.result.ACL},
	} {
		if each.same {
			continue
		}
		same = false
		if err := d.tell(found, each.kind, each.n); err != nil {
			return err
		}
	}
	if same {
		d.result.Equal++
	}
	return nil
}

// leaveOut counts a node, and returns nil for one that is not compared.
func (d *differ) leaveOut(n *tree.Node, znodes, ephemerals *int64) *tree.Node {
	switch {
	case n == nil:
	case n.Kind() == tree.Ephemeral && !d.o.Ephemeral:
		*ephemerals++
		return nil
	default:
		*znodes++
	}
	return n
}

func (d *differ) tell(found DiffEntry, kind DiffKind, n *int64) error {
	*n++
	if d.o.OnDifference == nil {
		return nil
	}
	found.Kind = kind
	return d.o.OnDifference(found)
}
