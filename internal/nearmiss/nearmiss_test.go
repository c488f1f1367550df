package nearmiss

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var known = []string{"ls", "nodes", "use", "app", "app_stat", "app_disk", "zk_ls", "zk_copy", "zk_check", "get_app_envs", "get_meta_level", "get_replica_count", "get_x"}

func TestNearWordsComeNearestFirst(t *testing.T) {
	for typed, want := range map[string][]string{
		"nods":            {"nodes"},
		"ndoes":           {"nodes"},
		"nodess":          {"nodes"},
		"NODES":           {"nodes"},
		"zk_cpoy":         {"zk_copy"},
		"zk_chekc":        {"zk_check"},
		"zkcopy":          {"zk_copy"},
		"get_met_levle":   {"get_meta_level"},
		"app_s":           {"app_stat"},
		"no":              {"nodes"},
		"get_":            {"get_x", "get_app_envs", "get_meta_level"},
		"nodes":           nil, // it is no miss
		"l":               nil,
		"set":             nil,
		"":                nil,
		"completely_else": nil,
		"quux":            nil,
	} {
		if diff := cmp.Diff(want, Of(typed, known)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", typed, diff)
		}
	}
}

func TestTheQuestionNamesWhatIsNear(t *testing.T) {
	for typed, want := range map[string]string{
		"nods":  `did you mean "nodes"?`,
		"zk_c":  `did you mean "zk_copy" or "zk_check"?`,
		"get_":  `did you mean "get_x", "get_app_envs" or "get_meta_level"?`,
		"other": "",
	} {
		if got := Question(typed, known); got.String() != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func TestDistancesCountSlips(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1},
		{"abc", "axc", 1}, {"ca", "abc", 3}, {"ab", "ba", 1}, {"表格", "表", 1}, {strings.Repeat("x", 40), "", 40},
	} {
		if got := distance([]rune(c.a), []rune(c.b), 40); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
	if got := distance([]rune("abc"), make([]rune, 1<<20), 2); got <= 2 {
		t.Errorf("words of very different lengths are %d slips apart", got)
	}
}
