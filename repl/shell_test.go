package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"pegashell/repl/lineedit"
)

// scriptSource reads the script as a shell whose standard input is a file.
func scriptSource(t *testing.T, script string, questions io.Writer) *plain {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return fileSource(t, f, questions)
}

func fileSource(t *testing.T, f *os.File, questions io.Writer) *plain {
	t.Helper()
	in, err := lineedit.NewInput(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	source := &plain{in: in, questions: questions}
	t.Cleanup(func() {
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	})
	return source
}

func TestPipedLinesGiveWhatTheOriginalGives(t *testing.T) {
	for _, name := range []string{"empty_stdin", "empty_lines", "spaces_only", "unbalanced_quote", "quoted", "no_trailing_newline"} {
		t.Run(name, func(t *testing.T) {
			script, want := capture(t, name)
			var out bytes.Buffer
			err := Banner{
				Program: "Pegasus Shell 2.5.0",
				Config:  "config.ini",
				Cluster: "onebox",
				Metas:   []string{"127.0.0.1:35601", "127.0.0.1:35602", "127.0.0.1:35603"},
			}.Write(&out)
			if err != nil {
				t.Fatal(err)
			}
			banner := out.Len()
			shell := Shell{Source: scriptSource(t, script, &out), Out: &out, Err: io.Discard}
			shell.Execute = func(_ context.Context, words []string) error {
				switch line := strings.Join(words, " "); line {
				case "ls -d", "get_meta_level":
					out.WriteString(want[banner:]) // what these print is not the loop's
				default:
					t.Errorf("carried out %q", words)
				}
				return nil
			}
			wantCode := ExitOK
			if name == "unbalanced_quote" {
				wantCode = ExitFailed
			}
			if code := shell.Run(t.Context()); code != wantCode {
				t.Errorf("exit code %d, want %d", code, wantCode)
			}
			if diff := cmp.Diff(want, out.String()); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBannerSaysWhatIsNotKnown(t *testing.T) {
	var out strings.Builder
	if err := (Banner{Program: "pegashell v1", Metas: []string{"a:1"}}).Write(&out); err != nil {
		t.Fatal(err)
	}
	want := `pegashell v1
Type "help" for more information.
Type "Ctrl-D" or "Ctrl-C" to exit the shell.

The config file is: none
The cluster name is: unknown
The cluster meta list is: a:1
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("banner (-want +got):\n%s", diff)
	}
}

func TestBannerTellsAPersonTheKeysOfThisShell(t *testing.T) {
	for _, language := range []message.Language{message.English, message.Chinese} {
		var out strings.Builder
		if err := (Banner{Program: "pegashell v1", Interactive: true, Completes: true, Language: language}).Write(&out); err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"\"help\"", "Tab", "\"exit\"", "Ctrl-D", "Ctrl-C"} {
			if !strings.Contains(out.String(), part) {
				t.Errorf("%v: the banner lacks %s:\n%s", language, part, &out)
			}
		}
		if n := strings.Count(out.String(), "\n"); n != 7 {
			t.Errorf("%v: the banner has %d lines", language, n)
		}
	}
}

// codedError is a failure with an exit code of its own.
func codedError(code int) error {
	return outcome.WithCode(code, errors.New("failed with a code"), false)
}

// runScript carries out a script whose commands print their words; fail, exit and ask also do what
// they say.
func runScript(t *testing.T, script string, stopAtFailure bool) (code int, printed, told string) {
	t.Helper()
	var out, diag bytes.Buffer
	shell := Shell{Source: scriptSource(t, script, &out), Out: &out, Err: &diag, StopAtFailure: stopAtFailure}
	shell.Execute = func(ctx context.Context, words []string) error {
		fmt.Fprintf(&out, "%s", words)
		switch words[0] {
		case "fail":
			return errors.New("failed")
		case "code":
			code, err := strconv.Atoi(words[1])
			if err != nil {
				t.Error(err)
			}
			return fmt.Errorf("wrapped: %w", codedError(code))
		case "exit":
			return fmt.Errorf("wrapped: %w", errLeave)
		case "failedexit":
			return fmt.Errorf("wrapped: %w", outcome.Leave(codedError(3)))
		case "ask":
			answer, err := shell.Source.Ask(ctx, "sure? ")
			if err != nil {
				return err
			}
			fmt.Fprintf(&out, "<%s>", answer)
		}
		return nil
	}
	code = shell.Run(t.Context())
	return code, out.String(), diag.String()
}

func TestExitCodeAndWhereAScriptStops(t *testing.T) {
	for name, tc := range map[string]struct {
		script        string
		stopAtFailure bool
		want          string // lines that were carried out and what was printed
		code          int
	}{
		"all succeed":             {script: "a\nb c\n", want: "[a][b c]", code: 0},
		"one fails":               {script: "a\nfail\nb\n", want: "[a][fail][b]", code: 1},
		"one fails and stops":     {script: "a\nfail\nb\n", stopAtFailure: true, want: "[a][fail]", code: 1},
		"a code of its own":       {script: "code 3\na\ncode 3\n", want: "[code 3][a][code 3]", code: 3},
		"a code, then a failure":  {script: "code 3\nfail\n", want: "[code 3][fail]", code: 1},
		"a failure, then a code":  {script: "fail\ncode 3\n", want: "[fail][code 3]", code: 1},
		"two codes":               {script: "code 3\ncode 2\ncode 3\n", want: "[code 3][code 2][code 3]", code: 1},
		"a code that means much":  {script: "code 0\n", want: "[code 0]", code: 1},
		"the code of a program":   {script: "code 200\n", want: "[code 200]", code: 200},
		"a code beyond all":       {script: "code 256\n", want: "[code 256]", code: 1},
		"a code stops with -e":    {script: "code 3\na\n", stopAtFailure: true, want: "[code 3]", code: 3},
		"all succeed with -e":     {script: "a\n\n  \nb\n", stopAtFailure: true, want: "[a]Invalid argument(s)\n[b]", code: 0},
		"a line behind a NUL":     {script: "\x00ls\nb\n", want: "Invalid argument(s)\n[b]", code: 0},
		"a line without sense":    {script: "'a\nb\n", want: "Invalid argument(s)\n[b]", code: 1},
		"it stops with -e":        {script: "'a\nb\n", stopAtFailure: true, want: "Invalid argument(s)\n", code: 1},
		"exit leaves":             {script: "a\nexit\nb\n", want: "[a][exit]", code: 0},
		"exit has a failure":      {script: "failedexit\na\n", want: "[failedexit]", code: 3},
		"exit has another":        {script: "fail\nfailedexit\n", want: "[fail][failedexit]", code: 1},
		"exit keeps the failure":  {script: "fail\nexit\n", want: "[fail][exit]", code: 1},
		"carriage returns":        {script: "a b\r\n\r\n\"c\"\r\n", want: "[a b][c]", code: 0},
		"a longest line":          {script: strings.Repeat("x", lineedit.MaxLine) + "\n", want: "[" + strings.Repeat("x", lineedit.MaxLine) + "]", code: 0},
		"a line that is too long": {script: "a\n" + strings.Repeat("x", lineedit.MaxLine+1) + "\nb\n", want: "[a]", code: 1},
		"a last line too long":    {script: "a\n" + strings.Repeat("x", lineedit.MaxLine+1), want: "[a]", code: 1},
		"a line without end":      {script: "a\n" + strings.Repeat("x", 2*lineedit.MaxLine+1<<17), want: "[a]", code: 1},
		"an answer is a line":     {script: "ask\nyes\r\nb\n", want: "[ask]sure? <yes>[b]", code: 0},
		"no line to answer with":  {script: "ask", want: "[ask]sure? \n", code: 1},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, diag := runScript(t, tc.script, tc.stopAtFailure)
			if code != tc.code {
				t.Errorf("exit code %d, want %d", code, tc.code)
			}
			if out != tc.want {
				t.Errorf("output %.200q, want %.200q", out, tc.want)
			}
			tooLong := strings.Contains(tc.script, strings.Repeat("x", lineedit.MaxLine+1))
			if got := strings.Contains(diag, "ERROR: a line is longer than 1048576 bytes"); got != tooLong {
				t.Errorf("told %q", diag)
			}
		})
	}
}

func TestSignalsEndAScript(t *testing.T) {
	for _, tc := range []struct {
		signal syscall.Signal
		code   int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}, {syscall.SIGHUP, 129}} {
		t.Run(tc.signal.String(), func(t *testing.T) {
			defer goleak.VerifyNone(t)
			sig := newSignals()
			shell := Shell{Source: scriptSource(t, "wait\nnext\n", io.Discard), Out: io.Discard, Err: io.Discard}
			shell.Execute = func(ctx context.Context, words []string) error {
				if words[0] != "wait" {
					t.Errorf("carried out %q after the signal", words)
					return nil
				}
				sig.ch <- tc.signal
				<-ctx.Done()
				return nil // even if it was done in time
			}
			if code := shell.run(t.Context(), sig); code != tc.code {
				t.Errorf("exit code %d, want %d", code, tc.code)
			}
		})
	}
}

func TestASignalEndsWaitingForThePipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	fmt.Fprint(w, "a\nhalf")
	sig := newSignals()
	shell := Shell{Source: fileSource(t, r, io.Discard), Out: io.Discard, Err: io.Discard}
	var done []string
	shell.Execute = func(_ context.Context, words []string) error {
		done = append(done, words...)
		sig.ch <- syscall.SIGTERM
		return nil
	}
	if code := shell.run(t.Context(), sig); code != 143 {
		t.Errorf("exit code %d, want 143", code)
	}
	if diff := cmp.Diff([]string{"a"}, done); diff != "" {
		t.Errorf("carried out (-want +got):\n%s", diff)
	}
}

// A person sends a command and interrupts it: the shell lives, and what was typed ahead is
// forgotten.
func TestInterruptStopsTheCommandAndNotThePerson(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fmt.Fprint(w, "wait\nahead\n")
	sig := newSignals()
	source := fileSource(t, r, io.Discard)
	source.person = true
	shell := Shell{Source: source, Out: io.Discard, Err: io.Discard, StopAtFailure: true}
	var done []string
	shell.Execute = func(ctx context.Context, words []string) error {
		done = append(done, words...)
		if words[0] == "wait" {
			sig.ch <- os.Interrupt
			<-ctx.Done()
			fmt.Fprint(w, "later\n")
			w.Close()
			return ctx.Err()
		}
		return nil
	}
	if code := shell.run(t.Context(), sig); code != ExitOK {
		t.Errorf("exit code %d, want 0", code)
	}
	if diff := cmp.Diff([]string{"wait", "later"}, done); diff != "" {
		t.Errorf("carried out (-want +got):\n%s", diff)
	}
}

// lateInterrupt is a person whose Ctrl-C comes between the end of the first line and its command.
type lateInterrupt struct {
	*plain
	came func()
}

func (l lateInterrupt) Next(ctx context.Context) (string, error) {
	line, err := l.plain.Next(ctx)
	if line == "late" {
		l.came()
	}
	return line, err
}

func TestASignalBehindALineInterruptsItsCommand(t *testing.T) {
	sig := newSignals()
	var diag bytes.Buffer
	shell := Shell{Out: io.Discard, Err: &diag}
	source := scriptSource(t, "late\nahead\n", io.Discard)
	source.person = true
	shell.Source = lateInterrupt{source, func() {
		sig.ch <- os.Interrupt
		for !shell.watch.interrupted() {
			time.Sleep(time.Millisecond)
		}
	}}
	shell.Execute = func(_ context.Context, words []string) error {
		t.Errorf("carried out %q", words)
		return nil
	}
	if code := shell.run(t.Context(), sig); code != ExitOK || diag.String() != "\n"+notBegun+"\n" {
		t.Errorf("exit code %d, told %q", code, &diag)
	}
}
