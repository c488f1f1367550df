package migration

import (
	"encoding/json"
	"fmt"
	"io"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/migration"
)

// writeReturn prints one screen: what there is, what would be lost, the steps, and what to type next.
func writeReturn(env Env, s *migration.Survey, r migration.Return) error {
	w := &render.StickyWriter{W: env.Out()}
	in := func(t message.Text) string { return t.In(env.Language()) }
	head := &render.Wrapped{}
	for _, line := range describeSurvey(env, s) {
		head.Row(line.key, in(line.text))
	}
	head.WriteText(w)
	if len(r.Lost) > 0 {
		fmt.Fprintln(w)
		fmt.Fprintln(w, in(message.New("Lost on the way back:")))
		for _, lost := range r.Lost {
			fmt.Fprintf(w, "  %s\n", in(lost))
		}
	}
	for _, situation := range r.Situations {
		fmt.Fprintln(w)
		writeSituation(w, in, situation)
	}
	if len(r.Steps) > 0 {
		fmt.Fprintln(w)
		writeSteps(w, in, r.Steps)
	}
	if !r.TooLate.IsZero() {
		return w.Err
	}
	fmt.Fprintln(w)
	if len(r.Next) == 0 {
		fmt.Fprintln(w, in(message.New("Next: nothing: the cluster is back on the old ZooKeeper")))
		return w.Err
	}
	fmt.Fprintln(w, in(message.New("Next:")))
	for _, line := range r.Next {
		fmt.Fprintln(w, wordLine(in, env.Interactive(), render.WidthFor(w), line))
	}
	return w.Err
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
	Situations []situationJSON `json:"situations"`
	Steps      []stepJSON      `json:"steps"`
	Next       []lineJSON      `json:"next"`
	Done       bool            `json:"done"`
}

func writeReturnJSON(w io.Writer, r migration.Return) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "    ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(returnJSON{
		By: string(r.By), Chosen: r.Chosen, TooLate: r.TooLate, Lost: orEmpty(r.Lost),
		Situations: situationsJSON(r.Situations), Steps: stepsJSON(r.Steps), Next: linesJSON(r.Next), Done: r.Done,
	})
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
