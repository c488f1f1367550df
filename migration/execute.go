package migration

import (
	"context"
	"errors"
	"slices"

	"pegashell/internal/message"
)

// Change is what a command is about to do to a cluster or a tree.
type Change struct {
	// Command is the command's name, by which its guards are known.
	Command string
	// Flag is the command's flag that overrides guards, such as "--force".
	Flag string
	// Overridden are the names of guards that the operator overrides.
	Overridden []string
	// Planned: nothing is going to be written, so that guards warn where they would refuse.
	Planned bool
	// Warn takes warnings, one sentence each.
	Warn func(text message.Text)
	// Begin is called before the guards are heard for the first time, unless nothing is going to be
	// written; Overrode takes each guard that was overridden. Both may be nil.
	Begin    func()
	Overrode func(guard string)
}

// Pass hears what the guards of a change find in what was seen. Its error, a *Refusal, ends the
// change.
type Pass func(*Survey) error

// Refusal is a change that a guard has stopped.
type Refusal struct {
	Finding
	// Override is what overrides the guard, such as "--force live_tree"; "" for nothing.
	Override string
}

func (e *Refusal) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *Refusal) In(l message.Language) string {
	if e.Override == "" {
		return e.Problem.In(l)
	}
	return message.New("refused: %s\nNothing was changed. %s overrides this", e.Problem, e.Override).In(l)
}

// errUnguarded is a fault of this program.
var errUnguarded = errors.New("a change was carried out without passing its guards")

// Execute is the one way to carry out a change: do looks, calls pass with what it saw before its
// first write, and changes nothing if that fails. It may look and pass again, as after a question
// that took a long time; what was warned of is not repeated. A change that succeeds without having
// passed the guards is reported as a fault.
func Execute(ctx context.Context, c Change, do func(ctx context.Context, pass Pass) error) error {
	passed := false
	warned := map[string]bool{}
	warn := func(text message.Text) {
		if english := text.String(); !warned[english] {
			warned[english] = true
			c.Warn(text)
		}
	}
	err := do(ctx, func(s *Survey) error {
		if !passed && !c.Planned && c.Begin != nil {
			c.Begin()
		}
		passed = true
		for _, f := range Find(c.Command, s) {
			if err := c.heed(f, warn); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && !passed && len(guardsOf[c.Command]) > 0 {
		return errUnguarded
	}
	return err
}

// heed refuses, or warns where the guard is overridden or nothing is going to be written.
func (c Change) heed(f Finding, warn func(message.Text)) error {
	switch {
	case f.Guard == "":
		warn(f.Problem)
	case f.Final:
		return &Refusal{Finding: f}
	case slices.Contains(c.Overridden, f.Guard):
		if c.Overrode != nil && !c.Planned {
			c.Overrode(f.Guard)
		}
		warn(message.New("%s%s (overridden)", f.Problem, f.Then))
	case c.Planned:
		warn(message.New("without --dry_run this is refused: %s (guard %s)", f.Problem, f.Guard))
	default:
		return &Refusal{f, c.Flag + " " + f.Guard}
	}
	return nil
}
