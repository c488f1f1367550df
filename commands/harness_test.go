package commands_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
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

// answers are what a scripted server says, by the RPC's name. An RPC that is not there closes the connection.
type answers map[string]func(arg wire.Message) wire.Message

// always gives the same answer to every request.
func always(answer wire.Message) func(wire.Message) wire.Message {
	return func(wire.Message) wire.Message { return answer }
}

func (a answers) behave(nc net.Conn, q *wire.Request) error {
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

// session is a shell without its loop: lines go in, and what they printed is kept.
type session struct {
	t        *testing.T
	env      *command.World
	registry *command.Registry
	out, err bytes.Buffer
	lines    []string // that questions take their answers from
}

// startSession gives a session with a cluster whose one meta server behaves so.
func startSession(t *testing.T, b metatest.Behaviour) *session {
	t.Helper()
	return startSessionOn(t, metaadmin.Options{}, metatest.Start(t, b).Address)
}

func startSessionOn(t *testing.T, options metaadmin.Options, metas ...string) *session {
	t.Helper()
	client, err := metaadmin.New(metas, options)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, registry: commands.NewRegistry(nil)}
	s.env = &command.World{
		Out: &s.out, Err: &s.err,
		Cluster:    &command.Cluster{Name: "c1", Metas: metas, Admin: client},
		Manifest:   manifest.Default(),
		Location:   time.UTC,
		Now:        newClock(),
		Resolver:   localhost{},
		Second:     5 * time.Millisecond,
		CreatePoll: time.Millisecond,
		Ask: func(_ context.Context, question string) (string, error) {
			io.WriteString(&s.out, question)
			if len(s.lines) == 0 {
				return "", io.EOF
			}
			line := s.lines[0]
			s.lines = s.lines[1:]
			return line, nil
		},
	}
	t.Cleanup(func() { s.env.Cluster.Admin.Close() })
	return s
}

// run carries out a line; the lines behind it answer questions. It gives what this line printed.
func (s *session) run(line string, answers ...string) (out, diagnostics string, err error) {
	s.t.Helper()
	return s.runIn(context.Background(), line, answers...)
}

func (s *session) runIn(ctx context.Context, line string, answers ...string) (out, diagnostics string, err error) {
	s.t.Helper()
	split, err := words.Split(line)
	if err != nil {
		s.t.Fatalf("%q: %v", line, err)
	}
	s.lines = answers
	s.out.Reset()
	s.err.Reset()
	err = s.registry.Execute(ctx, s.env, split)
	return s.out.String(), s.err.String(), err
}

// startBoth serves Pegasus's protocol and HTTP on one port, as Pegasus servers do.
func startBoth(t *testing.T, b metatest.Behaviour, h http.Handler) string {
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

// nodesAnswer lists replica servers by their addresses.
func nodesAnswer(t *testing.T, status metaadmin.NodeStatus, servers ...string) []wire.NodeInfo {
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
