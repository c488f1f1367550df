package metaadmin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"pegashell/internal/message"
)

// ErrNoCounters means that a server has no perf counters: those of the main branch count by metrics
// instead. They still have the commands (source: dsn_global_init makes perf_counters), but nothing
// is counted, and the counters were never read; a server may also not know the commands any more.
var ErrNoCounters = errors.New("the server has no perf counters")

// PerfCounter is one of a server's counters, as "replica*app.pegasus*get_qps@1.0" (source: Pegasus
// 2.5, perf_counter_metric).
type PerfCounter struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// CountersError reports that a server answered with something other than counters.
type CountersError struct {
	// Result is what the server returned instead of "OK"; empty if Text is not an answer of that
	// form at all.
	Result string
	Text   string
	cause  error
}

func (e *CountersError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *CountersError) In(l message.Language) string {
	if e.Result != "" {
		return message.New("the server refused the query for its counters: %s", e.Result).In(l)
	}
	return message.New("the answer is not a list of counters: %v", e.cause).In(l)
}

func (e *CountersError) Unwrap() error { return e.cause }

// PerfCounters returns the counters of a server that a command such as perf-counters-by-prefix
// selects by its arguments. The error is ErrNoCounters for a server without perf counters.
func (c *Client) PerfCounters(ctx context.Context, server, command string, arguments ...string) ([]PerfCounter, error) {
	text, err := c.RemoteCommand(ctx, server, command, arguments)
	if err != nil {
		return nil, err
	}
	if IsUnknownCommand(text) {
		return nil, fmt.Errorf("%s on %s: %w", command, server, ErrNoCounters)
	}
	var answer struct {
		Result   string        `json:"result"`
		Sampled  *int64        `json:"timestamp"` // seconds since 1970; 0 is never
		Counters []PerfCounter `json:"counters"`
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return nil, &CountersError{Text: text, cause: err}
	}
	if answer.Result != "OK" {
		return nil, &CountersError{Result: answer.Result, Text: text}
	}
	if answer.Sampled != nil && *answer.Sampled == 0 && len(answer.Counters) == 0 {
		return nil, fmt.Errorf("%s on %s: %w", command, server, ErrNoCounters)
	}
	return answer.Counters, nil
}

// IsUnknownCommand reports whether a remote command's answer says that there is no such command
// (source: Pegasus, command_manager).
func IsUnknownCommand(answer string) bool {
	return strings.HasPrefix(answer, "unknown command '")
}
