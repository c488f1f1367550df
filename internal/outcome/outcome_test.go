package outcome

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pegashell/internal/message"
)

var errCause = errors.New("cause")

func TestAFailureSaysWhatHoldsForAllAroundIt(t *testing.T) {
	for name, c := range map[string]struct {
		err          error
		text         string
		code         int
		told, result bool
	}{
		"none":                 {nil, "", OK, false, false},
		"any":                  {errCause, "cause", Failed, false, false},
		"told":                 {fmt.Errorf("around: %w", Told(errCause)), "around: cause", Failed, true, false},
		"worded":               {Worded(message.New("other words"), errCause), "other words", Failed, false, false},
		"with a code":          {WithCode(3, errCause, true), "cause", 3, false, true},
		"with the first code":  {WithCode(2, WithCode(3, errCause, true), false), "cause", 3, false, true},
		"told, with a code":    {WithCode(3, Told(errCause), true), "cause", 3, true, true},
		"a code that is none":  {WithCode(256, errCause, false), "cause", Failed, false, false},
		"nothing with a code":  {WithCode(3, nil, true), "", OK, false, false},
		"wrong use":            {WrongUse("%d is below 0", -1), "-1 is below 0", Failed, false, false},
		"wrong use, no words":  {Misused(), "wrong use", Failed, false, false},
		"leave":                {Leave(nil), "exit", Failed, false, false},
		"leave after failures": {Leave(WithCode(3, errCause, false)), "exit, after a failure: cause", 3, false, false},
	} {
		text := ""
		if c.err != nil {
			text = c.err.Error()
		}
		if text != c.text || Code(c.err) != c.code || IsTold(c.err) != c.told || IsResult(c.err) != c.result {
			t.Errorf("%s: %q, code %d, told %v, result %v", name, text, Code(c.err), IsTold(c.err), IsResult(c.err))
		}
	}
}

func TestUsageAndTextAreFoundInside(t *testing.T) {
	if u := UsageOf(fmt.Errorf("around: %w", Misuse("no\n", message.New("near?")))); u == nil || u.Text.String() != "no\n" || u.Near.String() != "near?" {
		t.Errorf("usage %v", u)
	}
	if u := UsageOf(Told(errCause)); u != nil {
		t.Errorf("usage %v of another failure", u)
	}
	if text := TextOf(WithCode(3, Worded(message.New("words"), errCause), true)); text.String() != "words" {
		t.Errorf("text %q", text)
	}
	if !IsCanceled(Worded(message.New("words"), context.Canceled)) || !errors.Is(Told(errCause), errCause) {
		t.Error("the cause is hidden")
	}
}

func TestLeavingTellsWhatFailedBefore(t *testing.T) {
	if before, leaves := Leaves(errCause); leaves || before != nil {
		t.Errorf("a failure leaves the shell: %v", before)
	}
	if before, leaves := Leaves(fmt.Errorf("around: %w", Leave(errCause))); !leaves || before != errCause {
		t.Errorf("leaves %v after %v", leaves, before)
	}
}

func TestFailuresOfSeveralKindsAreOneOfNone(t *testing.T) {
	three, four := WithCode(3, errCause, false), WithCode(4, errCause, false)
	for name, c := range map[string]struct {
		failure, next error
		want          int
	}{
		"the first":  {nil, three, 3},
		"no next":    {three, nil, 3},
		"nothing":    {nil, nil, OK},
		"the same":   {three, three, 3},
		"different":  {three, four, Failed},
		"and again":  {Merge(three, four), four, Failed},
		"usual ones": {errCause, errCause, Failed},
	} {
		if got := Code(Merge(c.failure, c.next)); got != c.want {
			t.Errorf("%s: code %d, want %d", name, got, c.want)
		}
	}
}
