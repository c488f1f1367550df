package repl

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"pegashell/internal/bytesize"
	"pegashell/internal/visible"
)

const (
	redrawEvery = 100 * time.Millisecond // on a terminal
	reportEvery = 10 * time.Second       // elsewhere
)

// Progress shows how far a long operation has come: one line that is drawn again and again on a
// terminal and erased at the end, a line every ten seconds elsewhere. Its methods may be called by
// several goroutines; counting never waits for the display. (A progress bar library did not fit:
// its bars end when they reach their total, and the total of a tree that is still being discovered
// grows.)
type Progress struct {
	title string
	unit  string // what is counted, in the plural
	w     io.Writer
	every time.Duration
	width func() int // columns of the terminal; nil elsewhere
	clock clock

	total, count, bytes atomic.Int64
	trouble             func() string // nil for none
	live                func() string // shown instead of counts; nil for none

	mu   sync.Mutex
	quit chan struct{} // ends the display of the phase; nil between two
	done sync.WaitGroup
}

// clock is the source of time of a display; tests have their own.
type clock struct {
	now func() time.Time
	// tick returns a channel that receives the time once every period until stop is called.
	tick func(period time.Duration) (ticks <-chan time.Time, stop func())
}

var systemClock = clock{time.Now, func(period time.Duration) (<-chan time.Time, func()) {
	t := time.NewTicker(period)
	return t.C, t.Stop
}}

// NewProgress returns a display on f with a title, such as the command's name, that counts units,
// named in the plural. It shows nothing until Start.
func NewProgress(f *os.File, title, unit string) *Progress {
	if !isTerminal(f) {
		return &Progress{title: title, unit: unit, w: f, every: reportEvery, clock: systemClock}
	}
	return &Progress{title: title, unit: unit, w: f, every: redrawEvery, clock: systemClock, width: func() int {
		columns, _, err := term.GetSize(int(f.Fd()))
		if err != nil || columns <= 0 {
			return 80
		}
		return columns
	}}
}

// On has the display draw on w, which shows what is drawn on the terminal as long as nothing else is there.
func (p *Progress) On(w io.Writer) *Progress {
	p.w = w
	return p
}

// Trouble sets a function that the display calls whenever it is drawn: it returns what keeps the
// work from continuing. A text that is not empty is shown instead of the rate. Trouble is called
// before Start.
func (p *Progress) Trouble(now func() string) { p.trouble = now }

// Start begins a phase, whose counts begin at 0, and shows it until Done.
func (p *Progress) Start(phase string) {
	p.Done()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total.Store(0)
	p.count.Store(0)
	p.bytes.Store(0)
	quit := make(chan struct{})
	p.quit = quit
	began := p.clock.now()
	ticks, stop := p.clock.tick(p.every)
	p.done.Go(func() {
		defer stop()
		p.show(phase, began, ticks, quit)
	})
}

// Live shows a text that changes in the place of the title and the counts, until Done. It is shown on a
// terminal alone, and must be ASCII.
func (p *Progress) Live(text func() string) {
	if p.width == nil {
		return
	}
	p.Done()
	p.live = text
	p.Start("")
}

// SetTotal sets how many units there are to do, as far as is known; 0 if it is not.
func (p *Progress) SetTotal(units int64) { p.total.Store(units) }

// Add counts units and bytes of their data that are done.
func (p *Progress) Add(units, bytes int64) {
	p.count.Add(units)
	p.bytes.Add(bytes)
}

// Done ends the phase and its display. A second call does nothing.
func (p *Progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quit != nil {
		close(p.quit)
		p.quit = nil
	}
	p.done.Wait()
}

func (p *Progress) show(phase string, began time.Time, ticks <-chan time.Time, quit <-chan struct{}) {
	drawn := 0 // characters on the terminal's line
	for {
		select {
		case <-ticks:
			line := p.line(phase, p.clock.now().Sub(began))
			if p.width == nil {
				fmt.Fprintln(p.w, line)
				continue
			}
			line = visible.Line(line)   // errors of servers are part of it
			room := max(0, p.width()-1) // the last column would break the line
			line = line[:min(len(line), room)]
			fmt.Fprintf(p.w, "\r%-*s", min(drawn, room), line)
			drawn = len(line)
		case <-quit:
			if drawn > 0 {
				fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", min(drawn, max(0, p.width()-1))))
			}
			return
		}
	}
}

// line is the display's text, in ASCII.
func (p *Progress) line(phase string, took time.Duration) string {
	if p.live != nil {
		return p.live()
	}
	count, total, bytes := p.count.Load(), p.total.Load(), p.bytes.Load()
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %d", p.title, phase, count)
	if total > 0 {
		fmt.Fprintf(&b, " of %d", total)
	}
	fmt.Fprintf(&b, " %s", p.unit)
	if total > 0 {
		fmt.Fprintf(&b, " (%d%%)", min(100, count*100/total))
	}
	if p.trouble != nil {
		if trouble := p.trouble(); trouble != "" {
			return b.String() + ", " + trouble
		}
	}
	fmt.Fprintf(&b, ", %s", bytesize.String(bytes))
	if seconds := took.Seconds(); seconds > 0 {
		rate := float64(count) / seconds
		fmt.Fprintf(&b, ", %.0f %s/s, %s/s", rate, p.unit, bytesize.String(int64(float64(bytes)/seconds)))
		if left, ok := timeLeft(count, total, took); ok {
			fmt.Fprintf(&b, ", %s left", roughly(left))
		}
	}
	return b.String()
}
