package words

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzQuotedWordsAreReadBack(f *testing.F) {
	for _, word := range []string{"", "temp", "two words", `"`, `'`, `\`, `a\`, "表 x", "\xff", "\x00", "a\vb", ">", "#x", "\t", "a\ufdd0b", "\u202e", "\u0085", "\ufffd"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		quoted := Quote(word)
		got, err := Split("drop " + quoted + " -r 1")
		if err != nil {
			t.Fatalf("%q was quoted as %s: %v", word, quoted, err)
		}
		if diff := cmp.Diff([]string{"drop", word, "-r", "1"}, got); diff != "" {
			t.Errorf("%q was quoted as %s (-want +got):\n%s", word, quoted, diff)
		}
	})
}

func TestQuotedWordsHaveOnlyWhatIsShown(t *testing.T) {
	for word, want := range map[string]string{
		"表é😀":            "表é😀",
		"\ufffd":         "\ufffd",
		"a\ufdd0b":       `"a\xef\xb7\x90b"`,
		"\u202etxt":      `"\xe2\x80\xaetxt"`,
		"\u0085":         `"\xc2\x85"`,
		"line\u2028feed": `"line\xe2\x80\xa8feed"`,
		"\xff":           `"\xff"`,
	} {
		if got := Quote(word); got != want {
			t.Errorf("%q is quoted as %s, want %s", word, got, want)
		}
	}
}
