package look

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPartsThatDifferAreReadBeforeThoseThatMay(t *testing.T) {
	// Every part has 10 znodes. The copy was made from 100 on.
	source := func(sum uint64, newest int64) *part { return &part{znodes: 10, low: sum, newest: newest, first: 1} }
	target := func(sum uint64, rewritten int64) *part {
		return &part{znodes: 10, low: sum, newest: max(110, rewritten), rewritten: rewritten, first: 100}
	}
	ours := map[string]*part{
		"": source(1, 5), "/apps": source(1, 5), "/apps/1": source(1, 5), "/apps/2": source(2, 5), "/apps/3": source(3, 200), "/apps/4": source(4, 5), "/apps/5": source(5, 5), "/apps/6": source(6, 5),
	}
	theirs := map[string]*part{
		"": target(1, 150), "/apps": target(9, 0), "/apps/1": target(1, 0), "/apps/2": target(9, 0), "/apps/3": target(3, 0), "/apps/4": target(4, 300), "/apps/5": target(5, 0), "/apps/7": target(7, 0),
	}
	want := partsCompared{missing: []string{"/apps/6"}, extra: []string{"/apps/7"}, different: []string{"/apps"}}
	for _, c := range []struct {
		most      int64
		read      []string
		different []string
		unread    int64
	}{
		{100, []string{"/apps/2", "/apps/4", "/apps/3"}, nil, 0},
		{25, []string{"/apps/2", "/apps/4"}, nil, 10},
		{10, []string{"/apps/2"}, nil, 20},
		{5, nil, []string{"/apps/2"}, 20},
	} {
		each := want
		each.read, each.unread = c.read, c.unread
		each.different = append(append([]string(nil), want.different...), c.different...)
		if diff := cmp.Diff(each, compareParts(ours, theirs, c.most), cmp.AllowUnexported(partsCompared{})); diff != "" {
			t.Errorf("at most %d:\n%s", c.most, diff)
		}
	}
}
