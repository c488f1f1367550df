package look

import (
	"testing"
	"time"

	"pegashell/zkcopy/session"
)

// at are candidates for the tests by what is known of them.
func candidateAt(host string, set func(*candidate)) *candidate {
	c := &candidate{at: Address{Endpoint: session.Endpoint{Servers: []string{host}, Path: "/p"}}, servers: []string{host}, doubt: errTest}
	set(c)
	return c
}

func aged(day int) func(*candidate) {
	return func(c *candidate) {
		c.doubt, c.seen = nil, &seen{}
		if day > 0 {
			c.seen.age = time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)
		}
	}
}

type testError string

func (e testError) Error() string { return string(e) }

const errTest = testError("not reached")

func TestTheOldAndTheNewTreeAreFoundByWhatIsThere(t *testing.T) {
	leads := func(c *candidate) { c.leads = true }
	runs := func(c *candidate) { c.runs = true }
	configured := func(c *candidate) { c.configured = true }
	both := func(sets ...func(*candidate)) func(*candidate) {
		return func(c *candidate) {
			for _, set := range sets {
				set(c)
			}
		}
	}
	for _, c := range []struct {
		name           string
		a, b           func(*candidate)
		pastA, pastB   bool // a was the source and b the target of the last migration
		reversed       bool // the other way round
		source, target string
	}{
		{name: "one ZooKeeper only", a: both(leads, runs, configured, aged(1)), source: "a"},
		{name: "configurations are changed", a: both(leads, runs, aged(1)), b: both(configured, aged(2)), source: "a", target: "b"},
		{name: "before the copy", a: both(leads, runs, aged(1)), b: both(configured, aged(0)), source: "a", target: "b"},
		{name: "the leader has moved, a file was forgotten", a: both(configured, aged(1)), b: both(leads, runs, aged(2)), source: "a", target: "b"},
		{name: "the leader has moved, a follower was forgotten", a: both(runs, aged(1)), b: both(leads, runs, configured, aged(2)), source: "a", target: "b"},
		{name: "two leaders", a: both(leads, runs, aged(1)), b: both(leads, runs, configured, aged(2)), source: "a", target: "b"},
		{name: "nobody runs", a: both(configured, aged(1)), b: both(configured, aged(2)), source: "a", target: "b"},
		{name: "the new one is not reached", a: both(leads, runs, aged(1)), b: configured, source: "a", target: "b"},
		{name: "the old one is lost, recovery", a: both(leads, runs, aged(0)), b: configured, pastA: true, pastB: true, reversed: true, source: "b", target: "a"},
		{name: "the old tree was removed, by the journal", a: both(configured, aged(0)), b: both(leads, runs, aged(2)), pastA: true, pastB: true, source: "a", target: "b"},
		{name: "only the journal names the target", a: both(leads, runs, configured, aged(1)), b: aged(0), pastA: true, pastB: true, source: "a", target: "b"},
		{name: "all has moved, the journal names the source", a: aged(1), b: both(leads, runs, configured, aged(2)), pastA: true, pastB: true, source: "a", target: "b"},
		{name: "nothing answers, the journal knows", a: aged(1), b: aged(2), pastA: true, pastB: true, source: "a", target: "b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var all []*candidate
			var past [2]*candidate
			for i, set := range []func(*candidate){c.a, c.b} {
				if set != nil {
					all = append(all, candidateAt(string(rune('a'+i)), set))
				}
			}
			if c.pastA {
				past[0] = all[0]
			}
			if c.pastB {
				past[1] = all[1]
			}
			if c.reversed {
				past = [2]*candidate{past[1], past[0]}
			}
			got := choose(all, past[0], past[1])
			if name(got.source) != c.source || name(got.target) != c.target {
				t.Errorf("source %q, target %q; want %q, %q", name(got.source), name(got.target), c.source, c.target)
			}
		})
	}
}

func name(c *candidate) string {
	if c == nil {
		return ""
	}
	return c.at.Servers[0]
}

func TestATreeThatWasNamedDecidesWhichIsTheOther(t *testing.T) {
	set := func(*candidate) {}
	a, b := candidateAt("a", func(c *candidate) { c.leads = true }), candidateAt("b", func(c *candidate) { c.configured = true })
	past := candidateAt("past", set)
	all := &trees{all: []*candidate{past, b, a}}
	for _, c := range []struct{ what, got, want string }{
		{"b is the target", name(all.otherThan(b)), "a"},
		{"a is the target", name(all.otherThan(a)), "b"},
		{"the only one is the target", name((&trees{all: []*candidate{a}}).otherThan(a)), ""},
		{"a is the source", name(all.newerThan(a, past)), "b"},
		{"b is the source", name(all.newerThan(b, past)), "a"},
		{"the only one is the source", name((&trees{all: []*candidate{past, a}}).newerThan(a, past)), "past"},
		{"the source is the target of the journal", name((&trees{all: []*candidate{a}}).newerThan(a, a)), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: the other is %q, want %q", c.what, c.got, c.want)
		}
	}
}
