package report

import (
	_ "embed" // the page
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
	"time"

	"pegashell/internal/journal"
	"pegashell/internal/message"
)

//go:embed page.html
var page string

// pages is the page of a report, compiled when the first one is written: most runs of the program
// write none. The template escapes all that comes from the journal.
var pages = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{"breakable": breakable, "line": line}).Parse(page))
})

// WriteHTML writes the report as one page that needs nothing else: no other file, no script.
func (r *Report) WriteHTML(w io.Writer) error {
	if err := pages().Execute(w, r); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// breakable lets a browser break a text after commas and before slashes, and escapes it.
func breakable(text string) template.HTML {
	return template.HTML(places.Replace(template.HTMLEscapeString(text)))
}

// places are where a line may be broken. HTMLEscapeString writes neither of them.
var places = strings.NewReplacer(",", ",<wbr>", "/", "<wbr>/")

// shortWord is how long a word of a line may be that is never broken, such as --yes.
const shortWord = 30

// line writes a line of the shell so that it is broken between its words, and escapes it.
func line(text string) template.HTML {
	words := strings.Split(text, " ")
	written := make([]string, len(words))
	for i, word := range words {
		if written[i] = string(breakable(word)); len(word) <= shortWord {
			written[i] = `<span class="w">` + template.HTMLEscapeString(word) + "</span>"
		}
	}
	return template.HTML(strings.Join(written, " "))
}

// Title says what the report is of.
func (r *Report) Title() string {
	if r.By == "" {
		return "Changes to " + r.Cluster
	}
	return "Migration of " + r.Cluster
}

// Procedure says how the metadata was moved.
func (r *Report) Procedure() string {
	switch r.By {
	case "copy":
		return "by copying"
	case "recovery":
		return "by recovery"
	}
	return ""
}

// At writes a time in the report's time zone.
func (r *Report) At(t time.Time) string { return t.In(r.Location).Format(stamp) }

// Day and Clock are the two halves of At.
func (r *Report) Day(t time.Time) string { return t.In(r.Location).Format("2006-01-02") }

// Clock is the time of day.
func (r *Report) Clock(t time.Time) string { return t.In(r.Location).Format("15:04:05") }

// Zone is the report's time zone.
func (r *Report) Zone() string { return r.Began.In(r.Location).Format("MST (-07:00)") }

// Who lists the people.
func (r *Report) Who() string { return strings.Join(r.People, ", ") }

// Servers lists the meta servers.
func (r *Report) Servers() string { return strings.Join(r.Metas, ", ") }

// Lasted is the time from the first to the last entry.
func (r *Report) Lasted() string { return roughly(r.Ended.Sub(r.Began)) }

// Summary says in a sentence how the steps ended.
func (r *Report) Summary() message.Text {
	parts := []message.Text{message.New("%d steps", len(r.Steps))}
	if len(r.Steps) == 1 {
		parts[0] = message.New("1 step")
	}
	add := func(o journal.Outcome, text func(n int) message.Text) {
		if n := r.Count(o); n > 0 {
			parts = append(parts, text(n))
		}
	}
	add(journal.Failed, func(n int) message.Text { return message.New("%d failed", n) })
	add(journal.Refused, func(n int) message.Text { return message.New("%d refused", n) })
	add(journal.Interrupted, func(n int) message.Text { return message.New("%d interrupted", n) })
	add(journal.Unfinished, func(n int) message.Text { return message.New("%d unfinished", n) })
	return message.Join(", ", parts...)
}

// Took writes the seconds of a step.
func (s Step) Took() string {
	if s.Ended.IsZero() {
		return ""
	}
	return fmt.Sprintf("%.2f s", s.Seconds)
}

// Lines are the lines of a step's error.
func (s Step) Lines() []string {
	if s.Error == "" {
		return nil
	}
	return strings.Split(s.Error, "\n")
}

// Guards lists the guards that were overridden.
func (s Step) Guards() string { return strings.Join(s.Overridden, ", ") }
