package zkcopy

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync/atomic"

	"pegashell/zkcopy/tree"
)

const (
	// sketchRows is in how many independent ways paths are divided into buckets. A path is suspect
	// only if its bucket differs in each, so with d paths that really differ and w buckets in a row,
	// (d/w)³ of the others are suspect too: 1 in 4,400 for 1,000 paths.
	sketchRows = 3
	// sketchWidth is the number of buckets in a row: 768 KiB in all.
	sketchWidth = 1 << 14
)

// bucketSum adds up 128-bit hashes: two sets of entries with the same sum are equal.
type bucketSum struct{ low, high uint64 }

// sketch sums up a set of entries, each of which belongs to a path, in a fixed amount of memory. Two
// sketches under one key show which paths certainly have the same entries in both sets.
type sketch [sketchRows][sketchWidth]struct{ low, high atomic.Uint64 }

// sums are sketches of two trees under one secret key.
type sums struct {
	key            []byte
	seed           uint64
	source, target sketch
	known          *knownStats // nil where nobody asks
}

// newSums makes empty sums, under a new key where none is given.
func newSums(key []byte) *sums {
	if key == nil {
		key = make([]byte, sha256.Size)
		rand.Read(key) // never fails (crypto/rand)
	}
	return &sums{key: key, seed: binary.BigEndian.Uint64(key)}
}

// remember has the stats behind the sums kept too, and forgets others.
func (s *sums) remember(in *knownStats) {
	if s.known = in; in != nil {
		in.reset()
	}
}

// side is the number of a sketch's side.
func (s *sums) side(of *sketch) int {
	if of == &s.target {
		return 1
	}
	return 0
}

// pathHash distinguishes paths. Its parts choose the buckets.
type pathHash uint64

// path hashes a path: FNV-1a from a secret start, then mixed as SplitMix64 does. Whoever found two
// paths of the same hash could make a copy slower, no more.
func (s *sums) path(rel string) pathHash {
	const offset, prime = 14695981039346656037, 1099511628211
	h := offset ^ s.seed
	for i := range len(rel) {
		h = (h ^ uint64(rel[i])) * prime
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return pathHash(h ^ h>>31)
}

// column is the path's bucket in a row of a sketch of some width, a power of two.
func (h pathHash) column(row, width int) int { return int(h>>(20*row)) & (width - 1) }

// hash is the entry of a znode: which one it is, by path, czxid and ctime, and how often its ACL was
// changed (aversion).
func (s *sums) hash(of *sketch, rel string, stat *tree.Stat) bucketSum {
	buf := make([]byte, 0, 256)
	buf = append(append(buf, s.key...), byte(s.side(of)))
	buf = binary.BigEndian.AppendUint64(buf, uint64(stat.Czxid))
	buf = binary.BigEndian.AppendUint64(buf, uint64(stat.Ctime))
	buf = binary.BigEndian.AppendUint32(buf, uint32(stat.Aversion))
	buf = append(buf, rel...)
	digest := sha256.Sum256(buf)
	return bucketSum{binary.BigEndian.Uint64(digest[:]), binary.BigEndian.Uint64(digest[8:])}
}

// add adds a znode to one of the sketches, with the version of the ACL that was compared.
func (s *sums) add(to *sketch, rel string, stat *tree.Stat) {
	if s.known != nil {
		s.known.set(s.side(to), rel, stat)
	}
	e := s.hash(to, rel, stat)
	h := s.path(rel)
	for row := range to {
		b := &to[row][h.column(row, sketchWidth)]
		b.low.Add(e.low)
		b.high.Add(e.high)
	}
}

// remove takes out a znode that was added.
func (s *sums) remove(from *sketch, rel string, stat *tree.Stat) {
	if s.known != nil {
		s.known.drop(s.side(from), rel)
	}
	e := s.hash(from, rel, stat)
	h := s.path(rel)
	for row := range from {
		b := &from[row][h.column(row, sketchWidth)]
		b.low.Add(-e.low)
		b.high.Add(-e.high)
	}
}

// clearTarget takes out all znodes of the target.
func (s *sums) clearTarget() {
	if s.known != nil {
		s.known.clear(1)
	}
	for row := range s.target {
		for column := range s.target[row] {
			s.target[row][column].low.Store(0)
			s.target[row][column].high.Store(0)
		}
	}
}

// rows are sums of a sketch, or of one that was folded to fewer buckets.
type rows [sketchRows][]bucketSum

// folded are sketches as one of fewer buckets.
func folded(width int, sketches ...*sketch) (to rows) {
	for row := range to {
		to[row] = make([]bucketSum, width)
		for _, from := range sketches {
			for column := range from[row] {
				b := &to[row][column%width]
				b.low += from[row][column].low.Load()
				b.high += from[row][column].high.Load()
			}
		}
	}
	return to
}

// suspects are paths whose entries may differ between two sets. A path whose bucket agrees in any
// row has the same entries in both.
type suspects [sketchRows][]bool

// suspectsOf compares two folded sketches. share is which part of all paths is suspect.
func suspectsOf(a, b rows) (found suspects, share float64) {
	share = 1
	for row := range found {
		width := len(a[row])
		found[row] = make([]bool, width)
		different := 0
		for column := range found[row] {
			if a[row][column] != b[row][column] {
				found[row][column] = true
				different++
			}
		}
		share *= float64(different) / float64(width)
	}
	return found, share
}

func (s *suspects) has(h pathHash) bool {
	for row := range s {
		if len(s[row]) == 0 || !s[row][h.column(row, len(s[row]))] {
			return false
		}
	}
	return true
}

func (s *suspects) empty() bool {
	for row := range s {
		if !slices.Contains(s[row], true) {
			return true
		}
	}
	return false
}
