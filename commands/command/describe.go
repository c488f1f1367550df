package command

import (
	"github.com/spf13/pflag"
)

// FlagText is what there is to know about a flag, for documentation.
type FlagText struct {
	Name      string
	Shorthand string // empty for none
	Value     string // the placeholder of its value in the usage line; empty for a switch
	Meaning   string
	Default   string // empty where it means nothing
}

// FlagTexts are the command's flags in the order of its help.
func (c *Command) FlagTexts() []FlagText {
	var all []FlagText
	c.Flags().VisitAll(func(f *pflag.Flag) {
		_, meaning := pflag.UnquoteUsage(f)
		all = append(all, FlagText{f.Name, f.Shorthand, c.valueWord(f), meaning, shownDefault(f)})
	})
	return all
}

// UsageLines is the usage after the command's name, broken as help shows it; at least one line.
func (c *Command) UsageLines() []string { return wrapUsage(c.Usage, helpUsageWidth) }
