package ini

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExamineFindsEveryLineThatAServerDoesNotUnderstand(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
		keys []string
	}{
		"nothing wrong": {"[a]\nk = v\n", nil, []string{"a.k"}},
		"empty":         {"", []string{"f: the file is empty"}, nil},
		"several": {"key = 1\n[a]\n= 2\nk = v\n[a\nlost = 1\n[b]\nk = v\n[a]\nk = 3\n", []string{
			`f:1: key "key" is before the first section`, "f:3: a value without a key", "f:5: a section header without ]", "f:9: section [a] occurs twice",
		}, []string{"a.k", "b.k"}},
		"byte order mark":            {"\xef\xbb\xbf[a]\r\nk = v", []string{"f:1: the file begins with a byte order mark, which a server does not skip: save it as UTF-8 without one"}, []string{"a.k"}},
		"byte order mark, no header": {"\xef\xbb\xbf; text\n[a]\nk", []string{"f:1: the file begins with a byte order mark, which a server does not skip: save it as UTF-8 without one"}, []string{"a.k"}},
	} {
		file, wrong := Examine("f", []byte(c.text))
		var got, keys []string
		for _, err := range wrong {
			got = append(got, err.Error())
		}
		for _, e := range file.Entries() {
			keys = append(keys, e.Section+"."+e.Key)
		}
		if diff := cmp.Diff([][]string{c.want, c.keys}, [][]string{got, keys}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		_, err := Parse("f", []byte(c.text))
		if (err != nil) != (len(c.want) > 0) || err != nil && err.Error() != c.want[0] {
			t.Errorf("%s: Parse says %v", name, err)
		}
	}
}

func TestEntriesSayWhichLineCounts(t *testing.T) {
	file, err := Parse("f", []byte("[a]\nk = 1\n j=%port%\nk = 2\n[b]\nk = x^;y ; z\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{
		{Section: "a", Key: "k", Value: "1", Raw: "1", Line: 2},
		{Section: "a", Key: "j", Raw: "%port%", Line: 3},
		{Section: "a", Key: "k", Value: "2", Raw: "2", Line: 4, First: 2},
		{Section: "b", Key: "k", Value: "x;y", Raw: "x;y", Line: 6},
	}
	if diff := cmp.Diff(want, file.Entries()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for key, line := range map[string]int{"k": 2, "none": 1} {
		if got := file.Line("a", key); got != line {
			t.Errorf("%s is on line %d, want %d", key, got, line)
		}
	}
	if file.Line("none", "k") != 0 {
		t.Error("a missing section has a line")
	}
}

// A file of the greatest size is read in a time that grows with its length alone.
func TestAHugeFileIsRead(t *testing.T) {
	var text strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&text, "[s%d]\n", i)
	}
	for i := range 100_000 {
		fmt.Fprintf(&text, "k%d = v\n", i)
	}
	file, err := Parse("f", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Set("s99999", "k99999", "w"); err != nil {
		t.Fatal(err)
	}
	if value, ok := file.Lookup("s99999", "k99999"); !ok || value != "w" {
		t.Errorf("the last value is %q, %t", value, ok)
	}
}
