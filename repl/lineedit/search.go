package lineedit

import (
	"strings"
	"unicode"
)

// search looks for a line of the history while its words are typed.
type search struct {
	lines []string
	query string
	at    int // index of the line found, len(lines) as long as none was
	// failed says that nothing older, or newer, has the query; the line found before is still
	// shown.
	failed bool
}

func newSearch(lines []string) *search { return &search{lines: lines, at: len(lines)} }

// extend looks for a longer query, beginning with the line that is shown.
func (s *search) extend(text string) {
	s.query += text
	s.find(min(s.at, len(s.lines)-1), -1)
}

// shorten removes the last character of the query and searches again from the newest line.
func (s *search) shorten() {
	s.query = strings.TrimSuffix(s.query, lastCharacter(s.query))
	s.at = len(s.lines)
	s.failed = false
	if s.query != "" {
		s.find(s.at-1, -1)
	}
}

// next goes on to older lines (-1) or newer ones (1) that are not the same as the one that is
// shown.
func (s *search) next(direction int) {
	if s.query == "" {
		return
	}
	s.find(s.at+direction, direction)
}

func (s *search) find(from, direction int) {
	shown, _, _ := s.found()
	for i := from; i >= 0 && i < len(s.lines); i += direction {
		if s.match(s.lines[i]) >= 0 && (s.lines[i] != shown || i == s.at) {
			s.at, s.failed = i, false
			return
		}
	}
	s.failed = true
}

// found returns the line that is shown, and where the query is in it.
func (s *search) found() (line string, at int, ok bool) {
	if s.at >= len(s.lines) {
		return "", 0, false
	}
	line = s.lines[s.at]
	return line, max(0, s.match(line)), true
}

// match finds the query in a line; case is ignored unless the query contains capitals.
func (s *search) match(line string) int {
	if strings.IndexFunc(s.query, unicode.IsUpper) >= 0 {
		return strings.LastIndex(line, s.query)
	}
	for i := len(line) - len(s.query); i >= 0; i-- {
		if strings.EqualFold(line[i:i+len(s.query)], s.query) {
			return i
		}
	}
	return -1
}

// prompt is the text before the line during the search.
func (s *search) prompt() Prompt {
	failed := ""
	if s.failed {
		failed = "failed "
	}
	return Prompt{Text: "(" + failed + "reverse-i-search)`" + s.query + "': "}
}

// searching processes a key during a search; false means that the key is processed as usual, on the
// line that was found.
func (e *Editor) searching(b buffer, k key) bool {
	s := e.typing.search
	switch {
	case k.text != "":
		s.extend(k.text)
	case k.name == "C-r" && s.query == "":
		s.extend(e.lastQuery)
	case k.name == "C-r":
		s.next(-1)
	case k.name == "C-s":
		s.next(1)
	case k.name == "backspace":
		s.shorten()
	case k.name == "C-g":
		e.typing.search = nil
	case k.name == "C-c":
		e.typing.search = nil
		return false
	default:
		e.takeFound(b)
		return k.name == "escape"
	}
	return true
}

// takeFound ends a search with the line that it has found.
func (e *Editor) takeFound(b buffer) {
	s := e.typing.search
	e.typing.search = nil
	e.lastQuery = s.query
	if text, at, ok := s.found(); ok {
		e.typing.browse.to(s.at, b.Text())
		b.set(text, at)
	}
}
