package complete

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// maxZnodes is how many children of a znode are looked at, the first ones by name.
const maxZnodes = 1000

// Znode is a child of a znode.
type Znode struct {
	Name     string
	Kind     tree.Kind
	Children int
}

// Sessions holds one session with each ensemble that was asked, and closes those that are not used.
// It is safe for concurrent use.
type Sessions struct {
	idle    time.Duration
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu   sync.Mutex
	held map[string]*heldSession
}

// heldSession is owned by a goroutine that opens it, asks one question at a time and closes it.
type heldSession struct {
	questions chan question
	drop      context.CancelFunc
	gone      chan struct{} // closed when it no longer accepts questions
}

type question struct {
	ctx    context.Context
	path   string
	answer chan<- answer
}

type answer struct {
	znodes []Znode
	err    error
}

// NewSessions returns sessions that close when they have not been used for that time.
func NewSessions(idle time.Duration) *Sessions {
	s := &Sessions{idle: idle, held: map[string]*heldSession{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Close ends all sessions and returns when they have ended.
func (s *Sessions) Close() {
	s.mu.Lock()
	s.cancel()
	s.mu.Unlock()
	s.running.Wait()
}

// Drop has the session of that name end.
func (s *Sessions) Drop(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if held := s.held[name]; held != nil {
		held.drop()
	}
}

// Children lists what is directly below a znode, by name, with the session of that name, which is
// opened when there is none. A znode that is not there, or that must not be read, has nothing below
// it; an error means that the ensemble cannot be asked.
func (s *Sessions) Children(ctx context.Context, name string, at session.Endpoint, options session.Options) ([]Znode, error) {
	answered := make(chan answer, 1)
	for {
		held, err := s.session(ctx, name, at, options)
		if err != nil {
			return nil, err
		}
		select {
		case held.questions <- question{ctx, at.Path, answered}:
		case <-held.gone:
			continue // it ended by itself at this moment
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		select {
		case a := <-answered:
			return a.znodes, a.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// session returns the session of that name. It checks under the lock whether the question has been
// cancelled, so that a question that ended before Drop opens no session after it.
func (s *Sessions) session(asking context.Context, name string, at session.Endpoint, options session.Options) (*heldSession, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := cmp.Or(s.ctx.Err(), asking.Err()); err != nil {
		return nil, err
	}
	if held := s.held[name]; held != nil {
		return held, nil
	}
	ctx, cancel := context.WithCancel(s.ctx)
	held := &heldSession{questions: make(chan question), drop: cancel, gone: make(chan struct{})}
	s.held[name] = held
	s.running.Go(func() {
		defer cancel()
		s.serve(ctx, held, at, options)
		s.mu.Lock()
		if s.held[name] == held {
			delete(s.held, name)
		}
		s.mu.Unlock()
		close(held.gone)
	})
	return held, nil
}

// serve answers questions until none have come for some time, the session is dropped, or it cannot
// be opened.
func (s *Sessions) serve(ctx context.Context, held *heldSession, at session.Endpoint, options session.Options) {
	var client *session.Client
	defer func() {
		if client != nil {
			client.Close()
		}
	}()
	idle := time.NewTimer(s.idle)
	defer idle.Stop()
	for {
		select {
		case q := <-held.questions:
			var znodes []Znode
			var err error
			client, znodes, err = ask(ctx, q, client, at, options)
			q.answer <- answer{znodes, err}
			if client == nil {
				return
			}
			idle.Reset(s.idle)
		case <-idle.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// ask answers a question with the client, or with one that it opens if there is none.
func ask(ctx context.Context, q question, client *session.Client, at session.Endpoint, options session.Options) (*session.Client, []Znode, error) {
	asking, cancel := context.WithCancel(q.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	if client == nil {
		var err error
		if client, err = session.Open(asking, at, options); err != nil {
			return nil, nil, err
		}
	}
	znodes, err := children(asking, client, q.path)
	return client, znodes, err
}

// errEnough ends a list that is long enough.
var errEnough = errors.New("enough")

func children(ctx context.Context, client *session.Client, path string) ([]Znode, error) {
	var znodes []Znode
	err := zkcopy.List(ctx, zkcopy.Tree{Client: client, Path: path}, zkcopy.ListOptions{}, func(e zkcopy.Entry) error {
		znodes = append(znodes, Znode{e.Name, e.Kind(), int(e.Stat.NumChildren)})
		if len(znodes) == maxZnodes {
			return errEnough
		}
		return nil
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil && !errors.Is(err, errEnough) {
		znodes = nil
	}
	return znodes, nil
}
