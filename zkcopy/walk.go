package zkcopy

import "context"

// WalkOptions say how a tree is read. The zero value is usable.
type WalkOptions struct {
	Limits
	// StatOnly leaves data and ACLs out: a third of the requests.
	StatOnly bool
	Progress Progress
}

// Limits bound what a call over a tree may use, whatever the tree is like. The
// zero value is usable.
type Limits struct {
	// Window is how many znodes are being read at the same time.
	Window int
	// DataBytes bounds the data that is held in memory. One znode may exceed
	// it, and then is the only one.
	DataBytes int64
	// ListBytes bounds the lists of children that are held in memory. Lists
	// that lie on the way from the root to one znode may exceed it.
	ListBytes int64
}

// Defaults of Limits.
const (
	DefaultDataBytes = 24 << 20
	DefaultListBytes = 16 << 20
	// windowPerLane znodes being read for each session keep servers busy over a
	// round trip of 20 ms, where a quarter of it halves the speed. How many
	// requests are sent at the same time is a session's own matter.
	windowPerLane = 1024
)

func (l Limits) withDefaults(clients ...*Client) Limits {
	if l.Window <= 0 {
		for _, c := range clients {
			l.Window = max(l.Window, windowPerLane*len(c.lanes))
		}
	}
	if l.DataBytes <= 0 {
		l.DataBytes = DefaultDataBytes
	}
	if l.ListBytes <= 0 {
		l.ListBytes = DefaultListBytes
	}
	return l
}

// Walk reads every znode of a tree and calls visit for each, from several
// goroutines at once, a parent before its children; siblings come in any
// order. A znode that vanishes before it is read is passed over, and so is
// /zookeeper. Walk ends with the first error of visit.
//
// Walking a tree that does not exist fails with a *NotFoundError.
func Walk(ctx context.Context, tree Tree, o WalkOptions, visit func(*Node) error) error {
	progress := progressOr(o.Progress)
	w := walker{
		sides: []side{{tree: tree, want: wantAll}}, limits: o.Limits, progress: progress,
		visit: func(_ context.Context, p *pair) (any, bool, error) {
			defer p.release()
			n := p.nodes[0]
			if n == nil {
				if p.rel == "" {
					return nil, false, &NotFoundError{tree.Endpoint()}
				}
				return nil, false, nil
			}
			if err := visit(n); err != nil {
				return nil, false, err
			}
			progress.Add(1, int64(n.Stat.DataLength))
			return nil, true, nil
		},
	}
	if o.StatOnly {
		w.sides[0].want = wantStat
	}
	return w.run(ctx)
}
