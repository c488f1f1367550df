package cluster

import (
	"strconv"

	"pegashell/commands/command"
	"pegashell/internal/outcome"
)

// sampleInterval is how many ms lie between two looks at metrics, as in the original of the main
// branch.
const sampleInterval = 1000

const sampleNotes = "Servers of the main branch only have counters that grow; rates are computed from two samples, -i milliseconds apart."

func declareSample(flags *command.FlagSet, ms *int32) {
	flags.VarP(&sampleValue{ms}, "sample_interval_ms", "i", "time between two samples of the metrics of servers of the main branch")
	flags.DeclareOwn("sample_interval_ms")
}

// sampleValue is the option -i, whose errors are worded as in the original of the main branch.
type sampleValue struct{ ms *int32 }

func (v *sampleValue) Set(s string) error {
	n, ok := command.ParseNumber(s)
	if !ok || n < 0 {
		return outcome.OriginalUse("parse sample_interval_ms(%s) failed", s)
	}
	if n == 0 {
		return outcome.OriginalUse("sample_interval_ms should be > 0")
	}
	*v.ms = n
	return nil
}

func (v *sampleValue) String() string { return strconv.Itoa(int(*v.ms)) }

func (v *sampleValue) Type() string { return "int32" }
