package tree

import "context"

// WalkOptions say how a tree is read. The zero value is usable.
type WalkOptions struct {
	Limits
	// StatOnly leaves data and ACLs out: a third of the requests.
	StatOnly bool
	// NoACL leaves ACLs out: servers return them only one by one.
	NoACL    bool
	Progress Progress
}

// Walk reads every znode of a tree and calls visit for each, from several
// goroutines at once, a parent before its children; siblings come in any
// order. A znode that vanishes before it is read is passed over, and so is
// /zookeeper. Walk ends with the first error of visit.
//
// Walking a tree that does not exist fails with a *NotFoundError.
func Walk(ctx context.Context, tree Tree, o WalkOptions, visit func(*Node) error) error {
	progress := progressOr(o.Progress)
	w := Walker{
		Sides: []Wanted{{Tree: tree, Want: WantAll}}, Limits: o.Limits, NoACL: o.NoACL, Progress: progress,
		Visit: func(_ context.Context, p *Pair) (any, bool, error) {
			defer p.Release()
			n := p.Nodes[0]
			if n == nil {
				if p.Rel == "" {
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
		w.Sides[0].Want = WantStat
	}
	return w.Run(ctx)
}
