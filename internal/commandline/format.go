package commandline

import "pegashell/internal/tableformat"

// formatValue is the value of a flag that names a format.
type formatValue tableformat.Format

func (v *formatValue) Set(name string) error {
	format, err := tableformat.Parse(name)
	*v = formatValue(format)
	return err
}

func (v *formatValue) String() string { return string(*v) }

func (v *formatValue) Type() string { return "format" }
