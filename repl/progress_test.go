package repl

import (
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// screenText is a writer that a test watches.
type screenText struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{} // a signal for each write that nobody has taken yet
}

func newScreenText() *screenText { return &screenText{more: make(chan struct{}, 1)} }

func (s *screenText) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	select {
	case s.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (s *screenText) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// expect waits until text was written.
func (s *screenText) expect(t *testing.T, text string) {
	t.Helper()
	deadline := time.After(patience)
	for !strings.Contains(s.String(), text) {
		select {
		case <-s.more:
		case <-deadline:
			t.Fatalf("%q was not shown; shown %.500q", text, s.String())
		}
	}
}

// handClock stops until a test moves it. The display receives a tick before the next, and what was
// shown before it is complete by then.
type handClock struct {
	mu    sync.Mutex
	time  time.Time
	ticks chan time.Time
}

func newHandClock() *handClock { return &handClock{ticks: make(chan time.Time)} }

func (c *handClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.time
}

func (c *handClock) clock() clock {
	return clock{c.now, func(time.Duration) (<-chan time.Time, func()) { return c.ticks, func() {} }}
}

// pass lets time go by and has the display drawn.
func (c *handClock) pass(d time.Duration) {
	c.mu.Lock()
	c.time = c.time.Add(d)
	c.mu.Unlock()
	c.ticks <- c.now()
}

func TestProgressIsOneLineOnATerminal(t *testing.T) {
	defer goleak.VerifyNone(t)
	w, hand := newScreenText(), newHandClock()
	p := &Progress{title: "copy", unit: "files", w: w, clock: hand.clock(), width: func() int { return 30 }}
	p.Start("one")
	p.SetTotal(200)
	p.Add(50, 3<<20)
	hand.pass(time.Second)
	w.expect(t, "\rcopy: one: 50 of 200 files (")
	p.Done()
	p.Done()
	if got := w.String(); got != "\rcopy: one: 50 of 200 files (2"+"\r"+strings.Repeat(" ", 29)+"\r" {
		t.Errorf("the line is not erased: %q", got)
	}
	p.Start("two")
	hand.pass(time.Second)
	w.expect(t, "\rcopy: two: 0 files, 0 ")
	p.Start("three") // without Done
	hand.pass(time.Second)
	w.expect(t, "\rcopy: three: 0 files, 0 ")
	p.Done()
}

func TestALiveTextIsShownOnATerminalAlone(t *testing.T) {
	defer goleak.VerifyNone(t)
	hand, screen := newHandClock(), newScreenText()
	p := &Progress{title: "zk_copy --follow", w: screen, clock: hand.clock(), width: func() int { return 40 }}
	text := "0.1 s behind"
	p.Live(func() string { return text })
	hand.ticks <- time.Time{}
	screen.expect(t, "\r0.1 s behind")
	p.Done()
	if got := screen.String(); !strings.HasSuffix(got, "\r"+strings.Repeat(" ", 12)+"\r") {
		t.Errorf("it is not erased: %q", got)
	}
	var columns atomic.Int32
	columns.Store(40)
	screen = newScreenText()
	p = &Progress{title: "zk_copy --follow", w: screen, clock: hand.clock(), width: func() int { return int(columns.Load()) }}
	p.Live(func() string { return text })
	hand.ticks <- time.Time{}
	screen.expect(t, "\r0.1 s behind")
	columns.Store(9)
	hand.ticks <- time.Time{}
	screen.expect(t, "\r0.1 s be")
	p.Done()
	if got := screen.String(); !strings.HasSuffix(got, "\r0.1 s be\r        \r") {
		t.Errorf("in a window that was made narrow: %q", got)
	}
	file := newScreenText()
	(&Progress{title: "zk_copy --follow", w: file, clock: hand.clock()}).Live(func() string { return text })
	if got := file.String(); got != "" {
		t.Errorf("in a file: %q", got)
	}
}

func TestProgressIsLinesInAFile(t *testing.T) {
	defer goleak.VerifyNone(t)
	w, hand := newScreenText(), newHandClock()
	p := &Progress{title: "t", unit: "files", w: w, clock: hand.clock()}
	p.Start("count")
	p.Add(70, 20<<10)
	hand.pass(10 * time.Second)
	w.expect(t, "2.0 KiB/s\n") // before the total changes what a line says
	p.SetTotal(210)
	hand.pass(10 * time.Second)
	p.Done()
	want := "t: count: 70 files, 20.0 KiB, 7 files/s, 2.0 KiB/s\n" +
		"t: count: 70 of 210 files (33%), 20.0 KiB, 4 files/s, 1.0 KiB/s, 40s left\n"
	if got := w.String(); got != want {
		t.Errorf("a file got %q, want %q", got, want)
	}
}

func TestProgressInAPipeIsSparing(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if p := NewProgress(w, "x", "files"); p.every != 10*time.Second || p.width != nil {
		t.Errorf("every %v, width known: %v", p.every, p.width != nil)
	}
}

func TestProgressLineTellsCountsAndRate(t *testing.T) {
	for want, tc := range map[string]struct {
		count, total, bytes int64
		took                time.Duration
	}{
		"t: p: 0 files, 0 B":                                                         {},
		"t: p: 0 of 40 files (0%), 0 B, 0 files/s, 0 B/s":                            {0, 40, 0, time.Second},
		"t: p: 20 of 80 files (25%), 1023 B, 10 files/s, 511 B/s, 6s left":           {20, 80, 1023, 2 * time.Second},
		"t: p: 19 of 80 files (23%), 0 B, 10 files/s, 0 B/s":                         {19, 80, 0, 2 * time.Second},
		"t: p: 20 of 80 files (25%), 0 B, 20 files/s, 0 B/s":                         {20, 80, 0, 999 * time.Millisecond},
		"t: p: 50 of 40 files (100%), 1.0 KiB, 50 files/s, 1.0 KiB/s":                {50, 40, 1024, time.Second},
		"t: p: 1 files, 1.0 MiB, 1 files/s, 1.0 MiB/s":                               {1, 0, 1<<20 - 1, time.Second},
		"t: p: 20 of 139 files (14%), 0 B, 1 files/s, 0 B/s, 119s left":              {20, 139, 0, 20 * time.Second},
		"t: p: 20 of 147 files (13%), 0 B, 1 files/s, 0 B/s, 2m00s left":             {20, 147, 0, 20 * time.Second},
		"t: p: 20 of 3619 files (0%), 0 B, 1 files/s, 0 B/s, 59m50s left":            {20, 3619, 0, 20 * time.Second},
		"t: p: 20 of 7520 files (0%), 0 B, 1 files/s, 0 B/s, 2h05m left":             {20, 7520, 0, 20 * time.Second},
		"t: p: 1000000 of 1000000 files (100%), 1.5 GiB, 0 files/s, 44 B/s":          {1000000, 1000000, 3 << 29, time.Hour * 10000},
		"t: p: 1000000 of 2000000 files (50%), 0 B, 10000 files/s, 0 B/s, 100s left": {1000000, 2000000, 0, 100 * time.Second},
	} {
		p := &Progress{title: "t", unit: "files"}
		p.SetTotal(tc.total)
		p.Add(tc.count, tc.bytes)
		if got := p.line("p", tc.took); got != want {
			t.Errorf("line %q, want %q", got, want)
		}
	}
}

func TestProgressTellsOfTroubleInThePlaceOfTheRate(t *testing.T) {
	trouble := "no connection for 3s"
	p := &Progress{title: "t", unit: "files"}
	p.Trouble(func() string { return trouble })
	p.SetTotal(80)
	p.Add(20, 5)
	if got, want := p.line("p", 2*time.Second), "t: p: 20 of 80 files (25%), no connection for 3s"; got != want {
		t.Errorf("line %q, want %q", got, want)
	}
	trouble = ""
	if got, want := p.line("p", 2*time.Second), "t: p: 20 of 80 files (25%), 5 B, 10 files/s, 2 B/s, 6s left"; got != want {
		t.Errorf("line %q, want %q", got, want)
	}
}
