package command

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pegashell/internal/journal"
	"pegashell/internal/outcome"
	"pegashell/internal/secret"
	"pegashell/internal/words"
	"pegashell/migration"
)

// recording is the journal's entry of one line. Nothing is written of a line that only reads, or
// whose command was used wrongly.
type recording struct {
	world   *World
	started time.Time
	entry   journal.Entry
	// secrets are credentials of the line, which an error or a fact may repeat.
	secrets []string

	mu         sync.Mutex
	changes    bool // the command changes something
	begun      bool // the first entry is written
	facts      map[string]any
	overridden []string
}

// newRecording prepares the entry of a line of a command.
func newRecording(world *World, c *Command, line []string) *recording {
	r := &recording{world: world}
	if world.Journal == nil {
		return r
	}
	r.started = world.Now()
	program := c.Plugin == PluginExternal || c.Plugin == ""
	var hidden []string
	hidden, r.secrets = secret.Hide(line, program)
	for i, word := range hidden {
		if i > 0 || !strings.Contains(c.Name, " ") { // a name of two words is one here
			hidden[i] = quoted(word)
		}
	}
	r.entry = world.entry(journal.Before)
	r.entry.Command, r.entry.Line = c.Name, strings.Join(hidden, " ")
	return r
}

// quoted writes a word so that it can be typed, but with what is hidden as it is.
func quoted(word string) string {
	if word == secret.Hidden {
		return word
	}
	return words.Quote(word)
}

// expect says whether the command changes something with these words.
func (r *recording) expect(changes bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes = changes
}

// begin writes the first entry, once.
func (r *recording) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.beginLocked()
}

func (r *recording) beginLocked() {
	if !r.changes || r.begun || r.world.Journal == nil {
		return
	}
	r.begun = true
	before := r.entry
	before.Facts, before.Overridden = r.scrubbedFacts(), r.overridden
	r.world.write(before)
}

func (r *recording) fact(key string, value any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.facts == nil {
		r.facts = map[string]any{}
	}
	r.facts[key] = value
}

func (r *recording) override(guard string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.overridden, guard) {
		r.overridden = append(r.overridden, guard)
	}
}

// end writes what became of the command.
func (r *recording) end(ctx context.Context, c *Command, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.changes || r.world.Journal == nil || outcome.UsageOf(err) != nil && !r.begun {
		return
	}
	r.beginLocked()
	after := r.entry
	now := r.world.Now()
	after.Kind, after.Time, after.Seconds = journal.After, now, max(0, now.Sub(r.started).Seconds())
	if r.world.Cluster != nil {
		after.Cluster = cmp.Or(after.Cluster, r.world.Cluster.Name) // the command may have asked for it
	}
	after.Overridden, after.Facts = r.overridden, r.scrubbedFacts()
	r.judge(ctx, &after, c, err)
	r.world.write(after)
}

// judge says how the command ended.
func (r *recording) judge(ctx context.Context, after *journal.Entry, c *Command, err error) {
	var refusal *migration.Refusal
	_, leaves := outcome.Leaves(err)
	switch {
	case err == nil || leaves:
		after.Outcome = journal.OK
		return
	case errors.As(err, &refusal):
		after.Outcome, after.Guard = journal.Refused, refusal.Guard
	case errors.Is(err, errNotConfirmed):
		after.Outcome = journal.Refused
	case outcome.IsCanceled(err) || ctx.Err() != nil:
		after.Outcome = journal.Interrupted
		err = errors.New(c.interruption(err).String())
	default:
		after.Outcome = journal.Failed
	}
	after.Code = outcome.Code(outcome.WithCode(c.FailCode, err, false))
	after.Error = secret.Scrub(err.Error(), r.secrets)
}

func (r *recording) scrubbedFacts() map[string]any {
	scrubbed := maps.Clone(r.facts)
	for key, value := range scrubbed {
		if text, ok := value.(string); ok {
			scrubbed[key] = secret.Scrub(text, r.secrets)
		}
	}
	return scrubbed
}

// entry is a new entry of this shell.
func (e *World) entry(kind journal.Kind) journal.Entry {
	host, _ := os.Hostname()
	entry := journal.Entry{ID: journal.NewID(), Kind: kind, Time: e.Now(), User: userName(), Host: host, PID: os.Getpid()}
	if e.Cluster != nil {
		entry.Cluster, entry.Metas = e.Cluster.Name, slices.Clone(e.Cluster.Metas)
	}
	return entry
}

// userName is the user's name, with the one who has become that user with sudo.
func userName() string {
	name := "uid " + strconv.Itoa(os.Geteuid())
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if by := os.Getenv("SUDO_USER"); by != "" && by != name {
		name += " (sudo by " + by + ")"
	}
	return name
}

// write appends an entry. A journal that cannot be written is warned of once, and keeps nobody from
// changing anything.
func (e *World) write(entry journal.Entry) {
	err := e.Journal.Append(entry)
	if err == nil || e.journalFailed {
		return
	}
	e.journalFailed = true
	e.Warn("%v; commands are carried out without being recorded", err)
}

// Saved writes down that a list was saved to a file, once in a row.
func (e environment) Saved(list, file string) {
	if e.World.Journal == nil || file == "" {
		return
	}
	if full, err := filepath.Abs(file); err == nil {
		file = full
	}
	entry := e.World.entry(journal.Saved)
	entry.Command, entry.Line = e.record.entry.Command, e.record.entry.Line
	entry.Facts = map[string]any{"list": list, "file": file}
	if last := e.World.saved; last.Line == entry.Line && slices.Equal(last.Metas, entry.Metas) && last.Facts["file"] == file {
		return
	}
	e.World.saved = entry
	e.World.write(entry)
}

// Observe writes down what was seen of the connected cluster, unless that is what was seen last.
func (e environment) Observe(seen journal.Seen) {
	cluster := e.World.Cluster
	if e.World.Journal == nil || cluster == nil {
		return
	}
	last := e.World.lastSeen(cluster.Metas)
	e.World.Session.Seen = &Sighting{slices.Clone(cluster.Metas), seen}
	if last != nil && last.Same(&seen) {
		return
	}
	entry := e.World.entry(journal.Sight)
	entry.Command, entry.Line, entry.Seen = e.record.entry.Command, e.record.entry.Line, &seen
	e.World.write(entry)
}

// lastSeen is what was written down last of a cluster, by this shell or another; nil for nothing.
func (e *World) lastSeen(metas []string) *journal.Seen {
	if own := e.Session.Seen; own != nil && slices.Equal(own.Metas, metas) {
		return &own.Seen
	}
	contents, err := journal.ReadFile(e.Journal.Path())
	if err != nil {
		return nil // writing reports what is wrong with it
	}
	for _, r := range slices.Backward(contents.Records) {
		if r.Seen != nil && r.Of(metas) {
			return r.Seen
		}
	}
	return nil
}
