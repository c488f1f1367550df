package lineedit

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

// pipeKeyboard is a keyboard that reads what the test writes to w.
func pipeKeyboard(t *testing.T) (k *keyboard, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	in, err := NewInput(int(r.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	k = &keyboard{in: in}
	k.start(t.Context())
	return k, w
}

// writeTo writes text and ends the input, in the background because a pipe holds only so much.
func writeTo(t *testing.T, w *os.File, text string) {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		_, err := io.WriteString(w, text)
		done <- errors.Join(err, w.Close())
	}()
	t.Cleanup(func() {
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func expectKeys(t *testing.T, k *keyboard, want ...string) {
	t.Helper()
	for _, want := range want {
		key, err := k.next()
		if err != nil || string(key) != want {
			t.Fatalf("key %.60q, %v, want %.60q", key, err, want)
		}
	}
}

func TestALongPasteIsTakenInWhole(t *testing.T) {
	k, w := pipeKeyboard(t)
	line := strings.Repeat("x", 3*readSize)
	writeTo(t, w, "a\x1b[200~"+line+"\r\x1b[Ab\tc\x1b[201~\x1b[D")
	expectKeys(t, k, "a", line+lineBreak+"[Ab c", "\x1b[D")
}

func TestALineBreakThatATerminalSendsEndsNoLine(t *testing.T) {
	k, w := pipeKeyboard(t)
	writeTo(t, w, "a"+lineBreak+"b\x1b[200~c"+lineBreak+"\xef\xb7\x01\x90d\ne\x1b[201~")
	expectKeys(t, k, "a\ufffdb", "c\ufffd\ufffdd"+lineBreak+"e")
}

// A line end of a paste is not Enter, however slowly the paste arrives.
func TestAPasteThatPausesIsStillPasted(t *testing.T) {
	k, w := pipeKeyboard(t)
	for _, part := range []struct{ text, want string }{
		{"\x1b[200~\n\x1b[201~\x1b[200", ""}, {"~drop a\n表\xe6", "drop a" + lineBreak + "表"},
		{"\xa0\xbc\ndrop b\n\x1b[20", "格" + lineBreak + "drop b" + lineBreak}, {"1~\r", "\r"},
		{"\x1b[200~drop c\n", "drop c" + lineBreak}, {"\x03\n", "\x03"},
	} {
		if _, err := io.WriteString(w, part.text); err != nil {
			t.Fatal(err)
		}
		if part.want != "" {
			expectKeys(t, k, part.want)
		}
	}
	expectKeys(t, k, "\n")
}

func TestAPasteThatNeverEndsIsTakenAsItIs(t *testing.T) {
	k, w := pipeKeyboard(t)
	writeTo(t, w, "\x1b[200~b\tc")
	expectKeys(t, k, "b c")
	if _, err := k.next(); !errors.Is(err, io.EOF) {
		t.Errorf("error %v, want io.EOF", err)
	}
}

func TestABareEscapeIsAKeyWhenNothingFollows(t *testing.T) {
	k, w := pipeKeyboard(t)
	if _, err := w.WriteString("\x1b"); err != nil {
		t.Fatal(err)
	}
	expectKeys(t, k, "\x1b")
	if _, err := w.WriteString("\x1b["); err != nil {
		t.Fatal(err)
	}
	expectKeys(t, k, "\x1b[")
	writeTo(t, w, "x")
	expectKeys(t, k, "x")
}
