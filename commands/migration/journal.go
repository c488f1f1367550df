package migration

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/homefile"
	"pegashell/internal/journal"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/migration/report"
)

type journalOptions struct {
	number         int
	since          string
	file, of       string
	report         string
	json           bool
	journal        journal.Contents
	path           string
	from           time.Time
	numberWasTyped func() bool
}

// shownEntries is how many entries are listed where no number is named.
const shownEntries = 20

func journalCommand() *command.Command {
	return &command.Command{
		Name:    "journal",
		Plugin:  command.PluginMigration,
		Reads:   true,
		Summary: "list what was changed, or write the record of a migration",
		Usage:   "[-n|--number num] [--since TIME] [-j|--json] [--file FILE] [--report FILE [--of CLUSTER]]",
		Notes: "Every command that changes something is recorded in the user's journal, before and after, from a script too; `[shell] journal` in plugins.toml names the file. " +
			"Values that look like passwords are replaced by ***; docs/journal.md has the format. Dry runs, and commands that only read or were used wrongly, are left out. `saved` are lists that were " +
			"written to a file, `seen` is what the cluster was like where that had changed. `unfinished` is a command whose end is not in the journal: it still runs, or its shell was killed.\n\n" +
			"TIME is how long ago (30m, 2h, 1d, 1d12h) or since when (2026-11-26, 2026-11-26_03:00, 2026-11-26T03:00:00+08:00); without a zone it is in the time zone of the shell.\n\n" +
			"`--report FILE` writes the record of a migration for a change ticket: a page that needs nothing else if FILE ends in .html, Markdown otherwise. It is about the connected cluster, which " +
			"is looked at once more for it, or about CLUSTER, a name or the HOST:PORT of a meta server. Without --since it begins after the last day without an entry.",
		Examples: []string{"journal --since 2h", "journal --report migration.html"},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o journalOptions
			flags.IntVarP(&o.number, "number", "n", shownEntries, "how many entries to list, the newest; 0 for all")
			flags.StringVar(&o.since, "since", "", "leave out what is older: how long ago, or a date and time")
			flags.BoolVarP(&o.json, "json", "j", false, "print the entries as JSON")
			flags.StringVar(&o.file, "file", "", "read this journal instead of the user's own")
			flags.Complete("file", complete.File)
			flags.StringVar(&o.report, "report", "", "write the record of a migration to this file")
			flags.Complete("report", complete.NewFile)
			flags.StringVar(&o.of, "of", "", "the cluster that the report is about; the default is the connected one")
			o.numberWasTyped = func() bool { return flags.Changed("number") }
			return func(ctx context.Context, env command.Env, args []string) error { return journalRun(ctx, env, &o, args) }
		},
	}
}

func journalRun(ctx context.Context, env Env, o *journalOptions, args []string) error {
	switch {
	case len(args) > 0:
		return outcome.WrongUse("journal: unexpected argument %q", args[0])
	case o.number < 0:
		return outcome.WrongUse("journal: -n: %d is below 0", o.number)
	case o.report == "" && o.of != "":
		return outcome.WrongUse("journal: --of needs --report")
	case o.report != "" && o.json:
		return outcome.WrongUse("journal: --report and --json contradict each other")
	}
	if o.since != "" {
		from, ok := parseSince(o.since, env.Now(), env.Location())
		if !ok {
			return outcome.WrongUse("journal: --since: %q is neither a time ago, such as 30m, 2h or 1d, nor a date, such as 2026-11-26 or 2026-11-26_03:00", o.since)
		}
		o.from = from
	}
	if o.report != "" {
		return o.writeReport(ctx, env)
	}
	if err := o.read(env); err != nil {
		return err
	}
	return o.list(env)
}

// read reads the journal. Nobody has changed anything yet where there is none.
func (o *journalOptions) read(env Env) error {
	path, err := homefile.Expand(o.file)
	switch {
	case err != nil:
		return err
	case path == "" && env.Journal() == nil:
		return message.Errorf("this shell has no journal; name one with --file FILE")
	case path == "":
		path = env.Journal().Path()
	}
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	o.path = path
	o.journal, err = journal.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && o.file == "":
		return message.Errorf("there is no journal yet: %s appears with the first command that changes something", path)
	case err != nil:
		return message.Errorf("read the journal: %w", err)
	}
	if o.journal.Damaged > 0 {
		env.Warn("%d lines of %s are damaged and were left out", o.journal.Damaged, path)
	}
	return nil
}

// list prints the newest entries.
func (o *journalOptions) list(env Env) error {
	records := o.journal.Records
	for len(records) > 0 && records[0].Time.Before(o.from) {
		records = records[1:]
	}
	all := len(records)
	if o.number > 0 && (o.from.IsZero() || o.numberWasTyped()) {
		records = records[max(0, all-o.number):]
	}
	if o.json {
		return o.writeJSON(env.Out(), records)
	}
	r := &render.Report{Single: true}
	grid := r.Add(render.NewGrid("", "time", "who", "cluster", "line", "outcome"))
	grid.Right("seconds")
	for i := range records {
		grid.Row(o.cells(env, &records[i])...)
	}
	if env.Format().IsPlain() {
		fitLines(grid, render.ScreenOf(env.Out()))
	}
	if err := command.Print(env, r, command.OutputOptions{}); err != nil {
		return err
	}
	if all > len(records) {
		env.Note("%d earlier entries are not shown; -n 0 shows all", all-len(records))
	}
	return nil
}

func (o *journalOptions) cells(env Env, r *journal.Record) []any {
	state, seconds, line := string(r.Outcome), "-", r.Line
	switch {
	case r.Kind == journal.Saved:
		state = string(journal.Saved)
	case r.Seen != nil:
		state, line = string(journal.Sight), report.Sight{Seen: *r.Seen}.String()
	case !r.Ended.IsZero():
		seconds = fmt.Sprintf("%.2f", r.Seconds)
	}
	cluster := r.Cluster
	if cluster == "" {
		cluster = strings.Join(r.Metas[:min(1, len(r.Metas))], "")
	}
	return []any{env.Seconds(r.Time.Unix()), r.User + "@" + r.Host, cluster, line, state, seconds}
}

// lineColumn is where the grid has the lines, leastLine how much of one is always shown.
const (
	lineColumn = 3
	leastLine  = 24
)

// fitLines shortens lines that would make the grid wider than the screen, nil for none.
func fitLines(grid *render.Table, screen *render.Screen) {
	if screen == nil || screen.Width == nil || screen.Width() <= 0 {
		return
	}
	const gap = 2 // after each column
	room := screen.Width() - gap
	for column, c := range grid.Columns {
		widest := len(c.Name)
		for _, row := range grid.Rows {
			widest = max(widest, len(row[column]))
		}
		if column != lineColumn {
			room -= widest + gap
		}
	}
	room = max(room, leastLine)
	for _, row := range grid.Rows {
		if line := []rune(row[lineColumn]); len(row[lineColumn]) > room {
			row[lineColumn] = string(line[:min(len(line), room-3)]) + "..."
		}
	}
}

// writeJSON prints the entries for programs, each command as one.
func (o *journalOptions) writeJSON(w io.Writer, records []journal.Record) error {
	type entry struct {
		journal.Entry
		Kind  journal.Kind `json:"kind"`
		Ended time.Time    `json:"ended,omitzero"`
	}
	entries := make([]entry, 0, len(records))
	for _, r := range records {
		e := entry{r.Entry, r.Kind, r.Ended}
		if r.IsCommand() {
			e.Kind = "command"
		}
		entries = append(entries, e)
	}
	return render.WriteIndented(w, map[string]any{"journal": o.path, "damaged": o.journal.Damaged, "entries": entries}, "  ")
}

// parseSince reads a time ago, or a time.
func parseSince(text string, now time.Time, location *time.Location) (time.Time, bool) {
	if ago, ok := parseAgo(text); ok {
		return now.Add(-ago), true
	}
	for _, layout := range []string{
		"2006-01-02", "2006-01-02_15:04", "2006-01-02_15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339,
	} {
		if t, err := time.ParseInLocation(layout, text, location); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// parseAgo reads a duration, which may begin with days: 1d, 1d12h, 90m.
func parseAgo(text string) (time.Duration, bool) {
	var days int64
	if number, rest, ok := strings.Cut(text, "d"); ok {
		if n, err := fmt.Sscanf(number+" ", "%d ", &days); n != 1 || err != nil || days < 0 || days > 36500 || fmt.Sprint(days) != number {
			return 0, false
		}
		if text = rest; text == "" {
			text = "0s"
		}
	}
	rest, err := time.ParseDuration(text)
	return time.Duration(days)*24*time.Hour + rest, err == nil && rest >= 0
}
