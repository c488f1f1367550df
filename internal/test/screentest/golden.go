package screentest

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update-screens", false, "write the golden screens again")

// still is how long a screen must not have changed to be taken as a new golden one.
const still = 500 * time.Millisecond

// Mask has Golden show text that is another one in each run, such as an address, as something that
// stays.
func (s *Terminal) Mask(text, as string) { s.masks = append(s.masks, text, as) }

// MaskPattern does the same with whatever matches, such as a time. $1 means the first group in it.
func (s *Terminal) MaskPattern(pattern, as string) {
	s.patterns = append(s.patterns, maskedPattern{regexp.MustCompile(pattern), as})
}

// maskedPattern is text that Golden replaces.
type maskedPattern struct {
	pattern *regexp.Regexp
	as      string
}

func (s *Terminal) masked(screen Screen) string {
	text := strings.NewReplacer(s.masks...).Replace(screen.String())
	for _, p := range s.patterns {
		text = p.pattern.ReplaceAllString(text, p.as)
	}
	return text
}

// Golden waits until the screen is the one in testdata/NAME.screen. With -update-screens it writes
// that file instead, once the screen does not change any more.
func (s *Terminal) Golden(name string) {
	s.t.Helper()
	file := filepath.Join("testdata", name+".screen")
	if *update {
		golden := s.masked(s.settled())
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(golden), 0o644); err != nil {
			s.t.Fatal(err)
		}
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatalf("%v (go test -update-screens writes it)", err)
	}
	want := string(data)
	screen, ok := s.until(func(screen Screen) bool { return s.masked(screen) == want }, patience)
	if !ok {
		s.t.Fatalf("the screen is not %s (-want +got):\n%s", file, cmp.Diff(want, s.masked(screen)))
	}
}

// settled returns the screen once it stays the same.
func (s *Terminal) settled() Screen {
	for {
		screen := s.Screen()
		before := screen.String()
		if _, changed := s.until(func(now Screen) bool { return now.String() != before }, still); !changed {
			return screen
		}
	}
}
