package complete_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pegashell/commands/complete"
)

// clock is set by the test.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Unix(1_000_000, 0)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// impatient is the patience of somebody who has waited long enough.
func impatient() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// patient waits for any answer, but not for ever if there is none.
func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

var tables = complete.Key{Place: "c1", Item: "tables"}

// source counts how often it was asked, and answers with that count or an error, when it is let.
type source struct {
	asked  atomic.Int32
	err    error
	let    chan struct{} // nil to answer at once
	ending chan struct{} // closed when a question was ended by its context
}

func (s *source) ask(ctx context.Context) (int, error) {
	n := int(s.asked.Add(1))
	if s.let != nil {
		select {
		case <-s.let:
		case <-ctx.Done():
			if s.ending != nil {
				close(s.ending)
			}
			return 0, ctx.Err()
		}
	}
	return n, s.err
}

func newCatalog(t *testing.T, c *clock) (*complete.Catalog, chan struct{}) {
	catalog := complete.NewCatalog(c.now)
	changes := make(chan struct{}, 100)
	catalog.OnChange = func() { changes <- struct{}{} }
	t.Cleanup(catalog.Close)
	return catalog, changes
}

func TestAnswersHoldForSeconds(t *testing.T) {
	clock := newClock()
	catalog, _ := newCatalog(t, clock)
	var s source
	for _, step := range []struct {
		pass time.Duration
		want int
	}{{0, 1}, {4 * time.Second, 1}, {2 * time.Second, 2}} {
		clock.pass(step.pass)
		if got, ok := complete.Ask(patient(t), catalog, tables, s.ask); got != step.want || !ok {
			t.Errorf("answer %d, %v after %v; want %d", got, ok, step.pass, step.want)
		}
	}
	other := complete.Key{Place: "c2", Item: "tables"}
	if got, _ := complete.Ask(patient(t), catalog, other, s.ask); got != 3 {
		t.Errorf("another cluster got answer %d, which was not its own", got)
	}
}

func TestNobodyWaitsForAnAnswerTwice(t *testing.T) {
	catalog, changes := newCatalog(t, newClock())
	s := source{let: make(chan struct{})}
	if _, ok := complete.Ask(impatient(), catalog, tables, s.ask); ok {
		t.Fatal("there was an answer before it was given")
	}
	// The question is under way: even the most patient goes on at once. A wait would never end.
	if _, ok := complete.Ask(context.Background(), catalog, tables, s.ask); ok {
		t.Fatal("there was an answer before it was given")
	}
	close(s.let)
	<-changes
	if got, ok := complete.Ask(impatient(), catalog, tables, s.ask); got != 1 || !ok {
		t.Errorf("answer %d, %v; want the one that came late", got, ok)
	}
	if n := s.asked.Load(); n != 1 {
		t.Errorf("asked %d times at once", n)
	}
}

// brief is a patience of a few milliseconds.
func brief(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func TestWhoHasMorePatienceWaitsForWhatOthersDidNotGet(t *testing.T) {
	catalog, changes := newCatalog(t, newClock())
	s := source{let: make(chan struct{})}
	nodes := complete.Key{Place: "c1", Item: "nodes"}
	for _, key := range []complete.Key{tables, nodes} { // one that was missed, and one of a slow place
		if _, ok := complete.Ask(brief(t), catalog, key, s.ask); ok {
			t.Fatal("there was an answer before it was given")
		}
		answered := make(chan bool)
		go func() {
			_, ok := complete.Ask(patient(t), catalog, key, s.ask)
			answered <- ok
		}()
		s.let <- struct{}{}
		if ok := <-answered; !ok {
			t.Errorf("%s: a patient one went on without the answer", key.Item)
		}
		<-changes
	}
	if n := s.asked.Load(); n != 2 {
		t.Errorf("asked %d times for two things", n)
	}
}

func TestSlowPlaceIsAskedWithoutWaiting(t *testing.T) {
	clock := newClock()
	catalog, changes := newCatalog(t, clock)
	s := source{let: make(chan struct{})}
	complete.Ask(impatient(), catalog, tables, s.ask)
	s.let <- struct{}{}
	<-changes
	// Another item of the place, and the same one when it is old, are asked for in the background.
	nodes := complete.Key{Place: "c1", Item: "nodes"}
	if _, ok := complete.Ask(context.Background(), catalog, nodes, s.ask); ok {
		t.Error("there was an answer before it was given")
	}
	clock.pass(10 * time.Second)
	if got, ok := complete.Ask(context.Background(), catalog, tables, s.ask); got != 1 || !ok {
		t.Errorf("answer %d, %v; want the old one to stand in", got, ok)
	}
	close(s.let)
	<-changes
	<-changes
}

func TestFailedPlaceIsLeftAlone(t *testing.T) {
	clock := newClock()
	catalog, _ := newCatalog(t, clock)
	s := source{err: errors.New("refused")}
	for range 20 {
		if _, ok := complete.Ask(patient(t), catalog, tables, s.ask); ok {
			t.Fatal("a failure was taken for an answer")
		}
		complete.Ask(patient(t), catalog, complete.Key{Place: "c1", Item: "nodes"}, s.ask)
	}
	if n := s.asked.Load(); n != 1 {
		t.Errorf("asked %d times within moments", n)
	}
	clock.pass(11 * time.Second)
	if _, ok := complete.Ask(context.Background(), catalog, tables, s.ask); ok {
		t.Error("a failure was taken for an answer")
	}
	catalog.Close()
	if n := s.asked.Load(); n != 2 {
		t.Errorf("asked %d times after a while, want once more", n)
	}
}

func TestFailureGoesForThePlaceWhateverWasAskedMeanwhile(t *testing.T) {
	catalog, _ := newCatalog(t, newClock())
	s := source{let: make(chan struct{}), err: errors.New("refused")}
	var waiting sync.WaitGroup
	waiting.Go(func() { complete.Ask(patient(t), catalog, tables, s.ask) })
	for s.asked.Load() == 0 {
		runtime.Gosched()
	}
	var other source
	complete.Ask(patient(t), catalog, complete.Key{Place: "c2", Item: "tables"}, other.ask)
	close(s.let)
	waiting.Wait()
	complete.Ask(patient(t), catalog, complete.Key{Place: "c1", Item: "nodes"}, s.ask)
	if n := s.asked.Load(); n != 1 {
		t.Errorf("asked %d times within moments", n)
	}
}

func TestOldAnswersAreForgotten(t *testing.T) {
	clock := newClock()
	catalog, _ := newCatalog(t, clock)
	var s source
	complete.Ask(patient(t), catalog, tables, s.ask)
	clock.pass(time.Hour)
	never := source{let: make(chan struct{})}
	if got, ok := complete.Ask(impatient(), catalog, tables, never.ask); ok {
		t.Errorf("answer %d of an hour ago was given", got)
	}
}

func TestForgottenPlaceIsAskedAnew(t *testing.T) {
	catalog, _ := newCatalog(t, newClock())
	var s source
	complete.Ask(patient(t), catalog, tables, s.ask)
	catalog.Forget("c1")
	if got, _ := complete.Ask(patient(t), catalog, tables, s.ask); got != 2 {
		t.Errorf("answer %d; want a new one", got)
	}
}

func TestForgettingAPlaceEndsItsQuestions(t *testing.T) {
	catalog, changes := newCatalog(t, newClock())
	s := source{let: make(chan struct{}), ending: make(chan struct{})}
	complete.Ask(impatient(), catalog, tables, s.ask)
	catalog.Forget("c1")
	<-s.ending
	catalog.Close()
	if len(changes) != 0 {
		t.Error("a change was told of a place that was forgotten")
	}
}

func TestCloseEndsQuestions(t *testing.T) {
	catalog, changes := newCatalog(t, newClock())
	s := source{let: make(chan struct{}), ending: make(chan struct{})}
	complete.Ask(impatient(), catalog, tables, s.ask)
	catalog.Close()
	<-s.ending
	if _, ok := complete.Ask(context.Background(), catalog, tables, s.ask); ok || s.asked.Load() != 1 {
		t.Error("a closed catalog asked")
	}
	if len(changes) != 0 {
		t.Error("a change was told after Close")
	}
}
