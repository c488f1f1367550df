package repl

import (
	"strings"

	"pegashell/internal/homefile"
	"pegashell/internal/message"
	"pegashell/internal/words"
)

// line is what was typed, in its parts.
type line struct {
	words []string
	// to says where the output of the command goes.
	to target
	// file is the name after > or >>, program the text after |, which is empty for the pager.
	file, program string
}

// target is a place for the output of a command.
type target int

const (
	toShell   target = iota // where the shell's own output goes
	toFile                  // > FILE
	toEnd                   // >> FILE
	toProgram               // | PROGRAM
)

var (
	errNoCommand = message.Errorf("no command before | or >")
	errFileName  = message.Errorf("> and >> must be followed by exactly one file name, at the end of the line")
)

// parseLine splits a line into its parts. |, > and >> redirect only as bare words of their own: in
// quotes and within words they are plain characters. A line whose first word begins with # has no
// words. What follows | is not split into words: sh does that.
func parseLine(text string) (line, error) {
	text, _, _ = strings.Cut(text, "\x00") // where a C string ends
	var l line
	for at := 0; ; {
		w, ok, err := words.Next(text, at)
		at = w.End()
		switch {
		case err != nil:
			return line{}, err
		case !ok:
			return l, nil
		case w.IsOperator() && len(l.words) == 0:
			return line{}, errNoCommand
		case w.IsOperator():
			return l.redirected(w.Raw, text[at:])
		case w.BeginsComment() && len(l.words) == 0:
			return line{}, nil
		}
		l.words = append(l.words, w.Text)
	}
}

// redirected is the line with what follows the sign.
func (l line) redirected(sign, behind string) (line, error) {
	if sign == words.Pipe {
		l.to, l.program = toProgram, strings.TrimSpace(behind)
		return l, nil
	}
	l.to = toFile
	if sign == words.Append {
		l.to = toEnd
	}
	name, ok, err := words.Next(behind, 0)
	if err != nil {
		return line{}, err
	}
	if _, more, err := words.Next(behind, name.End()); !ok || name.Text == "" || more || err != nil {
		return line{}, errFileName
	}
	l.file = name.Text
	if strings.HasPrefix(name.Raw, "~/") { // not in quotes
		if l.file, err = homefile.Expand(name.Text); err != nil {
			return line{}, err
		}
	}
	return l, nil
}
