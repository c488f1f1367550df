package command

import (
	"github.com/spf13/pflag"

	"pegashell/commands/complete"
)

// FlagSet are the flags of a command, with the kinds of their values. Commands of the original
// declare its flags in its order, which errors show.
type FlagSet struct {
	*pflag.FlagSet
	kinds map[string]complete.Kind
	own   map[string]bool
}

func newFlagSet(name string) *FlagSet {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.SortFlags = false
	flags.Usage = func() {}
	return &FlagSet{flags, map[string]complete.Kind{}, map[string]bool{}}
}

// Complete sets what the value of a flag is, for completion.
func (f *FlagSet) Complete(name string, kind complete.Kind) { f.kinds[name] = kind }

// Kind is what the value of a flag is; nil for what only the operator knows.
func (f *FlagSet) Kind(name string) complete.Kind { return f.kinds[name] }

// DeclareOwn marks flags of an original command as ours: their long names have to be written in
// full, so that the original's abbreviations mean what they mean there.
func (f *FlagSet) DeclareOwn(names ...string) {
	for _, name := range names {
		f.own[name] = true
	}
}

// IsOwn reports whether a flag is not one of the original's command.
func (f *FlagSet) IsOwn(name string) bool { return f.own[name] }
