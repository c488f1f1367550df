package zkcopy

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"sync"
	"sync/atomic"

	"pegashell/zkcopy/tree"
)

// knownStats are the stats that the znodes of both sides of a copy had when they were found or made
// equal, as hashes under a secret key. A znode whose stat is still that one is as it was then: each
// change of its data or ACL, and its being created again, changes czxid, mzxid or aversion. Its
// methods may be used by several goroutines at once.
type knownStats struct {
	seed maphash.Seed
	most int64
	size atomic.Int64
	// bytes of data that the source's znodes have.
	bytes atomic.Int64
	// overflowed: there were more paths than are remembered, and nothing is known.
	overflowed atomic.Bool
	shards     [1 << knownShardBits]knownShard
	// complete: the copy that filled it ended with its verification, so that every path that it has
	// not listed as changed is equal. seen are transactions of the sides: what changed before is
	// part of what it read.
	complete bool
	seen     [2]int64
}

const (
	knownShardBits = 10
	// maxKnown bounds the paths: 32 bytes each, and a quarter more.
	maxKnown = 2_000_000
	// sighted is the bit of a hash that says that the pass under way has met the path.
	sighted = 1
)

// knownShard is a hash table with linear probing.
type knownShard struct {
	mu    sync.Mutex
	used  int
	slots []knownSlot
}

// knownSlot has the hash of a path, 0 for a free slot, and of the stat that the znode has on each
// side, 0 where it has none, and how long the source's data is.
type knownSlot struct {
	path  uint64
	sides [2]uint64
	bytes int32
}

func newKnownStats(most int64) *knownStats { return &knownStats{seed: maphash.MakeSeed(), most: most} }

// usable reports whether it says something about every path.
func (k *knownStats) usable() bool { return k.complete && !k.overflowed.Load() }

func (k *knownStats) path(rel string) uint64 { return max(1, maphash.String(k.seed, rel)) }

// stat hashes all of a stat but what a change of its children changes.
func (k *knownStats) stat(s *tree.Stat) uint64 {
	buf := make([]byte, 0, 48)
	for _, n := range []int64{s.Czxid, s.Mzxid, s.Ctime, s.Mtime} {
		buf = binary.BigEndian.AppendUint64(buf, uint64(n))
	}
	buf = binary.BigEndian.AppendUint32(buf, uint32(s.Version))
	buf = binary.BigEndian.AppendUint32(buf, uint32(s.Aversion))
	return max(2, maphash.Bytes(k.seed, buf)&^sighted)
}

// shard of a path, locked.
func (k *knownStats) shard(path uint64) *knownShard {
	s := &k.shards[path>>(64-knownShardBits)]
	s.mu.Lock()
	return s
}

// set notes the stat of a znode that is equal on both sides. The pass under way has met it then.
func (k *knownStats) set(side int, rel string, stat *tree.Stat) {
	if k.overflowed.Load() {
		return
	}
	path := k.path(rel)
	s := k.shard(path)
	defer s.mu.Unlock()
	at := s.find(path)
	if at < 0 {
		if k.size.Add(1) > k.most {
			k.overflowed.Store(true)
			return
		}
		at = s.insert(path)
	}
	if slot := &s.slots[at]; side == 0 {
		k.bytes.Add(int64(stat.DataLength - slot.bytes))
		slot.bytes = stat.DataLength
	}
	s.slots[at].sides[side] = k.stat(stat) | sighted
}

// drop forgets the znode of one side.
func (k *knownStats) drop(side int, rel string) {
	path := k.path(rel)
	s := k.shard(path)
	defer s.mu.Unlock()
	at := s.find(path)
	if at < 0 {
		return
	}
	if k.cut(&s.slots[at], side); s.slots[at].sides == [2]uint64{} {
		s.remove(at)
		k.size.Add(-1)
	}
}

// has reports whether a side is known to have a znode.
func (k *knownStats) has(side int, rel string) bool {
	path := k.path(rel)
	s := k.shard(path)
	defer s.mu.Unlock()
	at := s.find(path)
	return at >= 0 && s.slots[at].sides[side] != 0
}

// cut takes one side from a slot.
func (k *knownStats) cut(slot *knownSlot, side int) {
	slot.sides[side] = 0
	if side == 0 {
		k.bytes.Add(-int64(slot.bytes))
		slot.bytes = 0
	}
}

// meet notes that a pass has met a znode, and reports whether its stat is the known one.
func (k *knownStats) meet(side int, rel string, stat *tree.Stat) bool {
	path := k.path(rel)
	s := k.shard(path)
	defer s.mu.Unlock()
	at := s.find(path)
	if at < 0 || s.slots[at].sides[side] == 0 {
		return false
	}
	s.slots[at].sides[side] |= sighted
	return s.slots[at].sides[side] == k.stat(stat)|sighted
}

// begin begins a pass over one side.
func (k *knownStats) begin(side int) {
	k.each(func(slot *knownSlot) { slot.sides[side] &^= sighted })
}

// missed is how many znodes of a side the pass has not met.
func (k *knownStats) missed(side int) (n int64) {
	k.each(func(slot *knownSlot) {
		if hash := slot.sides[side]; hash != 0 && hash&sighted == 0 {
			n++
		}
	})
	return n
}

// count is how many znodes of a side are known.
func (k *knownStats) count(side int) (n int64) {
	k.each(func(slot *knownSlot) {
		if slot.sides[side] != 0 {
			n++
		}
	})
	return n
}

// clear forgets all of one side.
func (k *knownStats) clear(side int) {
	for i := range k.shards {
		s := &k.shards[i]
		s.mu.Lock()
		var kept []knownSlot
		for _, slot := range s.slots {
			if k.cut(&slot, side); slot.path != 0 && slot.sides != [2]uint64{} {
				kept = append(kept, slot)
			}
		}
		k.size.Add(int64(len(kept) - s.used))
		s.fill(kept, len(s.slots))
		s.mu.Unlock()
	}
}

// reset forgets everything.
func (k *knownStats) reset() {
	k.complete, k.seen = false, [2]int64{}
	for i := range k.shards {
		s := &k.shards[i]
		s.mu.Lock()
		s.slots, s.used = nil, 0
		s.mu.Unlock()
	}
	k.size.Store(0)
	k.bytes.Store(0)
	k.overflowed.Store(false)
}

func (k *knownStats) each(do func(*knownSlot)) {
	for i := range k.shards {
		s := &k.shards[i]
		s.mu.Lock()
		for at := range s.slots {
			if s.slots[at].path != 0 {
				do(&s.slots[at])
			}
		}
		s.mu.Unlock()
	}
}

// home is the slot that a path has unless another has it.
func (s *knownShard) home(path uint64) int {
	at, _ := bits.Mul64(path<<knownShardBits, uint64(len(s.slots)))
	return int(at)
}

// find is the slot of a path, -1 where it has none.
func (s *knownShard) find(path uint64) int {
	if s.used == 0 {
		return -1
	}
	at := s.home(path)
	for s.slots[at].path != path {
		if s.slots[at].path == 0 {
			return -1
		}
		at = (at + 1) % len(s.slots)
	}
	return at
}

// insert adds a path that has no slot yet.
func (s *knownShard) insert(path uint64) int {
	if s.used+1 > len(s.slots)*7/8 {
		old := s.slots
		kept := make([]knownSlot, 0, s.used)
		for _, slot := range old {
			if slot.path != 0 {
				kept = append(kept, slot)
			}
		}
		s.fill(kept, len(old)*5/4+8)
	}
	s.used++
	at := s.home(path)
	for s.slots[at].path != 0 {
		at = (at + 1) % len(s.slots)
	}
	s.slots[at].path = path
	return at
}

// fill makes a table of a number of slots for some paths.
func (s *knownShard) fill(slots []knownSlot, length int) {
	s.slots, s.used = make([]knownSlot, length), len(slots)
	for _, slot := range slots {
		at := s.home(slot.path)
		for s.slots[at].path != 0 {
			at = (at + 1) % length
		}
		s.slots[at] = slot
	}
}

// remove frees a slot, and moves those after it that are not where they are looked for.
func (s *knownShard) remove(at int) {
	s.used--
	n := len(s.slots)
	for next := (at + 1) % n; s.slots[next].path != 0; next = (next + 1) % n {
		home := s.home(s.slots[next].path)
		if (next-home+n)%n >= (next-at+n)%n { // its way from home to here leads over the free one
			s.slots[at] = s.slots[next]
			at = next
		}
	}
	s.slots[at] = knownSlot{}
}
