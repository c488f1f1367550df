package allocated

import "testing"

// failures counts what a check finds.
type failures struct {
	testing.TB
	count int
}

func (f *failures) Helper()               {}
func (f *failures) Errorf(string, ...any) { f.count++ }

var kept []byte

func TestMemoryThatTheInputDoesNotJustifyIsFound(t *testing.T) {
	for taken, want := range map[int]int{100: 0, 8 << 20: 1} {
		f := &failures{TB: t}
		Check(f, 1000, 10, func() { kept = make([]byte, taken) })
		if f.count != want {
			t.Errorf("%d bytes: %d failures, want %d", taken, f.count, want)
		}
	}
}
