package prose_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/prose"
)

func TestWrapBreaksBetweenWordsOnly(t *testing.T) {
	for _, tc := range []struct {
		text          string
		width, indent int
		want          string
	}{
		{"", 10, 0, ""},
		{"one two three", 7, 0, "one two\nthree"},
		{"one  two\nthree", 80, 0, "one two three"},
		{"one two", 6, 2, "  one\n  two"},
		{"averylongword x", 4, 0, "averylongword\nx"},
		{"éé éé", 5, 0, "éé éé"},
		{"拷贝 znode 树", 10, 0, "拷贝 znode\n树"},
		{"先停掉服务器。再执行", 12, 0, "先停掉服务\n器。再执行"},
		{"使用（源）的", 6, 0, "使用\n（源）\n的"},
		{"键a_long_word值", 8, 0, "键\na_long_word\n值"},
		{"已中断 x", 8, 2, "  已中断\n  x"},
	} {
		if diff := cmp.Diff(tc.want, prose.Wrap(tc.text, tc.width, tc.indent)); diff != "" {
			t.Errorf("%q, %d columns (-want +got):\n%s", tc.text, tc.width, diff)
		}
	}
}

func TestParagraphsAreCutAtEmptyLines(t *testing.T) {
	for text, want := range map[string][]string{"": nil, "a\nb": {"a\nb"}, "a\n\nb": {"a", "b"}} {
		if diff := cmp.Diff(want, prose.Paragraphs(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestUpperFirstChangesTheFirstLetterOnly(t *testing.T) {
	for text, want := range map[string]string{"": "", "list ALL of it": "List ALL of it", "`x`": "`x`"} {
		if got := prose.UpperFirst(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func TestFoldBreaksLongLinesButNoCommands(t *testing.T) {
	const command = "    config_set --all zookeeper hosts_list 127.0.0.1:2181"
	text := "WARNING: the leader  changed\nshort  one\n" + command + "\n"
	if diff := cmp.Diff("WARNING: the\nleader\nchanged\nshort  one\n"+command+"\n", prose.Fold(text, 13)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(text, prose.Fold(text, 0)); diff != "" {
		t.Errorf("without a width (-want +got):\n%s", diff)
	}
}
