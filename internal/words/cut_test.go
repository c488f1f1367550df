package words

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var lines = []string{
	"", " ", "ls", "ls ", "  ls -d", "app temp -o x", `app "my ta`, `app 'it\'s`, `app "a b" `, `a"b c" d`,
	`a"b`, `"\n\r\t\b\a\x41\q\x4`, `"\`, `'\`, `"a"b`, `'a'b`, "a\vb\fc", "\"a\"\v\"b\"", "set 表", "a\x00b",
	`ls | less`, `ls > "a b`, `"" ''`, `x \" y`, "\xff'\xfe",
}

func TestCutTellsWhereWordsBegin(t *testing.T) {
	got, ok := Cut(`app  te"m p"	-o "my fi`)
	if !ok {
		t.Fatal("the line was refused")
	}
	want := Line{
		Words: []Word{{Text: "app", Raw: "app"}, {Text: "tem p", Raw: `te"m p"`, Start: 5}, {Text: "-o", Raw: "-o", Start: 13}},
		Last:  Word{Text: "my fi", Raw: `"my fi`, Start: 16},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}

// FuzzCutAgreesWithSplit checks that words are the same as in the shell, for lines that it accepts,
// and that a line is refused here only if the shell would refuse it however it continues.
func FuzzCutAgreesWithSplit(f *testing.F) {
	for _, line := range lines {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line, ok := Cut(text)
		if !ok {
			if words, err := Split(text); err == nil && !slices.Contains([]byte(text), 0) {
				t.Fatalf("%q was refused, the shell reads %q", text, words)
			}
			return
		}
		finished, last := text, line.Last
		if whole, err := Split(text); err != nil {
			// The last word's quote is open: closing it must do. After a backslash that takes a
			// second one.
			for _, end := range []string{`"`, `'`, `\"`, `''`} {
				if whole, err = Split(text + end); err == nil {
					finished = text + end
					break
				}
			}
			if err != nil {
				t.Fatalf("%q was taken, and the shell takes it in no way: %q", text, whole)
			}
		}
		var want []string
		for _, w := range line.Words {
			want = append(want, w.Text)
			if got := text[w.Start : w.Start+len(w.Raw)]; got != w.Raw {
				t.Errorf("%q: the word %q is said to stand at %q", text, w.Raw, got)
			}
		}
		if last.Raw != "" {
			want = append(want, last.Text)
		}
		if text[last.Start:] != last.Raw {
			t.Errorf("%q: the last word %q is said to stand at %q", text, last.Raw, text[last.Start:])
		}
		got, _ := Split(finished)
		if len(finished) > len(text)+1 && len(got) > 0 { // a backslash was left open: its character is not known yet
			got[len(got)-1], want[len(want)-1] = "", ""
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("words of %q (-here +shell):\n%s", text, diff)
		}
	})
}
