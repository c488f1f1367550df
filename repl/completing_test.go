package repl

import (
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// answering is a completion that says what it was asked, when it is told to.
type answering struct {
	asked chan string
	tell  chan struct{}
}

func startAnswering(t *testing.T, late func()) (*completing, *answering) {
	a := &answering{asked: make(chan string, 100), tell: make(chan struct{})}
	c := startCompleting(func(text string) Completion {
		a.asked <- text
		<-a.tell
		return Completion{Usage: text, Start: 99}
	}, late)
	t.Cleanup(func() {
		close(a.tell)
		c.close()
		goleak.VerifyNone(t)
	})
	return c, a
}

func TestACompletionThatIsLateIsToldOf(t *testing.T) {
	late := make(chan struct{}, 1)
	c, a := startAnswering(t, func() { late <- struct{}{} })
	if found, ok := c.of("l", time.Millisecond); ok {
		t.Errorf("%+v before there is an answer", found)
	}
	a.tell <- struct{}{}
	<-late
	found, ok := c.of("l", 0)
	if !ok || found.Usage != "l" || found.Start != 1 {
		t.Errorf("%+v, %t", found, ok)
	}
	if n := len(a.asked); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestOnlyTheLastTextIsAskedFor(t *testing.T) {
	late := make(chan struct{}, 3)
	c, a := startAnswering(t, func() { late <- struct{}{} })
	c.of("l", time.Millisecond)
	if got := <-a.asked; got != "l" {
		t.Errorf("asked for %q", got)
	}
	c.of("ls", 0)
	c.of("ls ", 0)
	a.tell <- struct{}{} // the answer to "l" is of no use to anybody
	if got := <-a.asked; got != "ls " {
		t.Errorf("asked for %q", got)
	}
	a.tell <- struct{}{}
	<-late
	if found, ok := c.of("ls ", 0); !ok || found.Usage != "ls " {
		t.Errorf("%+v, %t", found, ok)
	}
	if len(late) > 0 {
		t.Error("told of an answer to another text")
	}
}

func TestTheSameTextIsAskedForAgainWhenMoreIsKnown(t *testing.T) {
	c, a := startAnswering(t, func() {})
	for range 2 {
		c.again()
		go func() { a.tell <- struct{}{} }()
		if _, ok := c.of("l", patience); !ok {
			t.Error("no answer")
		}
	}
	if n := len(a.asked); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestAPanicComesOutWhereTheCompletionIsWanted(t *testing.T) {
	c := startCompleting(func(string) Completion { panic("on purpose") }, func() {})
	defer c.close()
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "on purpose") || strings.Contains(r, "zk_ls") {
			t.Errorf("panicked with %q", r)
		}
	}()
	c.of("zk_ls --auth digest:u:p", patience)
	t.Error("no panic")
}
