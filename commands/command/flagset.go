package command

import (
	"github.com/spf13/pflag"

	"pegashell/commands/complete"
)

// FlagSet are the flags of a command, with the kinds of their values.
type FlagSet struct {
	*pflag.FlagSet
	kinds map[string]complete.Kind
}

func newFlagSet(name string) *FlagSet {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.SortFlags = false
	flags.Usage = func() {}
	return &FlagSet{flags, map[string]complete.Kind{}}
}

// Complete says what the value of a flag is, for completion.
func (f *FlagSet) Complete(name string, kind complete.Kind) { f.kinds[name] = kind }

// Kind is what the value of a flag is; nil for what only the operator knows.
func (f *FlagSet) Kind(name string) complete.Kind { return f.kinds[name] }
