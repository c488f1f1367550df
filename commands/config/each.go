package config

import (
	"context"
	"strings"
	"sync"

	"pegashell/internal/serverfile"
)

// answer is what was found out about one configuration.
type answer[T any] struct {
	of    *serverfile.Configuration
	value T
	err   error
}

// each asks about all configurations at once, since programs that read them can take long, and
// returns the answers in their order.
func each[T any](ctx context.Context, all []*serverfile.Configuration, ask func(context.Context, *serverfile.Configuration) (T, error)) []answer[T] {
	answers := make([]answer[T], len(all))
	var asking sync.WaitGroup
	for i, c := range all {
		asking.Go(func() {
			answers[i].of = c
			answers[i].value, answers[i].err = ask(ctx, c)
		})
	}
	asking.Wait()
	return answers
}

func list(names []string) string { return strings.Join(names, ", ") }
