package lineedit

import (
	"context"
	"strings"
	"testing"
	"time"

	"pegashell/internal/suggestion"
)

func completingEditor(t *testing.T, complete func(context.Context, string) suggestion.Completion) *Editor {
	return &Editor{keys: &keyboard{ctx: t.Context()}, opt: Options{Complete: complete}}
}

func TestACompletionIsToldWhenItsTimeIsOver(t *testing.T) {
	e := completingEditor(t, func(patience context.Context, _ string) suggestion.Completion {
		<-patience.Done() // would never end
		return suggestion.Completion{Start: 99, Usage: "what is known"}
	})
	if got := e.completion("ls", time.Millisecond); got.Usage != "what is known" || got.Start != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestAPanicOfTheCompletionDoesNotShowWhatWasTyped(t *testing.T) {
	e := completingEditor(t, func(context.Context, string) suggestion.Completion { panic("on purpose") })
	defer func() {
		r, _ := recover().(string)
		if !strings.Contains(r, "on purpose") || !strings.Contains(r, t.Name()) || strings.Contains(r, "zk_ls") {
			t.Errorf("panicked with %q", r)
		}
	}()
	e.completion("zk_ls --auth digest:u:p", time.Minute)
	t.Error("no panic")
}
