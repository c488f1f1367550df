package metaserver

import (
	"maps"
	"slices"
	"sync"

	"pegashell/metaadmin/wire"
	"pegashell/zkcopy/layout"
)

// state is the tables, their partitions, the backup policies and the replica servers in memory. The leader's lock guards
// it.
type state struct {
	tables map[int32]*table
	names  map[string]*table // tables that exist or are being created or recalled, by name
	nodes  map[wire.Address]*node
	// policies are the backup policies, by name.
	policies map[string]*policy
}

func newState() *state {
	return &state{
		tables: make(map[int32]*table),
		names:  make(map[string]*table),
		nodes:  make(map[wire.Address]*node),

		policies: make(map[string]*policy),
	}
}

// table is one table. Its Status passes through CREATING, DROPPING and RECALLING, which are never
// written to ZooKeeper: there it is AVAILABLE or DROPPED from the first write on.
//
// info's map and the slices in the partitions' configurations are never changed in place, so that
// copies of them may be read without the lock.
type table struct {
	info       wire.AppInfo
	partitions []*partition
	// duplications by id; they and their maps are changed in place, with the lock held.
	duplications map[int32]*duplication
	unsettled    int           // partitions that have still to be written before the status changes
	settled      chan struct{} // closed when unsettled comes to 0
	// writing is held while the table's node is written; it is taken before the leader's lock.
	writing sync.Mutex
}

// partition is one partition and what the leader knows beyond its configuration.
type partition struct {
	config  wire.PartitionConfig
	update  *update // being written to ZooKeeper; nil if there is none
	actions proposals
	// dropped are servers that have left the partition but may hold its data, the most recent last.
	dropped []droppedReplica
	// preferred is the index in dropped of the server that is tried next as a secondary.
	preferred int
	// serving are members that have reported their replica.
	serving map[wire.Address]struct{}
}

// droppedReplica is what is known of a replica that left. A drop that the leader saw has a time (ms
// since 1970); one that the server reported has ballot and decrees, which are -1 before.
type droppedReplica struct {
	node                        wire.Address
	time                        int64
	ballot, committed, prepared int64
}

const unknownBallot = -1

// newTable returns a table whose partitions have no server yet.
func newTable(info wire.AppInfo) *table {
	t := &table{
		info: info, duplications: make(map[int32]*duplication),
		settled: make(chan struct{}), unsettled: int(info.PartitionCount),
	}
	for i := range info.PartitionCount {
		t.partitions = append(t.partitions, &partition{
			config: wire.PartitionConfig{
				PID:             wire.GPID{AppID: info.ID, Index: i},
				MaxReplicaCount: info.MaxReplicaCount,
			},
			preferred: -1,
			serving:   make(map[wire.Address]struct{}),
		})
	}
	return t
}

// unsettle begins a change of the table's status that needs every partition written.
func (t *table) unsettle(status wire.AppStatus) {
	t.info.Status = status
	t.unsettled = len(t.partitions)
	t.settled = make(chan struct{})
}

// settle counts one partition as written; the last one ends the change of status.
func (t *table) settle() {
	if t.unsettled--; t.unsettled != 0 {
		return
	}
	switch t.info.Status {
	case wire.AppCreating, wire.AppRecalling:
		t.info.Status = wire.AppAvailable
	case wire.AppDropping:
		t.info.Status = wire.AppDropped
	}
	close(t.settled)
}

// staging reports whether the status is a temporary one.
func (t *table) staging() bool {
	switch t.info.Status {
	case wire.AppCreating, wire.AppDropping, wire.AppRecalling:
		return true
	}
	return false
}

// ids are the tables' ids in order.
func (s *state) ids() []int32 { return slices.Sorted(maps.Keys(s.tables)) }

// existing are the tables that have a name, by id.
func (s *state) existing() []*table {
	var list []*table
	for _, id := range s.ids() {
		if t := s.tables[id]; s.names[t.info.Name] == t {
			list = append(list, t)
		}
	}
	return list
}

func (s *state) nextID() int32 {
	last := int32(0)
	for id := range s.tables {
		last = max(last, id)
	}
	return last + 1
}

// partition returns a partition and its table; nil if there is no such partition.
func (s *state) partition(pid wire.GPID) (*table, *partition) {
	t := s.tables[pid.AppID]
	if t == nil || pid.Index < 0 || int(pid.Index) >= len(t.partitions) {
		return nil, nil
	}
	return t, t.partitions[pid.Index]
}

// node returns a server's node, made if it was not known.
func (s *state) node(a wire.Address) *node {
	n := s.nodes[a]
	if n == nil {
		n = &node{address: a}
		s.nodes[a] = n
	}
	return n
}

// sortedNodes are the nodes in the order of their addresses.
func (s *state) sortedNodes() []*node {
	var list []*node
	for _, a := range slices.Sorted(maps.Keys(s.nodes)) {
		list = append(list, s.nodes[a])
	}
	return list
}

func (s *state) nodeAlive(a wire.Address) bool {
	n := s.nodes[a]
	return n != nil && n.alive
}

// setConfig replaces a partition's configuration and updates the nodes' counts.
func (s *state) setConfig(p *partition, config wire.PartitionConfig) {
	for _, a := range members(p.config) {
		s.node(a).remove(p.config.PID)
	}
	p.config = config
	for _, a := range members(config) {
		s.node(a).put(config.PID, a == config.Primary)
	}
}

// members are the primary and the secondaries.
func members(c wire.PartitionConfig) []wire.Address {
	if !c.Primary.Valid() {
		return c.Secondaries
	}
	return append([]wire.Address{c.Primary}, c.Secondaries...)
}

func isMember(c wire.PartitionConfig, a wire.Address) bool {
	return a.Valid() && (c.Primary == a || slices.Contains(c.Secondaries, a))
}

func replicaCount(c wire.PartitionConfig) int { return len(members(c)) }

// maxLastDrops is how many servers a partition's last_drops keeps (Pegasus: maintain_drops).
const maxLastDrops = 3

// withDrop returns last_drops with a server that leaves, without changing drops.
func withDrop(drops []wire.Address, a wire.Address) []wire.Address {
	if slices.Contains(drops, a) {
		return drops
	}
	drops = append(slices.Clone(drops), a)
	return drops[max(0, len(drops)-maxLastDrops):]
}

// withoutDrop returns last_drops without a server that comes back.
func withoutDrop(drops []wire.Address, a wire.Address) []wire.Address {
	return slices.DeleteFunc(slices.Clone(drops), func(d wire.Address) bool { return d == a })
}

// maintainDrops keeps last_drops after a change of the given kind to a node.
func maintainDrops(drops []wire.Address, a wire.Address, kind wire.ConfigType) []wire.Address {
	switch {
	case adds(kind):
		return withoutDrop(drops, a)
	case removes(kind):
		return withDrop(drops, a)
	}
	return drops
}

// adds reports whether a change makes its node a member.
func adds(kind wire.ConfigType) bool {
	switch kind {
	case wire.ConfigAssignPrimary, wire.ConfigUpgradeToPrimary, wire.ConfigUpgradeToSecondary:
		return true
	}
	return false
}

// removes reports whether a change removes its node.
func removes(kind wire.ConfigType) bool {
	switch kind {
	case wire.ConfigDowngradeToInactive, wire.ConfigRemove, wire.ConfigDropPartition:
		return true
	}
	return false
}

// sameMembership compares configurations as Pegasus does to find a repeated update
// (is_partition_config_equal): last_drops and the order of the secondaries do not count.
func sameMembership(a, b wire.PartitionConfig) bool {
	if a.PID != b.PID || a.Ballot != b.Ballot || a.Primary != b.Primary ||
		a.MaxReplicaCount != b.MaxReplicaCount || a.LastCommittedDecree != b.LastCommittedDecree ||
		len(a.Secondaries) != len(b.Secondaries) {
		return false
	}
	for _, s := range a.Secondaries {
		if !slices.Contains(b.Secondaries, s) {
			return false
		}
	}
	return true
}

func dropped(c wire.PartitionConfig) bool { return c.PartitionFlags&layout.FlagDropped != 0 }
