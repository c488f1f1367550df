package repl

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/repl/lineedit"
)

func TestNoticesOfAPlainTerminalComeBeforeTheNextPrompt(t *testing.T) {
	var shown bytes.Buffer
	source := scriptSource(t, "a\nb\n", &shown)
	source.person = true
	source.prompt = func() lineedit.Prompt { return NewPrompt("", "") }
	source.Notice("one")
	source.Notice("two")
	for range 2 {
		if _, err := source.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if want := "one\ntwo\n>>> >>> "; shown.String() != want {
		t.Errorf("shown %q, want %q", &shown, want)
	}
}

func TestAScriptIsNotTold(t *testing.T) {
	var shown bytes.Buffer
	source := scriptSource(t, "a\n", &shown)
	source.Notice("one")
	if line, err := source.Next(t.Context()); line != "a" || err != nil || shown.Len() > 0 {
		t.Errorf("read %q, %v; shown %q", line, err, &shown)
	}
}

func TestThePromptNamesClusterAndDanger(t *testing.T) {
	for _, tc := range []struct {
		name, danger string
		want         lineedit.Prompt
	}{
		{"", "", lineedit.Prompt{Text: ">>> "}},
		{"onebox", "", lineedit.Prompt{Text: "onebox >>> "}},
		{"onebox", "blind", lineedit.Prompt{Text: "onebox [blind] >>> ", Danger: "[blind]"}},
		{"", "blind", lineedit.Prompt{Text: "[blind] >>> ", Danger: "[blind]"}},
		{"a\x1b[31m表\nb", "\x07x", lineedit.Prompt{Text: "a[31m表b [x] >>> ", Danger: "[x]"}}, // a server's word is no key to the terminal
	} {
		if diff := cmp.Diff(tc.want, NewPrompt(tc.name, tc.danger)); diff != "" {
			t.Errorf("%q, %q (-want +got):\n%s", tc.name, tc.danger, diff)
		}
	}
}
