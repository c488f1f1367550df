package repl

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPersonIsToldThatSignsNeedBlanks(t *testing.T) {
	for text, want := range map[string]string{
		"version >v":           ">v is part of a word here. Write blanks around > to send the output to a file.",
		"ls -d >>v":            ">>v is part of a word here. Write blanks around >> to send the output to a file.",
		"ls>v":                 "ls>v is part of a word here. Write blanks around > to send the output to a file.",
		"ls>> v":               "ls>> is part of a word here. Write blanks around >> to send the output to a file.",
		"ls |less":             "|less is part of a word here. Write blanks around | to send the output to a program.",
		" ls|less":             "ls|less is part of a word here. Write blanks around | to send the output to a program.",
		"":                     "",
		"ls > v":               "",
		"ls | grep >v":         "",
		"ls >> v":              "",
		"set_app_envs k a>b|c": "",
		`echo ">v" '|less'`:    "",
		"# ls >v":              "",
		"echo 'a":              "",
		"echo >v 'a":           ">v is part of a word here. Write blanks around > to send the output to a file.",
	} {
		if got := hint(text).String(); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestAScriptGetsNoHints(t *testing.T) {
	for _, person := range []bool{true, false} {
		var diag bytes.Buffer
		source := scriptSource(t, "say a >v\n", io.Discard)
		source.person = person
		shell := Shell{Source: source, Out: io.Discard, Err: &diag}
		shell.Execute = func(context.Context, []string) error { return errors.New("failed") }
		shell.Run(t.Context())
		want := ""
		if person {
			want = "HINT: >v is part of a word here. Write blanks around > to send the output to a file.\n"
		}
		if diff := cmp.Diff(want, diag.String()); diff != "" {
			t.Errorf("a person: %t (-want +got):\n%s", person, diff)
		}
	}
}

func TestAPersonsLineWithJoinedCommandsIsNotRun(t *testing.T) {
	for _, person := range []bool{true, false} {
		var diag bytes.Buffer
		ran := 0
		source := scriptSource(t, "say a && say b\n", io.Discard)
		source.person = person
		shell := Shell{Source: source, Out: io.Discard, Err: &diag, Execute: func(context.Context, []string) error { ran++; return nil }}
		if code := shell.Run(t.Context()); code != ExitOK {
			t.Errorf("exit code %d", code)
		}
		if want := map[bool]int{true: 0, false: 1}[person]; ran != want || !bytes.Contains(diag.Bytes(), []byte("HINT: && joins no commands here")) {
			t.Errorf("a person %t: ran %d times, told %q", person, ran, &diag)
		}
	}
}

func TestAGivenLineWithJoinedCommandsIsNotRun(t *testing.T) {
	var diag bytes.Buffer
	var ran [][]string
	shell := Shell{Source: &given{[]string{"say a && say b", "say; say c", "say d ';'"}}, Out: io.Discard, Err: &diag,
		Execute: func(_ context.Context, words []string) error { ran = append(ran, words); return nil }}
	if code := shell.Run(t.Context()); code != ExitFailed {
		t.Errorf("exit code %d", code)
	}
	if diff := cmp.Diff([][]string{{"say", "d", ";"}}, ran); diff != "" {
		t.Error(diff)
	}
	want := "HINT: && joins no commands here: give each with a -x of its own, or put it in quotes for an argument. Nothing was run.\n" +
		"HINT: ; joins no commands here: give each with a -x of its own, or put it in quotes for an argument. Nothing was run.\n"
	if diff := cmp.Diff(want, diag.String()); diff != "" {
		t.Error(diff)
	}
}

func TestAScriptsLineWithJoinedCommandsIsExplained(t *testing.T) {
	var diag bytes.Buffer
	ran := 0
	shell := Shell{Source: scriptSource(t, "say; say b\n", io.Discard), Out: io.Discard, Err: &diag,
		Execute: func(context.Context, []string) error { ran++; return nil }}
	shell.Run(t.Context())
	if want := "HINT: ; joins no commands here, it is a part of the line's command\n"; ran != 1 || diag.String() != want {
		t.Errorf("ran %d times, told %q", ran, &diag)
	}
}

// wrongQuotes is printed for a line that cannot be split into words.
const wrongQuotes = "HINT: a quote is not closed, or no blank follows the closing one; in single quotes a word stays as it is: '{\"a\": 1}'\n"

func TestALineWithWrongQuotesIsExplained(t *testing.T) {
	var out, diag bytes.Buffer
	shell := Shell{Source: scriptSource(t, "say {\"x\":1}\nsay b\n", io.Discard), Out: &out, Err: &diag,
		Execute: func(context.Context, []string) error { return nil }}
	shell.Run(t.Context())
	want := wrongQuotes + "line 1 failed\n"
	if out.String() != "Invalid argument(s)\n" || diag.String() != want {
		t.Errorf("printed %q and %q", &out, &diag)
	}
}
