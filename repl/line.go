package repl

import (
	"errors"
	"strings"

	"pegashell/internal/homefile"
)

// line is what was typed, in its parts.
type line struct {
	words []string
	// to says where the output of the command goes.
	to target
	// file is the name behind > or >>, program the text behind |, which is empty for the pager.
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
	errNoCommand = errors.New("no command stands before | or >")
	errFileName  = errors.New("one file name is wanted behind > or >>, and nothing behind that")
)

// parseLine cuts a line into its parts. The signs |, > and >> are those only as bare words of their own: in
// quotes and within words they are what they are. A line whose first word begins with # has no words. What
// stands behind | is not cut into words: it is the business of sh.
func parseLine(text string) (line, error) {
	text, _, _ = strings.Cut(text, "\x00") // where a C string ends
	var l line
	for rest := trimBlanks(text); rest != ""; rest = trimBlanks(rest) {
		word, behind, err := cutWord(rest)
		if err != nil {
			return line{}, err
		}
		raw := rest[:len(rest)-len(behind)]
		switch {
		case len(l.words) == 0 && strings.HasPrefix(raw, "#"):
			return line{}, nil
		case raw == "|" || raw == ">" || raw == ">>":
			if len(l.words) == 0 {
				return line{}, errNoCommand
			}
			return l.redirected(raw, behind)
		}
		l.words = append(l.words, word)
		rest = behind
	}
	return l, nil
}

// redirected is the line with what stands behind the sign.
func (l line) redirected(sign, behind string) (line, error) {
	if sign == "|" {
		l.to, l.program = toProgram, strings.TrimSpace(behind)
		return l, nil
	}
	l.to = toFile
	if sign == ">>" {
		l.to = toEnd
	}
	behind = trimBlanks(behind)
	if behind == "" {
		return line{}, errFileName
	}
	name, rest, err := cutWord(behind)
	if err != nil {
		return line{}, err
	}
	if name == "" || trimBlanks(rest) != "" {
		return line{}, errFileName
	}
	l.file = name
	if strings.HasPrefix(behind, "~/") { // not in quotes
		if l.file, err = homefile.Expand(name); err != nil {
			return line{}, err
		}
	}
	return l, nil
}

func trimBlanks(s string) string { return strings.TrimLeft(s, " \t\n\v\f\r") }
