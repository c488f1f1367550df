package render

import (
	"testing"
)

func TestOnlyWhatNeedsEyesHasATone(t *testing.T) {
	for _, c := range []struct {
		name, cell string
		want       tone
	}{
		{"status", "ALIVE", toneGood},
		{"status", "UNALIVE", toneBad},
		{"status", "AVAILABLE", toneNone},
		{"app_name", "UNALIVE", toneNone},
		{"status", "", toneNone},
		{"unalive_node_count", "0", toneNone},
		{"unalive_node_count", "2", toneBad},
		{"alive_node_count", "2", toneNone},
		{"unhealthy", "3", toneWarn},
		{"unhealthy", "unhealthy", toneNone}, // the head of the column
		{"write_unhealthy", "1", toneBad},
		{"read_unhealthy_app_count", "1", toneBad},
		{"unhealthy_partition_count", "12", toneWarn},
		{"fully_healthy", "3", toneNone},
		{"meta_function_level", "blind", toneWarn},
		{"meta_function_level", "steady", toneNone},
		{"faults", "1", toneBad},
		{"warnings", "1", toneWarn},
		{"result", "NOT verified", toneWarn},
		{"result", "not verified: --no_verify was given", toneWarn},
		{"result", "different", toneWarn},
		{"result", "equal", toneNone},
	} {
		if got := ToneOf(c.name, c.cell); got != c.want {
			t.Errorf("%s %q has tone %q, want %q", c.name, c.cell, got, c.want)
		}
	}
}
