package migration

import (
	"fmt"
	"io"
	"strings"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/migration"
)

// writeStatus prints one screen: what there is, what no step expects, the steps, and what to type
// next, each line alone so that it can be copied.
func writeStatus(env Env, s *migration.Survey, book migration.Runbook) error {
	w := &render.StickyWriter{W: env.Out()}
	in := func(t message.Text) string { return t.In(env.Language()) }
	head := &render.Wrapped{}
	for _, line := range describeSurvey(env, s) {
		head.Row(line.key, in(line.text))
	}
	head.WriteText(w)
	for _, situation := range book.Situations {
		fmt.Fprintln(w)
		writeSituation(w, in, situation)
	}
	if len(book.Steps) > 0 {
		fmt.Fprintln(w)
		writeSteps(w, in, book.Steps)
	}
	fmt.Fprintln(w)
	writeNext(w, in, env.Interactive(), book)
	return w.Err
}

func writeSituation(w io.Writer, in func(message.Text) string, s migration.Situation) {
	mark := message.New("WARNING:")
	if s.Grave {
		mark = message.New("DANGER:")
	}
	text := message.New("%s: %s", s.Name, s.Seen)
	if !s.Matters.IsZero() {
		text = message.New("%s: %s; %s", s.Name, s.Seen, s.Matters)
	}
	grid := &render.Wrapped{}
	grid.Row(in(mark), in(text))
	grid.WriteText(w)
}

// writeSteps prints the steps as a grid. Why a later step is not done yet is plain. On a screen,
// which must show all, only steps that are to be done now have more than a line.
func writeSteps(w io.Writer, in func(message.Text) string, steps []migration.Step) {
	grid := &render.Wrapped{Columns: []string{"#", "state", in(message.New("step: why"))}}
	for _, step := range steps {
		text := in(step.What)
		if !step.Why.IsZero() && step.State != migration.StepLater {
			text = in(message.New("%s: %s", step.What, step.Why))
		}
		row := grid.Row
		if step.State == migration.StepDone || step.State == migration.StepLater {
			row = grid.ShortRow
		}
		row(fmt.Sprint(step.Number), string(step.State), text)
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
