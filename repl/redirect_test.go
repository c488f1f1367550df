package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"pegashell/internal/outcome"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// redirecting returns a shell whose commands print to its output: say, fail and code, which print
// their words, exit, and many, which prints until nobody reads or it is canceled.
func redirecting(t *testing.T) (shell *Shell, out, diag *bytes.Buffer) {
	t.Helper()
	out, diag = &bytes.Buffer{}, &bytes.Buffer{}
	shell = &Shell{Source: scriptSource(t, "", io.Discard), Out: out, Err: diag}
	shell.Execute = func(ctx context.Context, words []string) error {
		fmt.Fprintln(shell.Out, strings.Join(words, " "))
		switch words[0] {
		case "say":
			return nil
		case "fail":
			return errors.New("failed")
		case "code":
			return outcome.WithCode(3, errors.New("found"), true)
		case "exit":
			return errLeave
		case "numbers": // up to the last of its words, without a line feed at the end, and fail
			n, err := strconv.Atoi(words[1])
			if err != nil {
				return err
			}
			for i := range n {
				fmt.Fprintln(shell.Out, i)
			}
			fmt.Fprint(shell.Out, n)
			return errors.New("failed")
		case "many":
			for ctx.Err() == nil {
				if _, err := fmt.Fprintln(shell.Out, "more"); err != nil {
					return err
				}
			}
			return ctx.Err()
		}
		return errors.New("unknown")
	}
	return shell, out, diag
}

func TestOutputGoesToFilesAndPrograms(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := syscall.Mkfifo("pipe", 0o600); err != nil {
		t.Fatal(err)
	}
	type outcome struct {
		File, Out, Diag string
		Failed          bool
	}
	const left = "f is unchanged, because the command failed\n"
	for _, tc := range []struct {
		before, line string
		want         outcome
	}{
		{"", "say a > f", outcome{File: "say a\n"}},
		{"old\n", "say a > f", outcome{File: "say a\n"}},
		{"old\n", "fail a > f", outcome{File: "old\n", Out: "fail a\n", Diag: left, Failed: true}},
		{"", "fail a > f", outcome{Out: "fail a\n", Diag: "f was not written, because the command failed\n", Failed: true}},
		{"", "fail a > /dev/null", outcome{Failed: true}},
		{"old\n", "code a > f", outcome{File: "code a\n", Failed: true}},
		{"old\n", "exit > f", outcome{File: "exit\n", Failed: true}},
		{"", "say a >> f", outcome{File: "say a\n"}},
		{"old\n", "say a >> f", outcome{File: "old\nsay a\n"}},
		{"old\n", "fail a >> f", outcome{File: "old\nfail a\n", Failed: true}},
		{"", "say a > none/f", outcome{Diag: "ERROR: write none/f: no such file or directory\n", Failed: true}},
		{"", "say a >> none/f", outcome{Diag: "ERROR: open none/f: no such file or directory\n", Failed: true}},
		{"", "say a > /dev/null", outcome{}},
		{"", "say a >> /dev/null", outcome{}},
		{"", "say a > pipe", outcome{Diag: "ERROR: write pipe: open pipe: no program reads this named pipe\n", Failed: true}},
		{"", "say a >> pipe", outcome{Diag: "ERROR: open pipe: no program reads this named pipe\n", Failed: true}},
		{"", "say a b | tr a-z A-Z", outcome{Out: "SAY A B\n"}},
		{"", "say a | cat > f", outcome{File: "say a\n"}},
		{"", "say a | cat | sed s/say/b/", outcome{Out: "b a\n"}},
		{"", "say a | grep nothing", outcome{Failed: true}},
		{"", "fail a | cat", outcome{Out: "fail a\n", Failed: true}},
		{"", "say a | echo told >&2", outcome{Diag: "told\n"}},
		{"", "many | head -n 2", outcome{Out: "many\nmore\n"}},
		{"", "many | exec true", outcome{}},
		{"", "many | exit 3", outcome{Failed: true}},
		{"", "say 'a", outcome{Out: "Invalid argument(s)\n", Diag: wrongQuotes, Failed: true}},
		{"", "say >", outcome{Diag: "ERROR: > and >> must be followed by exactly one file name, at the end of the line\n", Failed: true}},
		{"", "# say a | cat", outcome{}},
	} {
		os.Remove("f")
		if tc.before != "" {
			if err := os.WriteFile("f", []byte(tc.before), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		shell, out, diag := redirecting(t)
		err := shell.Line(t.Context(), tc.line)
		got := outcome{Out: out.String(), Diag: diag.String(), Failed: err != nil}
		if content, err := os.ReadFile("f"); err == nil {
			got.File = string(content)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.line, diff)
		}
		if shell.Out != out {
			t.Fatalf("%s: the output did not come back", tc.line)
		}
	}
	if left, err := filepath.Glob(".f.*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestNewFilesHaveTheModeThatTheUmaskLeaves(t *testing.T) {
	t.Chdir(t.TempDir())
	defer syscall.Umask(syscall.Umask(0o007))
	for name, text := range map[string]string{"new": "say a > new", "longer": "say a >> longer"} {
		shell, _, _ := redirecting(t)
		if err := shell.Line(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o660 {
			t.Errorf("%s: mode %v, %v; want 0660", text, info.Mode(), err)
		}
	}
}

func TestTheOutcomeOfAPipeIsTheCommandsElseThePrograms(t *testing.T) {
	for text, want := range map[string]int{
		"code x | cat; exit 5": 3,
		"say x | exit 5":       5,
		"fail x | cat; exit 5": 1,
		"many | exit 5":        5,
		"say x | exit 200":     200,
		"say x | kill -9 $$":   137,
		"say x | ./none":       127,
		"many | head -c1":      0,
		"exit | exit 5":        0,
	} {
		shell, _, _ := redirecting(t)
		shell.Source = scriptSource(t, text+"\n", io.Discard)
		if got := shell.Run(t.Context()); got != want {
			t.Errorf("%s: exit code %d, want %d", text, got, want)
		}
	}
}

func TestABarWithoutAProgramMeansThePager(t *testing.T) {
	t.Setenv("PAGER", "sed s/^/paged:/")
	shell, out, _ := redirecting(t)
	if err := shell.Line(t.Context(), "say a |"); err != nil || out.String() != "paged:say a\n" {
		t.Errorf("printed %q, %v", out, err)
	}
	t.Setenv("PAGER", "./missing")
	if got := pager(); got == "./missing" {
		t.Error("a program that is not there is the pager")
	}
	t.Setenv("PAGER", "")
	t.Setenv("PATH", t.TempDir())
	if got := pager(); got != "more" {
		t.Errorf("without less: %s", got)
	}
}

func TestTheEnvironmentOfCommandsIsToldOfARedirection(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, text := range []string{"say > f", "say >> f", "fail > f", "say | cat"} {
		shell, out, _ := redirecting(t)
		var told []string
		shell.Redirect = func(w io.Writer) (back func()) {
			told = append(told, fmt.Sprintf("to another: %t", w != io.Writer(out)))
			return func() { told = append(told, "back") }
		}
		shell.Line(t.Context(), text)
		if diff := cmp.Diff([]string{"to another: true", "back"}, told); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestTheEndOfWhatAFailedCommandPrintedIsShown(t *testing.T) {
	t.Chdir(t.TempDir())
	for n, left := range map[int]int{0: 0, 17: 0, 18: 0, 19: 1, 5000: 4982} {
		shell, out, diag := redirecting(t)
		shell.Line(t.Context(), fmt.Sprintf("numbers %d > f", n))
		want := ""
		if left > 0 {
			want = fmt.Sprintf("the first %d lines of the output are not shown\n", left)
		}
		want += "f was not written, because the command failed\n"
		if diff := cmp.Diff(want, diag.String()); diff != "" {
			t.Errorf("%d lines, told (-want +got):\n%s", n, diff)
		}
		if lines := strings.Split(out.String(), "\n"); len(lines) != min(n+2, shownLines) || lines[len(lines)-1] != strconv.Itoa(n) {
			t.Errorf("%d lines, shown %q", n, out)
		}
	}
}

// A command that is interrupted has not written the whole, whatever it says of it.
func TestAnInterruptedCommandLeavesTheFile(t *testing.T) {
	t.Chdir(t.TempDir())
	shell, out, diag := redirecting(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := shell.Line(ctx, "many > f"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if out.Len() > 0 {
		t.Errorf("shown %q", out)
	}
	if _, err := os.Stat("f"); err == nil || !strings.Contains(diag.String(), "f was not written") {
		t.Errorf("the file is there, or nothing was told: %v, %q", err, diag)
	}
}
