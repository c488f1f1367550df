package command

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompletionReadsFlagsAsTheCommandsDo(t *testing.T) {
	flags := newFlagSet("nodes")
	flags.BoolP("detailed", "d", false, "")
	flags.BoolP("resolve_ip", "r", false, "")
	flags.StringP("status", "s", "", "")
	(&OutputOptions{}).Declare(flags)
	flags.Int32P("sample_interval_ms", "i", 0, "")
	flags.DeclareOwn("sample_interval_ms")
	nodes := readFlags(flags, []string{"-ds=alive", "--s", "unalive", "x", "--js", "-o"})
	want := map[string][]string{"detailed": nil, "status": {"=alive", "unalive"}, "json": nil}
	if diff := cmp.Diff(want, nodes.given); diff != "" || nodes.open == nil || nodes.open.Name != "output" {
		t.Errorf("open: %v, given (-want +got):\n%s", nodes.open, diff)
	}
	for word, want := range map[string]int{"-s=al": 2, "-dsal": 3, "--status=al": 9, "--s=al": 4, "-d=true": 0, "--json=": 0, "--=x": 0, "-Zsal": 0, "-s": 0} {
		if _, at := nodes.glued(word); at != want {
			t.Errorf("%s: the value begins at %d, want %d", word, at, want)
		}
	}
}
