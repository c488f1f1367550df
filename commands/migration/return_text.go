package migration

import (
	"fmt"
	"io"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/migration"
)

// writeReturn prints one screen: what there is, what would be lost, the steps, and what to type next.
func writeReturn(env Env, s *migration.Survey, r migration.Return, recalled message.Text) error {
	in := func(t message.Text) string { return t.In(env.Language()) }
	head := describeSurvey(env, s, recalled)
	return writeFitting(env.Out(), func(w io.Writer, d density) {
		writeHead(w, in, d, head)
		if len(r.Lost) > 0 {
			fmt.Fprintln(w)
			fmt.Fprintln(w, in(message.New("Lost on the way back:")))
			for _, lost := range r.Lost {
				fmt.Fprintf(w, "  %s\n", in(lost))
			}
		}
		writeKeep(w, in, env.Interactive(), r.Keep)
		for _, situation := range r.Situations {
			fmt.Fprintln(w)
			writeSituation(w, in, d, situation)
		}
		if len(r.Steps) > 0 {
			fmt.Fprintln(w)
			writeSteps(w, in, d, r.Steps)
		}
		writeReturnNext(w, in, env.Interactive(), r)
	})
}

// writeKeep prints the line after which nothing is lost.
func writeKeep(w io.Writer, in func(message.Text) string, byPerson bool, keep migration.Line) {
	if keep.Command == "" {
		return
	}
	fmt.Fprintf(w, "\n%s\n", render.Fold(w, in(message.New("To lose nothing, keep the old tree current first, while the cluster works, then repeat this command:"))))
	fmt.Fprintln(w, wordLine(in, byPerson, render.WidthFor(w), keep))
}

// writeReturnNext prints the lines to type, or why there are none.
func writeReturnNext(w io.Writer, in func(message.Text) string, byPerson bool, r migration.Return) {
	switch {
	case len(r.Next) == 0 && !r.TooLate.IsZero():
		return
	case len(r.Next) == 0:
		fmt.Fprintf(w, "\n%s\n", in(message.New("Next: nothing: the cluster is back on the old ZooKeeper")))
		return
	}
	fmt.Fprintln(w)
	if r.TooLate.IsZero() {
		fmt.Fprintln(w, in(message.New("Next:")))
	} else {
		fmt.Fprintln(w, render.Fold(w, in(message.New("To move to the old ZooKeeper as to a new one, with everything that there is now:"))))
	}
	for _, line := range r.Next {
		fmt.Fprintln(w, wordLine(in, byPerson, render.WidthFor(w), line))
	}
}

// tooLate is the error of a way that is closed.
func tooLate(name string, r migration.Return) error {
	if name == "migrate again" {
		return message.Errorf("%s", r.TooLate)
	}
	return message.Errorf("it is too late to go back: %s", r.TooLate)
}

type returnJSON struct {
	By         string          `json:"by"`
	Chosen     message.Text    `json:"chosen"`
	TooLate    message.Text    `json:"too_late"`
	Lost       []message.Text  `json:"lost"`
	Keep       *lineJSON       `json:"keep"`
	Situations []situationJSON `json:"situations"`
	Steps      []stepJSON      `json:"steps"`
	Next       []lineJSON      `json:"next"`
	Done       bool            `json:"done"`
}

func writeReturnJSON(w io.Writer, r migration.Return) error {
	var keep *lineJSON
	if r.Keep.Command != "" {
		keep = &linesJSON([]migration.Line{r.Keep})[0]
	}
	return render.WriteIndented(w, returnJSON{
		By: string(r.By), Chosen: r.Chosen, TooLate: r.TooLate, Lost: orEmpty(r.Lost), Keep: keep,
		Situations: situationsJSON(r.Situations), Steps: stepsJSON(r.Steps), Next: linesJSON(r.Next), Done: r.Done,
	}, "    ")
}

func situationsJSON(situations []migration.Situation) []situationJSON {
	out := []situationJSON{}
	for _, each := range situations {
		out = append(out, situationJSON{each.Name, each.Grave, each.Seen, each.Matters, linesJSON(each.Do)})
	}
	return out
}

func stepsJSON(steps []migration.Step) []stepJSON {
	out := []stepJSON{}
	for _, step := range steps {
		out = append(out, stepJSON{step.Number, step.What, string(step.State), step.Optional, step.Why, linesJSON(step.Do)})
	}
	return out
}
