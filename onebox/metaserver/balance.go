package metaserver

import (
	"fmt"
	"math"

	"pegashell/metaadmin/wire"
)

// balanceCounts are how many steps the last check found that would spread the primaries better.
// Steps that copy replicas are not simulated, so their counts stay 0.
type balanceCounts struct {
	movePrimary int
}

// String is what cluster_info shows.
func (b balanceCounts) String() string {
	return fmt.Sprintf("move_pri=%d,copy_pri=0,copy_sec=0,total=%d", b.movePrimary, b.movePrimary)
}

// move is a primary's way from one server to another that holds a secondary.
type move struct {
	p        *partition
	from, to wire.Address
}

// checkBalance looks how the primaries could be spread better; at level lively it moves them. All
// partitions are healthy, and the lock is held (Pegasus: greedy_load_balancer).
func (l *leader) checkBalance() {
	if l.effectiveLevel() < wire.LevelSteady || !l.canBalance() {
		return
	}
	var moves []move
	nodes := l.sortedNodes()
	for _, t := range l.existing() {
		if t.info.Status == wire.AppAvailable {
			moves = append(moves, movePrimaries(t, nodes)...)
		}
	}
	l.balance = balanceCounts{movePrimary: len(moves)}
	if l.effectiveLevel() < wire.LevelLively || len(moves) == 0 {
		return
	}
	for _, m := range moves {
		m.p.actions = proposals{balancer: true, list: []wire.ProposalAction{
			{Target: m.from, Node: m.from, Type: wire.ConfigDowngradeToSecondary},
			{Target: m.to, Node: m.to, Type: wire.ConfigUpgradeToPrimary},
		}}
	}
	l.cureSoon()
}

// canBalance reports whether the picture is complete: no table changing its status, no dead server
// with partitions, every replica reported. It forgets dead servers without partitions.
func (l *leader) canBalance() bool {
	for _, t := range l.tables {
		if t.staging() {
			return false
		}
	}
	for a, n := range l.nodes {
		if !n.alive {
			if len(n.partitions.set) > 0 {
				return false
			}
			delete(l.nodes, a)
			continue
		}
		for pid := range n.partitions.set {
			if _, p := l.partition(pid); p == nil || !served(p, a) {
				return false
			}
		}
	}
	return len(l.nodes) > 0
}

func served(p *partition, a wire.Address) bool {
	_, found := p.serving[a]
	return found
}

// movePrimaries finds the widest path along which primaries of a table can move from servers with
// more than their share to one with less, and the moves along it (Pegasus: ford_fulkerson).
func movePrimaries(t *table, nodes []*node) []move {
	flow, previous := widestPath(t, nodes)
	if flow == 0 {
		return nil
	}
	var moves []move
	for at := previous[len(nodes)+1]; previous[at] != 0; at = previous[at] {
		from, to := nodes[previous[at]-1].address, nodes[at-1].address
		left := flow
		for _, p := range t.partitions {
			if left > 0 && p.config.Primary == from && isMember(p.config, to) {
				moves = append(moves, move{p, from, to})
				left--
			}
		}
	}
	return moves
}

// widestPath returns how many primaries can flow, and each vertex's predecessor. Vertex 0 is the
// source, vertex i is server i-1, the last one is the sink.
func widestPath(t *table, nodes []*node) (int, []int) {
	capacity := primaryGraph(t, nodes)
	if capacity == nil {
		return 0, nil
	}
	n := len(nodes) + 2
	flow, previous, visited := make([]int, n), make([]int, n), make([]bool, n)
	flow[0] = math.MaxInt
	for !visited[n-1] {
		at := -1
		for i := range n {
			if !visited[i] && flow[i] > 0 && (at < 0 || flow[i] > flow[at]) {
				at = i
			}
		}
		if at < 0 {
			return 0, nil
		}
		visited[at] = true
		for i := range n {
			if w := min(flow[at], capacity[at][i]); !visited[i] && w > flow[i] {
				flow[i], previous[i] = w, at
			}
		}
	}
	return flow[n-1], previous
}

// primaryGraph returns the capacities between source, servers and sink; nil when the primaries are
// spread evenly.
func primaryGraph(t *table, nodes []*node) [][]int {
	count, sink := len(t.partitions), len(nodes)+1
	low, high := count/len(nodes), (count+len(nodes)-1)/len(nodes)
	capacity := make([][]int, sink+1)
	for i := range capacity {
		capacity[i] = make([]int, sink+1)
	}
	number := make(map[wire.Address]int)
	above, below := 0, 0
	for i, n := range nodes {
		id := i + 1
		number[n.address] = id
		primaries := n.primaries.byApp[t.info.ID]
		switch {
		case primaries > high:
			above++
		case primaries < low:
			below++
		}
		if primaries > low {
			capacity[0][id] = primaries - low
		} else {
			capacity[id][sink] = low - primaries
		}
	}
	if above == 0 && below == 0 {
		return nil
	}
	for _, p := range t.partitions {
		for _, a := range p.config.Secondaries {
			capacity[number[p.config.Primary]][number[a]]++
		}
	}
	if below == 0 { // as 4,2,2 of 8: no server has too few, but one has too many
		for id := range capacity {
			if capacity[0][id] > 0 {
				capacity[0][id]--
			} else {
				capacity[id][sink]++
			}
		}
	}
	return capacity
}

// spread returns the standard deviations of primaries and of partitions over the living servers
// that have any (Pegasus: greedy_load_balancer::score). The lock is held.
func (l *leader) spread() (primaries, partitions float64) {
	var primaryCounts, partitionCounts []int
	primarySample, partitionSample := false, false
	for _, n := range l.nodes {
		switch {
		case !n.alive:
			primarySample = primarySample || len(n.primaries.set) > 0
			partitionSample = partitionSample || len(n.partitions.set) > 0
		case len(n.partitions.set) > 0:
			primaryCounts = append(primaryCounts, len(n.primaries.set))
			partitionCounts = append(partitionCounts, len(n.partitions.set))
		}
	}
	if len(primaryCounts) <= 1 {
		return 0, 0
	}
	return deviation(primaryCounts, primarySample), deviation(partitionCounts, partitionSample)
}

// deviation is the standard deviation, cut to two digits after rounding; sample is set if servers
// are missing from the numbers.
func deviation(numbers []int, sample bool) float64 {
	sum := 0
	for _, n := range numbers {
		sum += n
	}
	mean := float64(sum) / float64(len(numbers))
	squares := 0.0
	for _, n := range numbers {
		squares += (float64(n) - mean) * (float64(n) - mean)
	}
	count := float64(len(numbers))
	if sample {
		count--
	}
	return math.Trunc((math.Sqrt(squares/count)+0.005)*100) / 100
}
