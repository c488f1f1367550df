package command

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/internal/getopt"
	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
	"pegashell/internal/outcome"
)

// noDefaults is a flag that every command with flags has too: it ignores those of the manifest.
const noDefaults = "no_defaults"

// The options that every command has and none declares.
var (
	helpOption       = getopt.Option{Name: "help", Letter: 'h', Exact: true}
	noDefaultsOption = getopt.Option{Name: noDefaults, Exact: true}
)

// optionsOf returns a command's options in the order of their declarations, which is that of the
// original's where the original has them, then those that every command has.
func optionsOf(flags *FlagSet) []getopt.Option {
	var options []getopt.Option
	defaults := false // whether a flag can be one in the manifest
	flags.VisitAll(func(f *pflag.Flag) {
		defaults = defaults || f.Name != overrideFlag
		o := getopt.Option{Name: f.Name, Value: takesValue(f), Exact: flags.IsOwn(f.Name)}
		if f.Shorthand != "" {
			o.Letter = f.Shorthand[0]
		}
		options = append(options, o)
	})
	if defaults {
		options = append(options, noDefaultsOption)
	}
	return append(options, helpOption)
}

// parse sets the flags of one execution, those of the manifest first, and returns the other words.
// Its errors have the texts of getopt_long, which the original shell uses. It returns pflag.ErrHelp
// if the line has --help or -h.
func (c *Command) parse(flags *FlagSet, defaults, args []string) ([]string, error) {
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
		return nil, c.wordOption(flags, wrong, args)
	}
	return words, nil
}

// others returns the words of a line without the flags of ours and their values: the original would not
// know them.
func others(flags *FlagSet, words []string) (rest []string) {
	for i := 0; i < len(words); i++ {
		if words[i] == "--" {
			return append(rest, words[i:]...)
		}
		long, isLong := strings.CutPrefix(words[i], "--")
		name, _, joined := strings.Cut(long, "=")
		if !isLong || !flags.IsOwn(name) && name != noDefaults {
			rest = append(rest, words[i])
			continue
		}
		if f := flags.Lookup(name); f != nil && takesValue(f) && !joined {
			i++
		}
	}
	return rest
}

func isNoDefaults(g getopt.Given) bool { return g.Option == noDefaultsOption }

// setFlags sets flags in the order in which they were written.
func setFlags(flags *FlagSet, name string, given []getopt.Given) error {
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
		var worded *outcome.Failure
		switch {
		case errors.As(err, &worded):
			return worded
		case err != nil:
			return outcome.WrongUse("%s: invalid value %q for option '--%s': expected %s", name, g.Value, f.Name, valueKind(f))
		}
	}
	return nil
}

// wordOption returns the error for an option that is wrong.
func (c *Command) wordOption(flags *FlagSet, wrong error, args []string) error {
	var meant []message.Text
	var option *getopt.Error
	switch {
	case !errors.As(wrong, &option):
	case option.Kind == getopt.Invalid:
		meant = meantLong(flags, args)
	case option.Kind == getopt.Unrecognized:
		typed, _, _ := strings.Cut(option.Option, "=")
		near := nearmiss.Of(typed, append(flagNames(flags), helpOption.Name))
		for i, n := range near {
			near[i] = "--" + n
		}
		if question := nearmiss.Ask(near); !question.IsZero() {
			meant = append(meant, question)
		}
	}
	texts := []message.Text{message.Verbatim(fmt.Sprintf("%s: %v", c.Name, wrong))}
	if c.BadOption != "" {
		texts = append(texts, message.Verbatim(c.BadOption))
	}
	return outcome.WrongUse("%s", message.Join("\n", append(texts, meant...)...))
}

// meantLong asks whether a long option was meant where one was written with one hyphen.
func meantLong(flags *FlagSet, args []string) []message.Text {
	var questions []message.Text
	for _, arg := range args {
		long, ok := strings.CutPrefix(arg, "-")
		if ok && slices.Contains(flagNames(flags), long) {
			questions = append(questions, nearmiss.Ask([]string{"--" + long}))
		}
	}
	return questions
}

// flagNames are the long options in the order of the help.
func flagNames(flags *FlagSet) []string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

func valueKind(flag *pflag.Flag) message.Text {
	switch kind := flag.Value.Type(); {
	case strings.HasPrefix(kind, "int") || strings.HasPrefix(kind, "uint"):
		return message.New("a whole number")
	case kind == "numbers":
		return message.New("whole numbers with commas between them")
	case kind == "duration":
		return message.New("a duration such as 500ms or 30s")
	default:
		return message.New("a %s", kind)
	}
}
