package journal

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind says what an entry is of.
type Kind string

// The kinds of entries.
const (
	Before Kind = "before" // a command that is about to change something
	After  Kind = "after"  // the same command, when it has ended
	Saved  Kind = "saved"  // a list that was written to a file
	Sight  Kind = "seen"   // what was seen of a cluster, where that differs from the last time
)

// Outcome is how a command ended.
type Outcome string

// The outcomes.
const (
	OK          Outcome = "ok"
	Failed      Outcome = "failed"
	Interrupted Outcome = "interrupted"
	Refused     Outcome = "refused"
	// Unfinished is never written: a command has it of which only the first entry is there. It may
	// still run, or its shell was killed.
	Unfinished Outcome = "unfinished"
)

// Entry is a line of the file.
type Entry struct {
	// ID joins the two entries of a command.
	ID   string    `json:"id"`
	Kind Kind      `json:"kind"`
	Time time.Time `json:"time"`
	User string    `json:"user,omitempty"`
	Host string    `json:"host,omitempty"`
	PID  int       `json:"pid,omitempty"`
	// Cluster is what the connected cluster calls itself, "" while that is not known; Metas are its
	// meta servers as the shell was started with.
	Cluster string   `json:"cluster,omitempty"`
	Metas   []string `json:"meta_servers,omitempty"`
	// Command is the command's name, Line the whole line without secrets.
	Command string `json:"command,omitempty"`
	Line    string `json:"line,omitempty"`
	// Outcome, Code (the exit code) and Seconds are of a command that has ended; Error is why it
	// did not succeed, and Guard the guard that refused it.
	Outcome Outcome `json:"outcome,omitempty"`
	Code    int     `json:"code,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
	Error   string  `json:"error,omitempty"`
	Guard   string  `json:"guard,omitempty"`
	// Overridden are the guards that spoke against the change and were overridden.
	Overridden []string `json:"overridden,omitempty"`
	// Facts are counts, sums, transaction ids and so on that the command adds.
	Facts map[string]any `json:"facts,omitempty"`
	// Seen is what was seen of the cluster, in an entry of that kind.
	Seen *Seen `json:"seen,omitempty"`
}

// Seen is what was seen of a cluster. A count is -1 where it is not known.
type Seen struct {
	// Leader is HOST:PORT; Since is since when it has led at least, zero where that is not known.
	Leader string    `json:"leader,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	// Leaders is how many servers lead.
	Leaders int `json:"leaders"`
	// Hosts and Root are the leader's ZooKeeper and the path of the metadata in it.
	Hosts string `json:"zookeeper_hosts,omitempty"`
	Root  string `json:"zookeeper_root,omitempty"`
	Level string `json:"level,omitempty"`
	// Tables are how many there are, Unhealthy how many of them lack a replica; TableSum is a sum
	// over ids, names and partition counts of all, Names the first of these.
	Tables    int      `json:"tables"`
	Unhealthy int      `json:"unhealthy"`
	TableSum  string   `json:"table_sum,omitempty"`
	Names     []string `json:"table_names,omitempty"`
	// Servers are the replica servers, Alive those of them that are alive.
	Servers int `json:"replica_servers"`
	Alive   int `json:"alive"`
}

// Same reports whether two sights are of the same state; the tables are compared by their sum.
func (s *Seen) Same(other *Seen) bool {
	if s == nil || other == nil {
		return s == other
	}
	a, b := *s, *other
	a.Names, b.Names = nil, nil
	a.Since, b.Since = time.Time{}, time.Time{} // it may become known later
	return fmt.Sprint(a) == fmt.Sprint(b)
}

// NewID returns an id that no other entry has.
func NewID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// How long the parts of an entry may be, in bytes; longer ones are cut. A whole entry is then
// shorter than longest.
const (
	longestLine  = 8 << 10
	longestError = 4 << 10
	longestFact  = 2 << 10
	longestName  = 256
	mostOfList   = 64
	mostNames    = 256
	longest      = 4 << 20
)

// encode returns the entry as a line with its end.
func (e Entry) encode() ([]byte, error) {
	e.Time, e.Seconds = e.Time.Truncate(time.Millisecond), math.Round(e.Seconds*1000)/1000
	e.Line, e.Error = cut(e.Line, longestLine), cut(e.Error, longestError)
	for _, s := range []*string{&e.ID, &e.User, &e.Host, &e.Cluster, &e.Command, &e.Guard} {
		*s = cut(*s, longestName)
	}
	e.Metas, e.Overridden = cutList(e.Metas, mostOfList), cutList(e.Overridden, mostOfList)
	facts, err := cutFacts(e.Facts)
	if err != nil {
		return nil, err
	}
	e.Facts = facts
	if e.Seen != nil {
		seen := *e.Seen
		seen.Names = cutList(seen.Names, mostNames)
		e.Seen = &seen
	}
	line, err := json.Marshal(e)
	return append(line, '\n'), err
}

func cutFacts(facts map[string]any) (map[string]any, error) {
	if facts == nil {
		return nil, nil
	}
	kept := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(facts)) {
		if len(kept) == mostOfList {
			break
		}
		value, err := json.Marshal(facts[key])
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", key, err)
		case len(value) <= longestFact:
			kept[cut(key, longestName)] = json.RawMessage(value)
		default:
			kept[cut(key, longestName)] = cut(strings.Trim(string(value), `"`), longestFact)
		}
	}
	return kept, nil
}

func cutList(list []string, most int) []string {
	short := make([]string, 0, len(list))
	for _, s := range list[:min(len(list), most)] {
		short = append(short, cut(s, longestName))
	}
	return short
}

// ellipsis is at the end of what was cut.
const ellipsis = "…"

// cut shortens a text to that many bytes, between two characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	end := most - len(ellipsis)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + ellipsis
}
