package repl

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"time"

	"github.com/clipperhouse/displaywidth"
	"golang.org/x/term"

	"pegashell/internal/program"
)

// pagerOff is the name of no pager.
const pagerOff = "off"

// holdFor is how long output is held until it is known whether it fits the window. What takes longer comes
// little by little, and is shown as it comes.
const holdFor = 300 * time.Millisecond

// Pager shows the output of a command in a program for long texts, if it has more lines than the window.
// It lies between what commands print and the terminal: Out and Err are its two ends. It holds one window
// of text at most. Without begin, and after end, everything goes to the terminal.
type Pager struct {
	out, err *os.File
	program  string
	size     func() (columns, rows int)
	// run starts the program with this standard input; done waits for its end and returns the terminal.
	run func(cmd *exec.Cmd) (done func(), err error)

	mu     sync.Mutex
	state  pagerState
	held   []chunk
	rows   int // of what is held
	round  int // counts the calls of begin
	timer  *time.Timer
	pipe   *os.File // to the program
	done   func()
	left   func() // called when the program no longer reads
	gone   bool
	unsaid bytes.Buffer // what was printed to Err while the program had the terminal
}

type pagerState int

const (
	passing pagerState = iota // to the terminal
	holding                   // until it is known whether it fits
	paging                    // to the program
)

// chunk is something that was printed.
type chunk struct {
	to   *os.File
	text []byte
}

// Question is a question to a person, and its answer.
type Question = func(ctx context.Context, question string) (answer string, err error)

// Page has output of the lines that pages picks paged, if it is longer than the window, by a program; see
// pagerOf. out and diag are what commands print to, at standard output and standard error, and asks how they
// ask: they are changed in place. It returns nil where nothing is paged.
func (s *Shell) Page(name string, pages func(words []string) bool, out, diag *io.Writer, asks ...*Question) *Pager {
	program := pagerOf(name)
	if program == "" || out == nil || diag == nil {
		return nil
	}
	p := &Pager{out: os.Stdout, err: os.Stderr, program: program, size: func() (columns, rows int) {
		columns, rows, err := term.GetSize(int(os.Stdout.Fd()))
		if err != nil {
			return 0, 0
		}
		return columns, rows
	}}
	*out, *diag = p.Out(), p.Err()
	for _, ask := range asks {
		if *ask != nil {
			*ask = p.before(*ask)
		}
	}
	s.Pager, s.Pages = p, pages
	return p
}

// pagerOf is the program of a pager; "" for none. Without a name it is $PAGER, else less if that is there. One
// that is missing is as none that is named: what it was given would be lost.
func pagerOf(name string) string {
	switch name = cmp.Or(name, os.Getenv("PAGER")); {
	case name == pagerOff, name == "cat", os.Getenv("TERM") == "dumb":
		return ""
	case name != "" && !isMissing(name):
		return name
	}
	if _, missing := exec.LookPath("less"); missing != nil {
		return ""
	}
	return "less"
}

// plainCommand is the first word of a command line of sh, where that means a program or a word of sh itself.
var plainCommand = regexp.MustCompile(`^\s*([-\w./+]+)(\s|$)`)

// isMissing reports whether sh would not find a program. One that does not stand plainly there counts as found.
func isMissing(program string) bool {
	first := plainCommand.FindStringSubmatch(program)
	return first != nil && exec.Command("sh", "-c", `command -v -- "$0"`, first[1]).Run() != nil
}

// begin has the output until end paged, if it is longer than the window. left is called when the program no
// longer reads.
func (p *Pager) begin(left func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state, p.left, p.gone, p.rows = holding, left, false, 0
	p.round++
}

// end shows what is held, or waits until the program has ended. It reports whether the program stopped
// reading before the output had ended.
func (p *Pager) end() (gone bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pass()
	return p.gone
}

// flush shows what is held, and everything that follows until the next begin: something else is going to
// use the terminal.
func (p *Pager) flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pass()
}

// expire shows what has been held for long in a round.
func (p *Pager) expire(round int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == holding && p.round == round {
		p.pass()
	}
}

// flushHeld shows what is held, if anything is. It waits for nothing: it is called while a signal is handled,
// and whoever starts the program waits for that.
func (p *Pager) flushHeld() {
	if p == nil || !p.mu.TryLock() {
		return
	}
	defer p.mu.Unlock()
	if p.state == holding {
		p.pass()
	}
}

// pass ends the holding or the paging.
func (p *Pager) pass() {
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	switch p.state {
	case holding:
		for _, c := range p.held {
			c.to.Write(c.text)
		}
	case paging:
		p.pipe.Close()
		p.mu.Unlock() // the program takes as long as the person reads
		p.done()
		p.mu.Lock()
		p.err.Write(p.unsaid.Bytes())
		p.unsaid.Reset()
	}
	p.state, p.held = passing, nil
}

// before is a question that shows what is held first.
func (p *Pager) before(ask Question) Question {
	return func(ctx context.Context, question string) (string, error) {
		p.flush()
		return ask(ctx, question)
	}
}

// Out is where results go, Err where diagnostics go, Live where a line is drawn again and again.
func (p *Pager) Out() io.Writer  { return &pagerEnd{p, p.out} }
func (p *Pager) Err() io.Writer  { return &pagerEnd{p, p.err} }
func (p *Pager) Live() io.Writer { return liveEnd{p} }

// pagerEnd is one of the two ends.
type pagerEnd struct {
	p  *Pager
	to *os.File
}

func (e *pagerEnd) Write(text []byte) (int, error) { return e.p.write(e.to, text) }

// File is the terminal, for a program that writes to it directly.
func (e *pagerEnd) File() *os.File {
	e.p.flush()
	return e.to
}

// liveEnd shows nothing while a program has the terminal.
type liveEnd struct{ p *Pager }

func (e liveEnd) Write(text []byte) (int, error) {
	e.p.mu.Lock()
	hidden := e.p.state == paging
	e.p.mu.Unlock()
	if hidden {
		return len(text), nil
	}
	return e.p.err.Write(text)
}

func (p *Pager) write(to *os.File, text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.state == passing:
		return to.Write(text)
	case p.state == holding:
		p.hold(to, text)
	case to == p.out:
		return p.feed(text)
	case p.unsaid.Len() < mostUnsaid:
		p.unsaid.Write(text)
	}
	return len(text), nil
}

// mostUnsaid bounds the diagnostics that are kept for later.
const mostUnsaid = 1 << 20

// hold keeps a text, and decides once that is more than the window has.
func (p *Pager) hold(to *os.File, text []byte) {
	p.held = append(p.held, chunk{to, bytes.Clone(text)})
	columns, rows := p.size()
	p.rows += rowsOf(text, columns)
	switch {
	case moves(text) || rows <= 0: // it is drawn, not printed
		p.pass()
	case p.rows >= rows:
		p.start()
	case p.timer == nil:
		held := p.round
		p.timer = time.AfterFunc(holdFor, func() { p.expire(held) })
	}
}

// start starts the program, with what is held.
func (p *Pager) start() {
	r, w, err := os.Pipe()
	if err != nil {
		p.pass()
		return
	}
	cmd := exec.Command("sh", "-c", p.program)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r, p.out, p.err
	if os.Getenv("LESS") == "" {
		cmd.Env = append(os.Environ(), "LESS=FRX") // leave what fits, keep colours, and the text on the screen
	}
	done, err := p.run(cmd)
	r.Close()
	if err != nil {
		w.Close()
		p.pass()
		return
	}
	if p.timer != nil {
		p.timer.Stop()
	}
	held := p.held
	p.timer, p.held, p.state, p.pipe, p.done = nil, nil, paging, w, done
	for _, c := range held {
		if c.to == p.err {
			p.unsaid.Write(c.text)
			continue
		}
		p.feed(c.text)
	}
}

// feed gives the program a text. The lock is not held meanwhile: it waits until the person reads on.
func (p *Pager) feed(text []byte) (int, error) {
	pipe := p.pipe
	p.mu.Unlock()
	n, err := pipe.Write(text)
	p.mu.Lock()
	if errors.Is(err, syscall.EPIPE) && !p.gone {
		p.gone = true
		p.left()
	}
	return n, err
}

// moves reports whether a text moves the cursor or clears the window: it has an escape sequence that is no
// colour.
func moves(text []byte) bool {
	for {
		at := bytes.IndexByte(text, '\x1b')
		if at < 0 {
			return bytes.IndexByte(text, '\r') >= 0
		}
		text = text[at+1:]
		end := bytes.IndexFunc(text, func(r rune) bool { return r != '[' && r != ';' && (r < '0' || r > '9') })
		if end < 0 || text[end] != 'm' {
			return true
		}
	}
}

// rowsOf is how many rows of a window a text takes, as far as it has ended lines.
func rowsOf(text []byte, columns int) (rows int) {
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			continue
		}
		rows++
		if columns > 0 {
			rows += max(0, displaywidth.String(string(bytes.TrimSuffix(line, []byte("\n"))))-1) / columns
		}
	}
	return rows
}

// paged executes words with their output paged.
func (s *Shell) paged(ctx context.Context, words []string) error {
	whole := s.wholeOr(ctx)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.Pager.run = func(cmd *exec.Cmd) (func(), error) {
		back := s.hand(&holder{giveUp: cancel, keeps: true})
		reader, err := program.Start(cmd)
		if err != nil {
			back()
			return nil, err
		}
		return func() {
			defer back()
			reader.Wait(whole) // how it ended does not matter: what it was given has been shown
		}, nil
	}
	s.Pager.begin(func() { cancel(errNobodyReads) })
	failure := s.Execute(ctx, words)
	if gone := s.Pager.end(); gone && !leaves(failure) {
		return nil // the person has seen enough
	}
	return failure
}
