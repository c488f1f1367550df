package repl

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/outcome"
)

func TestGivenLinesAreCarriedOutAndAskNobody(t *testing.T) {
	var ran [][]string
	var asked error
	source := &given{[]string{"say a", "fail", "say 'b c'"}}
	var diag bytes.Buffer
	shell := Shell{Source: source, Out: io.Discard, Err: &diag, Execute: func(ctx context.Context, words []string) error {
		ran = append(ran, words)
		_, asked = source.Ask(ctx, "sure?")
		if words[0] == "fail" {
			return outcome.WithCode(4, errors.New("failed"), false)
		}
		return nil
	}}
	if code := shell.Run(t.Context()); code != 4 {
		t.Errorf("exit code %d", code)
	}
	if diff := cmp.Diff([][]string{{"say", "a"}, {"fail"}, {"say", "b c"}}, ran); diff != "" {
		t.Error(diff)
	}
	if !errors.Is(asked, io.EOF) || diag.Len() > 0 {
		t.Errorf("%v, %q", asked, &diag)
	}
}

func TestLinesOfAScriptAreContinuedAndNamedWhenTheyFail(t *testing.T) {
	for script, want := range map[string]struct {
		ran  [][]string
		diag string
	}{
		"say a \\\n  b\nfail\n": {[][]string{{"say", "a", "b"}, {"fail"}}, "line 3 failed\n"},
		"fail \\\n\\\nx\nfail":  {[][]string{{"fail", "x"}, {"fail"}}, "line 1 failed\nline 4 failed\n"},
		"say a\\\\\nsay b \\":   {[][]string{{"say", `a\\`}, {"say", "b"}}, ""},
	} {
		var ran [][]string
		var diag bytes.Buffer
		shell := Shell{Source: scriptSource(t, script, io.Discard), Out: io.Discard, Err: &diag, Execute: func(_ context.Context, words []string) error {
			ran = append(ran, words)
			if words[0] == "fail" {
				return errors.New("failed")
			}
			return nil
		}}
		shell.Run(t.Context())
		if diff := cmp.Diff(want.ran, ran); diff != "" || diag.String() != want.diag {
			t.Errorf("%q: %s\nstandard error %q, want %q", script, diff, &diag, want.diag)
		}
	}
}

func TestExitWithANumberIsTheExitCode(t *testing.T) {
	shell := Shell{Source: scriptSource(t, "fail\nexit\n", io.Discard), Out: io.Discard, Err: io.Discard, Execute: func(_ context.Context, words []string) error {
		if words[0] == "exit" {
			return outcome.LeaveWith(0)
		}
		return errors.New("failed")
	}}
	if code := shell.Run(t.Context()); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
