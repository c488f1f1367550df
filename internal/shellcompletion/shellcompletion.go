// Package shellcompletion writes scripts that make bash and zsh complete a program's own options.
package shellcompletion

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

// Shells are the shells with a completion script.
var Shells = []string{"bash", "zsh"}

// Value describes the value of an option. The zero Value is something that only the user knows.
type Value struct {
	// Files says that it is the name of a file.
	Files bool
	// Words are all values that it can be, without blanks and quotes.
	Words []string
	// Query is an option of the program that prints the values, a line each, and ends.
	Query string
	// With names options that are passed to the query, with their values, if they are on the line.
	With []string
}

// Program is a program without arguments that are no options.
type Program struct {
	// Name is what is typed.
	Name string
	// Flags are its options. Hidden ones are left out.
	Flags *pflag.FlagSet
	// Values are those of options, by the options' long names.
	Values map[string]Value
}

// Write writes the script for one of the Shells.
func (p Program) Write(w io.Writer, shell string) error {
	var script string
	switch shell {
	case "bash":
		script = p.bash()
	case "zsh":
		script = p.zsh()
	default:
		return fmt.Errorf("there is no completion for the shell %q, only for %s", shell, strings.Join(Shells, " and "))
	}
	_, err := io.WriteString(w, script)
	return err
}

// function is the name of the script's function.
func (p Program) function() string { return "_" + strings.ReplaceAll(p.Name, "-", "_") }

// visit goes through the options that are shown, with their short form first if they have one.
func (p Program) visit(do func(f *pflag.Flag, forms []string, value Value)) {
	p.Flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		do(f, forms(f), p.Values[f.Name])
	})
}

func forms(f *pflag.Flag) []string {
	if f.Shorthand == "" {
		return []string{"--" + f.Name}
	}
	return []string{"-" + f.Shorthand, "--" + f.Name}
}

// takesValue is false for switches.
func takesValue(f *pflag.Flag) bool { return f.NoOptDefVal == "" }

// quote writes text as one word for both shells.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
