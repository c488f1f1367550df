package migration

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/migration"
)

// writeStatus prints one screen: what there is, what no step expects, the steps, and what to type
// next, each line alone so that it can be copied.
func writeStatus(env Env, s *migration.Survey, book migration.Runbook, recalled message.Text) error {
	in := func(t message.Text) string { return t.In(env.Language()) }
	head := describeSurvey(env, s, recalled)
	return writeFitting(env.Out(), func(w io.Writer, d density) {
		writeHead(w, in, d, head)
		for _, situation := range book.Situations {
			fmt.Fprintln(w)
			writeSituation(w, in, d, situation)
		}
		if len(book.Steps) > 0 {
			fmt.Fprintln(w)
			writeSteps(w, in, d, book.Steps)
		}
		fmt.Fprintln(w)
		writeNext(w, in, env.Interactive(), book)
		if s.Target.Name != "" && migration.NotBegun(s, book) {
			fmt.Fprintln(w, in(message.New("Before the first step: migrate preflight %s --target %s", string(book.By), s.Target.Name)))
		}
	})
}

// density is how much of a status is left out so that all kinds of it are seen at once.
type density int

const (
	whole density = iota
	// shortHead: a line of the head has one row.
	shortHead
	// fewSteps: neither steps that are done nor those that come later are named.
	fewSteps
	// densest: a warning that no line to type mends has one row.
	densest
)

// writeFitting writes what a function writes, as densely as the screen needs it.
func writeFitting(out io.Writer, write func(io.Writer, density)) error {
	sticky := &render.StickyWriter{W: out}
	height := render.HeightOf(out)
	if height == 0 {
		write(sticky, whole)
		return sticky.Err
	}
	screen := *render.ScreenOf(out)
	var page bytes.Buffer
	screen.Writer = &page
	for d := whole; d <= densest; d++ {
		page.Reset()
		write(&screen, d)
		if bytes.Count(page.Bytes(), []byte("\n")) <= height {
			break
		}
	}
	sticky.Write(page.Bytes())
	return sticky.Err
}

func writeHead(w io.Writer, in func(message.Text) string, d density, lines []described) {
	grid := &render.Wrapped{}
	for _, line := range lines {
		row := grid.Row
		if d >= shortHead {
			row = grid.ShortRow
		}
		row(line.key, in(line.text))
	}
	grid.WriteText(w)
}

func writeSituation(w io.Writer, in func(message.Text) string, d density, s migration.Situation) {
	mark := message.New("WARNING:")
	if s.Grave {
		mark = message.New("DANGER:")
	}
	text := message.New("%s: %s", s.Name, s.Seen)
	if !s.Matters.IsZero() {
		text = message.New("%s: %s; %s", s.Name, s.Seen, s.Matters)
	}
	grid := &render.Wrapped{}
	row := grid.Row
	if d == densest && !s.Grave && len(s.Do) == 0 {
		row = grid.ShortRow
	}
	row(in(mark), in(text))
	grid.WriteText(w)
}

// writeSteps prints the steps as a grid. Why a later step is not done yet is plain. On a screen,
// which must show all, only steps that are to be done now have more than a line.
func writeSteps(w io.Writer, in func(message.Text) string, d density, steps []migration.Step) {
	grid := &render.Wrapped{Columns: []string{"#", "state", in(message.New("step: why"))}}
	for i := 0; i < len(steps); i++ {
		step := steps[i]
		number, text := fmt.Sprint(step.Number), in(step.What)
		if !step.Why.IsZero() && step.State != migration.StepLater {
			text = in(message.New("%s: %s", step.What, step.Why))
		}
		row := grid.Row
		if step.State == migration.StepDone || step.State == migration.StepLater {
			row = grid.ShortRow
			if d >= fewSteps {
				for i+1 < len(steps) && steps[i+1].State == step.State {
					i++
				}
				if last := steps[i].Number; last > step.Number {
					number, text = fmt.Sprintf("%d-%d", step.Number, last), "…"
				}
			}
		}
		row(number, string(step.State), text)
	}
	grid.WriteText(w)
}

// writeNext prints the lines to type, or what is to be done by hand.
func writeNext(w io.Writer, in func(message.Text) string, byPerson bool, book migration.Runbook) {
	switch {
	case len(book.Next) == 0 && book.Arrived:
		fmt.Fprintln(w, in(message.New("Next: nothing: the cluster is healthy on the new ZooKeeper")))
		writeOptional(w, in, byPerson, book.Steps)
		return
	case len(book.Next) == 0:
		fmt.Fprintln(w, in(message.New("Next: nothing")))
		return
	}
	fmt.Fprintln(w, in(message.New("Next:")))
	for _, line := range book.Next {
		fmt.Fprintln(w, wordLine(in, byPerson, render.WidthFor(w), line))
	}
}

// writeOptional prints the lines of steps that the migration has arrived without.
func writeOptional(w io.Writer, in func(message.Text) string, byPerson bool, steps []migration.Step) {
	for _, step := range steps {
		if !step.Optional || len(step.Do) == 0 {
			continue
		}
		fmt.Fprintln(w, in(message.New("When the old tree is not needed any more:")))
		for _, line := range step.Do {
			fmt.Fprintln(w, wordLine(in, byPerson, render.WidthFor(w), line))
		}
	}
}

// wordLine is a line of the runbook as it is printed: a command alone, so that it can be copied, and
// what is done outside of the shell as a comment, no wider than that.
func wordLine(in func(message.Text) string, byPerson bool, width int, line migration.Line) string {
	switch {
	case line.Command != "":
		return line.Typed(byPerson)
	case line.Wait:
		return "# " + in(message.New("wait a few seconds, then look again"))
	}
	const mark = "# "
	return mark + strings.Join(render.Wrap(in(line.ByHand), width-len(mark)-1), "\n"+mark)
}
