package commands

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/internal/getopt"
	"pegashell/internal/nearmiss"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func newFlagSet(name string) *pflag.FlagSet {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.SortFlags = false
	flags.Usage = func() {}
	return flags
}

// ownFlag is the annotation of a flag that the original's command does not have.
const ownFlag = "own"

// declareOwn says of flags of an original command that they are ours: their long names have to be written in full,
// so that the original's abbreviations mean what they mean there.
func declareOwn(flags *pflag.FlagSet, names ...string) {
	for _, name := range names {
		// The only error is a flag that there is not, which a test finds.
		_ = flags.SetAnnotation(name, ownFlag, nil)
	}
}

// noDefaults is the flag that every command with flags has beside them: it leaves out those of the manifest.
const noDefaults = "no_defaults"

// The options that every command has and none declares.
var (
	helpOption       = getopt.Option{Name: "help", Letter: 'h', Exact: true}
	noDefaultsOption = getopt.Option{Name: noDefaults, Exact: true}
)

// optionsOf gives a command's options in the order of their declarations, which is that of the original's where the
// original has them, then those that every command has.
func optionsOf(flags *pflag.FlagSet) []getopt.Option {
	var options []getopt.Option
	flags.VisitAll(func(f *pflag.Flag) {
		_, own := f.Annotations[ownFlag]
		o := getopt.Option{Name: f.Name, Value: takesValue(f), Exact: own}
		if f.Shorthand != "" {
			o.Letter = f.Shorthand[0]
		}
		options = append(options, o)
	})
	if len(options) > 0 {
		options = append(options, noDefaultsOption)
	}
	return append(options, helpOption)
}

// parse sets the flags of one execution, those of the manifest first, and gives the other words. Its errors are worded
// as getopt_long words them, which the original shell uses. It gives pflag.ErrHelp where the help is asked for, with
// --help or -h.
func (c *Command) parse(flags *pflag.FlagSet, defaults, args []string) ([]string, error) {
	options, read := optionsOf(flags), getopt.Parse
	if c.Plain || c.Ignores {
		if len(args) == 1 && args[0] == "-h" || len(args) == 1 && args[0] == "--help" {
			return nil, pflag.ErrHelp
		}
		read = getopt.ParseNamed
	}
	if c.Plain {
		options = slices.DeleteFunc(options, func(o getopt.Option) bool { return o == helpOption })
	}
	given, words, wrong := read(options, args)
	if !slices.ContainsFunc(given, isNoDefaults) && len(defaults) > 0 {
		before, others, err := read(options, defaults)
		given, words = slices.Concat(before, given), slices.Concat(others, words)
		wrong = cmp.Or(err, wrong)
	}
	if err := setFlags(flags, c.Name, given); err != nil {
		return nil, err
	}
	if wrong != nil {
		return nil, wordOption(flags, c.Name, wrong, args)
	}
	return words, nil
}

func isNoDefaults(g getopt.Given) bool { return g.Option == noDefaultsOption }

// setFlags sets flags in the order in which they were given.
func setFlags(flags *pflag.FlagSet, name string, given []getopt.Given) error {
	for _, g := range given {
		f := flags.Lookup(g.Option.Name)
		switch {
		case g.Option == helpOption:
			return pflag.ErrHelp
		case isNoDefaults(g):
			continue
		case !g.Option.Value:
			g.Value = f.NoOptDefVal
		}
		err := flags.Set(f.Name, g.Value)
		var worded *UsageError
		switch {
		case errors.As(err, &worded):
			return worded
		case err != nil:
			return usagef("%s: %q is no value for option '--%s' (%s)", name, g.Value, f.Name, valueKind(f))
		}
	}
	return nil
}

// wordOption words an option that is wrong.
func wordOption(flags *pflag.FlagSet, name string, wrong error, args []string) error {
	text := fmt.Sprintf("%s: %v\n", name, wrong)
	var option *getopt.Error
	switch {
	case !errors.As(wrong, &option):
	case option.Kind == getopt.Invalid:
		text += meantLong(flags, args)
	case option.Kind == getopt.Unrecognized:
		typed, _, _ := strings.Cut(option.Option, "=")
		near := nearmiss.Of(typed, append(flagNames(flags), helpOption.Name))
		for i, n := range near {
			near[i] = "--" + n
		}
		if question := nearmiss.Ask(near); question != "" {
			text += question + "\n"
		}
	}
	return &UsageError{Text: text}
}

// meantLong asks whether a long option was meant where one was written with one hyphen.
func meantLong(flags *pflag.FlagSet, args []string) string {
	text := ""
	for _, arg := range args {
		long, ok := strings.CutPrefix(arg, "-")
		if ok && slices.Contains(flagNames(flags), long) {
			text += fmt.Sprintf("did you mean \"--%s\"?\n", long)
		}
	}
	return text
}

// flagNames are the long options in the order of the help.
func flagNames(flags *pflag.FlagSet) []string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
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

// number is a whole number whose errors are worded as the original words them: what names the option there.
func number(p *int32, what string) pflag.Value { return &numberValue{p, what} }

type numberValue struct {
	p    *int32
	what string
}

func (v *numberValue) Set(s string) error {
	n, ok := parseNumber(s)
	if !ok {
		return usagef("parse %s as %s failed", s, v.what)
	}
	*v.p = n
	return nil
}

// blanks are what C passes over in front of a number.
const blanks = " \t\n\v\f\r"

// parseNumber reads a whole number as the original does (strtoll with base 0): blanks before it, hexadecimal
// behind 0x, octal behind 0.
func parseNumber(s string) (int32, bool) {
	s = strings.TrimLeft(s, blanks)
	digits := strings.TrimLeft(s, "+-")
	if strings.ContainsAny(digits, "_bBoO") && !strings.HasPrefix(strings.ToLower(digits), "0x") || strings.Contains(s, "_") {
		return 0, false // forms of Go's that C does not know
	}
	n, err := strconv.ParseInt(s, 0, 32)
	return int32(n), err == nil
}

func (v *numberValue) String() string { return strconv.Itoa(int(*v.p)) }
func (v *numberValue) Type() string   { return "int32" }

// serverValue is a server, whose errors are worded as the original words them: what names the option there.
type serverValue struct {
	p    *string
	what string
}

func (v *serverValue) Set(s string) error {
	if err := metaadmin.CheckServer(s); err != nil {
		return &UsageError{Text: fmt.Sprintf("parse %s as %s failed\n", s, v.what), Near: octalNote(err)}
	}
	*v.p = s
	return nil
}

// octalNote says why a server's name is refused of which the original would make another port; it is empty for other
// errors, where the original's words say enough.
func octalNote(err error) string {
	if errors.Is(err, metaadmin.ErrLeadingZero) {
		return err.Error()
	}
	return ""
}

func (v *serverValue) String() string { return *v.p }
func (v *serverValue) Type() string   { return "server" }

// gpidValue is a partition, APP_ID.INDEX, or a whole table, APP_ID, where that is allowed; then its index is -1. The
// numbers are read as the original reads them (sscanf with %d.%d): decimal, with blanks and a sign before each. Text
// behind them, which the original passes over, is refused: it is a slip, and another partition could be meant.
type gpidValue struct {
	p     *wire.GPID
	table bool
	// wording is the original's error text, with %s for the value.
	wording string
}

func (v *gpidValue) Set(s string) error {
	app, index, dotted := strings.Cut(s, ".")
	id, err := parseDecimal(app)
	pid := wire.GPID{AppID: id, Index: -1}
	if dotted && err == nil {
		pid.Index, err = parseDecimal(index)
	}
	// A leader looks for a partition below 0 outside its table of partitions.
	if err != nil || dotted && pid.Index < 0 || !dotted && !v.table {
		return usagef(v.wording, s)
	}
	*v.p = pid
	return nil
}

// parseDecimal reads a number as C's %d does.
func parseDecimal(s string) (int32, error) {
	n, err := strconv.ParseInt(strings.TrimLeft(s, blanks), 10, 32)
	return int32(n), err
}

func (v *gpidValue) String() string {
	if v.p.AppID < 0 {
		return ""
	}
	return v.p.String()
}

func (v *gpidValue) Type() string { return "gpid" }
