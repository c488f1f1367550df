package layout

import "fmt"

// Partition is the data of a partition's node. Addresses are written as
// "IP:PORT" or InvalidAddress.
type Partition struct {
	ID                  GPID
	Ballot              int64
	MaxReplicaCount     int32
	Primary             string
	Secondaries         []string
	LastDrops           []string
	LastCommittedDecree int64
	// Flags has bit 0 set when the partition belongs to a dropped table.
	Flags int32
	// HPPrimary, HPSecondaries and HPLastDrops are the same servers by host
	// name, "HOST:PORT" or InvalidHostPort. They are nil in trees of 2.5 and
	// older; an empty list that is there is not nil.
	HPPrimary     *string
	HPSecondaries []string
	HPLastDrops   []string
}

// FlagDropped is set in the Flags of a partition whose table was dropped.
const FlagDropped int32 = 1

// Encode writes the partition's data byte for byte as a meta server does.
func (p Partition) Encode() []byte {
	w := objectWriter{buf: make([]byte, 0, 320)}
	w.text("pid", p.ID.String())
	w.number("ballot", p.Ballot)
	w.number("max_replica_count", int64(p.MaxReplicaCount))
	w.text("primary", p.Primary)
	w.list("secondaries", p.Secondaries)
	w.list("last_drops", p.LastDrops)
	w.number("last_committed_decree", p.LastCommittedDecree)
	w.number("partition_flags", int64(p.Flags))
	if p.HPPrimary != nil {
		w.text("hp_primary", *p.HPPrimary)
	}
	if p.HPSecondaries != nil {
		w.list("hp_secondaries", p.HPSecondaries)
	}
	if p.HPLastDrops != nil {
		w.list("hp_last_drops", p.HPLastDrops)
	}
	return w.end()
}

// DecodePartition reads the data of a partition's node. The id and the ballot
// must be there; other fields that are missing are left zero, and fields of
// newer releases are passed over.
func DecodePartition(data []byte) (Partition, error) {
	r, err := readObject(data)
	if err != nil {
		return Partition{}, fmt.Errorf("partition's data: %w", err)
	}
	var p Partition
	var id string
	r.text("pid", &id, true)
	r.need("ballot")
	r.int64("ballot", &p.Ballot)
	r.int32("max_replica_count", &p.MaxReplicaCount, false)
	r.text("primary", &p.Primary, false)
	r.list("secondaries", &p.Secondaries)
	r.list("last_drops", &p.LastDrops)
	r.int64("last_committed_decree", &p.LastCommittedDecree)
	r.int32("partition_flags", &p.Flags, false)
	if r.has("hp_primary") {
		p.HPPrimary = new(string)
		r.text("hp_primary", p.HPPrimary, false)
	}
	r.list("hp_secondaries", &p.HPSecondaries)
	r.list("hp_last_drops", &p.HPLastDrops)
	if r.err == nil {
		p.ID, r.err = ParseGPID(id)
	}
	if r.err != nil {
		return Partition{}, fmt.Errorf("partition's data: %w", r.err)
	}
	return p, nil
}
