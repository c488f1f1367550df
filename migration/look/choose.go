package look

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"pegashell/zkcopy/session"
)

// Where a tree is that may be the old or the new one was said by several: the operator, leaders,
// configurations, and files of earlier commands. A candidate is one place with all that point to
// it.

// candidate is a tree that may be the cluster's old or new one.
type candidate struct {
	at Address
	// servers are all names of the ensemble's servers that were found for this tree.
	servers []string
	// leads: a leader works with it. runs: a living meta server has it in its running
	// configuration; configured: a configuration file names it.
	leads, runs, configured bool
	// seen is the tree, nil where its ZooKeeper was not reached, and doubt why not.
	seen  *seen
	doubt error

	opening sync.Mutex
	client  *session.Client // nil while there is no connection
}

// age is when the tree was created, zero where there is none or that is not known.
func (c *candidate) age() time.Time {
	if c.seen == nil {
		return time.Time{}
	}
	return c.seen.age
}

// chosen are the trees on the old and on the new ZooKeeper; nil for one that nobody has named.
type chosen struct{ source, target *candidate }

// choose says which of the candidates is the old and which is the new tree, where the operator has
// not named the new one. past are the trees of the last migration that was begun here; nil for none.
func choose(all []*candidate, pastSource, pastTarget *candidate) chosen {
	here := slices.DeleteFunc(slices.Clone(all), func(c *candidate) bool { return !c.leads && !c.runs && !c.configured })
	switch len(here) {
	case 0:
		return chosen{pastSource, pastTarget}
	case 1:
		return chooseAround(here[0], pastSource, pastTarget)
	}
	slices.SortStableFunc(here, func(a, b *candidate) int { return cmp.Compare(b.weight(), a.weight()) })
	a, b := here[0], here[1]
	switch {
	case !a.age().IsZero() && !b.age().IsZero() && !a.age().Equal(b.age()): // the copy is younger
		if a.age().Before(b.age()) {
			return chosen{a, b}
		}
		return chosen{b, a}
	case pastSource == a && pastTarget == b:
		return chosen{a, b}
	case pastSource == b && pastTarget == a:
		return chosen{b, a}
	case a.age().IsZero() && !b.age().IsZero() && a.seen != nil: // there is no tree yet
		return chosen{b, a}
	}
	return chosen{a, b} // the leader is on a, and a configuration differs from that
}

// weight puts the place of a leader before others, then those of running servers.
func (c *candidate) weight() (w int) {
	if c.leads {
		w += 4
	}
	if c.runs {
		w += 2
	}
	if c.configured {
		w++
	}
	return w
}

// chooseAround is choose where everything that can be seen names one place: the other is known from
// an earlier command alone.
func chooseAround(only, pastSource, pastTarget *candidate) chosen {
	switch {
	case pastTarget == only && pastSource != only:
		return chosen{pastSource, only}
	case pastTarget != nil && pastTarget != only && (pastSource == nil || pastSource == only):
		return chosen{only, pastTarget}
	}
	return chosen{source: only}
}
