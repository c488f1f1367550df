package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/allocated"
)

// asWriter makes the test's program a shell that writes to the journal named by it.
const asWriter = "PEGASHELL_TEST_JOURNAL"

func TestMain(m *testing.M) {
	if path := os.Getenv(asWriter); path != "" {
		writer(path)
		return
	}
	os.Exit(m.Run())
}

// writer begins a command, says so, and ends it when it is asked to.
func writer(path string) {
	f := Open(path)
	for n := 0; ; n++ {
		e := Entry{ID: NewID(), Kind: Before, Time: time.Now(), Line: strings.Repeat("x", 3000)}
		if err := f.Append(e); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if n == 20 {
			fmt.Println("begun")
			select {} // until it is killed
		}
		e.Kind = After
		if err := f.Append(e); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
}

var begin = time.Date(2026, 11, 26, 4, 5, 6, 7000000, time.FixedZone("", 8*3600))

func entry(kind Kind, id string) Entry {
	return Entry{ID: id, Kind: kind, Time: begin, Command: "drop", Line: "drop t"}
}

func mustAppend(t *testing.T, f *File, entries ...Entry) {
	t.Helper()
	for _, e := range entries {
		if err := f.Append(e); err != nil {
			t.Fatal(err)
		}
	}
}

func mustRead(t *testing.T, path string) Contents {
	t.Helper()
	c, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestBothEntriesOfACommandAreOneRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "journal.jsonl")
	f := Open(path)
	after := entry(After, "1")
	after.Time, after.Seconds, after.Outcome = begin.Add(2*time.Second), 2, OK
	after.Facts = map[string]any{"zxid": int64(1) << 62, "verified": true, "target": "a:1/p"}
	mustAppend(t, f, entry(Before, "1"), entry(Before, "2"), after)
	c := mustRead(t, path)
	want := []Record{{Entry: after, Ended: after.Time}, {Entry: entry(Before, "2")}}
	want[0].Time = begin
	want[0].Facts = map[string]any{"zxid": json.Number("4611686018427387904"), "verified": true, "target": "a:1/p"}
	want[1].Outcome = Unfinished
	if diff := cmp.Diff(want, c.Records); diff != "" || c.Damaged != 0 {
		t.Errorf("%d damaged, records (-want +got):\n%s", c.Damaged, diff)
	}
	r := c.Records[0]
	if r.Fact("zxid") != "4611686018427387904" || r.Fact("verified") != "true" || r.Fact("none") != "" || r.Fact("target") != "a:1/p" {
		t.Errorf("facts %v", r.Facts)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), `"time":"2026-11-26T04:05:06.007+08:00"`) {
		t.Errorf("no time with its zone: %s, %v", text, err)
	}
	for name, mode := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): fs.ModeDir | 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode() != mode {
			t.Errorf("%s: %v, %v, want %v", name, info.Mode(), err, mode)
		}
	}
}

func TestAnEndWithoutABeginningIsARecordToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	after := entry(After, "1")
	after.Seconds = 3
	mustAppend(t, Open(path), after)
	c := mustRead(t, path)
	if len(c.Records) != 1 || !c.Records[0].Time.Equal(begin.Add(-3*time.Second)) || !c.Records[0].Ended.Equal(begin) {
		t.Errorf("records %+v", c.Records)
	}
}

func TestAFileThatOthersCanReadIsMadePrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, Open(path), entry(Before, "1"))
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestDamagedLinesAreCountedAndLeftOut(t *testing.T) {
	good, err := entry(Before, "1").encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text             string
		records, damaged int
	}{
		"none":                  {"", 0, 0},
		"empty lines":           {"\n  \n" + string(good), 1, 0},
		"no JSON":               {"hello\n" + string(good), 1, 1},
		"a line that was torn":  {string(good[:40]) + "\n" + string(good), 1, 1},
		"a torn last line":      {string(good) + string(good[:40]), 1, 1},
		"no end of the line":    {strings.TrimSuffix(string(good), "\n"), 1, 0},
		"two entries in one":    {strings.TrimSuffix(string(good), "\n") + string(good), 0, 1},
		"zero bytes":            {"\x00\x00\x00\n" + string(good), 1, 1},
		"another kind":          {`{"id":"1","kind":"other","time":"2026-11-26T04:05:06Z"}` + "\n", 0, 1},
		"no id":                 {`{"kind":"before","time":"2026-11-26T04:05:06Z"}` + "\n", 0, 1},
		"no time":               {`{"id":"1","kind":"before"}` + "\n", 0, 1},
		"seen, but nothing":     {`{"id":"1","kind":"seen","time":"2026-11-26T04:05:06Z"}` + "\n", 0, 1},
		"keys of a later time":  {`{"id":"1","kind":"before","time":"2026-11-26T04:05:06Z","more":1}` + "\n", 1, 0},
		"a line without an end": {strings.Repeat("x", 3*longest) + "\n" + string(good), 1, 1},
	} {
		got, err := Read(strings.NewReader(c.text))
		if err != nil || len(got.Records) != c.records || got.Damaged != c.damaged {
			t.Errorf("%s: %d records, %d damaged, %v; want %d and %d", name, len(got.Records), got.Damaged, err, c.records, c.damaged)
		}
	}
}

func TestAnEntryAfterATornOneIsALineOfItsOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	if err := os.WriteFile(path, []byte(`{"id":"0","ki`), 0o600); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, Open(path), entry(Before, "1"))
	if c := mustRead(t, path); len(c.Records) != 1 || c.Damaged != 1 {
		t.Errorf("%d records, %d damaged", len(c.Records), c.Damaged)
	}
}

func TestLongPartsAreCutBetweenCharacters(t *testing.T) {
	long := strings.Repeat("世", 100_000)
	facts := map[string]any{"long": long, "list": strings.Split(strings.Repeat("abc ", 100_000), " "), "short": "s"}
	for i := range 1000 {
		facts[fmt.Sprintf("z%03d%s", i, long)] = long
	}
	e := entry(After, "1")
	e.Line, e.Error, e.Facts, e.Cluster = long, long, facts, long
	e.Metas, e.Overridden = strings.Split(long, "")[:5000], strings.Split(long, "")[:5000]
	e.Seen = &Seen{Names: strings.Split(long, "")[:5000]}
	line, err := e.encode()
	if err != nil || len(line) > longest || bytes.Count(line, []byte("\n")) != 1 {
		t.Fatalf("%d bytes, %v", len(line), err)
	}
	c, err := Read(bytes.NewReader(line))
	if err != nil || len(c.Records) != 1 {
		t.Fatalf("%+v, %v", c, err)
	}
	r := c.Records[0]
	if len(r.Line) > longestLine || !strings.HasSuffix(r.Line, "世…") || r.Fact("short") != "s" || strings.Contains(r.Line, "\ufffd") {
		t.Errorf("line of %d bytes: ...%s", len(r.Line), r.Line[len(r.Line)-20:])
	}
}

func TestJournalsThatCannotBeWrittenSayWhy(t *testing.T) {
	dir := t.TempDir()
	pipe, file := filepath.Join(dir, "pipe"), filepath.Join(dir, "file")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"":           "there is no home folder; name a file with [shell] journal in plugins.toml",
		dir:          "is a directory",
		file + "/x":  "not a directory",
		"/dev/full":  "no space left on device",
		pipe:         "it is not a regular file",
		"/proc/no/x": "no such file or directory",
	} {
		err := Open(path).Append(entry(Before, "1"))
		if want = fmt.Sprintf("write the journal %s: %s", path, want); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	mustAppend(t, Open(os.DevNull), entry(Before, "1"))
	if _, err := ReadFile(pipe); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("reading a named pipe: %v", err)
	}
	if _, err := ReadFile(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading no file: %v", err)
	}
}

func TestFilesOfAnotherUserAreLeftAlone(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make a file another user's")
	}
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	if err := errors.Join(os.WriteFile(path, nil, 0o666), os.Chown(path, 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	if err := Open(path).Append(entry(Before, "1")); err == nil || !strings.HasSuffix(err.Error(), "it belongs to another user (uid 65534)") {
		t.Errorf("error %v", err)
	}
}

func TestADiskThatDoesNotAnswerIsNotAskedAgain(t *testing.T) {
	f := Open("some/file")
	answer := make(chan error)
	f.limit, f.write = time.Millisecond, func(string, []byte) error { return <-answer }
	first := f.Append(entry(Before, "1"))
	answer <- nil
	f.limit = time.Hour
	second := f.Append(entry(Before, "1"))
	const want = "write the journal some/file: the disk did not answer within 1ms"
	if first == nil || second == nil || first.Error() != want || second.Error() != want {
		t.Errorf("%v, then %v", first, second)
	}
}

func TestShellsThatAppendAtOnceDoNotMixTheirLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.jsonl")
	const shells = 6
	var begun []func()
	for range shells {
		begun = append(begun, startWriter(t, path))
	}
	for _, wait := range begun {
		wait()
	}
	c := mustRead(t, path)
	unfinished := 0
	for _, r := range c.Records {
		if r.Outcome == Unfinished {
			unfinished++
		}
		if len(r.Line) != 3000 {
			t.Errorf("line of %d bytes", len(r.Line))
		}
	}
	if c.Damaged != 0 || len(c.Records) != shells*21 || unfinished != shells {
		t.Errorf("%d records, %d unfinished, %d damaged", len(c.Records), unfinished, c.Damaged)
	}
}

// startWriter runs a shell and returns what waits until it has begun its last command; the shell is
// then killed in the middle of that.
func startWriter(t *testing.T, path string) (begun func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asWriter+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() {
		said := make([]byte, len("begun"))
		if _, err := out.Read(said); err != nil || string(said) != "begun" {
			t.Errorf("the shell said %q, %v", said, err)
		}
		cmd.Process.Kill()
		cmd.Wait() // the error is that it was killed
	}
}

func TestSightsDifferByWhatIsSeen(t *testing.T) {
	a := &Seen{Leader: "a:1", Tables: 3, TableSum: "1", Names: []string{"1 t 8"}}
	b := *a
	b.Since, b.Names = begin, nil
	if !a.Same(&b) {
		t.Error("a start that became known is another sight")
	}
	for _, change := range []func(*Seen){
		func(s *Seen) { s.Leader = "b:1" }, func(s *Seen) { s.Tables = 4 }, func(s *Seen) { s.TableSum = "2" },
		func(s *Seen) { s.Level = "blind" }, func(s *Seen) { s.Leaders = 2 },
	} {
		c := *a
		change(&c)
		if a.Same(&c) {
			t.Errorf("%+v is the same as %+v", c, *a)
		}
	}
	if a.Same(nil) || !(*Seen)(nil).Same(nil) {
		t.Error("nothing is the same as something")
	}
}

func FuzzAnyFileIsRead(f *testing.F) {
	f.Add([]byte(`{"id":"1","kind":"before","time":"2026-11-26T04:05:06Z"}` + "\n{"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c Contents
		var err error
		allocated.Check(t, len(text), 256, func() { c, err = Read(bytes.NewReader(text)) })
		if err != nil || len(c.Records)+c.Damaged > bytes.Count(text, []byte("\n"))+1 {
			t.Errorf("%d records, %d damaged, %v", len(c.Records), c.Damaged, err)
		}
	})
}
