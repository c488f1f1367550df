package lineedit

import (
	"bytes"
	"strings"
	"sync"

	"pegashell/internal/prose"
	"pegashell/internal/visible"
)

// Notices are texts that wait until they can be shown to the user. The zero value holds none. It is
// safe for concurrent use.
type Notices struct {
	mu      sync.Mutex
	waiting []string
}

// Add queues a text.
func (n *Notices) Add(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waiting = append(n.waiting, visible.Text(text))
}

// Take returns and removes what is queued, one line for each text.
func (n *Notices) Take() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var b strings.Builder
	for _, text := range n.waiting {
		b.WriteString(text + "\n")
	}
	n.waiting = nil
	return b.String()
}

// Notice shows a text above the line that is being typed or, if there is none, before the next one.
// Like Refresh it can be called from any goroutine and does not wait.
func (e *Editor) Notice(text string) {
	e.notices.Add(text)
	e.Refresh()
}

// tell prints the queued texts above the line. What is drawn next is drawn below it.
func (e *Editor) tell() {
	if text := e.notices.Take(); text != "" {
		columns := int(e.keys.GetWinSize().Col)
		text = prose.Fold(text, columns)
		if e.opt.Color {
			text = paintWarnings(text)
		}
		e.screen.above(text, columns)
	}
}

// paintWarnings colours the word that begins a warning, as commands do.
func paintWarnings(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		for _, mark := range []string{"WARNING:", "警告："} {
			if rest, ok := strings.CutPrefix(line, mark); ok {
				line = "\x1b[33m" + mark + "\x1b[0m" + rest
			}
		}
		b.WriteString(line)
	}
	return b.String()
}

// above replaces what is shown by lines of text; the line is drawn again below them.
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
