package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestATextIsWrappedAtBlanksAndBetweenWideCharacters(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one two three", 8, []string{"one two", "three"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"a config_set_that_is_long b", 8, []string{"a", "config_set_that_is_long", "b"}},
		{"one\ntwo", 80, []string{"one", "two"}},
		{"停止全部备用服务器。", 8, []string{"停止全部", "备用服务", "器。"}},
		{"停止 34601。", 8, []string{"停止", "34601。"}},
	} {
		if diff := cmp.Diff(c.want, Wrap(c.text, c.width)); diff != "" {
			t.Errorf("%q in %d columns:\n%s", c.text, c.width, diff)
		}
	}
}

func TestAWrappedGridIsNoWiderThanTheScreen(t *testing.T) {
	g := Wrapped{Columns: []string{"step", "state", "why"}}
	g.Row("1", "done", "two of three meta servers are down")
	g.Row("2", "完成", "the level is blind")
	g.ShortRow("3", "later", "copy the tree to the new ZooKeeper")
	var b strings.Builder
	if err := g.WriteText(&Screen{Writer: &b, Width: func() int { return 40 }}); err != nil {
		t.Fatal(err)
	}
	want := "step  state  why\n" +
		"1     done   two of three meta servers\n" +
		"             are down\n" +
		"2     完成   the level is blind\n" +
		"3     later  copy the tree to the new…\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestAShortRowIsWholeInAFile(t *testing.T) {
	var g Wrapped
	g.ShortRow("3", strings.Repeat("word ", 30))
	var b strings.Builder
	if err := g.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(b.String(), "word"); got != 30 {
		t.Errorf("%d words of 30:\n%s", got, &b)
	}
}
