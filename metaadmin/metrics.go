package metaadmin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"pegashell/internal/message"
	"pegashell/metaadmin/wire"
)

// MetricQuery selects metrics; an empty list selects all (source: Pegasus main,
// metrics_http_service).
type MetricQuery struct {
	// Fields are the parts of each metric to return besides its name: "value", "p99".
	Fields []string
	// Types are kinds of entities: "server", "replica", "disk", "profiler".
	Types []string
	// Attributes are pairs of a name and a value that an entity must have, one after the other.
	Attributes []string
	// Metrics are names as "get_requests".
	Metrics []string
}

func (q MetricQuery) encode() string {
	var fields []string
	add := func(key string, values []string) {
		if len(values) > 0 {
			fields = append(fields, key+"="+strings.Join(values, ","))
		}
	}
	if len(q.Fields) > 0 {
		add("with_metric_fields", append([]string{"name"}, q.Fields...))
	}
	add("types", q.Types)
	add("attributes", q.Attributes)
	add("metrics", q.Metrics)
	return strings.Join(fields, "&")
}

// Metrics are the numbers of a server at one moment.
type Metrics struct {
	// Role is "meta" or "replica".
	Role string `json:"role"`
	// TimestampNS is when it was, in ns since 1970 by the server's clock.
	TimestampNS uint64         `json:"timestamp_ns"`
	Entities    []MetricEntity `json:"entities"`
}

// MetricEntity is something that is counted, such as a replica, which has the attributes table_id
// and partition_id.
type MetricEntity struct {
	Type       string            `json:"type"`
	ID         string            `json:"id"`
	Attributes map[string]string `json:"attributes"`
	Metrics    []Metric          `json:"metrics"`
}

// Metric is one number; Value or P99 is set, as the query says.
type Metric struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	P99   float64 `json:"p99"`
}

// ErrNoMetrics says that a server has no metrics over HTTP. One of 2.5 has perf counters instead,
// but shows none in the seconds after its start.
var ErrNoMetrics = message.Errorf("the server has no metrics (nor perf counters, in the seconds after its start)")

// Metrics reads the metrics of a server of the main branch over HTTP. Of the meta servers it
// accepts only the one that last answered as the leader: an HTTP request ends a follower of 2.5.
func (c *Client) Metrics(ctx context.Context, server string, query MetricQuery) (*Metrics, error) {
	if slices.Contains(c.metas, server) && server != c.Leader() {
		return nil, message.Errorf("%s is a meta server that is not known to be the leader: no HTTP request was sent", server)
	}
	ctx, cancel := bound(ctx, c.remoteTimeout())
	defer cancel()
	fail := func(err error) error {
		return &Error{Code: failureCode(err), RPC: metricsPath, Server: server, Attempts: []Attempt{{server, plain(err)}}, Cause: err}
	}
	target := url.URL{Scheme: "http", Host: server, Path: metricsPath, RawQuery: query.encode()}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, fail(err)
	}
	client := http.Client{
		Transport: &http.Transport{
			DialContext:       func(ctx context.Context, _, address string) (net.Conn, error) { return c.dial(ctx, address) },
			DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, fail(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, int64(c.options.MaxFrame)+1))
	switch {
	case err != nil:
		return nil, fail(err)
	case len(body) > c.options.MaxFrame:
		return nil, fail(fmt.Errorf("%w: the metrics are longer than %d bytes", wire.ErrTooLarge, c.options.MaxFrame))
	case answer.StatusCode == http.StatusNotFound:
		return nil, fail(ErrNoMetrics)
	case answer.StatusCode != http.StatusOK:
		return nil, fail(fmt.Errorf("HTTP status %s", answer.Status))
	}
	var m Metrics
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, fail(fmt.Errorf("the answer is not a list of metrics: %w", err))
	}
	return &m, nil
}

const metricsPath = "/metrics"

// Between returns the time from the earlier metrics to these. It is an error if the server's clock
// has not advanced, since rates are computed with that time.
func (m *Metrics) Between(earlier *Metrics) (time.Duration, error) {
	if m.TimestampNS <= earlier.TimestampNS {
		return 0, fmt.Errorf("the server's clock did not advance between two samples: %d ns, then %d ns", earlier.TimestampNS, m.TimestampNS)
	}
	return time.Duration(m.TimestampNS - earlier.TimestampNS), nil
}
