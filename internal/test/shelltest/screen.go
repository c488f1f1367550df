package shelltest

import (
	"regexp"

	"pegashell/commands/render"
)

// Escapes are the sequences that colour a word.
var Escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// OnScreen lets a person look at what the session prints.
func (s *Session) OnScreen() *Session {
	s.Env.Interactive = true
	s.Env.Out = &render.Screen{Writer: &s.Out, Color: true}
	s.Env.Err = &render.Screen{Writer: &s.Err, Color: true}
	return s
}

// Visible shows escape sequences as <31> and <0>.
func Visible(text string) string {
	return regexp.MustCompile("\x1b\\[([0-9;]*)m").ReplaceAllString(text, "<$1>")
}
