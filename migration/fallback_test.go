package migration

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pegashell/internal/journal"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

func TestAFallbackWritesOnlyToATreeOfItsOwnCluster(t *testing.T) {
	own := Own{Relation: zkcopy.Same, Name: "zk:1/c1"}
	used := func(tables ...int32) Tree { return tree("/c1", led(clusterAt("/c1", tables...), 3)) }
	for name, c := range map[string]struct {
		s    Survey
		want string // part of what is said; "" for nothing
	}{
		"the tree used before":         {Survey{Own: own, Source: used(1, 2, 3), Target: used(1, 2)}, ""},
		"a table was dropped since":    {Survey{Own: own, Source: used(1), Target: used(1, 2)}, ""},
		"a place that nobody has used": {Survey{Own: own, Source: used(1), Target: Tree{Path: "/c1"}}, ""},
		"a cluster without tables":     {Survey{Own: own, Source: used(), Target: used()}, ""},
		"another cluster's tree":       {Survey{Own: own, Source: used(1, 2), Target: used(7, 8)}, "none of them is this cluster's: t7 (id 7), t8 (id 8)"},
		"not the cluster's own tree":   {Survey{Source: used(1), Target: used(1)}, "not known to be the tree of the connected cluster"},
		"the cluster does not answer":  {Survey{Own: Own{Relation: zkcopy.Same, Unasked: errors.New("gone")}, Source: used(1), Target: used(1)}, "not known to be"},
		"a part of the tree":           {Survey{Own: own, Source: tree("/c1/apps"), Target: tree("/c1/apps")}, "not the whole tree"},
		"lock nodes that nobody holds": {Survey{Own: own, Source: used(1), Target: tree("/c1", lockedBy(clusterAt("/c1", 1), 0))}, "LOCKNODE"},
		"meta servers use the target":  {Survey{Own: own, Source: used(1), Target: holding(tree("/c1", lockedBy(clusterAt("/c1", 1), 5)), 1)}, "are source and target swapped"},
		"two leaders":                  {Survey{Own: own, Source: used(1), Target: used(1), Leaders: []metaadmin.Leader{leader("m1:1", "a:1"), leader("m2:1", "b:1")}}, "m2:1"},
	} {
		var said []string
		for _, f := range Find(Fallback, &c.s) {
			if f.Guard != "" {
				said = append(said, f.Problem.String())
			}
		}
		if all := strings.ToLower(strings.Join(said, "; ")); (c.want == "") != (len(said) == 0) || !strings.Contains(all, strings.ToLower(c.want)) {
			t.Errorf("%s: %q, want %q", name, all, c.want)
		}
	}
	plain := Survey{Own: own, Source: used(1, 2, 3), Target: used(1, 2)}
	if found := Find(Following, &plain); !slices.ContainsFunc(found, func(f Finding) bool { return f.Guard == GuardUsedTarget }) {
		t.Errorf("without --as_fallback: %v", found)
	}
}

// moved is a cluster that works on the new ZooKeeper while a fallback keeps the old tree current.
func movedWithFallback(t *testing.T, acts string) *Survey {
	t.Helper()
	l := simLayouts[0]
	w := calmWorld(l)
	w.acts(t, l, "stop m2; blind; copy; m1 new; m2 new; restart m1; start m2; pass; "+acts)
	s := w.survey()
	s.History.Fallback = true
	return s
}

func TestTheWayBackWaitsForAFallback(t *testing.T) {
	s := movedWithFallback(t, "create")
	r := WayBack(s, "")
	if !r.TooLate.IsZero() || len(r.Lost) > 0 || len(r.Steps) != 5 || r.Steps[0].State != StepNext || typed(r.Next) != "stop m2:1, set_meta_level blind" {
		t.Errorf("too late %q, lost %v, next %q", r.TooLate, r.Lost, typed(r.Next))
	}
	s = movedWithFallback(t, "stop m2; blind")
	if r := WayBack(s, ""); r.Steps[0].State != StepNext || !strings.Contains(r.Steps[0].Why.String(), "has not ended yet") || r.Steps[1].State != StepLater {
		t.Errorf("while it verifies: %+v", r.Steps)
	}
	s.History.Fallback = false // it has ended
	if r := WayBack(s, ""); len(r.Steps) != 4 || len(r.Lost) > 0 || typed(r.Next) != "stop m1:1" {
		t.Errorf("afterwards: next %q, lost %v", typed(r.Next), r.Lost)
	}
}

func TestTheWayBackSaysHowToLoseNothing(t *testing.T) {
	s := movedWithFallback(t, "create")
	s.History.Fallback = false
	if r := WayBack(s, ""); r.TooLate.IsZero() || r.Keep.Command != "zk_copy -t old:1/p/c1 --follow --as_fallback" {
		t.Errorf("too late %q, keep %q", r.TooLate, r.Keep.Command)
	}
	s = movedWithFallback(t, "stop m1; stop m2")
	if r := WayBack(s, ""); r.Keep.Command != "" {
		t.Errorf("nobody leads: %q", r.Keep.Command)
	}
}

func TestWhatAFallbackWritesIsNoAlarm(t *testing.T) {
	s := movedWithFallback(t, "")
	s.Source.Contents.LastTime, s.Compared = s.Meta[0].Since.Add(time.Minute), Comparison{Different: 1}
	alarm := func() bool {
		return slices.ContainsFunc(NewRunbook(s, "").Situations, func(each Situation) bool { return each.Name == SituationOldTreeWritten })
	}
	if alarm() {
		t.Error("while it runs")
	}
	if steps := NewRunbook(s, "").Steps; steps[len(steps)-1].State == StepNext {
		t.Error("the old tree is to be removed while it is kept current")
	}
	s.History.Fallback, s.History.FallbackEnded = false, s.Source.Contents.LastTime
	if alarm() {
		t.Error("after it has ended")
	}
	s.History.FallbackEnded = time.Time{}
	if !alarm() {
		t.Error("no alarm without one")
	}
}

func TestAFallbackInTheJournalSwapsNoTrees(t *testing.T) {
	end := time.Date(2026, 5, 14, 2, 30, 0, 0, time.UTC)
	record := func(source, target string, more map[string]any) journal.Record {
		facts := map[string]any{"source": source, "target": target}
		for k, v := range more {
			facts[k] = v
		}
		return journal.Record{Entry: journal.Entry{Kind: journal.After, Command: "zk_copy", Outcome: journal.OK, Metas: []string{"m1:1"}, Facts: facts}, Ended: end}
	}
	h := HistoryOf([]journal.Record{record("old:1/c", "new:1/c", nil), record("new:1/c", "old:1/c", map[string]any{"fallback": true})}, []string{"m1:1"})
	if h.From != "old:1/c" || h.Target != "new:1/c" || !h.FallbackEnded.Equal(end) {
		t.Errorf("%+v", h)
	}
}
