package migration

import (
	"slices"
	"strings"
	"testing"

	"pegashell/metaadmin"
)

func TestNoStepIsDoneForANewZooKeeperThatIsNotKnown(t *testing.T) {
	for acts, done := range map[string]int{"": 0, "stop m2; blind": 2} {
		w := calmWorld(simLayouts[0])
		w.acts(t, simLayouts[0], acts)
		s := w.survey()
		s.Target = Tree{}
		for _, step := range NewRunbook(s, ByCopy).Steps {
			if isDone := step.State == StepDone; isDone != (step.Number <= done) {
				t.Errorf("%q: step %d is %s: %s", acts, step.Number, step.State, step.Why)
			}
		}
	}
}

func TestNotAllServersRunOnTheNewZooKeeperWhileOneLeadsOnTheOld(t *testing.T) {
	w := calmWorld(simLayouts[0])
	w.acts(t, simLayouts[0], "stop m2; blind; copy; m1 new; restart m1; start m2; pass")
	book := NewRunbook(w.survey(), ByCopy)
	if book.Situations[0].Name != SituationTwoLeaders {
		t.Fatalf("situations %v", book.Situations)
	}
	if step := book.Steps[5]; step.State == StepDone {
		t.Errorf("step 6 is done: %s", step.Why)
	}
}

func TestRecoveryIsNotTheOnlyWayWhereTheOldTreeIsNotKnown(t *testing.T) {
	w := calmWorld(simLayouts[0])
	w.acts(t, simLayouts[0], "stop m1; stop m2; m1 new; m2 new; pass")
	s := w.survey()
	s.Source = Tree{}
	s.Stored = Stored{Asked: true, Tables: []metaadmin.AppInfo{{ID: 1, Name: "t1"}}}
	for _, by := range []Procedure{"", ByCopy, ByRecovery} {
		book := NewRunbook(s, by)
		if slices.ContainsFunc(book.Situations, func(s Situation) bool { return s.Name == SituationRecoveryNeeded }) {
			t.Errorf("by %q: %v", by, book.Situations)
		}
		named := slices.ContainsFunc(book.Situations, func(s Situation) bool { return s.Name == SituationNoSource })
		if want := by != ByRecovery; named != want {
			t.Errorf("by %q: source_not_named: %v", by, named)
		}
		if by != ByRecovery && (len(book.Next) == 0 || !strings.Contains(book.Next[0].ByHand.String(), "--from")) {
			t.Errorf("by %q: next %v", by, book.Next)
		}
	}
}

func TestAMigrationIsNotBegunBeforeItsFirstStep(t *testing.T) {
	for name, c := range map[string]struct {
		acts string
		by   Procedure
		want bool
	}{
		"a copy":                    {"", ByCopy, true},
		"a recovery":                {"", ByRecovery, true},
		"half of a copy is there":   {"half a copy", ByCopy, false},
		"the first step of a copy":  {"stop m2; pass", ByCopy, false},
		"the meta servers are down": {"stop m2; stop m1; pass", ByCopy, false},
	} {
		w := calmWorld(simLayouts[0])
		w.acts(t, simLayouts[0], c.acts)
		s := w.survey()
		if got := NotBegun(s, NewRunbook(s, c.by)); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
