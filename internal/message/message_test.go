package message

import (
	"errors"
	"testing"
)

func TestATextNestsTexts(t *testing.T) {
	inner := New("port %d", 34601)
	if got, want := New("100%% of %s", inner).String(), "100% of port 34601"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnUnknownTextStaysEnglish(t *testing.T) {
	if got, want := New("no translation of this: %d", 10000).In(Chinese), "no translation of this: 10000"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnErrorHasItsCause(t *testing.T) {
	cause := errors.New("refused")
	err := Errorf("connect to %s: %w", "a:1", cause)
	if !errors.Is(err, cause) || err.Error() != "connect to a:1: refused" {
		t.Errorf("got %q, which wraps %v", err, errors.Unwrap(err))
	}
}

func TestTheLocaleNamesTheLanguage(t *testing.T) {
	for locale, want := range map[string]Language{"zh_CN.UTF-8": Chinese, "zh": Chinese, "C.UTF-8": English, "zhx": English, "": English} {
		if got := OfLocale(locale); got != want {
			t.Errorf("%q: got %v, want %v", locale, got, want)
		}
	}
}
