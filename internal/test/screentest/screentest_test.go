package screentest

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// show returns the screen after some output on a small window.
func show(t *testing.T, rows, columns int, output ...string) Screen {
	t.Helper()
	d := NewDisplay(rows, columns, io.Discard)
	for _, chunk := range output {
		d.Write([]byte(chunk))
	}
	return d.Screen()
}

func TestWideAndCombiningCharactersHaveTheirCells(t *testing.T) {
	for name, tc := range map[string]struct {
		output      []string
		lines       []string
		row, column int
	}{
		"wide":                        {[]string{"表格x"}, []string{"表格x"}, 0, 5},
		"wide at the edge":            {[]string{"12345表"}, []string{"12345", "表"}, 1, 2},
		"wide up to the edge":         {[]string{"1234表"}, []string{"1234表"}, 0, 5},
		"behind a full line":          {[]string{"1234表x"}, []string{"1234表", "x"}, 1, 1},
		"combining":                   {[]string{"e\u0301x"}, []string{"e\u0301x"}, 0, 2},
		"combining in a second write": {[]string{"e", "\u0301x"}, []string{"e\u0301x"}, 0, 2},
		"torn character":              {[]string{"\xe8", "\xa1", "\xa8."}, []string{"表."}, 0, 3},
		"torn sequence":               {[]string{"ab\x1b[", "1", "Dc"}, []string{"ac"}, 0, 2},
		"title":                       {[]string{"a\x1b]0;表 title\ab"}, []string{"ab"}, 0, 2},
		"overwritten":                 {[]string{"表格\rab"}, []string{"ab格"}, 0, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := show(t, 3, 6, tc.output...)
			if diff := cmp.Diff(strings.Join(tc.lines, "\n"), strings.TrimRight(strings.Join(s.Lines, "\n"), "\n")); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if s.Row != tc.row || s.Column != tc.column {
				t.Errorf("cursor at column %d of row %d, want %d of %d", s.Column, s.Row, tc.column, tc.row)
			}
		})
	}
}

func TestAScreenShowsItsStyles(t *testing.T) {
	s := show(t, 4, 20, "a\x1b[90mhint\x1b[0m b\x1b[1;31mR\x1b[0;32mg\x1b[0m\r\n", "\x1b[30;46m表\x1b[0m\x1b[?25l")
	want := `20 columns, 4 rows, cursor at column 2 of row 1, hidden
|ahint bRg
: dddd  Rg
|表
:##
`
	if diff := cmp.Diff(want, s.String()); diff != "" {
		t.Errorf("screen (-want +got):\n%s", diff)
	}
}

// asEcho makes the test binary a program that says hello and repeats one line.
const asEcho = "SCREENTEST_ECHO"

func TestMain(m *testing.M) {
	if os.Getenv(asEcho) != "" {
		fmt.Print("hello\n$ ")
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		fmt.Print("you typed ", line)
		os.Exit(3)
	}
	os.Exit(m.Run())
}

func TestAProgramIsDrivenByKeysAndSeenOnTheScreen(t *testing.T) {
	s := Start(t, Options{Rows: 5, Columns: 30, Env: []string{asEcho + "=1"}, Stty: []string{"erase", "^H"}}, os.Args[0])
	if got := s.Stty(); !strings.Contains(got, "erase = ^H") {
		t.Errorf("settings %s", got)
	}
	s.WaitFor("$")
	s.Send("abx\bc")
	s.WaitUntil("abc is typed", func(screen Screen) bool { return screen.Line() == "$ abc" && screen.Column == 5 })
	s.Resize(6, 40)
	s.Send("\r")
	if code := s.Wait(); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	s.CheckStty()
	s.Mask("abc", "MASKED")
	s.Golden("echo")
	if got := s.Printed(); !strings.Contains(got, "you typed abc\r\n") {
		t.Errorf("printed %q", got)
	}
}

func TestWhatDiffersInEachRunIsMasked(t *testing.T) {
	var s Terminal
	s.Mask("127.0.0.1:4711", "127.0.0.1:PORT")
	s.MaskPattern(`took (\w+) \d+ s`, "took $1 N s")
	s.MaskPattern(`PORT`, "HERE")
	want := "40 columns, 1 rows, cursor at column 27 of row 0\n|127.0.0.1:HERE took all N s\n"
	if diff := cmp.Diff(want, s.masked(show(t, 1, 40, "127.0.0.1:4711 took all 3 s"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
