package rpc

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/release"
)

// serveBoth runs a server that answers an RPC and HTTP requests.
func serveBoth(t *testing.T, pages HTTPHandler) wire.Address {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a, err := wire.ParseAddress(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	s := &Server{Handlers: map[string]Handler{wire.RPCControlMeta: level}, HTTP: pages, Log: log.New(io.Discard, "", 0)}
	wg.Go(func() {
		if err := s.Serve(ctx, ln); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	return a
}

// echo answers with what was asked.
func echo(_ context.Context, q *http.Request) (Page, error) {
	if q.URL.Path == "/missing" {
		return Page{Status: http.StatusNotFound, Body: "none"}, nil
	}
	return Page{Status: http.StatusOK, Body: q.Method + " " + q.URL.RequestURI()}, nil
}

func TestOnePortSpeaksBothProtocols(t *testing.T) {
	a := serveBoth(t, echo)
	c := dial(t, a)
	// Two requests on a connection, the first in pieces, both answered as Pegasus writes it.
	for _, piece := range []string{"G", "ET /metrics?types=server HTTP/1.1\r\nHost: x\r\n", "\r\n", "POST /missing HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"} {
		if _, err := io.WriteString(c, piece); err != nil {
			t.Fatal(err)
		}
	}
	want := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 25\r\n\r\nGET /metrics?types=server" +
		"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnone"
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var answer wire.ControlMetaResponse
	if err := client(t).Call(within(t), a, wire.RPCControlMeta, &wire.ControlMetaRequest{Level: 5}, &answer); err != nil || answer.OldLevel != 5 {
		t.Errorf("RPC on the same port: %+v, %v", answer, err)
	}
	pages := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	r, err := pages.Get("http://" + a.String() + "/x")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, err := io.ReadAll(r.Body); err != nil || string(body) != "GET /x" {
		t.Errorf("body %q, %v", body, err)
	}
}

func TestHostileHTTPClosesTheConnection(t *testing.T) {
	a := serveBoth(t, func(ctx context.Context, q *http.Request) (Page, error) {
		if q.URL.Path == "/die" {
			return Page{}, errors.New("no answer")
		}
		return echo(ctx, q)
	})
	for name, request := range map[string]string{
		"no HTTP":       "GET \x00\r\n\r\n",
		"endless head":  "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 2*maxPageRequest) + "\r\n\r\n",
		"endless body":  "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n" + strings.Repeat("x", 2*maxPageRequest),
		"refused":       "GET /die HTTP/1.1\r\nHost: x\r\n\r\n",
		"other request": "PUT / HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		c := dial(t, a)
		io.WriteString(c, request) // the server may close the connection before it has read all
		if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: read %d bytes, %v; want the connection closed", name, n, err)
		}
	}
	if _, err := http.ReadResponse(bufio.NewReader(ask(t, a, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n")), nil); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

func ask(t *testing.T, a wire.Address, request string) net.Conn {
	t.Helper()
	c := dial(t, a)
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRemoteCommandsOfTheMainBranch(t *testing.T) {
	c := NewCommands(time.Date(2026, 11, 22, 23, 59, 56, 0, time.Local), release.Main, "")
	value := int64(65)
	c.Add(
		Command{Names: []string{"percentage"}, Help: "old.percentage [num | DEFAULT]", LongHelp: "the percentage",
			Run: c.Number("percentage", 0, 65, func() int64 { return value }, func(n int64) { value = n })},
		Command{Names: []string{"counters"}, Help: "counters - query counters", LongHelp: "counters [name]..."},
	)
	command := func(name string, args ...string) string {
		m, err := c.Answer(context.Background(), &wire.RemoteCommandRequest{Command: name, Arguments: args})
		if err != nil {
			t.Fatal(err)
		}
		return m.(*wire.StringResult).Text
	}
	for _, step := range []struct {
		name string
		args []string
		want string
	}{
		{"server-info", nil, `{"build_type":"Release","git_SHA":"db756dcdf24e2af6169659a67548501ed61f106c","start_time":"2026-11-22 23:59:56","version":"2.6.0-SNAPSHOT"}`},
		{"help", []string{"percentage"}, "percentage - the percentage\npercentage [num | DEFAULT]\n"},
		{"help", []string{"counters"}, "counters - query counters\ncounters [name]...\n"},
		{"help", []string{"H"}, "help|h|H|Help - display help information\nhelp|h|H|Help [command]\n"},
		{"percentage", nil, "{\n  \"error\": \"ok\",\n  \"percentage\": \"65\"\n}"},
		{"percentage", []string{"7"}, "{\n  \"error\": \"ok\"\n}"},
		{"percentage", nil, "{\n  \"error\": \"ok\",\n  \"percentage\": \"7\"\n}"},
		{"percentage", []string{"-1"}, "{\n  \"error\": \"ERR: invalid argument '-1', the value is not acceptable\"\n}"},
		{"percentage", []string{"DEFAULT"}, "{\n  \"error\": \"ok\",\n  \"percentage\": 65\n}"},
		{"perf-counters", nil, "unknown command 'perf-counters'"}, // whoever has figures adds them
	} {
		if diff := cmp.Diff(step.want, command(step.name, step.args...)); diff != "" {
			t.Errorf("%s %v (-want +got):\n%s", step.name, step.args, diff)
		}
	}
	// Each command is listed once, however many names it has.
	list := command("help")
	if strings.Count(list, "display help") != 1 || strings.Count(list, "\n") != 12 {
		t.Errorf("the list is\n%s", list)
	}
}
