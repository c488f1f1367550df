package shell

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPageHasTheFirstLinesAndCountsTheOthers(t *testing.T) {
	long := strings.Repeat("x", 3*longestLine)
	for _, tc := range []struct {
		written string
		want    []string
		total   int
	}{
		{"", nil, 0},
		{"\n\n", nil, 0},
		{"a", []string{"a"}, 1},
		{"a\n\nb\n\n", []string{"a", "", "b"}, 3},
		{"a\nb\nc\nd\n\n\n", []string{"a", "b", "c"}, 4},
		{"a\n\n\n\n\ne", []string{"a", "", ""}, 6},
		{long + "\n" + long, []string{long[:longestLine], long[:longestLine]}, 2},
	} {
		for _, piece := range []int{1, 2, 1 << 20} {
			b := &pageBuffer{most: 3}
			for rest := tc.written; rest != ""; {
				n := min(piece, len(rest))
				fmt.Fprint(b, rest[:n])
				rest = rest[n:]
			}
			got, total := b.lines()
			if diff := cmp.Diff(tc.want, got); diff != "" || total != tc.total {
				t.Errorf("%.20q in pieces of %d: %d lines in total, want %d (-want +got):\n%s", tc.written, piece, total, tc.total, diff)
			}
		}
	}
}

func TestAPageOfALargeOutputIsNoLargerThanThatOfASmallOne(t *testing.T) {
	b := &pageBuffer{most: 24}
	text := []byte(strings.Repeat(strings.Repeat("x", 99)+"\n", 1000))
	b.Write(text)
	if n := testing.AllocsPerRun(100, func() { b.Write(text) }); n > 0 {
		t.Errorf("100 kB more take %v allocations", n)
	}
}
