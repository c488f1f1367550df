package report

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"pegashell/internal/journal"
	"pegashell/migration"
)

// Options say what a report is about.
type Options struct {
	// Metas are the meta servers of the cluster.
	Metas []string
	// Since is the beginning; zero for that of the last series of entries.
	Since time.Time
	// Now is when the report is made, and Location the time zone of its times.
	Now      time.Time
	Location *time.Location
	// Journal is the file that it is made from, Version this program's version.
	Journal, Version string
}

// Report is the record of what was done to a cluster.
type Report struct {
	Options
	// Cluster is the cluster's name, or one of its meta servers where no entry has the name.
	Cluster string
	// By is the procedure, "" where none was begun. From and To are the trees on the old and the new
	// ZooKeeper, HOSTS/PATH, "" where they are not known.
	By       migration.Procedure
	From, To string
	// Began and Ended are the first and the last time in it.
	Began, Ended time.Time
	// People are those who typed the lines, USER@HOST.
	People []string
	Steps  []Step
	Sights []Sight
	// Freeze is the time in which the metadata must not change.
	Freeze Freeze
	// Compared is what was seen first and last of the cluster; nil where it was not seen.
	Compared []Pair
	// Lost and New are tables, as `ID NAME PARTITIONS`, that were seen first and not last, and the
	// other way round.
	Lost, New []string
	// Damaged is how many lines of the journal could not be read.
	Damaged int
}

// Step is a command, or a list that was saved.
type Step struct {
	journal.Record
	// Number counts from 1.
	Number int
	Facts  []Fact
}

// Fact is something that a command found out.
type Fact struct{ Name, Value string }

// Sight is what was seen of the cluster at a time.
type Sight struct {
	Time time.Time
	journal.Seen
}

// pause is how long nothing is written between two series of entries.
const pause = 24 * time.Hour

// Of makes the report of a journal.
func Of(contents journal.Contents, o Options) *Report {
	if o.Location == nil {
		o.Location = time.UTC
	}
	records := chosen(contents.Records, o)
	r := &Report{Options: o, Damaged: contents.Damaged}
	for i := range records {
		r.add(&records[i])
	}
	slices.Sort(r.People)
	r.People = slices.Compact(r.People)
	r.places(records)
	r.Freeze = freezeOf(records, hostsOf(r.To))
	if r.By == migration.ByRecovery && r.Freeze.Unknown == noBlind {
		r.Freeze.Unknown = "a recovery does not set the level blind; while no meta server leads nothing can change"
	}
	r.compare()
	return r
}

// chosen are the records of the cluster since the time, in the order of their times.
func chosen(all []journal.Record, o Options) []journal.Record {
	var own []journal.Record
	for _, r := range all {
		if r.Of(o.Metas) && !r.Time.Before(o.Since) {
			own = append(own, r)
		}
	}
	slices.SortStableFunc(own, func(a, b journal.Record) int { return a.Time.Compare(b.Time) })
	if !o.Since.IsZero() {
		return own
	}
	for i := len(own) - 1; i > 0; i-- {
		if own[i].Time.Sub(last(own[i-1])) > pause {
			return own[i:]
		}
	}
	return own
}

// last is the last time that a record speaks of.
func last(r journal.Record) time.Time {
	if r.Ended.After(r.Time) {
		return r.Ended
	}
	return r.Time
}

func (r *Report) add(record *journal.Record) {
	r.Cluster = cmp.Or(record.Cluster, r.Cluster)
	if r.Began.IsZero() {
		r.Began = record.Time
	}
	if end := last(*record); end.After(r.Ended) {
		r.Ended = end
	}
	if record.Seen != nil {
		r.Sights = append(r.Sights, Sight{record.Time, *record.Seen})
		return
	}
	r.People = append(r.People, record.User+"@"+record.Host)
	r.Steps = append(r.Steps, Step{Record: *record, Number: len(r.Steps) + 1, Facts: factsOf(record.Facts)})
}

// places finds out from where to where the metadata was moved.
func (r *Report) places(records []journal.Record) {
	h := migration.HistoryOf(records, r.Metas)
	r.By, r.From, r.To = h.By, h.From, h.Target
	if r.Cluster == "" && len(r.Metas) > 0 {
		r.Cluster = r.Metas[0]
	}
	if len(r.Sights) == 0 || r.By == "" {
		return
	}
	first, now := r.Sights[0], r.Sights[len(r.Sights)-1]
	r.From = cmp.Or(r.From, first.place())
	if r.To == "" && now.Hosts != first.Hosts {
		r.To = now.place()
	}
}

// place is the tree that the leader uses.
func (s Sight) place() string {
	if s.Hosts == "" {
		return ""
	}
	return hostsOf(s.Hosts) + s.Root
}

// hostsOf returns the servers of HOSTS/PATH.
func hostsOf(tree string) string {
	hosts, _, _ := strings.Cut(tree, "/")
	return hosts
}

// Overridden are the steps that overrode a guard, Unfinished those of whose end nothing is known.
func (r *Report) Overridden() []Step {
	return r.which(func(s *Step) bool { return len(s.Overridden) > 0 })
}

// Unfinished are the steps of whose end the journal says nothing.
func (r *Report) Unfinished() []Step {
	return r.which(func(s *Step) bool { return s.Outcome == journal.Unfinished })
}

func (r *Report) which(is func(*Step) bool) []Step {
	var some []Step
	for i := range r.Steps {
		if is(&r.Steps[i]) {
			some = append(some, r.Steps[i])
		}
	}
	return some
}

// Count is how many steps ended so.
func (r *Report) Count(o journal.Outcome) int {
	return len(r.which(func(s *Step) bool { return s.Outcome == o }))
}

// factOrder is the order in which facts are shown; others follow by their names.
var factOrder = []string{
	"result", "source", "target", "backed_up", "file", "list", "key", "old", "new", "table", "id", "new_name", "partition", "partitions",
	"old_level", "level", "server", "servers", "succeeded", "znodes", "bytes", "created", "changed", "equal", "removed",
	"verified", "final", "source_zxid", "sum",
}

func factsOf(facts map[string]any) []Fact {
	rank := func(name string) int {
		if i := slices.Index(factOrder, name); i >= 0 {
			return i
		}
		return len(factOrder)
	}
	keys := slices.SortedFunc(maps.Keys(facts), func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b)) })
	var shown []Fact
	for _, key := range keys {
		text := factText(facts[key])
		if key == "changed" && text == factText(facts["file"]) {
			continue // the one configuration that was changed
		}
		if text != "" {
			shown = append(shown, Fact{strings.ReplaceAll(key, "_", " "), text})
		}
	}
	return shown
}

func factText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case []any:
		texts := make([]string, len(v))
		for i := range v {
			texts[i] = factText(v[i])
		}
		return strings.Join(texts, ", ")
	}
	return fmt.Sprint(v)
}

// Clusters are the clusters that a journal has entries of, each by its meta servers: entries that
// have one in common are of the same cluster.
func Clusters(records []journal.Record) []ClusterName {
	var found []ClusterName
	for _, r := range records {
		if len(r.Metas) == 0 {
			continue
		}
		c := ClusterName{Name: r.Cluster, Metas: slices.Clone(r.Metas)}
		found = slices.DeleteFunc(found, func(other ClusterName) bool {
			if !r.Of(other.Metas) {
				return false
			}
			c.Name = cmp.Or(c.Name, other.Name)
			for _, m := range other.Metas {
				if !slices.Contains(c.Metas, m) {
					c.Metas = append(c.Metas, m)
				}
			}
			return true
		})
		found = append(found, c)
	}
	return found
}

// ClusterName is how a cluster is known.
type ClusterName struct {
	Name  string
	Metas []string
}

// String is the name with the first meta server, by which it can be told from others of that name.
func (c ClusterName) String() string {
	if c.Name == "" {
		return c.Metas[0]
	}
	return c.Name + " (" + c.Metas[0] + ")"
}

// Shares reports whether the cluster has one of these meta servers.
func (c ClusterName) Shares(metas []string) bool {
	return slices.ContainsFunc(c.Metas, func(m string) bool { return slices.Contains(metas, m) })
}

// Is reports whether a name or the address of a meta server means this cluster.
func (c ClusterName) Is(word string) bool {
	if _, _, err := net.SplitHostPort(word); err == nil {
		return slices.Contains(c.Metas, word)
	}
	return word == c.Name
}
