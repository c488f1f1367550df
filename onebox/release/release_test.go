package release

import "testing"

func TestParseKnowsItsReleasesAndNoOther(t *testing.T) {
	for text, want := range map[string]Release{"": V25, "2.5.0": V25, "main": Main} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"2.5", "Main", " main", "2.6.0"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %q, want an error", text, got)
		}
	}
}
