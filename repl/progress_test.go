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
	p := &Progress{title: "zk_copy", w: w, every: time.Millisecond, width: func() int { return 30 }}
	p.Start("copy")
	p.SetTotal(200)
	p.Add(50, 3<<20)
	w.expect(t, "\rzk_copy: copy: 50 of 200 znod")
	p.Done()
	p.Done()
	if got := w.String(); !strings.HasSuffix(got, "\r"+strings.Repeat(" ", 29)+"\r") || strings.Contains(got, "\n") {
		t.Errorf("the line is not erased: %q", got)
	}
	p.Start("verify")
	w.expect(t, "\rzk_copy: verify: 0 znodes, 0 ")
	p.Start("remove") // without Done
	w.expect(t, "\rzk_copy: remove: 0 znodes, 0 ")
	p.Done()
}

func TestProgressIsLinesInAFile(t *testing.T) {
	defer goleak.VerifyNone(t)
	w := newScreenText()
	p := &Progress{title: "zk_rmr", w: w, every: time.Millisecond}
	p.Start("count")
	p.Add(7, 0)
	w.expect(t, "zk_rmr: count: 7 znodes, 0 B, ")
	w.expect(t, " znodes/s\n")
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
	if p := NewProgress(w, "x"); p.every != 10*time.Second || p.width != nil {
		t.Errorf("every %v, width known: %v", p.every, p.width != nil)
	}
}

func TestProgressLineTellsCountsAndRate(t *testing.T) {
	for want, tc := range map[string]struct {
		znodes, total, bytes int64
		took                 time.Duration
	}{
		"t: p: 0 znodes, 0 B":                                         {},
		"t: p: 10 of 40 znodes (25%), 1023 B, 5 znodes/s":             {10, 40, 1023, 2 * time.Second},
		"t: p: 50 of 40 znodes (100%), 1.0 KiB, 50 znodes/s":          {50, 40, 1024, time.Second},
		"t: p: 1 znodes, 1.0 MiB, 1 znodes/s":                         {1, 0, 1<<20 - 1, time.Second},
		"t: p: 1000000 of 1000000 znodes (100%), 1.5 GiB, 0 znodes/s": {1000000, 1000000, 3 << 29, time.Hour * 10000},
	} {
		p := &Progress{title: "t"}
		p.SetTotal(tc.total)
		p.Add(tc.znodes, tc.bytes)
		if got := p.line("p", tc.took); got != want {
			t.Errorf("line %q, want %q", got, want)
		}
	}
}
