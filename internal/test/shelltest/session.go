// Package shelltest is a shell without its loop, for tests of commands: lines go in, and what they print is kept.
package shelltest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/internal/manifest"
	"pegashell/internal/test/metatest"
	"pegashell/internal/words"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// Connect has the session use another cluster, nil for none, until the test ends.
func (s *Session) Connect(t *testing.T, cluster *command.Cluster) {
	was := s.Env.Cluster
	t.Cleanup(func() { s.Env.Cluster = was })
	s.Env.Cluster = cluster
}

// Execute runs lines given as words in an environment without a cluster, and gives what was printed.
func Execute(t *testing.T, words ...string) (out, diagnostics string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	env := &command.World{
		Out: &o, Err: &e,
		Location: time.UTC,
		Now:      func() time.Time { return time.Unix(1_800_000_000, 0) },
	}
	err = commands.NewRegistry(nil).Execute(context.Background(), env, words)
	return o.String(), e.String(), err
}

// Answers are what a scripted server says, by the RPC's name. An RPC that is not there closes the connection.
type Answers map[string]func(arg wire.Message) wire.Message

// Always gives the same answer to every request.
func Always(answer wire.Message) func(wire.Message) wire.Message {
	return func(wire.Message) wire.Message { return answer }
}

func (a Answers) Behave(nc net.Conn, q *wire.Request) error {
	answer, ok := a[q.RPC]
	if !ok {
		if probed, err := metatest.Probe(nc, q); probed {
			return err
		}
		return errors.New("no answer to " + q.RPC)
	}
	arg := wire.Shapes[q.RPC].Request()
	if err := q.Decode(arg); err != nil {
		return err
	}
	return metatest.Answer(nc, q, wire.OK, answer(arg))
}

// Session is a shell without its loop: lines go in, and what they printed is kept.
type Session struct {
	T        *testing.T
	Env      *command.World
	Registry *command.Registry
	Out, Err bytes.Buffer
	lines    []string // that questions take their answers from
}

// Start gives a session with a cluster whose one meta server behaves so.
func Start(t *testing.T, b metatest.Behaviour) *Session {
	t.Helper()
	return StartOn(t, metaadmin.Options{}, metatest.Start(t, b).Address)
}

func StartOn(t *testing.T, options metaadmin.Options, metas ...string) *Session {
	t.Helper()
	client, err := metaadmin.New(metas, options)
	if err != nil {
		t.Fatal(err)
	}
	s := &Session{T: t, Registry: commands.NewRegistry(nil)}
	s.Env = &command.World{
		Out: &s.Out, Err: &s.Err,
		Cluster:    &command.Cluster{Name: "c1", Metas: metas, Admin: client},
		Manifest:   manifest.Default(),
		Location:   time.UTC,
		Now:        NewClock(),
		Resolver:   Localhost{},
		Second:     5 * time.Millisecond,
		CreatePoll: time.Millisecond,
		Ask: func(_ context.Context, question string) (string, error) {
			io.WriteString(&s.Out, question)
			if len(s.lines) == 0 {
				return "", io.EOF
			}
			line := s.lines[0]
			s.lines = s.lines[1:]
			return line, nil
		},
	}
	t.Cleanup(func() { s.Env.Cluster.Admin.Close() })
	return s
}

// Run carries out a line; the lines behind it answer questions. It gives what this line printed.
func (s *Session) Run(line string, answers ...string) (out, diagnostics string, err error) {
	s.T.Helper()
	return s.RunIn(context.Background(), line, answers...)
}

func (s *Session) RunIn(ctx context.Context, line string, answers ...string) (out, diagnostics string, err error) {
	s.T.Helper()
	split, err := words.Split(line)
	if err != nil {
		s.T.Fatalf("%q: %v", line, err)
	}
	s.lines = answers
	s.Out.Reset()
	s.Err.Reset()
	err = s.Registry.Execute(ctx, s.Env, split)
	return s.Out.String(), s.Err.String(), err
}

// StartBoth serves Pegasus's protocol and HTTP on one port, as Pegasus servers do.
func StartBoth(t *testing.T, b metatest.Behaviour, h http.Handler) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { nc.Close() })
			serving.Go(func() {
				defer nc.Close()
				serveBoth(nc, b, h)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		cancel()
		serving.Wait()
	})
	return l.Addr().String()
}

func serveBoth(nc net.Conn, b metatest.Behaviour, h http.Handler) {
	buffered := bufio.NewReader(nc)
	head, err := buffered.Peek(4)
	if err == nil && string(head) == "GET " {
		q, err := http.ReadRequest(buffered)
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, q)
		w.Result().Write(nc)
		return
	}
	for {
		q, err := wire.ReadRequest(buffered, 1<<20)
		if err != nil || b(nc, q) != nil {
			return
		}
	}
}

// NodesAnswer lists replica servers by their addresses.
func NodesAnswer(t *testing.T, status metaadmin.NodeStatus, servers ...string) []wire.NodeInfo {
	t.Helper()
	var infos []wire.NodeInfo
	for _, s := range servers {
		a, err := wire.ParseAddress(s)
		if err != nil {
			t.Fatal(err)
		}
		infos = append(infos, wire.NodeInfo{Status: status, Address: a})
	}
	return infos
}

// NewClock gives a clock that goes on by a step of the real shell's waiting at each look, so that waiting
// commands tell of every look as the original does.
func NewClock() func() time.Time {
	var looks atomic.Int64
	return func() time.Time { return time.Unix(2*looks.Add(1), 0) }
}

// Localhost resolves as the recording machine did.
type Localhost struct{}

func (Localhost) LookupAddr(_ context.Context, address string) ([]string, error) {
	if address != "127.0.0.1" {
		return nil, fmt.Errorf("no name for %s", address)
	}
	return []string{"localhost"}, nil
}
