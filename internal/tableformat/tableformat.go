// Package tableformat names the forms in which the shell prints tables.
package tableformat

import (
	"cmp"
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
)

// Format is a form of tables. The zero value is Plain.
type Format string

// The forms.
const (
	Plain    Format = "plain"    // the original's, to the byte
	Lines    Format = "lines"    // between box-drawing characters
	Markdown Format = "markdown" // GitHub's tables
	HTML     Format = "html"     // an element <table>
	CSV      Format = "csv"      // RFC 4180, lines end in LF
)

// All are the forms in the order in which they are listed.
var All = []Format{Plain, Lines, Markdown, HTML, CSV}

// Parse returns the form of that name; the error lists the names.
func Parse(name string) (Format, error) {
	if f := Format(name); slices.Contains(All, f) {
		return f, nil
	}
	if near := nearmiss.Question(name, Names()); !near.IsZero() {
		return "", message.Errorf("unknown format %q: the formats are %s; %s", name, strings.Join(Names(), ", "), near)
	}
	return "", message.Errorf("unknown format %q: the formats are %s", name, strings.Join(Names(), ", "))
}

// IsPlain reports whether tables are the original's.
func (f Format) IsPlain() bool { return f == "" || f == Plain }

// String returns the name.
func (f Format) String() string { return string(cmp.Or(f, Plain)) }

// Names returns the names of all forms.
func Names() []string {
	var all []string
	for _, f := range All {
		all = append(all, string(f))
	}
	return all
}
