package look

import (
	"cmp"
	"maps"
	"slices"
)

// mostRead bounds the znodes whose data is read where sums and times do not show that parts are
// equal.
const mostRead = 50_000

// partsCompared are the parts of two trees by what their sums and times say, each list in its order.
type partsCompared struct {
	// missing and extra are in one tree alone, different are certainly so and not to be read.
	missing, extra, different []string
	// read are to be read in both trees.
	read []string
	// unread are the znodes of parts that may differ and are not read, because there are too many.
	unread int64
}

// compareParts compares the parts of a tree with those of its copy, and chooses those to be read,
// with at most so many znodes: first all that differ, then those that may, the ones that were
// written last before others.
func compareParts(ours, theirs map[string]*part, most int64) (p partsCompared) {
	var differing, suspects []string
	for _, name := range slices.Sorted(maps.Keys(ours)) {
		a, b := ours[name], theirs[name]
		switch {
		case b == nil:
			p.missing = append(p.missing, name)
		case !a.sameSum(b) && isSingle(name):
			p.different = append(p.different, name)
		case !a.sameSum(b):
			differing = append(differing, name)
		case !isSingle(name) && suspect(a, b):
			suspects = append(suspects, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		if ours[name] == nil {
			p.extra = append(p.extra, name)
		}
	}
	written := func(name string) int64 { return max(theirs[name].rewritten, ours[name].newest) }
	slices.SortStableFunc(suspects, func(a, b string) int { return cmp.Compare(written(b), written(a)) })
	fits := func(name string) bool {
		n := max(ours[name].znodes, theirs[name].znodes)
		if n > most {
			return false
		}
		most -= n
		p.read = append(p.read, name)
		return true
	}
	for _, name := range differing {
		if !fits(name) {
			p.different = append(p.different, name)
		}
	}
	for _, name := range suspects {
		if !fits(name) {
			p.unread += theirs[name].znodes
		}
	}
	return p
}
