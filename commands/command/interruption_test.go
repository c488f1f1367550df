package command

import (
	"context"
	"fmt"
	"testing"

	"pegashell/internal/message"
	"pegashell/internal/outcome"
)

func TestAnInterruptionIsWithoutGosWordForIt(t *testing.T) {
	partly := outcome.Worded(message.New("%v\nThe copy is not complete", context.Canceled), context.Canceled)
	for want, c := range map[string]struct {
		err      error
		language message.Language
	}{
		"interrupted\nThe copy is not complete":     {partly, message.English},
		"已中断\nThe copy is not complete":             {partly, message.Chinese},
		"interrupted":                               {context.Canceled, message.English},
		"interrupted: read /a":                      {fmt.Errorf("read /a: %w", context.Canceled), message.English},
		"interrupted: read /a\nnothing was written": {outcome.Worded(message.New("read /a: %v\nnothing was written", context.Canceled), context.Canceled), message.English},
	} {
		if got := withoutCause((&Command{}).interruption(c.err).In(c.language)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
