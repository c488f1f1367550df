package zookeeper

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands/render"
	"pegashell/zkcopy"
)

// What is kept of a tree that changes all over must not grow with the tree.
func TestPathsOfAFailureAreBoundedAndCounted(t *testing.T) {
	if n := listedPaths(true); n != 10_000 {
		t.Errorf("%d paths are kept for JSON", n)
	}
	out := render.Report{Typed: true}
	addFailure(&out, &zkcopy.SourceChangedError{Paths: []string{"/a", "/b"}, Total: 123456})
	var b strings.Builder
	if err := out.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	want := `{
    "changed": [
        "/a",
        "/b"
    ],
    "changed_total": 123456
}
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	for total, want := range map[int64]string{
		2:      "\n    /a\n    /b",
		3:      "\n    /a\n    /b\n    and 1 more, which -j lists",
		123456: "\n    /a\n    /b\n    and 123454 more; -j lists the first 10000",
	} {
		if got := indented([]string{"/a", "/b"}, total).String(); got != want {
			t.Errorf("of %d: %q, want %q", total, got, want)
		}
	}
}
