package migration_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands/render"
	"pegashell/internal/journal"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
)

// reading is a session without a cluster that answers, with a journal of two clusters.
func reading(t *testing.T) *shelltest.Session {
	t.Helper()
	s := shelltest.Start(t, metatest.HangsUp)
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	s.Env.Journal = journal.Open(path)
	at := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	entry := func(kind journal.Kind, minute int, id, line string) journal.Entry {
		e := journal.Entry{ID: id, Kind: kind, Time: at.Add(time.Duration(minute) * time.Minute), User: "alice", Host: "ops1", Cluster: "orders",
			Metas: []string{"10.0.1.1:34601", "10.0.1.2:34601"}, Command: strings.Fields(line)[0], Line: line}
		if kind == journal.After {
			e.Outcome, e.Seconds = journal.OK, 60
		}
		return e
	}
	seen := entry(journal.Sight, 3, "3", "migrate status")
	seen.Seen = &journal.Seen{Leader: "10.0.1.1:34601", Leaders: 1, Hosts: "z:1", Root: "/p", Level: "blind", Tables: 2, Servers: 3, Alive: 3}
	other := entry(journal.Before, 5, "5", "drop t")
	other.Cluster, other.Metas = "", []string{"10.0.2.1:34601"}
	for _, e := range []journal.Entry{
		entry(journal.Before, 0, "1", "set_meta_level blind"), entry(journal.After, 1, "1", "set_meta_level blind"),
		entry(journal.Saved, 2, "2", "ls -o apps.list"), seen, other,
	} {
		if err := s.Env.Journal.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestTheJournalIsListedNewestLast(t *testing.T) {
	s := reading(t)
	const head = "time                 who         cluster         line                                                                                                         outcome     seconds  \n"
	all := []string{
		"2026-11-26_03:00:00  alice@ops1  orders          set_meta_level blind                                                                                         ok            60.00  \n",
		"2026-11-26_03:02:00  alice@ops1  orders          ls -o apps.list                                                                                              saved             -  \n",
		"2026-11-26_03:03:00  alice@ops1  orders          10.0.1.1:34601 leads on z:1/p at level blind; tables: 2, unhealthy: 0; replica servers: 3, alive: 3  seen              -  \n",
		"2026-11-26_03:05:00  alice@ops1  10.0.2.1:34601  drop t                                                                                                       unfinished        -  \n",
	}
	squeeze := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	for line, c := range map[string]struct {
		rows []string
		note string
	}{
		"journal":                                {all, ""},
		"journal -n 0":                           {all, ""},
		"journal -n 1":                           {all[3:], "3 earlier entries are not shown; -n 0 shows all\n"},
		"journal --since 2026-11-26_03:01":       {all[1:], ""},
		"journal --since 2026-11-26_03:01 -n 2":  {all[2:], "1 earlier entries are not shown; -n 0 shows all\n"},
		"journal --since 2026-11-27":             {nil, ""},
		"journal --file " + s.Env.Journal.Path(): {all, ""},
	} {
		out, diagnostics, err := s.Run(line)
		want := squeeze(head + strings.Join(c.rows, ""))
		if diff := cmp.Diff(want, squeeze(out)); diff != "" || diagnostics != c.note || err != nil {
			t.Errorf("%s: %q, %v (-want +got):\n%s", line, diagnostics, err, diff)
		}
	}
}

func TestLinesAreCutToTheScreen(t *testing.T) {
	s := reading(t)
	s.Env.Out = &render.Screen{Writer: &s.Out, Width: func() int { return 100 }}
	out, _, err := s.Run("journal")
	for line := range strings.Lines(out) {
		if len(strings.TrimRight(line, " \n")) > 100 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
	if err != nil || !strings.Contains(out, "10.0.1.1:34601 leads on z...") {
		t.Errorf("printed %s, %v", out, err)
	}
}

func TestTheJournalIsJSONForPrograms(t *testing.T) {
	s := reading(t)
	out, _, err := s.Run("journal -j --since 2026-11-26")
	var got struct {
		Journal string
		Damaged int
		Entries []map[string]any
	}
	if jsonErr := json.Unmarshal([]byte(out), &got); err != nil || jsonErr != nil {
		t.Fatalf("%v, %v in %s", err, jsonErr, out)
	}
	var kinds []string
	for _, e := range got.Entries {
		kinds = append(kinds, fmt.Sprint(e["kind"], " ", e["outcome"], " ", e["line"]))
	}
	want := []string{"command ok set_meta_level blind", "saved <nil> ls -o apps.list", "seen <nil> migrate status", "command unfinished drop t"}
	if diff := cmp.Diff(want, kinds); diff != "" || got.Journal != s.Env.Journal.Path() {
		t.Errorf("%s (-want +got):\n%s", got.Journal, diff)
	}
}

func TestWrongWordsOfJournalAreRefused(t *testing.T) {
	s := reading(t)
	for line, want := range map[string]string{
		"journal x":                                   `journal: unexpected argument "x"`,
		"journal -n -1":                               "journal: -n: -1 is below 0",
		"journal --since yesterday":                   `journal: --since: "yesterday" is neither a time ago, such as 30m, 2h or 1d, nor a date, such as 2026-11-26 or 2026-11-26_03:00`,
		"journal --of orders":                         "journal: --of needs --report",
		"journal --report r.md -j":                    "journal: --report and --json contradict each other",
		"journal --file /nonexistent":                 "ERROR: read the journal: stat /nonexistent: no such file or directory",
		"journal --file /tmp":                         "ERROR: read the journal: /tmp is not a regular file",
		"journal --report /nonexistent/r --of orders": "ERROR: write /nonexistent/r: no such file or directory",
		"journal --report r.md --of other":            "has no entry of the cluster other; it has entries of orders (10.0.1.1:34601), 10.0.2.1:34601",
		"journal --report r.md":                       "has no entry of the connected cluster; it has entries of orders (10.0.1.1:34601), 10.0.2.1:34601: name one with --of",
	} {
		out, diagnostics, err := s.Run(line)
		if err == nil || !strings.Contains(diagnostics, want) {
			t.Errorf("%s: printed %q, %q, %v; want %s", line, out, diagnostics, err, want)
		}
	}
	if _, err := os.Stat("r.md"); err == nil {
		t.Error("a report was written")
	}
	s.Env.Journal = journal.Open(filepath.Join(t.TempDir(), "none"))
	if _, diagnostics, err := s.Run("journal"); err == nil || diagnostics != "ERROR: there is no journal yet: "+s.Env.Journal.Path()+" appears with the first command that changes something\n" {
		t.Errorf("no journal: %q, %v", diagnostics, err)
	}
}

func TestReportsAreOfOneCluster(t *testing.T) {
	s := reading(t)
	dir := t.TempDir()
	for of, want := range map[string]string{
		"orders": "# Changes to orders\n", "10.0.1.2:34601": "# Changes to orders\n", "10.0.2.1:34601": "# Changes to 10.0.2.1:34601\n",
	} {
		file := filepath.Join(dir, "r.md")
		_, diagnostics, err := s.Run("journal --report " + file + " --of " + of)
		text, readErr := os.ReadFile(file)
		if err != nil || readErr != nil || !strings.HasPrefix(string(text), want) || !strings.HasPrefix(diagnostics, file+" was written: Markdown, ") {
			t.Errorf("%s: %q, %v, %v: %s", of, diagnostics, err, readErr, text)
		}
	}
	page := filepath.Join(dir, "r.HTML")
	if _, _, err := s.Run("journal --report " + page + " --of orders"); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.HasPrefix(string(text), "<!DOCTYPE html>") {
		t.Errorf("%s, %v", text, err)
	}
}

func TestDamagedLinesAreWarnedOf(t *testing.T) {
	s := reading(t)
	f, err := os.OpenFile(s.Env.Journal.Path(), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(f, "torn")
	f.Close()
	if _, diagnostics, err := s.Run("journal"); err != nil || diagnostics != "WARNING: 1 lines of "+s.Env.Journal.Path()+" are damaged and were left out\n" {
		t.Errorf("%q, %v", diagnostics, err)
	}
}
