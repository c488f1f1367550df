package command

import (
	"io"

	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/atomicfile"
)

// OutputOptions say where a report is written and in which format.
type OutputOptions struct {
	File string
	JSON bool
}

// Declare adds the flags of every command that prints a report. Commands of the original have them
// in its order, which its errors show.
func (o *OutputOptions) Declare(flags *FlagSet) {
	o.DeclareFile(flags)
	o.DeclareJSON(flags)
}

// DeclareFile adds the flag that says where a report goes.
func (o *OutputOptions) DeclareFile(flags *FlagSet) {
	flags.StringVarP(&o.File, "output", "o", "", "write the result to this file")
	flags.Complete("output", complete.NewFile)
}

// DeclareJSON adds the flag that says in which form a report is.
func (o *OutputOptions) DeclareJSON(flags *FlagSet) {
	flags.BoolVarP(&o.JSON, "json", "j", false, "print JSON")
}

// Print writes the report to the file of the options, completely or not at all, or to the
// environment's output.
func Print(env Output, r *render.Report, o OutputOptions) error {
	return env.WriteResult(o.File, func(w io.Writer) error {
		if o.JSON {
			return r.WriteJSON(w)
		}
		return r.WriteText(w, env.Format())
	})
}

// NewListing returns a listing that prints to the environment's output, as JSON or in its format.
func NewListing(env Output, json bool, name string) *render.Listing {
	return &render.Listing{W: env.Out(), JSON: json, Format: env.Format(), Name: name}
}

// WriteResult writes a result to a file, completely or not at all, or to the environment's output
// if file is "".
func (e *World) WriteResult(file string, write func(io.Writer) error) error {
	if file == "" {
		return write(e.Out)
	}
	return atomicfile.Write(file, 0o644, func(w io.Writer) error {
		sticky := &render.StickyWriter{W: w}
		if err := write(sticky); err != nil {
			return err
		}
		return sticky.Err
	})
}

// ForPerson reports whether a person reads the output and types the lines, so that the output may
// differ from what scripts expect.
func (e *World) ForPerson() bool { return e.Interactive && render.ScreenOf(e.Out) != nil }
