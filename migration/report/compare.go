package report

import (
	"cmp"
	"fmt"
	"slices"

	"pegashell/internal/journal"
)

// stamp is how times are written.
const stamp = "2006-01-02 15:04:05"

// Pair is a fact about the cluster as it was seen first and last.
type Pair struct {
	What, Before, After string
	// Worse: the cluster was less healthy at the end.
	Worse bool
}

// Same reports whether nothing changed.
func (p Pair) Same() bool { return p.Before == p.After }

// compare compares what was seen first and last.
func (r *Report) compare() {
	if len(r.Sights) == 0 {
		return
	}
	a, b := r.Sights[0], r.Sights[len(r.Sights)-1]
	before, after := r.cells(a), r.cells(b)
	if len(r.Sights) == 1 { // then it was on one side only
		missing := slices.Repeat([]string{"not seen"}, len(before))
		if len(r.Steps) == 0 || a.Time.After(r.Steps[0].Time) {
			before = missing
		} else {
			after, b = missing, Sight{Seen: journal.Seen{Leaders: 1}}
		}
	}
	worse := map[string]bool{
		"meta servers that lead": b.Leaders != 1, "meta level": b.Level == "blind" || b.Level == "stopped" || b.Level == "freezed",
		"tables": a.Tables > b.Tables && b.Tables >= 0, "unhealthy tables": b.Unhealthy > 0,
		"replica servers": a.Servers > b.Servers && b.Servers >= 0, "of these alive": b.Alive < b.Servers,
	}
	for i, what := range compared {
		r.Compared = append(r.Compared, Pair{what, before[i], after[i], worse[what] && after[i] != "not seen"})
	}
	if a.TableSum != b.TableSum && a.namesAll() && b.namesAll() {
		r.Lost, r.New = without(a.Names, b.Names), without(b.Names, a.Names)
	}
}

// compared are the facts that are compared, cells their values in what was seen.
var compared = []string{
	"seen at", "leader", "meta servers that lead", "metadata", "meta level",
	"tables", "sum of the tables", "unhealthy tables", "replica servers", "of these alive",
}

func (r *Report) cells(s Sight) []string {
	return []string{
		s.Time.In(r.Location).Format(stamp), known(s.Leader), fmt.Sprint(s.Leaders), known(s.place()), known(s.Level),
		count(s.Tables), known(s.TableSum), count(s.Unhealthy), count(s.Servers), count(s.Alive),
	}
}

// namesAll reports whether the names are those of all tables: of many only the first are kept.
func (s Sight) namesAll() bool { return s.TableSum != "" && len(s.Names) == s.Tables }

func without(all, others []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(others, s) })
}

func known(s string) string { return cmp.Or(s, "unknown") }

func count(n int) string {
	if n < 0 {
		return "unknown"
	}
	return fmt.Sprint(n)
}
