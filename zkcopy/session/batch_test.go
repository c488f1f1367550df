package session

import (
	"strings"
	"testing"
)

func TestReadsAreCutByTheirPathsTheirDataAndTheirNumber(t *testing.T) {
	many := func(n int, r Request) (all []Request) {
		for range n {
			all = append(all, r)
		}
		return all
	}
	data := Request{Kind: GetData, Path: "/a", Likely: 100}
	for name, test := range map[string]struct {
		requests  []Request
		multiRead bool
		want      int
	}{
		"one by one where servers know no other way": {many(9, data), false, 1},
		"ACLs are asked for one by one":              {many(9, Request{Kind: GetACL, Path: "/a"}), true, 1},
		"all":                                        {many(9, data), true, 9},
		"their number":                               {many(2*frameOps, data), true, frameOps},
		"another kind":                               {append(many(3, data), Request{Kind: Exists}, data), true, 3},
		"their data":                                 {many(9, Request{Kind: GetData, Likely: frameData / 4}), true, 4},
		"their paths":                                {many(9, Request{Kind: GetData, Path: strings.Repeat("a", framePaths/2)}), true, 2},
		"one that is too large":                      {many(2, Request{Kind: GetData, Likely: 2 * frameData}), true, 1},
	} {
		if got := cutReads(test.requests, test.multiRead); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

func TestWritesAreCutBeforeAndAfterOneThatGoesAlone(t *testing.T) {
	const alone = 1
	bounds := Batching{BatchBytes: 100, BatchOps: 4}
	for name, test := range map[string]struct {
		sizes       []int
		want, bytes int
	}{
		"all":                          {[]int{10, 20}, 2, 30},
		"their number":                 {[]int{2, 2, 2, 2, 2}, 4, 8},
		"their bytes":                  {[]int{60, 40, 2}, 2, 100},
		"one that is too large":        {[]int{1000, 2}, 1, 1000},
		"before one that goes alone":   {[]int{2, 2, alone, 2}, 2, 4},
		"one that goes alone is first": {[]int{alone, 2}, 1, 1},
	} {
		n, bytes := cutWrites(test.sizes, bounds, func(size int) int { return size }, func(size int) bool { return size == alone })
		if n != test.want || bytes != test.bytes {
			t.Errorf("%s: %d with %d bytes, want %d with %d", name, n, bytes, test.want, test.bytes)
		}
	}
}
