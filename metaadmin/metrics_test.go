package metaadmin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/metaadmin/wire"
)

func httpServer(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestMetricsAreAskedForAndReadAsTheServerWritesThem(t *testing.T) {
	var asked atomic.Value
	server := httpServer(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.String())
		fmt.Fprint(w, `{"cluster":"c1","role":"replica","host":"h","port":34801,"timestamp_ns":1763856000000000001,"entities":[
			{"type":"replica","id":"1.0","attributes":{"table_id":"1","partition_id":"0"},"metrics":[{"name":"get_requests","value":7}]},
			{"type":"profiler","id":"x","attributes":{"task_name":"RPC_RRDB_RRDB_GET"},"metrics":[{"name":"l","p99":1.5}]}]}`)
	})
	c := newClient(t, ample, metatest.Refusing(t))
	got, err := c.Metrics(context.Background(), server, MetricQuery{
		Fields: []string{"value"}, Types: []string{"replica", "server"}, Attributes: []string{"table_id", "1"}, Metrics: []string{"get_requests"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "/metrics?with_metric_fields=name,value&types=replica,server&attributes=table_id,1&metrics=get_requests"; asked.Load() != want {
		t.Errorf("asked for %s, want %s", asked.Load(), want)
	}
	want := &Metrics{Role: "replica", TimestampNS: 1763856000000000001, Entities: []MetricEntity{
		{Type: "replica", ID: "1.0", Attributes: map[string]string{"table_id": "1", "partition_id": "0"}, Metrics: []Metric{{Name: "get_requests", Value: 7}}},
		{Type: "profiler", ID: "x", Attributes: map[string]string{"task_name": "RPC_RRDB_RRDB_GET"}, Metrics: []Metric{{Name: "l", P99: 1.5}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

func TestMetricsThatCannotBeHadAreErrors(t *testing.T) {
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		want   string
	}{
		"refused": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadRequest) }, "400"},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, "302"},
		"no page":  {http.NotFound, "the server has no metrics"},
		"no JSON":  {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "metrics") }, "not a list of metrics"},
		"too long": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat(" ", 2000)) }, wire.ErrTooLarge.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := New([]string{"127.0.0.1:1"}, Options{MaxFrame: 1000})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			_, err = client.Metrics(context.Background(), httpServer(t, c.handle), MetricQuery{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %v, want one with %q", err, c.want)
			}
		})
	}
	gone := metatest.Refusing(t)
	if _, err := newClient(t, ample, "127.0.0.1:1").Metrics(context.Background(), gone, MetricQuery{}); Code(err) != wire.ErrNetworkFailure {
		t.Errorf("error = %v, want ERR_NETWORK_FAILURE", err)
	}
}

func TestMetaServersThatDoNotLeadAreNeverAskedOverHTTP(t *testing.T) {
	follower, requests := startServer(t, metatest.Hangs)
	leader, _ := startServer(t, leads(wire.LevelSteady))
	c := newClient(t, ample, follower, leader)
	c.setLeader(leader)
	if _, err := c.Metrics(context.Background(), follower, MetricQuery{}); err == nil || !strings.Contains(err.Error(), "no HTTP request was sent") {
		t.Errorf("error = %v, want a refusal", err)
	}
	if requests.Load() != 0 {
		t.Error("the follower was asked")
	}
}

func TestTimeBetweenSamplesMustPass(t *testing.T) {
	earlier, later := &Metrics{TimestampNS: 10}, &Metrics{TimestampNS: 30}
	if d, err := later.Between(earlier); err != nil || d != 20 {
		t.Errorf("between = %v, %v; want 20 ns", d, err)
	}
	if _, err := earlier.Between(later); err == nil {
		t.Error("a clock that goes back is no error")
	}
}

func TestPerfCountersAreReadOrSaidToBeMissing(t *testing.T) {
	for answer, check := range map[string]func([]PerfCounter, error) bool{
		`{"result":"OK","timestamp":1,"counters":[{"name":"a@1.0","type":"NUMBER","value":2.5}]}`: func(c []PerfCounter, err error) bool {
			return err == nil && cmp.Equal(c, []PerfCounter{{Name: "a@1.0", Value: 2.5}})
		},
		"unknown command 'perf-counters'": func(_ []PerfCounter, err error) bool { return errors.Is(err, ErrNoCounters) },
		`{"result":"OK","timestamp":0,"timestamp_str":"1970-01-01 00:00:00","counters":[]}`: func(_ []PerfCounter, err error) bool {
			return errors.Is(err, ErrNoCounters)
		},
		`{"result":"OK","timestamp":1,"counters":[]}`: func(c []PerfCounter, err error) bool { return err == nil && len(c) == 0 },
		`{"result":"ERROR"}`: func(_ []PerfCounter, err error) bool {
			var e *CountersError
			return errors.As(err, &e) && e.Result == "ERROR"
		},
		"something": func(_ []PerfCounter, err error) bool {
			var e *CountersError
			return errors.As(err, &e) && e.Result == "" && e.Text == "something"
		},
	} {
		server, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
			return metatest.Answer(nc, q, wire.OK, &wire.StringResult{Text: answer})
		})
		c := newClient(t, ample, "127.0.0.1:1")
		counters, err := c.PerfCounters(context.Background(), server, "perf-counters", ".*")
		if !check(counters, err) {
			t.Errorf("answer %q gives %v, %v", answer, counters, err)
		}
	}
}

func TestPatternsAreSentAndMatchedHereToo(t *testing.T) {
	var sent wire.ListAppsRequest
	server, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
		sent = wire.ListAppsRequest{}
		if err := q.Decode(&sent); err != nil {
			return err
		}
		return metatest.Answer(nc, q, wire.OK, &wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{{Name: "temp"}, {Name: "temperature"}, {Name: "stat"}}})
	})
	c := newClient(t, ample, server)
	for match, want := range map[wire.MatchType][]string{
		wire.MatchAll: {"temp", "temperature", "stat"}, wire.MatchExact: {"temp"}, wire.MatchPrefix: {"temp", "temperature"},
		wire.MatchPostfix: {"temp"}, wire.MatchAnywhere: {"temp", "temperature"},
	} {
		apps, err := c.ListAppsMatching(context.Background(), wire.AppInvalid, "temp", match)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range apps {
			got = append(got, a.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", match, diff)
		}
		if sent.Pattern == nil || *sent.Pattern != "temp" || sent.MatchType == nil || *sent.MatchType != int32(match) {
			t.Errorf("%s: sent %v %v", match, sent.Pattern, sent.MatchType)
		}
	}
	if _, err := c.ListAppsMatching(context.Background(), wire.AppInvalid, "te.*", wire.MatchRegex); Code(err) != wire.ErrNotImplemented {
		t.Errorf("error = %v, want ERR_NOT_IMPLEMENTED", err)
	}
}
