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
)

const (
	redrawEvery = 100 * time.Millisecond // on a terminal
	reportEvery = 10 * time.Second       // elsewhere
)

// Progress shows how far a long operation over znodes has come: one line that is drawn again and again on a
// terminal and erased at the end, a line every ten seconds elsewhere. Its methods may be called by several
// goroutines; counting never waits for the display. (A progress bar library was no help: its bars are over for
// good when they reach their total, and the total of a tree that is still being discovered grows.)
type Progress struct {
	title string
	w     io.Writer
	every time.Duration
	width func() int // columns of the terminal; nil elsewhere

	total, znodes, bytes atomic.Int64

	mu   sync.Mutex
	quit chan struct{} // ends the display of the phase; nil between two
	done sync.WaitGroup
}

// NewProgress gives a display on f with a title, such as the command's name. It shows nothing until Start.
func NewProgress(f *os.File, title string) *Progress {
	if !isTerminal(f) {
		return &Progress{title: title, w: f, every: reportEvery}
	}
	return &Progress{title: title, w: f, every: redrawEvery, width: func() int {
		columns, _, err := term.GetSize(int(f.Fd()))
		if err != nil || columns <= 0 {
			return 80
		}
		return columns
	}}
}

// Start begins a phase, whose counts begin at 0, and shows it until Done.
func (p *Progress) Start(phase string) {
	p.Done()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total.Store(0)
	p.znodes.Store(0)
	p.bytes.Store(0)
	quit := make(chan struct{})
	p.quit = quit
	p.done.Go(func() { p.show(phase, time.Now(), quit) })
}

// SetTotal tells how many znodes there are to do, as far as is known; 0 when it is not.
func (p *Progress) SetTotal(znodes int64) { p.total.Store(znodes) }

// Add counts znodes and bytes of their data that are done.
func (p *Progress) Add(znodes, bytes int64) {
	p.znodes.Add(znodes)
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

func (p *Progress) show(phase string, began time.Time, quit <-chan struct{}) {
	ticker := time.NewTicker(p.every)
	defer ticker.Stop()
	drawn := 0 // characters on the terminal's line
	for {
		select {
		case <-ticker.C:
			line := p.line(phase, time.Since(began))
			if p.width == nil {
				fmt.Fprintln(p.w, line)
				continue
			}
			line = line[:max(0, min(len(line), p.width()-1))] // the last column would break the line
			fmt.Fprintf(p.w, "\r%-*s", drawn, line)
			drawn = len(line)
		case <-quit:
			if drawn > 0 {
				fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", drawn))
			}
			return
		}
	}
}

// line is the display's text, in ASCII.
func (p *Progress) line(phase string, took time.Duration) string {
	znodes, total, bytes := p.znodes.Load(), p.total.Load(), p.bytes.Load()
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %d", p.title, phase, znodes)
	if total > 0 {
		fmt.Fprintf(&b, " of %d", total)
	}
	b.WriteString(" znodes")
	if total > 0 {
		fmt.Fprintf(&b, " (%d%%)", min(100, znodes*100/total))
	}
	fmt.Fprintf(&b, ", %s", size(bytes))
	if seconds := took.Seconds(); seconds > 0 {
		fmt.Fprintf(&b, ", %.0f znodes/s", float64(znodes)/seconds)
	}
	return b.String()
}

// size writes a number of bytes for people, in powers of 1024.
func size(bytes int64) string {
	const units = "KMGTPE"
	if bytes < 1024 {
		return fmt.Sprintf("%d B", bytes)
	}
	n, unit := float64(bytes)/1024, 0
	for n >= 1023.95 && unit < len(units)-1 { // what would be printed as 1024.0
		n /= 1024
		unit++
	}
	return fmt.Sprintf("%.1f %ciB", n, units[unit])
}
