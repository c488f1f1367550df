package repl

import (
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// completing asks for completions in a goroutine of its own, so that one that takes long holds no key up. At
// most one call is under way; of the texts that came meanwhile only the last one is asked for.
type completing struct {
	complete func(text string) Completion
	// late is called when an answer came that nobody waits for any more.
	late func()

	asked   chan question
	arrived chan struct{} // has a token when there is an answer that wait has not seen
	done    sync.WaitGroup

	mu      sync.Mutex
	round   int
	put     question // the last one that was put
	waiting bool     // of waits for its answer
	answer  answer
}

// question is a text, with a number by which it is asked for again when the answer may be another one.
type question struct {
	text  string
	round int
}

type answer struct {
	question
	found Completion
	panic string // what the function panicked with, and where
}

// startCompleting starts the goroutine; close ends it. Without a function nothing is ever completed.
func startCompleting(complete func(string) Completion, late func()) *completing {
	if complete == nil {
		complete = func(string) Completion { return Completion{} }
	}
	c := &completing{complete: complete, late: late, asked: make(chan question, 1), arrived: make(chan struct{}, 1)}
	c.round = 1 // no answer is for round 0
	c.done.Go(func() {
		for q := range c.asked {
			c.tell(c.work(q))
		}
	})
	return c
}

func (c *completing) close() {
	close(c.asked)
	c.done.Wait()
}

func (c *completing) work(q question) (a answer) {
	a.question = q
	defer func() {
		if r := recover(); r != nil {
			// Without the text: it may hold credentials, and what is printed here is sent to others.
			a.panic = fmt.Sprintf("%v\n\nin the completion of a line:\n%s", r, debug.Stack())
		}
	}()
	a.found = c.complete(q.text)
	a.found.Start = max(0, min(a.found.Start, len(q.text)))
	return a
}

func (c *completing) tell(a answer) {
	c.mu.Lock()
	c.answer = a
	late := !c.waiting && a.question == c.put
	c.mu.Unlock()
	select {
	case c.arrived <- struct{}{}:
	default:
	}
	if late {
		c.late()
	}
}

// again has the next text asked for even if it is the same as the one before.
func (c *completing) again() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.round++
}

// of gives the completion of a text if it is there in time; else late tells when it is. A panic of the function
// comes out here.
func (c *completing) of(text string, patience time.Duration) (found Completion, ok bool) {
	c.ask(text)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		if found, ok := c.answered(false); ok {
			return found, true
		}
		select {
		case <-c.arrived:
		case <-timer.C:
			return c.answered(true)
		}
	}
}

// ask puts the question unless it was put already.
func (c *completing) ask(text string) {
	c.mu.Lock()
	q := question{text, c.round}
	known := c.put == q
	c.put, c.waiting = q, true
	c.mu.Unlock()
	if known {
		return
	}
	select {
	case <-c.asked: // not begun, and no longer wanted
	default:
	}
	c.asked <- q
}

// answered gives the answer to the last question, if it is there. Else it goes on waiting, unless this is the
// last look.
func (c *completing) answered(last bool) (found Completion, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answer.panic != "" {
		panic(c.answer.panic)
	}
	ok = c.answer.question == c.put
	if ok || last {
		c.waiting = false
	}
	if !ok {
		return Completion{}, false
	}
	return c.answer.found, true
}
