package metaserver

import "pegashell/metaadmin/wire"

// node is a replica server as the leader knows it: from beacons, or because a partition names it.
type node struct {
	address wire.Address
	alive   bool
	// collected is set once the server has reported what it stores.
	collected bool

	partitions, primaries tally
	// proposed counts what the pending proposals will add, so that many proposals at once are
	// spread too.
	proposedPartitions, proposedPrimaries counts
}

// tally is a set of partitions, counted by table.
type tally struct {
	set   map[wire.GPID]struct{}
	byApp map[int32]int
}

func (t *tally) add(pid wire.GPID) {
	if t.set == nil {
		t.set, t.byApp = make(map[wire.GPID]struct{}), make(map[int32]int)
	}
	if _, found := t.set[pid]; !found {
		t.set[pid] = struct{}{}
		t.byApp[pid.AppID]++
	}
}

func (t *tally) remove(pid wire.GPID) {
	if _, found := t.set[pid]; found {
		delete(t.set, pid)
		t.byApp[pid.AppID]--
	}
}

// counts are numbers by table and their total.
type counts struct {
	byApp map[int32]int
	total int
}

func (c *counts) add(appID int32, n int) {
	if c.byApp == nil {
		c.byApp = make(map[int32]int)
	}
	c.byApp[appID] += n
	c.total += n
}

// put makes the node a member of a partition.
func (n *node) put(pid wire.GPID, primary bool) {
	n.partitions.add(pid)
	if primary {
		n.primaries.add(pid)
	}
}

func (n *node) remove(pid wire.GPID) {
	n.partitions.remove(pid)
	n.primaries.remove(pid)
}

func (n *node) primaryCount(appID int32) int {
	return n.primaries.byApp[appID] + n.proposedPrimaries.byApp[appID]
}

func (n *node) partitionCount(appID int32) int {
	return n.partitions.byApp[appID] + n.proposedPartitions.byApp[appID]
}

func (n *node) totalPrimaries() int  { return len(n.primaries.set) + n.proposedPrimaries.total }
func (n *node) totalPartitions() int { return len(n.partitions.set) + n.proposedPartitions.total }

// fewerPrimaries orders nodes as candidates for a primary: by primaries of the table, partitions of
// the table, all primaries, all partitions (Pegasus: newly_partitions::less_primaries).
func (n *node) fewerPrimaries(than *node, appID int32) bool {
	for _, pair := range [][2]int{
		{n.primaryCount(appID), than.primaryCount(appID)},
		{n.partitionCount(appID), than.partitionCount(appID)},
		{n.totalPrimaries(), than.totalPrimaries()},
	} {
		if pair[0] != pair[1] {
			return pair[0] < pair[1]
		}
	}
	return n.totalPartitions() < than.totalPartitions()
}

// fewerPartitions orders nodes as candidates for a secondary.
func (n *node) fewerPartitions(than *node, appID int32) bool {
	if a, b := n.partitionCount(appID), than.partitionCount(appID); a != b {
		return a < b
	}
	return n.totalPartitions() < than.totalPartitions()
}
