package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pegashell/internal/journal"
)

// Freeze is the window in which the metadata must not change: from the set_meta_level blind that
// held until the leader was steady on the new ZooKeeper.
type Freeze struct {
	// From and To bound the window; both are zero where it is not known.
	From, To time.Time
	// Least is how long it was at least: To is when the leader was seen, which may have been steady
	// before.
	Least time.Duration
	// Unknown is why it is not known, "" where it is.
	Unknown string
}

// Longest is how long the window was at most.
func (f Freeze) Longest() time.Duration { return f.To.Sub(f.From) }

// String is the window in seconds.
func (f Freeze) String() string {
	switch most := f.Longest().Seconds(); {
	case f.Unknown != "":
		return "unknown: " + f.Unknown
	case f.Least > 0 && most-f.Least.Seconds() >= 0.1:
		return fmt.Sprintf("between %.1f and %.1f seconds", f.Least.Seconds(), most)
	case f.Least > 0:
		return fmt.Sprintf("%.1f seconds", most)
	default:
		return fmt.Sprintf("at most %.1f seconds", most)
	}
}

// noBlind is why nothing is known of a window that was never begun.
const noBlind = "the journal has no set_meta_level blind that succeeded"

// freezeOf finds the window in the records of a cluster that moves to these servers.
func freezeOf(records []journal.Record, hosts string) Freeze {
	w := window{hosts: hosts, why: noBlind}
	for i := range records {
		if w.add(&records[i]); !w.found.To.IsZero() {
			return w.found
		}
	}
	return Freeze{Unknown: w.why}
}

// window follows the level from record to record.
type window struct {
	hosts string
	// from is since when the level is blind, zero where it is not.
	from time.Time
	// sure is when the leader had answered that it is; before that it may still be seen steady.
	sure time.Time
	// arrived: the leader uses the new ZooKeeper.
	arrived bool
	why     string
	found   Freeze
}

// sameHosts reports whether two lists name the same servers.
func sameHosts(a, b string) bool {
	return slices.Equal(slices.Sorted(strings.SplitSeq(a, ",")), slices.Sorted(strings.SplitSeq(b, ",")))
}

const clock = "2006-01-02 15:04:05 Z07:00"

func (w *window) add(r *journal.Record) {
	switch {
	case r.Seen != nil:
		w.see(r.Time, r.Seen)
	case r.Command == "set_meta_level" && r.Outcome == journal.OK:
		w.set(r)
	}
}

func (w *window) set(r *journal.Record) {
	switch level := r.Fact("level"); {
	case level == "blind":
		if w.from.IsZero() {
			w.from, w.sure = r.Time, r.Ended
		}
		w.why = "the leader was not seen steady on the new ZooKeeper afterwards"
		if w.hosts == "" {
			w.why = "the journal does not say to which ZooKeeper the metadata was moved"
		}
	case w.from.IsZero():
	case w.arrived && (level == "steady" || level == "lively"):
		w.found = Freeze{From: w.from, To: r.Ended, Least: r.Ended.Sub(w.from)}
	case !w.arrived:
		w.from = time.Time{}
		w.why = fmt.Sprintf("the level was set to %s again at %s, before the leader was seen on the new ZooKeeper", level, r.Time.Format(clock))
	}
}

func (w *window) see(at time.Time, s *journal.Seen) {
	steady := s.Level == "steady" || s.Level == "lively"
	w.arrived = w.hosts != "" && sameHosts(hostsOf(s.Hosts), w.hosts)
	switch {
	case w.hosts == "" || w.from.IsZero() || !at.After(w.sure):
	case s.Leaders > 1:
		w.why = fmt.Sprintf("at %s two meta servers led", at.Format(clock))
	case !w.arrived && steady:
		w.from = time.Time{}
		w.why = fmt.Sprintf("at %s the level was %s on the old ZooKeeper: a fail-over or a restart had reset it", at.Format(clock), s.Level)
	case w.arrived && steady:
		w.found = Freeze{From: w.from, To: at}
		if s.Since.After(w.from) && !s.Since.After(at) {
			w.found.Least = s.Since.Sub(w.from)
		}
	}
}
