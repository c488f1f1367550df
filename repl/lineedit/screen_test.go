package lineedit

import (
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/suggestion"
	"pegashell/internal/test/screentest"
)

// Whatever was shown before, a drawing looks as if the window had been empty.
func TestEveryDrawingReplacesTheOneBefore(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		rows, columns := 1+random.IntN(9), 8+random.IntN(20)
		display := screentest.NewDisplay(rows, columns, io.Discard)
		s := &screen{out: display, fresh: true}
		for step := range 12 {
			v := someView(random)
			if err := s.draw(v.frame(rows, columns)); err != nil {
				t.Fatal(err)
			}
			alone := screentest.NewDisplay(rows, columns, io.Discard)
			if err := (&screen{out: alone, fresh: true}).draw(v.frame(rows, columns)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(alone.Screen().String(), display.Screen().String()); diff != "" {
				t.Fatalf("seed %d, step %d, %d columns, %d rows: %+v\n(-alone +after others):\n%s", seed, step, columns, rows, v, diff)
			}
		}
	}
}

func TestNoWindowIsTooSmall(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		v, rows, columns := someView(random), 1+random.IntN(3), 1+random.IntN(8)
		f := v.frame(rows, columns)
		if len(f.rows) > rows || f.cursorRow < 0 || f.cursorRow >= len(f.rows) || f.cursorCol > columns {
			t.Fatalf("%d columns, %d rows: %+v gives %+v", columns, rows, v, f)
		}
	}
}

func TestADrawingThatChangesNothingWritesNothing(t *testing.T) {
	var written strings.Builder
	s := &screen{out: &written, fresh: true}
	v := view{prompt: Prompt{Text: "> "}, before: "ls"}
	if err := s.draw(v.frame(5, 20)); err != nil {
		t.Fatal(err)
	}
	written.Reset()
	if err := s.draw(v.frame(5, 20)); err != nil {
		t.Fatal(err)
	}
	if written.Len() > 0 {
		t.Errorf("wrote %q", written.String())
	}
}

func someView(random *rand.Rand) view {
	texts := []string{"", "l", "ls -d", "表格", "e\u0301\u0302x", "app 表格 temp", strings.Repeat("0123456789", 3), strings.Repeat("格", 13), "\x1b[A\t", "👩‍👩‍👧 🇩🇪", "ls" + lineBreak + "app 表格", lineBreak + strings.Repeat("格", 9) + lineBreak}
	some := func() string { return texts[random.IntN(len(texts))] }
	v := view{prompt: Prompt{Text: "onebox >>> "}, before: some() + some(), color: random.IntN(2) == 0}
	if random.IntN(2) == 0 {
		v.prompt = Prompt{Text: "[blind] > ", Danger: "[blind]"}
	}
	if random.IntN(2) == 0 {
		v.after = some()
	} else {
		v.hint = some()
	}
	if random.IntN(4) == 0 {
		v.below = "2 lines pasted"
	}
	if n := random.IntN(6); n > 0 {
		v.menu = newMenu(suggestion.Completion{Start: random.IntN(len(v.before) + 1)})
		for range n {
			v.menu.found.Suggestions = append(v.menu.found.Suggestions, suggestion.Suggestion{Text: some() + "x", Description: some()})
		}
		if random.IntN(2) == 0 {
			v.menu.choose(1 + random.IntN(n))
		}
	}
	return v
}
