package report

import (
	"strings"
	"testing"
	"time"

	"pegashell/internal/journal"
)

func second(n int) time.Time { return time.Date(2026, 1, 2, 3, 0, n, 0, time.UTC) }

// level is a set_meta_level that was sent at a second and took one.
func level(at int, to string, outcome journal.Outcome) journal.Record {
	return journal.Record{Ended: second(at + 1), Entry: journal.Entry{Kind: journal.After, Time: second(at), Command: "set_meta_level", Outcome: outcome,
		Facts: map[string]any{"level": to}}}
}

// seenAt is what was seen of the leader at a second.
func seenAt(at int, hosts, level string, change ...func(*journal.Seen)) journal.Record {
	s := &journal.Seen{Leaders: 1, Hosts: hosts, Level: level}
	for _, c := range change {
		c(s)
	}
	return journal.Record{Entry: journal.Entry{Kind: journal.Sight, Time: second(at), Seen: s}}
}

func TestTheFreezeWindowEndsWithASteadyLeaderOnTheNewZooKeeper(t *testing.T) {
	const old, target = "old:1", "new:1,new:2"
	ok := journal.OK
	since := func(at int) func(*journal.Seen) { return func(s *journal.Seen) { s.Since = second(at) } }
	two := func(s *journal.Seen) { s.Leaders = 2 }
	for name, c := range map[string]struct {
		records []journal.Record
		hosts   string
		want    string
	}{
		"seen":                   {[]journal.Record{level(0, "blind", ok), seenAt(30, target, "steady")}, target, "at most 30.0 seconds"},
		"other order, chroot":    {[]journal.Record{level(0, "blind", ok), seenAt(30, "new:2,new:1/c", "lively")}, target, "at most 30.0 seconds"},
		"leader since":           {[]journal.Record{level(0, "blind", ok), seenAt(30, target, "steady", since(20))}, target, "between 20.0 and 30.0 seconds"},
		"leader since long":      {[]journal.Record{level(10, "blind", ok), seenAt(30, target, "steady", since(5))}, target, "at most 20.0 seconds"},
		"blind twice":            {[]journal.Record{level(0, "blind", ok), level(5, "blind", ok), seenAt(30, target, "steady")}, target, "at most 30.0 seconds"},
		"seen while it is set":   {[]journal.Record{level(0, "blind", ok), seenAt(0, old, "steady"), seenAt(30, target, "steady")}, target, "at most 30.0 seconds"},
		"set anew":               {[]journal.Record{level(0, "blind", ok), level(5, "steady", ok), level(10, "blind", ok), seenAt(30, target, "steady")}, target, "at most 20.0 seconds"},
		"lost and set anew":      {[]journal.Record{level(0, "blind", ok), seenAt(5, old, "steady"), level(10, "blind", ok), seenAt(30, target, "steady")}, target, "at most 20.0 seconds"},
		"blind there too":        {[]journal.Record{level(0, "blind", ok), seenAt(20, target, "blind"), level(30, "steady", ok)}, target, "31.0 seconds"},
		"only the first":         {[]journal.Record{level(0, "blind", ok), seenAt(30, target, "steady"), level(40, "blind", ok), seenAt(60, target, "steady")}, target, "at most 30.0 seconds"},
		"two leaders in between": {[]journal.Record{level(0, "blind", ok), seenAt(10, target, "steady", two), seenAt(30, target, "steady")}, target, "at most 30.0 seconds"},
		"frozen there":           {[]journal.Record{level(0, "blind", ok), seenAt(30, target, "freezed")}, target, "unknown: the leader was not seen steady on the new ZooKeeper afterwards"},
		"nothing":                {nil, target, "unknown: the journal has no set_meta_level blind that succeeded"},
		"failed":                 {[]journal.Record{level(0, "blind", journal.Failed), seenAt(30, target, "steady")}, target, "unknown: the journal has no set_meta_level blind that succeeded"},
		"never seen":             {[]journal.Record{level(0, "blind", ok)}, target, "unknown: the leader was not seen steady on the new ZooKeeper afterwards"},
		"no target":              {[]journal.Record{level(0, "blind", ok), seenAt(30, target, "steady")}, "", "unknown: the journal does not say to which ZooKeeper the metadata was moved"},
		"given up":               {[]journal.Record{level(0, "blind", ok), level(5, "steady", ok)}, target, "unknown: the level was set to steady again at 2026-01-02 03:00:05 Z, before"},
		"lost":                   {[]journal.Record{level(0, "blind", ok), seenAt(5, old, "steady")}, target, "unknown: at 2026-01-02 03:00:05 Z the level was steady on the old ZooKeeper: a fail-over"},
		"two leaders":            {[]journal.Record{level(0, "blind", ok), seenAt(10, target, "steady", two)}, target, "unknown: at 2026-01-02 03:00:10 Z two meta servers led"},
	} {
		if got := freezeOf(c.records, c.hosts).String(); !strings.HasPrefix(got, c.want) || !strings.Contains(c.want, "unknown") && got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
