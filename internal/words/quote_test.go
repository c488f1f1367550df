package words

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzQuotedWordsAreReadBack(f *testing.F) {
	for _, word := range []string{"", "temp", "two words", `"`, `'`, `\`, `a\`, "表 x", "\xff", "\x00", "a\vb", ">", "#x", "\t"} {
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
