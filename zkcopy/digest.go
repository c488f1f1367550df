package zkcopy

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"hash/maphash"
	"sync"
	"sync/atomic"

	"pegashell/zkcopy/tree"
)

// digestBuckets is how finely a difference between two digests is located:
// each bucket holds the znodes of one share of all paths.
const digestBuckets = 4096

// digest is a sum over znodes that does not depend on their order: two sets of znodes with equal
// digests are equal. Each bucket adds up the two halves of 128-bit hashes under a secret key.
type digest [digestBuckets]struct{ low, high atomic.Uint64 }

func (d *digest) add(e entry) {
	bucket := &d[e.bucket]
	bucket.low.Add(binary.BigEndian.Uint64(e.sum[:8]))
	bucket.high.Add(binary.BigEndian.Uint64(e.sum[8:16]))
}

// bucketSet has the numbers of some buckets.
type bucketSet [digestBuckets]atomic.Bool

// addDifferences adds the buckets in which two digests differ.
func (s *bucketSet) addDifferences(a, b *digest) {
	for i := range s {
		if a[i].low.Load() != b[i].low.Load() || a[i].high.Load() != b[i].high.Load() {
			s[i].Store(true)
		}
	}
}

func (s *bucketSet) empty() bool {
	for i := range s {
		if s[i].Load() {
			return false
		}
	}
	return true
}

// entry is what one znode adds to a digest, or a hash that it is made from.
type entry struct {
	bucket uint16
	sum    [sha256.Size]byte
}

// hasher makes entries under a key of its own.
type hasher struct {
	seed maphash.Seed
	key  [sha256.Size]byte
	pool sync.Pool
}

func newHasher() *hasher {
	h := &hasher{seed: maphash.MakeSeed(), pool: sync.Pool{New: func() any { return sha256.New() }}}
	rand.Read(h.key[:]) // never fails (crypto/rand)
	return h
}

// bucket is the number of the bucket that a path below the root belongs to.
func (h *hasher) bucket(rel string) uint16 {
	return uint16(maphash.String(h.seed, rel) % digestBuckets)
}

// content is the hash of a znode's path and data.
func (h *hasher) content(rel string, data []byte) entry {
	e := entry{bucket: h.bucket(rel)}
	h.sum(&e, func(s hash.Hash) {
		absent := byte(0)
		if data == nil {
			absent = 1
		}
		writeText(s, rel)
		s.Write([]byte{absent})
		s.Write(data)
	})
	return e
}

// Marks of what an entry says besides path and data.
const (
	markIdentity = iota
	markCreated
	markACL
	markStat
)

// withNumbers adds numbers to an entry.
func (h *hasher) withNumbers(e entry, mark byte, numbers ...int64) entry {
	made := entry{bucket: e.bucket}
	h.sum(&made, func(s hash.Hash) {
		s.Write(e.sum[:])
		buf := make([]byte, 1, 64)
		buf[0] = mark
		for _, n := range numbers {
			buf = binary.BigEndian.AppendUint64(buf, uint64(n))
		}
		s.Write(buf)
	})
	return made
}

// withACL adds an access control list to an entry.
func (h *hasher) withACL(e entry, acl []tree.ACL) entry {
	made := entry{bucket: e.bucket}
	h.sum(&made, func(s hash.Hash) {
		s.Write(e.sum[:])
		s.Write([]byte{markACL})
		for _, each := range tree.SortedACL(acl) {
			writeText(s, each.Scheme)
			writeText(s, each.ID)
			s.Write(binary.BigEndian.AppendUint32(nil, uint32(each.Perms)))
		}
	})
	return made
}

func (h *hasher) sum(e *entry, write func(hash.Hash)) {
	s := h.pool.Get().(hash.Hash)
	defer h.pool.Put(s)
	s.Reset()
	s.Write(h.key[:])
	write(s)
	s.Sum(e.sum[:0])
}

// writeText writes a text with its length, so that no two lists of texts read
// the same.
func writeText(s hash.Hash, text string) {
	s.Write(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(text)), uint32(len(text))))
	s.Write([]byte(text))
}
