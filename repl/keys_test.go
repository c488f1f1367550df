package repl

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/c-bata/go-prompt"
	"github.com/google/go-cmp/cmp"
)

func TestCutKeyTakesOneKeyAtATime(t *testing.T) {
	for input, want := range map[string][]string{
		"ls -d\rnodes\n":       {"ls -d", "\r", "nodes", "\n"},
		"a\x7f\x01b":           {"a", "\x7f", "\x01", "b"},
		"\x1b[A\x1b[3~x":       {"\x1b[A", "\x1b[3~", "x"},
		"\x1bOH\x1bOF":         {"\x1bOH", "\x1bOF"},
		"\x1b[1;5Cx":           {"\x1b[1;5C", "x"},
		"\x1b[[Ax":             {"\x1b[[A", "x"},
		"\x1bbx":               {"\x1bb", "x"},
		"\x1b表x":               {"\x1b表", "x"},
		"\x1b\rx":              {"\x1b", "\r", "x"},
		"\x1b[1\rx":            {"\x1b[1", "\r", "x"},
		"表 ls\t":               {"表 ls", "\t"},
		"a\xff\xfeb":           {"a\xff\xfeb"},
		"a\xe8\xa1":            {"a"},
		"\xe8\xa1":             nil,
		"\x1b":                 nil,
		"\x1b[":                nil,
		"\x1b[1;5":             nil,
		"\x1bO":                nil,
		"\x1b[[":               nil,
		"\x1b\xe8":             nil,
		"x\x1b[200~a\x1b[201~": {"x", "\x1b[200~", "a", "\x1b[201~"},
	} {
		var got []string
		rest := []byte(input)
		for {
			key, next, whole := cutKey(rest)
			if !whole {
				break
			}
			got, rest = append(got, string(key)), next
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("keys of %q (-want +got):\n%s", input, diff)
		}
	}
}

func FuzzCutKeyUsesEveryByteOnce(f *testing.F) {
	f.Add([]byte("ls\x1b[A\x1b[[A\xe8\xa1\r\x1b\x1bOH\x00"))
	f.Fuzz(func(t *testing.T, input []byte) {
		rest, used := input, 0
		for {
			key, next, whole := cutKey(rest)
			if !whole {
				break
			}
			if len(key) == 0 || !bytes.Equal(input[used:used+len(key)], key) {
				t.Fatalf("key %q at %d of %q", key, used, input)
			}
			used += len(key)
			rest = next
		}
		if !bytes.Equal(input[used:], rest) {
			t.Errorf("%q is left of %q after %d bytes", rest, input, used)
		}
	})
}

func TestTranslateKeepsUnknownKeysOutOfTheLine(t *testing.T) {
	for key, want := range map[string]string{
		"text":     "text",
		"\x03":     "\x03",
		"\x1b[3~":  "\x1b[3~",
		"\x1bOH":   "\x1b[H",
		"\x1bOF":   "\x1b[F",
		"\x1b[99~": "",
		"\x1bx":    "",

		string(endKeyBytes):    "",
		string(quitKeyBytes):   "",
		string(resizeKeyBytes): "",
	} {
		if got := string(translate([]byte(key))); got != want {
			t.Errorf("translate(%q) = %q, want %q", key, got, want)
		}
	}
}

func TestPastedTextHasNoKeysInIt(t *testing.T) {
	got := string(pasted([]byte("ls\t-d\r\nno\x03des\rapp 表\x1b[A\n")))
	if want := "ls -d\nnodes\napp 表[A\n"; got != want {
		t.Errorf("pasted %q, want %q", got, want)
	}
}

func TestScreenReturnsTheCarriage(t *testing.T) {
	w := &recorder{}
	s := &screen{ConsoleWriter: w}
	s.WriteStr("a\n")
	s.WriteRawStr("b\n")
	s.WriteRaw([]byte("c\n"))
	s.Write([]byte("d\n"))
	s.SetTitle("t")
	s.ClearTitle()
	if want := "a\r\nb\r\nc\r\nd\r\n"; w.String() != want {
		t.Errorf("wrote %q, want %q", w.String(), want)
	}
}

func TestScreenDropsTheTextOfALineThatIsDrawnAgain(t *testing.T) {
	w := &recorder{}
	s := &screen{ConsoleWriter: w, clearing: true, rows: 2}
	s.CursorUp(5)
	s.WriteStr("a\n")
	s.clearing = false
	s.CursorUp(5)
	s.WriteStr("b")
	if want := "\r<up 2><up 5>b"; w.String() != want {
		t.Errorf("wrote %q, want %q", w.String(), want)
	}
}

// recorder is a screen that is only written to.
type recorder struct {
	prompt.ConsoleWriter
	bytes.Buffer
}

func (r *recorder) CursorUp(n int)       { fmt.Fprintf(&r.Buffer, "<up %d>", n) }
func (r *recorder) WriteRaw(data []byte) { r.Buffer.Write(data) }
func (r *recorder) Write(data []byte)    { r.Buffer.Write(data) }
