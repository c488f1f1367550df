package repl

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// paperPager is a pager whose terminal is a file, with a window of 5 rows of 20 columns; its program
// writes what it reads to the terminal, in brackets.
func paperPager(t *testing.T, name string) (p *Pager, shown func() string) {
	t.Helper()
	terminal := filepath.Join(t.TempDir(), "terminal")
	var ends [2]*os.File
	for i := range ends {
		f, err := os.OpenFile(terminal, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		ends[i] = f
	}
	p = &Pager{out: ends[0], err: ends[1], program: name, size: func() (int, int) { return 20, 5 }}
	p.run = func(cmd *exec.Cmd) (func(), error) {
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		return func() { cmd.Wait() }, nil
	}
	return p, func() string {
		data, err := os.ReadFile(ends[0].Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
}

func TestOnlyWhatIsLongerThanTheWindowIsPaged(t *testing.T) {
	const brackets = "printf '<'; cat; printf '>'"
	for name, c := range map[string]struct{ printed, want string }{
		"it fits":            {"1\n2\n3\n4\n", "1\n2\n3\n4\n"},
		"longer":             {"1\n2\n3\n4\n5\n6\n", "<1\n2\n3\n4\n5\n6\n>"},
		"folded lines":       {strings.Repeat("x", 81) + "\n", "<" + strings.Repeat("x", 81) + "\n>"},
		"as wide as it":      {strings.Repeat(strings.Repeat("x", 20)+"\n", 4), strings.Repeat(strings.Repeat("x", 20)+"\n", 4)},
		"colours":            {"\x1b[31m1\x1b[0m\n2\n3\n4\n5\n", "<\x1b[31m1\x1b[0m\n2\n3\n4\n5\n>"},
		"drawn and not told": {"\x1b[H\x1b[J1\n2\n3\n4\n5\n6\n", "\x1b[H\x1b[J1\n2\n3\n4\n5\n6\n"},
		"no line end":        {"1\n2\n3\n4\n5", "1\n2\n3\n4\n5"},
	} {
		t.Run(name, func(t *testing.T) {
			p, shown := paperPager(t, brackets)
			p.begin(func() { t.Error("it is said not to read") })
			for line := range strings.Lines(c.printed) {
				if _, err := io.WriteString(p.Out(), line); err != nil {
					t.Fatal(err)
				}
			}
			if gone := p.end(); gone || shown() != c.want {
				t.Errorf("gone = %v, shown %q, want %q", gone, shown(), c.want)
			}
			io.WriteString(p.Out(), "after")
			if shown() != c.want+"after" {
				t.Errorf("what comes later is shown as %q", shown())
			}
		})
	}
}

// Diagnostics keep their place where nothing is paged, and follow where the program has the terminal.
func TestDiagnosticsAndQuestionsAreSeenWithAPager(t *testing.T) {
	p, shown := paperPager(t, "printf '<'; cat; printf '>'")
	p.begin(func() {})
	io.WriteString(p.Out(), "1\n")
	io.WriteString(p.Err(), "warning\n")
	io.WriteString(p.Out(), "2\n")
	if shown() != "" {
		t.Errorf("%q is shown at once", shown())
	}
	ask := p.before(func(context.Context, string) (string, error) { return shown(), nil })
	if seen, _ := ask(t.Context(), "?"); seen != "1\nwarning\n2\n" {
		t.Errorf("with a question %q is seen", seen)
	}
	p.end()
	p, shown = paperPager(t, "printf '<'; cat; printf '>'")
	p.begin(func() {})
	io.WriteString(p.Err(), "warning\n")
	io.WriteString(p.Out(), "1\n2\n3\n4\n5\n")
	io.WriteString(p.Err(), "another\n")
	io.WriteString(p.Live(), "10%")
	io.WriteString(p.Out(), "6\n")
	p.end()
	if want := "<1\n2\n3\n4\n5\n6\n>warning\nanother\n"; shown() != want {
		t.Errorf("shown %q, want %q", shown(), want)
	}
}

func TestWhoHasSeenEnoughEndsTheCommand(t *testing.T) {
	p, _ := paperPager(t, "true")
	left := make(chan struct{})
	p.begin(func() { close(left) })
	for {
		io.WriteString(p.Out(), strings.Repeat("line\n", 100))
		select {
		case <-left:
			if !p.end() {
				t.Error("it is not said that the program has left")
			}
			return
		default:
		}
	}
}

func TestWhatComesLittleByLittleIsShownAsItComes(t *testing.T) {
	p, shown := paperPager(t, "exec false")
	p.begin(func() {})
	io.WriteString(p.Out(), "1\n")
	for shown() != "1\n" { // until it is not held any more
	}
	io.WriteString(p.Out(), "2\n3\n4\n5\n6\n7\n")
	if p.end(); shown() != "1\n2\n3\n4\n5\n6\n7\n" {
		t.Errorf("shown %q", shown())
	}
}

func TestThePagerIsTheOneThatIsNamed(t *testing.T) {
	t.Setenv("TERM", "xterm")
	for _, c := range [][3]string{{"", "more -s", "more -s"}, {"less -N", "more", "less -N"}, {"off", "more", ""}, {"", "cat", ""}} {
		t.Setenv("PAGER", c[1])
		if got := pagerOf(c[0]); got != c[2] {
			t.Errorf("[shell] pager %q and PAGER %q give %q, want %q", c[0], c[1], got, c[2])
		}
	}
	bin := t.TempDir()
	for _, program := range []string{"less", "pages"} {
		if err := os.WriteFile(filepath.Join(bin, program), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(sh, filepath.Join(bin, "sh")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	for name, want := range map[string]string{
		"missing": "less", "missing -R": "less", "./missing": "less", "pages -R": "pages -R", "exec pages": "exec pages",
		"LESS=R less": "LESS=R less", "~/pages": "~/pages", "(missing)": "(missing)",
	} {
		if got := pagerOf(name); got != want {
			t.Errorf("pager %q gives %q, want %q", name, got, want)
		}
	}
	t.Setenv("PAGER", "")
	t.Setenv("PATH", t.TempDir())
	if got := pagerOf(""); got != "" {
		t.Errorf("without less it is %q", got)
	}
	var out, diag io.Writer = &bytes.Buffer{}, &bytes.Buffer{}
	var s Shell
	if s.Page("off", nil, &out, &diag) != nil || s.Page("less", nil, nil, &diag) != nil {
		t.Error("there is a pager without a program or a terminal")
	}
}
