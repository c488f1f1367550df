package metaserver

import (
	"context"
	"slices"
	"time"

	"pegashell/metaadmin/wire"
	"pegashell/zkcopy/layout"
)

// update is a partition's new configuration that is being written to ZooKeeper. A partition has at
// most one.
type update struct {
	kind   wire.ConfigType
	node   wire.Address // the server whose role in the partition changes
	config wire.PartitionConfig
	// applied is called, with the lock held, once ZooKeeper has the configuration and memory too.
	applied func()
	// answer receives the configuration for the server that asked for it; it is closed without one
	// if the update is cancelled. Nil if no server waits.
	answer chan wire.PartitionConfig

	cancelled bool          // guarded by the leader's lock
	finished  chan struct{} // closed when nothing of it can reach ZooKeeper any more
}

// blindPause is how long an update waits before it checks again whether the level allows it.
const blindPause = time.Second

// begin starts an update; it cancels one that is already running. The lock is held.
func (l *leader) begin(t *table, p *partition, u *update) {
	u.finished = make(chan struct{})
	previous := p.update
	if previous != nil {
		previous.cancelled = true
	}
	p.update = u
	l.group.run(func(ctx context.Context) error {
		defer close(u.finished)
		if previous != nil {
			<-previous.finished // a pending write of it must not arrive after ours
		}
		return l.carryOut(ctx, t, p, u)
	})
}

// carryOut writes an update and applies it. At level blind and below it waits: then neither reports
// nor the death of a replica server change anything.
func (l *leader) carryOut(ctx context.Context, t *table, p *partition, u *update) error {
	for {
		l.mu.Lock()
		cancelled, blind := u.cancelled, l.effectiveLevel() <= wire.LevelBlind
		l.mu.Unlock()
		if cancelled {
			if u.answer != nil {
				close(u.answer)
			}
			return nil
		}
		if !blind {
			break
		}
		if pause(ctx, blindPause) != nil {
			return nil
		}
	}
	if err := l.store.setPartition(ctx, u.config); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if u.cancelled {
		if u.answer != nil {
			close(u.answer)
		}
		return nil
	}
	l.log.Printf("partition %s: %s %s, ballot %d, primary %s, secondaries %v", u.config.PID, configTypeName(u.kind),
		u.node, u.config.Ballot, u.config.Primary, u.config.Secondaries)
	l.setConfig(p, u.config)
	p.update = nil
	if u.answer != nil {
		u.answer <- u.config
		close(u.answer)
	}
	if u.applied != nil {
		u.applied()
		return nil
	}
	l.reconfigured(p, u)
	if u.kind == wire.ConfigDropPartition {
		t.settle()
		return nil
	}
	if action, ok := l.cure(t, p); ok {
		l.propose(t, p, action)
	}
	return nil
}

// dropPartition removes all servers from a partition whose table is dropped. The lock is held.
func (l *leader) dropPartition(t *table, p *partition) {
	c := p.config
	for _, a := range c.Secondaries {
		c.LastDrops = withDrop(c.LastDrops, a)
	}
	if c.Primary.Valid() {
		c.LastDrops = withDrop(c.LastDrops, c.Primary)
	}
	node := c.Primary
	c.Primary, c.Secondaries = 0, nil
	c.PartitionFlags |= layout.FlagDropped
	c.Ballot++ // even without a primary: proposals for the old state must not be accepted any more
	l.begin(t, p, &update{kind: wire.ConfigDropPartition, node: node, config: c})
}

// recallPartition clears the mark of a dropped partition. The lock is held.
func (l *leader) recallPartition(t *table, p *partition) {
	p.config.PartitionFlags = 0
	c := p.config
	l.group.run(func(ctx context.Context) error {
		if err := l.store.setPartition(ctx, c); err != nil {
			return err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if t.settle(); t.info.Status == wire.AppAvailable {
			l.cureSoon()
		}
		return nil
	})
}

// createPartition writes a new partition's node.
func (l *leader) createPartition(ctx context.Context, t *table, p *partition) error {
	l.mu.Lock()
	c := p.config
	l.mu.Unlock()
	if err := l.store.createPartition(ctx, c); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t.settle()
	return nil
}

// nodeDied removes a dead server from its partitions: at once where it was the primary, through the
// primary where it was a secondary. The lock is held.
func (l *leader) nodeDied(a wire.Address) {
	n := l.nodes[a]
	if n == nil {
		return
	}
	n.alive, n.collected = false, false
	for _, pid := range sortedPIDs(n.partitions.set) {
		t, p := l.partition(pid)
		if t == nil {
			continue
		}
		switch {
		case p.config.Primary == a:
			l.losePrimary(t, p)
		case p.config.Primary.Valid() && p.update == nil:
			l.propose(t, p, wire.ProposalAction{Target: p.config.Primary, Node: a, Type: wire.ConfigDowngradeToInactive})
		}
	}
}

// losePrimary leaves a partition without a primary. The lock is held.
func (l *leader) losePrimary(t *table, p *partition) {
	if p.update != nil && p.update.kind == wire.ConfigDropPartition {
		return
	}
	c := p.config
	node := c.Primary
	c.Ballot++
	c.Primary = 0
	c.LastDrops = withDrop(c.LastDrops, node)
	l.begin(t, p, &update{kind: wire.ConfigDowngradeToInactive, node: node, config: c})
}

func sortedPIDs(set map[wire.GPID]struct{}) []wire.GPID {
	list := make([]wire.GPID, 0, len(set))
	for pid := range set {
		list = append(list, pid)
	}
	slices.SortFunc(list, func(a, b wire.GPID) int {
		if a.AppID != b.AppID {
			return int(a.AppID) - int(b.AppID)
		}
		return int(a.Index) - int(b.Index)
	})
	return list
}

var configTypeNames = map[wire.ConfigType]string{
	wire.ConfigAssignPrimary:            "assign primary",
	wire.ConfigUpgradeToPrimary:         "upgrade to primary",
	wire.ConfigAddSecondary:             "add secondary",
	wire.ConfigUpgradeToSecondary:       "upgrade to secondary",
	wire.ConfigDowngradeToSecondary:     "downgrade to secondary",
	wire.ConfigDowngradeToInactive:      "downgrade to inactive",
	wire.ConfigRemove:                   "remove",
	wire.ConfigAddSecondaryForLB:        "add secondary for balance",
	wire.ConfigPrimaryForceUpdateBallot: "raise the ballot of primary",
	wire.ConfigDropPartition:            "drop from",
}

// configTypeName names a change for the log.
func configTypeName(t wire.ConfigType) string {
	if name, ok := configTypeNames[t]; ok {
		return name
	}
	return "unknown change of"
}
