package transcript

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Piece is a part of a page: text, a screen, a file that the screens need, or a hidden action.
type Piece struct {
	// Kind is what it is.
	Kind Kind
	// Line is where it begins in the page, from 1.
	Line int
	// Text is what it holds: of a screen or a file what is within the fence, of an action its words, else
	// the Markdown itself.
	Text string
	// Name is that of a file.
	Name string
	// Turn orders screens and actions: those of turn 1 come first, in the order of the page.
	Turn int
	mark string // the line that begins it
	open string // the line that opens its fence
}

// Kind is what a piece of a page is.
type Kind int

// The kinds of pieces.
const (
	Prose Kind = iota
	Screen
	File
	Action
)

// marks begin a piece: `<!-- screen -->`, `<!-- screen 2 -->` and `<!-- file NAME -->` before a fence, and
// `<!-- do: WORDS -->` or `<!-- do 2: WORDS -->` alone.
var (
	screenMark = regexp.MustCompile(`^<!-- screen(?: (\d))? -->$`)
	fileMark   = regexp.MustCompile(`^<!-- file (\S+) -->$`)
	actionMark = regexp.MustCompile(`^<!-- do(?: (\d))?: (.*) -->$`)
)

const fence = "```"

// Pieces cuts a page into its pieces; Join puts them together again.
func Pieces(page string) ([]Piece, error) {
	var pieces []Piece
	prose := Piece{Line: 1}
	flush := func(next int) {
		if prose.Text != "" {
			pieces = append(pieces, prose)
		}
		prose = Piece{Line: next}
	}
	lines := strings.SplitAfter(page, "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSuffix(lines[i], "\n")
		p := Piece{Line: i + 1, Turn: 1, mark: lines[i]}
		turn := ""
		switch m := screenMark.FindStringSubmatch(line); {
		case m != nil:
			p.Kind, turn = Screen, m[1]
		case fileMark.MatchString(line):
			p.Kind, p.Name = File, fileMark.FindStringSubmatch(line)[1]
		case actionMark.MatchString(line):
			m := actionMark.FindStringSubmatch(line)
			p.Kind, turn, p.Text = Action, m[1], m[2]
		default:
			prose.Text += lines[i]
			continue
		}
		if turn != "" {
			p.Turn, _ = strconv.Atoi(turn)
		}
		if p.Kind != Action {
			if i+1 == len(lines) || !strings.HasPrefix(lines[i+1], fence) {
				return nil, fmt.Errorf("line %d: no fence follows %s", i+1, line)
			}
			p.open = lines[i+1]
			for i += 2; i < len(lines) && lines[i] != fence+"\n"; i++ {
				p.Text += lines[i]
			}
			if i >= len(lines) {
				return nil, fmt.Errorf("line %d: the fence after %s does not end", p.Line, line)
			}
		}
		flush(i + 2)
		pieces = append(pieces, p)
	}
	flush(0)
	return pieces, nil
}

// Join makes a page of its pieces.
func Join(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.mark)
		switch p.Kind {
		case Prose:
			b.WriteString(p.Text)
		case Screen, File:
			b.WriteString(p.open + p.Text + fence + "\n")
		}
	}
	return b.String()
}

// Typed are the lines of a screen that a person types, with what is before them: `>>> ` in the shell, `$ `
// outside of it.
func (p Piece) Typed() []string {
	var typed []string
	for line := range strings.SplitSeq(p.Text, "\n") {
		if strings.HasPrefix(line, ShellPrompt) || strings.HasPrefix(line, HostPrompt) {
			typed = append(typed, line)
		}
	}
	return typed
}

// What is before the lines that a person types.
const (
	ShellPrompt = ">>> "
	HostPrompt  = "$ "
)

// steady are what a page shows instead of what differs from run to run.
var steady = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`(?m) +$`), ""},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d(_|\s+)\d\d:\d\d:\d\d`), "2026-05-14${1}02:30:00"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d\b`), "02:30:00"},
	{regexp.MustCompile(`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6}`), "2026/05/14 02:30:00.000000"},
	{regexp.MustCompile(`\.bak-\d{8}_\d{6}(-\d+)?`), ".bak-20260514_023000"},
	{regexp.MustCompile(`/apps/\d+/\d+`), "/apps/1/0"},
	// Which partitions a cluster moves by itself, and whether it does, differs.
	{regexp.MustCompile(`(in the new tree:|新树中的变化：)\s*(?:partition|分片)\s+\d(?:[^\n]|\n {2,})*`), "$1 …"},
	{regexp.MustCompile(`((?:in the new tree:|新树中的变化：)(?:[^\n]|\n {2,})*?)[,、，]\s*(?:partition|分片)\s+\d(?:[^\n]|\n {2,})*`), "$1"},
	{regexp.MustCompile(`(?m)(?:^  (?:partition|分片) \d.*\n)+`), "  …\n"},
	{regexp.MustCompile(`pid \d+`), "pid 4711"},
	{regexp.MustCompile(`(-old|-new)-[0-9a-f]+\.zkb`), "$1-1f4.zkb"},
	{regexp.MustCompile(`\b0x[0-9a-f]+\b`), "0x1f4"},
	{regexp.MustCompile(`(?m)^((?:file_)?bytes +): \d+$`), "$1: 4096"},
	{regexp.MustCompile(`(?m)^(seconds +): [0-9.]+$`), "$1: 0.10"},
	{regexp.MustCompile(`\d+ (bytes|字节)`), "4096 $1"},
	{regexp.MustCompile(`\d+\.\d ms`), "1.0 ms"},
	{regexp.MustCompile(`\b\d\.\d (s\b|秒)`), "0.1 $1"},
	{regexp.MustCompile(`(?m)^(\w*_stddev +): .*$`), "$1: 0.00"},
	{regexp.MustCompile(`\S+@\S+  production`), "ops@vm1  production"},
	{regexp.MustCompile(`(?m)\b((?:ok|failed|refused) +)\d\.\d\d$`), "${1}0.10"},
}

// Steady returns a text in which times, numbers of processes, transaction ids and the like are always the
// same.
func Steady(text string) string {
	for _, s := range steady {
		text = s.pattern.ReplaceAllString(text, s.text)
	}
	return used.ReplaceAllStringFunc(text, func(list string) string {
		sorted := address.FindAllString(list, -1)
		slices.Sort(sorted)
		return address.ReplaceAllStringFunc(list, func(string) string {
			first := sorted[0]
			sorted = sorted[1:]
			return first
		})
	})
}

// The meta servers of a tree are listed as they came to the lock.
var (
	used    = regexp.MustCompile(`(?:used by|正由)\s+[0-9.:]+(?:[,、]\s+[0-9.:]+)+`)
	address = regexp.MustCompile(`[0-9.]+:\d+`)
)

// Wraps and widths can differ with the lengths of what is not shown. A time has its date where it is not of today, as in a
// run at midnight.
var (
	dated     = regexp.MustCompile(`2026-05-14[_ ]02:30:00`)
	continued = regexp.MustCompile(`\n {7,}`)
	blanks    = regexp.MustCompile(` +`)
)

// Words returns a screen without the places where its lines were wrapped, which in Chinese can be between any two
// characters, and without the widths of its columns.
func Words(screen string) string {
	return blanks.ReplaceAllString(continued.ReplaceAllString(dated.ReplaceAllString(screen, "02:30:00"), ""), "")
}
