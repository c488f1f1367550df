package zkcopy

import (
	"sync"
	"sync/atomic"
)

// maxPaths bounds the paths that a pathSet distinguishes.
const maxPaths = 100_000

// pathSet is a set of paths, known by their hashes; once there are too many, of all paths.
type pathSet struct {
	mu   sync.RWMutex
	held map[pathHash]struct{}
	all  bool
}

// add returns how many paths there are then.
func (s *pathSet) add(h pathHash) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		s.held = map[pathHash]struct{}{}
	}
	if s.all = s.all || len(s.held) >= maxPaths; !s.all {
		s.held[h] = struct{}{}
	}
	return len(s.held)
}

func (s *pathSet) has(h pathHash) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, ok := s.held[h]
	return ok || s.all
}

func (s *pathSet) empty() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.held) == 0
}

// pathBits is a set of paths, and of some more that share a bit with one.
type pathBits [1 << 20 / 64]atomic.Uint64

func (b *pathBits) at(h pathHash) (word *atomic.Uint64, bit uint64) {
	i := h >> 44
	return &b[i/64], 1 << (i % 64)
}

func (b *pathBits) add(h pathHash) {
	word, bit := b.at(h)
	if word.Load()&bit == 0 {
		word.Or(bit)
	}
}

func (b *pathBits) has(h pathHash) bool {
	word, bit := b.at(h)
	return word.Load()&bit != 0
}
