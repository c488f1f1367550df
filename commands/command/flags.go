package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/internal/nearmiss"
	"pegashell/internal/outcome"
)

// parseFlags reads a command's flags and words its errors as getopt_long does, which the original shell
// uses. It gives pflag.ErrHelp where the help is asked for, with --help or -h.
func parseFlags(flags *pflag.FlagSet, name string, args []string) error {
	flags.SetNormalizeFunc(completeFlag(flags))
	err := flags.Parse(args)
	if err == nil {
		return nil
	}
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case outcome.UsageOf(err) != nil:
		return err
	case errors.Is(err, pflag.ErrHelp):
		return err
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return unknownShort(flags, name, unknown.GetSpecifiedName(), args)
	case errors.As(err, &unknown):
		return unknownLong(flags, name, unknown.GetSpecifiedName())
	case errors.As(err, &missing) && missing.GetSpecifiedShortnames() != "":
		return outcome.WrongUse("%s: option requires an argument -- '%s'", name, missing.GetSpecifiedName())
	case errors.As(err, &missing):
		return outcome.WrongUse("%s: option '--%s' requires an argument", name, missing.GetSpecifiedName())
	case errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "bool":
		return outcome.WrongUse("%s: option '--%s' doesn't allow an argument", name, invalid.GetFlag().Name)
	case errors.As(err, &invalid):
		return outcome.WrongUse("%s: %q is no value for option '--%s' (%s)", name, invalid.GetValue(), invalid.GetFlag().Name, valueKind(invalid.GetFlag()))
	}
	return outcome.WrongUse("%s: %v", name, err)
}

// unknownShort words an unknown option of one letter; a long one may have been written with one hyphen.
func unknownShort(flags *pflag.FlagSet, name, letter string, args []string) error {
	text := fmt.Sprintf("%s: invalid option -- '%s'\n", name, letter)
	for _, arg := range args {
		long, ok := strings.CutPrefix(arg, "-")
		if ok && slices.Contains(flagNames(flags), long) {
			text += fmt.Sprintf("did you mean \"--%s\"?\n", long)
		}
	}
	return outcome.Misuse(text, "")
}

// unknownLong words a long option that is none, or the beginning of several.
func unknownLong(flags *pflag.FlagSet, name, option string) error {
	names := flagNames(flags)
	if full := beginningWith(names, option); len(full) > 1 {
		return outcome.WrongUse("%s: option '--%s' is ambiguous; possibilities: '--%s'", name, option, strings.Join(full, "' '--"))
	}
	text := fmt.Sprintf("%s: unrecognized option '--%s'\n", name, option)
	near := nearmiss.Of(option, append(names, "help"))
	for i, n := range near {
		near[i] = "--" + n
	}
	if question := nearmiss.Ask(near); question != "" {
		text += question + "\n"
	}
	return outcome.Misuse(text, "")
}

// completeFlag takes the beginning of a long option's name for the option, as getopt_long does, where it is
// the beginning of one only.
func completeFlag(flags *pflag.FlagSet) func(*pflag.FlagSet, string) pflag.NormalizedName {
	names := flagNames(flags)
	return func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		full := beginningWith(names, name)
		if slices.Contains(names, name) || len(full) != 1 {
			return pflag.NormalizedName(name)
		}
		return pflag.NormalizedName(full[0])
	}
}

// flagNames are the long options in the order of the help.
func flagNames(flags *pflag.FlagSet) []string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

func beginningWith(names []string, prefix string) []string {
	var full []string
	for _, n := range names {
		if strings.HasPrefix(n, prefix) {
			full = append(full, n)
		}
	}
	return full
}

func valueKind(flag *pflag.Flag) string {
	switch kind := flag.Value.Type(); {
	case strings.HasPrefix(kind, "int") || strings.HasPrefix(kind, "uint"):
		return "a whole number is wanted"
	case kind == "duration":
		return "a duration such as 500ms or 30s is wanted"
	default:
		return fmt.Sprintf("a %s is wanted", kind)
	}
}
