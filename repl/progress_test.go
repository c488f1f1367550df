package repl

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// screenText is a writer that a test watches.
type screenText struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{} // a signal for each write that nobody has taken yet
}

func newScreenText() *screenText { return &screenText{more: make(chan struct{}, 1)} }

func (s *screenText) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	select {
	case s.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (s *screenText) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// expect waits until text was written.
func (s *screenText) expect(t *testing.T, text string) {
	t.Helper()
	deadline := time.After(patience)
	for !strings.Contains(s.String(), text) {
		select {
		case <-s.more:
		case <-deadline:
			t.Fatalf("%q was not shown; shown %.500q", text, s.String())
		}
	}
}

func TestProgressIsOneLineOnATerminal(t *testing.T) {
	defer goleak.VerifyNone(t)
	w := newScreenText()
	p := &Progress{title: "copy", unit: "files", w: w, every: time.Millisecond, width: func() int { return 30 }}
	p.Start("one")
	p.SetTotal(200)
	p.Add(50, 3<<20)
	w.expect(t, "\rcopy: one: 50 of 200 files (")
	p.Done()
	p.Done()
	if got := w.String(); !strings.HasSuffix(got, "\r"+strings.Repeat(" ", 29)+"\r") || strings.Contains(got, "\n") {
		t.Errorf("the line is not erased: %q", got)
	}
	p.Start("two")
	w.expect(t, "\rcopy: two: 0 files, 0 ")
	p.Start("three") // without Done
	w.expect(t, "\rcopy: three: 0 files, 0 ")
	p.Done()
}

func TestProgressIsLinesInAFile(t *testing.T) {
	defer goleak.VerifyNone(t)
	w := newScreenText()
	p := &Progress{title: "t", unit: "files", w: w, every: time.Millisecond}
	p.Start("count")
	p.Add(7, 0)
	w.expect(t, "t: count: 7 files, 0 B, ")
	w.expect(t, " files/s\n")
	p.Done()
	if strings.Contains(w.String(), "\r") {
		t.Errorf("a file got %q", w.String())
	}
}

func TestProgressInAPipeIsSparing(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if p := NewProgress(w, "x", "files"); p.every != 10*time.Second || p.width != nil {
		t.Errorf("every %v, width known: %v", p.every, p.width != nil)
	}
}

func TestProgressLineTellsCountsAndRate(t *testing.T) {
	for want, tc := range map[string]struct {
		count, total, bytes int64
		took                time.Duration
	}{
		"t: p: 0 files, 0 B":                                        {},
		"t: p: 10 of 40 files (25%), 1023 B, 5 files/s":             {10, 40, 1023, 2 * time.Second},
		"t: p: 50 of 40 files (100%), 1.0 KiB, 50 files/s":          {50, 40, 1024, time.Second},
		"t: p: 1 files, 1.0 MiB, 1 files/s":                         {1, 0, 1<<20 - 1, time.Second},
		"t: p: 1000000 of 1000000 files (100%), 1.5 GiB, 0 files/s": {1000000, 1000000, 3 << 29, time.Hour * 10000},
	} {
		p := &Progress{title: "t", unit: "files"}
		p.SetTotal(tc.total)
		p.Add(tc.count, tc.bytes)
		if got := p.line("p", tc.took); got != want {
			t.Errorf("line %q, want %q", got, want)
		}
	}
}
