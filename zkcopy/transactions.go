package zkcopy

import "sync"

// transactions are those of an ensemble of which it is known that they changed no ACL: writes of our
// own, and what created, set or deleted a znode. A server numbers them one after the other, so where
// none is missing up to the last one, nothing else has happened. Changes of an ACL, sessions that
// came or went and writes that failed are numbered too, and always missing. Its methods may be used
// by several goroutines at once.
type transactions struct {
	mu sync.Mutex
	// all: up to this one none is missing; 0 where that is not known of any.
	all   int64
	later map[int64]struct{}
}

// maxTransactions bounds those that are remembered after a missing one.
const maxTransactions = 200_000

// add notes some of them; zeros are none.
func (t *transactions) add(zxids ...int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, zxid := range zxids {
		if zxid > t.all && len(t.later) < maxTransactions {
			if t.later == nil {
				t.later = map[int64]struct{}{}
			}
			t.later[zxid] = struct{}{}
		}
	}
	t.advance()
}

func (t *transactions) advance() {
	for t.all != 0 && len(t.later) > 0 {
		if _, ok := t.later[t.all+1]; !ok {
			return
		}
		t.all++
		delete(t.later, t.all)
	}
}

// from notes that everything up to a transaction has been looked at.
func (t *transactions) from(zxid int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if zxid <= t.all {
		return
	}
	t.all = zxid
	for each := range t.later {
		if each <= zxid {
			delete(t.later, each)
		}
	}
	t.advance()
}

// forget notes that changes were lost.
func (t *transactions) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all, t.later = 0, nil
}

// upTo reports whether none is missing up to a transaction.
func (t *transactions) upTo(zxid int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all != 0 && t.all >= zxid
}
