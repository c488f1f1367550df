package transcript

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const page = "# Title\n\n<!-- file a.toml -->\n```toml\nx = 1\n```\ntext\n<!-- do: lead -->\n<!-- screen -->\n```\n>>> ls\nold\n```\n" +
	"more\n\n```\n>>> no screen\n```\n<!-- do 2: wait ls => 3 tables -->\n<!-- screen 3 -->\n```\n$ cat f\n>>> nodes -d\n```\n"

func TestAPageIsCutIntoPiecesAndJoinedAgain(t *testing.T) {
	pieces, err := Pieces(page)
	if err != nil {
		t.Fatal(err)
	}
	type part struct {
		Kind       Kind
		Line, Turn int
		Name, Text string
	}
	var got []part
	for _, p := range pieces {
		if p.Kind != Prose {
			got = append(got, part{p.Kind, p.Line, p.Turn, p.Name, p.Text})
		}
	}
	want := []part{
		{File, 3, 1, "a.toml", "x = 1\n"}, {Action, 8, 1, "", "lead"}, {Screen, 9, 1, "", ">>> ls\nold\n"},
		{Action, 19, 2, "", "wait ls => 3 tables"}, {Screen, 20, 3, "", "$ cat f\n>>> nodes -d\n"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pieces (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(page, Join(pieces)); diff != "" {
		t.Errorf("joined again (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"$ cat f", ">>> nodes -d"}, pieces[len(pieces)-1].Typed()); diff != "" {
		t.Errorf("typed (-want +got):\n%s", diff)
	}
	for _, broken := range []string{"<!-- screen -->\n", "<!-- screen -->\ntext\n", "<!-- screen -->\n```\n>>> ls\n"} {
		if _, err := Pieces(broken); err == nil {
			t.Errorf("%q was cut into pieces", broken)
		}
	}
}

func TestAScreenIsTheSameInEveryRun(t *testing.T) {
	a := "started, pid 12  \nlast change 2026-11-26\n        05:31:02, used by b.c: no\nat 2026-11-26_05:31:02\nconfig.ini.bak-20261126_053102-2\nbytes               : 6114\n" +
		"new x: 12 different; changed in the new tree: partition 1.0 moved,\n         partition 1.2 moved\n\nzxid 0x8e tree-old-8e.zkb.zst, used by 10.0.0.1:2, 10.0.0.3:4\n" +
		"new y: 1 more; changed in the new tree: table 3 (t) created, partition\n         1.2 moved, partition 1.3 moved\n\n" +
		"Lost:\n  partition 1.0 moved\n  partition 1.2 moved\n\nabout 1.3 ms\n"
	b := "started, pid 4\nlast change 2027-01-02\n        15:31:02, used by b.c: no\nat 2026-11-26_15:31:02\nconfig.ini.bak-20271126_053102\nbytes               : 71\n" +
		"new x: 12 different; changed in the new tree: partition 2.0 moved\n\nzxid 0x8ef tree-old-18e.zkb.zst, used by 10.0.0.3:4, 10.0.0.1:2\n" +
		"new y: 1 more; changed in the new tree: table 3 (t) created\n\n" +
		"Lost:\n  partition 1.3 reconfigured\n\nabout 11.3 ms\n"
	if diff := cmp.Diff(Steady(a), Steady(b)); diff != "" {
		t.Error(diff)
	}
	if again := Steady(Steady(a)); again != Steady(a) {
		t.Errorf("a steady screen changes again: %s", cmp.Diff(Steady(a), again))
	}
	if Steady("level blind\n") == Steady("level steady\n") || Steady("users : 3\n") == Steady("users : 4\n") {
		t.Error("what is no chance is left out")
	}
}

func TestWhereALineIsWrappedDoesNotMatter(t *testing.T) {
	if Words("seen   one two\n        three\nnext\n") != Words("seen one\n          two three\nnext\n") {
		t.Error("a wrapped line differs")
	}
	if Words("a\n  b\n") == Words("a b\n") {
		t.Error("another line is taken for the rest of a wrapped one")
	}
}
