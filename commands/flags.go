package commands

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

func newFlagSet(name string) *pflag.FlagSet {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.SortFlags = false
	flags.Usage = func() {}
	return flags
}

// parseFlags reads a command's flags and words its errors as getopt_long does, which the original shell
// uses.
func parseFlags(flags *pflag.FlagSet, name string, args []string) error {
	err := flags.Parse(args)
	if err == nil {
		return nil
	}
	var worded *UsageError
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &worded):
		return worded
	case errors.Is(err, pflag.ErrHelp):
		return &UsageError{}
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return usagef("%s: invalid option -- '%s'", name, unknown.GetSpecifiedName())
	case errors.As(err, &unknown):
		return usagef("%s: unrecognized option '--%s'", name, unknown.GetSpecifiedName())
	case errors.As(err, &missing) && missing.GetSpecifiedShortnames() != "":
		return usagef("%s: option requires an argument -- '%s'", name, missing.GetSpecifiedName())
	case errors.As(err, &missing):
		return usagef("%s: option '--%s' requires an argument", name, missing.GetSpecifiedName())
	case errors.As(err, &invalid):
		return usagef("%s: %q is no value for option '--%s' (%s)", name, invalid.GetValue(), invalid.GetFlag().Name, valueKind(invalid.GetFlag()))
	}
	return usagef("%s: %v", name, err)
}

func valueKind(flag *pflag.Flag) string {
	switch kind := flag.Value.Type(); {
	case strings.HasPrefix(kind, "int") || strings.HasPrefix(kind, "uint"):
		return "a whole number is wanted"
	case kind == "duration":
		return "a duration such as 500ms or 30s is wanted"
	case kind == "bool":
		return "true or false is wanted"
	default:
		return fmt.Sprintf("a %s is wanted", kind)
	}
}

// number is a whole number whose errors are worded as the original words them: what names the option there.
func number(p *int32, what string) pflag.Value { return &numberValue{p, what} }

type numberValue struct {
	p    *int32
	what string
}

func (v *numberValue) Set(s string) error {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return usagef("parse %s as %s failed", s, v.what)
	}
	*v.p = int32(n)
	return nil
}

func (v *numberValue) String() string { return strconv.Itoa(int(*v.p)) }
func (v *numberValue) Type() string   { return "int32" }
