package look

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/message"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

func TestChangesOfTablesAreWords(t *testing.T) {
	app := func(change func(*layout.App)) *tree.Node {
		a := layout.App{Status: layout.AppAvailable, Type: "pegasus", Name: "t", ID: 7, PartitionCount: 4}
		change(&a)
		return &tree.Node{Data: a.Encode()}
	}
	same := func(*layout.App) {}
	partition := func(primary, secondary string, ballot int64) *tree.Node {
		p := layout.Partition{ID: layout.GPID{AppID: 3, Index: 7}, Ballot: ballot, Primary: primary, Secondaries: []string{secondary}}
		return &tree.Node{Data: p.Encode()}
	}
	for _, c := range []struct {
		rel  string
		a, b *tree.Node
		want string
	}{
		{"/apps/7", nil, app(same), "table 7 (t) created"},
		{"/apps/7", nil, app(func(a *layout.App) { a.Status = layout.AppDropped }), "table 7 (t) created, and dropped since"},
		{"/apps/7", app(same), app(func(a *layout.App) { a.Status = layout.AppDropped }), "table 7 (t) dropped"},
		{"/apps/7", app(func(a *layout.App) { a.Status = layout.AppDropped }), app(same), "table 7 (t) recalled"},
		{"/apps/7", app(same), app(func(a *layout.App) { a.Name = "u" }), "table 7 renamed from t to u"},
		{"/apps/7", app(same), app(func(a *layout.App) { a.PartitionCount = 8 }), "table 7 (t) split to 8 partitions"},
		{"/apps/7", app(same), app(func(a *layout.App) { a.Envs = map[string]string{"x": "1"} }), "settings of table 7 (t) changed"},
		{"/apps/7", &tree.Node{Data: []byte("broken")}, app(same), "table 7 (t) changed"},
		{"/apps/7", app(same), &tree.Node{Data: []byte("broken")}, ""},
		{"/apps/3/7", partition("a:1", "b:1", 3), partition("b:1", "a:1", 4), "partition 3.7 moved"},
		{"/apps/3/7", partition("a:1", "b:1", 3), partition("a:1", "b:1", 4), "partition 3.7 reconfigured"},
		{"/apps/3/7", nil, partition("a:1", "b:1", 3), ""},
		{"/backup/p", nil, &tree.Node{Data: []byte("{}")}, ""},
	} {
		got, ok := changeOf(c.rel, c.a, c.b)
		if ok != (c.want != "") || got.text.String() != c.want && ok {
			t.Errorf("%s: got %q, want %q", c.rel, got.text, c.want)
		}
	}
}

func TestOnlyTheFirstChangesAreListed(t *testing.T) {
	var changes []change
	for i := range mostPaths + 5 {
		changes = append(changes, change{id: layout.GPID{AppID: int32(100 - i)}})
	}
	if got := words(changes); len(got) != mostPaths {
		t.Errorf("%d are listed", len(got))
	}
	tables := words([]change{
		{layout.GPID{AppID: 2, Index: 0}, message.New("partition 2.0 moved")},
		{layout.GPID{AppID: 1, Index: 3}, message.New("partition 1.3 moved")},
		{layout.GPID{AppID: 7, Index: -1}, message.New("table 7 created")},
		{layout.GPID{AppID: 3, Index: -1}, message.New("table 3 dropped")},
	})
	if got, want := message.Join(", ", tables...).String(), "table 3 dropped, table 7 created, partition 1.3 moved, partition 2.0 moved"; got != want {
		t.Errorf("listed as %q, want %q", got, want)
	}
	d := &differences{paths: []string{"/b", "/a", "/b"}}
	found, _ := d.result()
	if diff := cmp.Diff([]string{"/a", "/b"}, found.Paths); diff != "" || !found.Equal {
		t.Errorf("equal %v, paths:\n%s", found.Equal, diff)
	}
}
