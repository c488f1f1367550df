package lineedit

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/suggestion"
)

func menuOf(texts ...string) *menu {
	m := newMenu(suggestion.Completion{})
	for _, text := range texts {
		m.found.Suggestions = append(m.found.Suggestions, suggestion.Suggestion{Text: text})
	}
	return m
}

func TestTheCommonPrefixIsWholeCharacters(t *testing.T) {
	for want, texts := range map[string][]string{
		"server_": {"server_info", "server_stat"},
		"表":       {"表格", "表格"[:3] + "单"},
		"":        {"a", "b"},
		"ls":      {"ls"},
		`"a `:     {`"a b"`, `"a c"`},
	} {
		if got := menuOf(texts...).commonPrefix(); got != want {
			t.Errorf("common prefix of %q is %q, want %q", texts, got, want)
		}
	}
}

func TestTheSelectionGoesAroundAndPagesDoNot(t *testing.T) {
	m := menuOf("a", "b", "c")
	var got []int
	for _, steps := range []int{1, 1, 1, 1, -1, -1} {
		m.choose(steps)
		got = append(got, m.selected)
	}
	m.page(1)
	got = append(got, m.selected)
	m.page(-1)
	got = append(got, m.selected)
	if diff := cmp.Diff([]int{0, 1, 2, 0, 2, 1, 2, 0}, got); diff != "" {
		t.Errorf("selected (-want +got):\n%s", diff)
	}
	m = menuOf("a", "b", "c")
	m.choose(-1)
	if m.selected != 2 {
		t.Errorf("selected %d", m.selected)
	}
}

func TestAMenuStaysWithinTheWindow(t *testing.T) {
	m := menuOf("short", "a suggestion that is very long", "表格表格表格表格表格表格")
	m.found.Suggestions[0].Description = "描述描述描述描述描述描述描述 and more of it"
	for columns := range 60 {
		for column := range columns + 1 {
			for _, cells := range m.rows(8, columns, column) {
				if width := widthOf(cells); width >= columns {
					t.Fatalf("%d columns, menu at %d: a row of %d", columns, column, width)
				}
			}
		}
	}
}
