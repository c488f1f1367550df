package lineedit

import (
	"bytes"
	"testing"

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
		"\x1b\x7fx":            {"\x1b\x7f", "x"},
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

func TestACtrlCInAPasteIsNoKey(t *testing.T) {
	for input, want := range map[string]int{
		"":                             -1,
		"a\x03b\x03":                   1,
		"\x1b[200~\x03\x1b[201~":       -1,
		"\x1b[200~\x03":                -1,
		"a\x1b[200~\x03\x1b[201~b\x03": 15,
		"\x1b[200~\x1b[201~\x1b[200~\x03\x1b[201~": -1,
		"\x03\x1b[200~": 0,
	} {
		if got := interruptIn([]byte(input)); got != want {
			t.Errorf("Ctrl-C in %q at %d, want %d", input, got, want)
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

func TestKeysHaveTheirNames(t *testing.T) {
	for sequence, want := range map[string]key{
		"text":       {text: "text"},
		"表":          {text: "表"},
		"\x03":       {name: "C-c"},
		"\x1a":       {name: "C-z"},
		"\r":         {name: "enter"},
		"\n":         {name: "enter"},
		"\x7f":       {name: "backspace"},
		"\b":         {name: "backspace"},
		"\t":         {name: "tab"},
		"\x1b":       {name: "escape"},
		"\x1b.":      {name: "M-."},
		"\x1bb":      {name: "M-b"},
		"\x1b\x7f":   {name: "M-backspace"},
		"\x1b[3~":    {name: "delete"},
		"\x1b[1~":    {name: "C-a"},
		"\x1b[8~":    {name: "C-e"},
		"\x1bOH":     {name: "C-a"},
		"\x1b[1;5D":  {name: "M-b"},
		"\x1bOc":     {name: "M-f"},
		"\x1b[99~":   {},
		"\x1b[24;2~": {},
		"\x1bO":      {},
		"\x1b[":      {},
		"\x00":       {},
		"\x1c":       {},
	} {
		if got := keyOf([]byte(sequence)); got != want {
			t.Errorf("key of %q is %+v, want %+v", sequence, got, want)
		}
	}
	if got := keyOf(eventBytes); got != (key{}) {
		t.Errorf("go-prompt's event is the key %+v of a terminal", got)
	}
}

func TestPastedTextHasNoKeysInIt(t *testing.T) {
	got := string(pastedText([]byte("ls\t-d\r\nno\x03des\rapp 表\x1b[A\n")))
	if want := "ls -d" + lineBreak + "nodes" + lineBreak + "app 表[A" + lineBreak; got != want {
		t.Errorf("pasted %q, want %q", got, want)
	}
}
