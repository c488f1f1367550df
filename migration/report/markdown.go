package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// WriteMarkdown writes the report as Markdown, with tables as GitHub's.
func (r *Report) WriteMarkdown(w io.Writer) error {
	m := &markdown{}
	m.line("# %s", text(r.Title()))
	m.line("")
	r.writeHead(m)
	r.writeBars(m)
	r.writeCompared(m)
	r.writeMarked(m)
	r.writeSteps(m)
	if len(r.Sights) > 0 {
		m.heading("What was seen of the cluster")
		m.row("time", "seen")
		m.row("---", "---")
		for _, s := range r.Sights {
			m.row(r.At(s.Time), text(s.String()))
		}
	}
	m.line("")
	m.line("Written by pegashell %s on %s from the journal %s.", text(r.Version), r.At(r.Now), code(r.Journal))
	if r.Damaged > 0 {
		m.line("%d lines of the journal are damaged and were left out.", r.Damaged)
	}
	if _, err := w.Write(m.b.Bytes()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func (r *Report) writeHead(m *markdown) {
	if len(r.Steps) > 0 {
		m.line("%s to %s, %s, %s", r.At(r.Began), r.At(r.Ended), r.Zone(), r.Lasted())
		m.line("")
	}
	if p := r.Procedure(); p != "" {
		m.line("- moved to another ZooKeeper %s", p)
		m.line("- from: %s", orUnknown(r.From))
		m.line("- to: %s", orUnknown(r.To))
	}
	m.line("- meta servers: %s", text(r.Servers()))
	m.line("- by: %s", text(r.Who()))
	m.line("- freeze window: %s", text(r.Freeze.String()))
	m.line("- %s; guards overridden: %d", r.Summary(), len(r.Overridden()))
}

func orUnknown(tree string) string {
	if tree == "" {
		return "unknown"
	}
	return code(tree)
}

// writeBars draws the timeline with letters.
func (r *Report) writeBars(m *markdown) {
	t := r.Timeline()
	if t == nil {
		return
	}
	m.heading("Timeline")
	m.line("```")
	const columns = 64
	column := func(x float64) int { return min(max(int(x/float64(t.Width)*columns), 0), columns-1) }
	fill := func(row []byte, b Bar, with byte) {
		for i := column(b.X); i <= max(column(b.X+b.W-0.1), column(b.X)); i++ {
			row[i] = with
		}
	}
	if t.Freeze != nil {
		row := bytes.Repeat([]byte{' '}, columns)
		fill(row, *t.Freeze, '=')
		m.line("%s  freeze window", row)
	}
	for _, lane := range t.Lanes {
		row := bytes.Repeat([]byte{'.'}, columns)
		for _, b := range lane.Bars {
			fill(row, b, letters[b.Class])
		}
		m.line("%s  %s", row, strings.ReplaceAll(lane.Name, "`", "'"))
	}
	m.line("```")
	m.line("")
	m.line("`#` done, `x` failed or interrupted, `!` refused, `?` unfinished, `s` saved or seen. Short times are drawn longer, long ones shorter than they were.")
}

var letters = map[string]byte{"ok": '#', "failed": 'x', "interrupted": 'x', "refused": '!', "unfinished": '?', "saved": 's', "seen": 's'}

func (r *Report) writeCompared(m *markdown) {
	if len(r.Compared) == 0 {
		return
	}
	m.heading("Before and after")
	m.row("the cluster", "before", "after")
	m.row("---", "---", "---")
	for _, p := range r.Compared {
		m.row(p.What, text(p.Before), text(p.After))
	}
	if len(r.Lost) > 0 {
		m.row("tables that are gone (id, name, partitions)", text(strings.Join(r.Lost, ", ")), "")
	}
	if len(r.New) > 0 {
		m.row("tables that are new (id, name, partitions)", "", text(strings.Join(r.New, ", ")))
	}
}

// writeMarked writes what a reader has to look at: unfinished commands and overridden guards.
func (r *Report) writeMarked(m *markdown) {
	if steps := r.Unfinished(); len(steps) > 0 {
		m.heading("Unfinished")
		m.line("The journal does not say how these ended: they still ran when this was written, or their shell was killed.")
		m.line("")
		for _, s := range steps {
			m.line("- step %d, %s: %s", s.Number, r.At(s.Time), code(s.Line))
		}
	}
	if steps := r.Overridden(); len(steps) > 0 {
		m.heading("Guards overridden")
		for _, s := range steps {
			m.line("- step %d: %s by %s", s.Number, text(s.Guards()), code(s.Line))
		}
	}
}

func (r *Report) writeSteps(m *markdown) {
	m.heading("Steps")
	if len(r.Steps) == 0 {
		m.line("The journal has no command that changed this cluster in this time.")
		return
	}
	m.row("", "time", "command and evidence", "outcome")
	m.row("---", "---", "---", "---")
	for _, s := range r.Steps {
		what := []string{codeCell(s.Line)}
		if len(r.People) > 1 {
			what = append(what, "by "+text(s.User+"@"+s.Host))
		}
		var facts []string
		for _, f := range s.Facts {
			facts = append(facts, text(f.Name+" "+f.Value))
		}
		what = append(what, strings.Join(facts, "; "))
		if len(s.Overridden) > 0 {
			what = append(what, "overridden: "+text(s.Guards()))
		}
		if s.Error != "" {
			what = append(what, "**"+text(s.Error)+"**")
		}
		outcome := []string{string(s.State()), "", "", s.Took()}
		if s.Guard != "" {
			outcome[1] = "guard " + text(s.Guard)
		}
		if s.Code != 0 {
			outcome[2] = fmt.Sprintf("exit code %d", s.Code)
		}
		m.row(fmt.Sprint(s.Number), r.At(s.Time), join("<br>", what), join(", ", outcome))
	}
}

// join joins the texts that are not empty.
func join(with string, texts []string) string {
	joined := ""
	for _, t := range texts {
		switch {
		case t == "":
		case joined == "":
			joined = t
		default:
			joined += with + t
		}
	}
	return joined
}

// markdown is a document that grows line by line.
type markdown struct{ b bytes.Buffer }

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

func (m *markdown) heading(name string) { m.line("\n## %s\n", name) }

func (m *markdown) row(cells ...string) { m.line("| %s |", strings.Join(cells, " | ")) }

var (
	special = regexp.MustCompile("[\\\\`*\\[\\]<>|#~$]|\\b_|_\\b")
	breaks  = regexp.MustCompile(`[\r\n]+`)
	ticks   = regexp.MustCompile("`+")
)

// text writes a text from outside so that it means itself in a cell of a table too.
func text(s string) string {
	s = strings.ReplaceAll(s, "&", "&amp;")
	return breaks.ReplaceAllString(special.ReplaceAllString(s, `\$0`), " ")
}

// codeCell is code in a cell of a table, where a vertical bar needs a backslash.
func codeCell(s string) string { return strings.ReplaceAll(code(s), "|", `\|`) }

// code writes a text as code.
func code(s string) string {
	s = breaks.ReplaceAllString(s, " ")
	fence := "`"
	for _, run := range ticks.FindAllString(s, -1) {
		if len(run) >= len(fence) {
			fence = run + "`"
		}
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || s == "" {
		s = " " + s + " "
	}
	return fence + s + fence
}
