package repl

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// notices are texts that wait until the person can be told.
type notices struct {
	mu      sync.Mutex
	waiting []string
}

func (n *notices) add(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waiting = append(n.waiting, text)
}

// take gives what waits, each text a line.
func (n *notices) take() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var b strings.Builder
	for _, text := range n.waiting {
		b.WriteString(text + "\n")
	}
	n.waiting = nil
	return b.String()
}

// Notice has the line drawn anew below the text.
func (e *editor) Notice(text string) {
	e.notices.add(text)
	e.Refresh()
}

// tell prints what waits above the line. What is drawn next is drawn below it.
func (e *editor) tell() {
	if text := e.notices.take(); text != "" {
		if e.opt.Color {
			text = paintWarnings(text)
		}
		e.screen.above(text, int(e.keys.GetWinSize().Col))
	}
}

// paintWarnings colours the word that begins a warning, as commands do.
func paintWarnings(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		const mark = "WARNING:"
		if rest, ok := strings.CutPrefix(line, mark); ok {
			line = "\x1b[33m" + mark + "\x1b[0m" + rest
		}
		b.WriteString(line)
	}
	return b.String()
}

// above puts lines in the place of what is shown, which is then shown nowhere.
func (s *screen) above(text string, columns int) error {
	var b bytes.Buffer
	if s.fresh {
		b.WriteString(overRow(columns))
	}
	s.goHome(&b, columns)
	b.WriteString("\x1b[J")
	b.WriteString(strings.ReplaceAll(text, "\n", "\r\n"))
	s.shown, s.fresh = frame{}, false
	_, err := s.out.Write(b.Bytes())
	return err
}

// Notice keeps the text until the next line is asked for: what is typed on this terminal cannot be drawn anew.
func (p *plain) Notice(text string) { p.notices.add(text) }

func (p *plain) tell() { io.WriteString(p.questions, p.notices.take()) }
