package metaserver

import (
	"fmt"
	"slices"
	"time"

	"pegashell/metaadmin/wire"
)

// The guardian finds what a partition lacks and proposes the next step (Pegasus:
// partition_guardian). All of its methods are called with the lock held.

// proposals are the steps proposed for a partition that the replica servers have not yet executed.
type proposals struct {
	list     []wire.ProposalAction
	balancer bool // not from the guardian: nothing was counted for them
}

// cure returns the next step for a partition, false when there is none: it is healthy, or has to
// wait.
func (l *leader) cure(t *table, p *partition) (wire.ProposalAction, bool) {
	if action, ok := l.current(p); ok {
		return action, true
	}
	c := p.config
	switch n := len(c.Secondaries) + 1; {
	case dropped(c):
	case !c.Primary.Valid():
		l.cureMissingPrimary(p)
	case n < int(c.MaxReplicaCount):
		l.cureMissingSecondary(p)
	case n > int(c.MaxReplicaCount):
		l.cureRedundantSecondary(p)
	}
	if len(p.actions.list) == 0 {
		return wire.ProposalAction{}, false
	}
	return p.actions.list[0], true
}

// healthy reports whether a partition has what it should.
func healthy(p *partition) bool {
	return p.config.Primary.Valid() && len(p.config.Secondaries)+1 == int(p.config.MaxReplicaCount) && len(p.actions.list) == 0
}

// current returns the current step. One that no longer makes sense is dropped with those after it.
func (l *leader) current(p *partition) (wire.ProposalAction, bool) {
	if len(p.actions.list) == 0 {
		return wire.ProposalAction{}, false
	}
	action := p.actions.list[0]
	if l.sensible(p.config, action) {
		return action, true
	}
	l.forgetProposals(p)
	return wire.ProposalAction{}, false
}

func (l *leader) sensible(c wire.PartitionConfig, a wire.ProposalAction) bool {
	if !l.nodeAlive(a.Target) || !l.nodeAlive(a.Node) {
		return false
	}
	secondary := slices.Contains(c.Secondaries, a.Node)
	switch a.Type {
	case wire.ConfigAssignPrimary:
		return a.Node == a.Target && !c.Primary.Valid() && !secondary
	case wire.ConfigUpgradeToPrimary:
		return a.Node == a.Target && !c.Primary.Valid() && secondary
	case wire.ConfigAddSecondary, wire.ConfigAddSecondaryForLB:
		return c.Primary == a.Target && !isMember(c, a.Node)
	case wire.ConfigDowngradeToInactive, wire.ConfigRemove:
		return c.Primary == a.Target && isMember(c, a.Node)
	case wire.ConfigDowngradeToSecondary:
		return a.Target == a.Node && c.Primary == a.Target
	}
	return false
}

// proposeCure registers a step and counts what it will add.
func (l *leader) proposeCure(p *partition, a wire.ProposalAction) {
	p.actions = proposals{list: []wire.ProposalAction{a}}
	l.book(p.config.PID.AppID, a, 1)
}

// book updates the nodes' counts of what proposals will add.
func (l *leader) book(appID int32, a wire.ProposalAction, n int) {
	node := l.nodes[a.Node]
	if node == nil {
		return
	}
	switch a.Type {
	case wire.ConfigAssignPrimary:
		node.proposedPrimaries.add(appID, n)
		node.proposedPartitions.add(appID, n)
	case wire.ConfigUpgradeToPrimary:
		node.proposedPrimaries.add(appID, n)
	case wire.ConfigAddSecondary:
		node.proposedPartitions.add(appID, n)
	}
}

// finishProposal forgets a partition's first step.
func (l *leader) finishProposal(p *partition) {
	if !p.actions.balancer {
		l.book(p.config.PID.AppID, p.actions.list[0], -1)
	}
	p.actions.list = p.actions.list[1:]
}

func (l *leader) forgetProposals(p *partition) {
	for len(p.actions.list) > 0 {
		l.finishProposal(p)
	}
}

// reconfigured keeps a partition's proposals and drops after an update of it.
func (l *leader) reconfigured(p *partition, u *update) {
	if len(p.actions.list) > 0 {
		l.finishProposal(p)
	}
	switch {
	case u.kind == wire.ConfigDropPartition:
		clear(p.serving)
		for _, a := range u.config.LastDrops {
			l.recordDrop(p, a)
		}
	case adds(u.kind):
		p.removeDropped(u.node)
		l.trimDropped(p)
	case removes(u.kind):
		delete(p.serving, u.node)
		l.recordDrop(p, u.node)
	}
}

// cureMissingPrimary chooses a primary: the living secondary with the fewest primaries; for a new
// partition any living server; otherwise the better one of the last two that left, once both have
// reported.
func (l *leader) cureMissingPrimary(p *partition) {
	c := p.config
	appID := c.PID.AppID
	var best *node
	better := func(n *node) {
		if n != nil && n.alive && (best == nil || n.fewerPrimaries(best, appID)) {
			best = n
		}
	}
	switch {
	case len(c.Secondaries) > 0:
		for _, a := range c.Secondaries {
			better(l.nodes[a])
		}
		if best != nil {
			l.proposeCure(p, wire.ProposalAction{Target: best.address, Node: best.address, Type: wire.ConfigUpgradeToPrimary})
		}
	case len(c.LastDrops) == 0:
		for _, n := range l.sortedNodes() {
			better(n)
		}
		if best != nil {
			l.proposeCure(p, wire.ProposalAction{Target: best.address, Node: best.address, Type: wire.ConfigAssignPrimary})
		}
	case len(c.LastDrops) == 1 && !l.nodeAlive(c.LastDrops[0]):
		// Only that server has the data: the leader waits for it.
	default:
		a, reason := l.chooseDropped(p)
		if !a.Valid() {
			l.undecided[c.PID] = l.diagnose(p, reason)
			return
		}
		delete(l.undecided, c.PID)
		l.proposeCure(p, wire.ProposalAction{Target: a, Node: a, Type: wire.ConfigAssignPrimary})
	}
}

// chooseDropped chooses a primary among the last two servers that left, by ballot, then decrees. It
// returns the reason when it cannot.
func (l *leader) chooseDropped(p *partition) (wire.Address, string) {
	drops := p.config.LastDrops
	if len(drops) == 1 {
		return drops[0], ""
	}
	var two [2]droppedReplica
	for i, a := range drops[len(drops)-2:] {
		n := l.nodes[a]
		if n == nil || !n.alive {
			return 0, fmt.Sprintf("the last dropped node(%s) haven't come back yet", a)
		}
		k := p.droppedIndex(a)
		switch {
		case k >= 0 && p.dropped[k].ballot != unknownBallot:
			two[i] = p.dropped[k]
		case n.collected:
			two[i] = droppedReplica{node: a, ballot: unknownBallot, committed: -1, prepared: -1}
		case k < 0:
			return 0, fmt.Sprintf("the last dropped node(%s) is unavailable because the node is not exist in dropped_nodes", a)
		default:
			return 0, fmt.Sprintf("the last dropped node(%s) is unavailable because replica info has not been collected from the node", a)
		}
	}
	return betterReplica(two[0], two[1], p.config.LastCommittedDecree)
}

// betterReplica returns the replica with the larger ballot, then committed, then prepared decree,
// unless what they say contradicts each other or the leader.
func betterReplica(earlier, later droppedReplica, committed int64) (wire.Address, string) {
	if earlier.ballot == unknownBallot && later.ballot == unknownBallot {
		return 0, "no replica info collected from the last two drops"
	}
	ballots, decrees := earlier.ballot-later.ballot, earlier.committed-later.committed
	if ballots*decrees < 0 {
		return 0, "for the last two drops, the node with larger ballot has smaller last committed decree"
	}
	prepared := max(earlier.prepared, later.prepared)
	if prepared < committed || prepared < max(earlier.committed, later.committed) {
		return 0, ""
	}
	for _, gap := range []int64{ballots, decrees, earlier.prepared - later.prepared} {
		if gap > 0 {
			return earlier.node, ""
		}
		if gap < 0 {
			return later.node, ""
		}
	}
	return later.node, ""
}

// diagnose describes a partition that waits for an operator's decision.
func (l *leader) diagnose(p *partition, reason string) wire.DiagnosedPartition {
	d := wire.DiagnosedPartition{Config: p.config, Reason: reason}
	for _, r := range p.dropped {
		info := wire.DroppedNode{
			Node: r.node, DropTime: r.time,
			Ballot: unknownBallot, LastCommittedDecree: -1, LastPreparedDecree: -1,
		}
		if n := l.nodes[r.node]; n != nil && n.alive {
			info.Alive, info.Collected = true, n.collected
			if n.collected {
				info.Ballot, info.LastCommittedDecree, info.LastPreparedDecree = r.ballot, r.committed, r.prepared
			}
		}
		d.Dropped = append(d.Dropped, info)
	}
	return d
}

// cureMissingSecondary chooses a secondary. While enough replicas live it waits for the server that
// left last; in an emergency it takes any that left, then any server.
func (l *leader) cureMissingSecondary(p *partition) {
	c := p.config
	var a wire.Address
	if !l.emergency(p) {
		if last := p.dropped[len(p.dropped)-1].node; l.nodeAlive(last) {
			a = last
		}
	} else {
		a = l.preferredDropped(p)
		if !a.Valid() || l.avoid[a] {
			a = l.leastLoaded(c)
		}
	}
	if a.Valid() {
		l.proposeCure(p, wire.ProposalAction{Target: c.Primary, Node: a, Type: wire.ConfigAddSecondary})
	}
}

func (l *leader) emergency(p *partition) bool {
	c := p.config
	need := l.cfg.min2PCReplicas(c.MaxReplicaCount)
	if int(c.MaxReplicaCount) > need && replicaCount(c) < need || len(p.dropped) == 0 {
		return true
	}
	last := p.dropped[len(p.dropped)-1]
	return time.Now().UnixMilli() >= last.time+l.assignDelay.Milliseconds() || l.avoid[last.node]
}

// preferredDropped returns the next living server of those that left; each is tried once.
func (l *leader) preferredDropped(p *partition) wire.Address {
	if p.preferred < 0 || p.preferred >= len(p.dropped) {
		p.preferred = len(p.dropped) - 1
	}
	for p.preferred >= 0 {
		a := p.dropped[p.preferred].node
		p.preferred--
		if l.nodeAlive(a) && !isMember(p.config, a) {
			return a
		}
	}
	return 0
}

func (l *leader) leastLoaded(c wire.PartitionConfig) wire.Address {
	var best *node
	for _, n := range l.sortedNodes() {
		if !n.alive || isMember(c, n.address) || l.avoid[n.address] {
			continue
		}
		if best == nil || n.fewerPartitions(best, c.PID.AppID) {
			best = n
		}
	}
	if best == nil {
		return 0
	}
	return best.address
}

// cureRedundantSecondary removes the secondary on the fullest server.
func (l *leader) cureRedundantSecondary(p *partition) {
	c := p.config
	fullest := c.Secondaries[0]
	for _, a := range c.Secondaries {
		if len(l.node(a).partitions.set) > len(l.node(fullest).partitions.set) {
			fullest = a
		}
	}
	p.actions = proposals{
		list:     []wire.ProposalAction{{Target: c.Primary, Node: fullest, Type: wire.ConfigRemove}},
		balancer: true,
	}
}
