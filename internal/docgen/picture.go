package main

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// pictureScreen is the screen of a real run that the picture shows: a test of the built program, with
// names in the place of what is another in each run.
const pictureScreen = "internal/test/e2e/testdata/screens/picture.screen"

// inPicture are the addresses that the picture shows for those names.
var inPicture = strings.NewReplacer("META1", "34601", "META2", "34602", "NODE1", "34801", "NODE2", "34802", "NODE3", "34803",
	"YYYY-MM-DD", "2026-11-26", "hh:mm:ss", "21:04:17")

// Sizes of the picture, in pixels: of a character, and of the frame.
const (
	charWidth, lineHeight = 8.4, 19
	frame                 = 16
	fontSize              = 14
)

// colours are those of the letters of a screen's styles; see package screentest.
var colours = map[byte]string{
	' ': "#d6deeb", 'B': "#ffffff", 'U': "#d6deeb", 'd': "#7f8ea3", '#': "#ffffff", '*': "#d6deeb",
	'k': "#7f8ea3", 'r': "#ff6b6b", 'g': "#5fd38d", 'y': "#f2c55c", 'b': "#7aa7ff", 'm': "#d19afc", 'c': "#5ccfe6", 'w': "#d6deeb",
	'K': "#7f8ea3", 'R': "#ff6b6b", 'G': "#5fd38d", 'Y': "#f2c55c", 'M': "#d19afc", 'C': "#5ccfe6", 'W': "#ffffff",
}

// picture draws the screen as an SVG.
func picture() (page, error) {
	screen, err := readScreen(filepath.FromSlash(pictureScreen))
	if err != nil {
		return page{}, err
	}
	return page{"docs/prompt.svg", screen.draw()}, nil
}

// drawn is a screen: its lines, with a letter for how each character looks, and where the cursor is.
type drawn struct {
	columns, row, column int
	lines, styles        []string
}

// readScreen reads a screen as package screentest writes it.
func readScreen(file string) (*drawn, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	head, rest, _ := strings.Cut(inPicture.Replace(string(data)), "\n")
	var s drawn
	rows := 0
	if _, err := fmt.Sscanf(head, "%d columns, %d rows, cursor at column %d of row %d", &s.columns, &rows, &s.column, &s.row); err != nil {
		return nil, fmt.Errorf("%s: %q is not the head of a screen: %w", file, head, err)
	}
	for line := range strings.Lines(rest) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "|"):
			s.lines, s.styles = append(s.lines, line[1:]), append(s.styles, "")
		case strings.HasPrefix(line, ":") && len(s.lines) > 0:
			s.styles[len(s.styles)-1] = line[1:]
		default:
			return nil, fmt.Errorf("%s: %q is no line of a screen", file, line)
		}
	}
	return &s, nil
}

// draw writes the SVG. Every run of characters that look alike is a text of its own with its length, so
// that the columns stay below each other whatever the font is.
func (s *drawn) draw() string {
	var b strings.Builder
	width, height := number(2*frame+float64(s.columns)*charWidth), number(2*frame+float64(len(s.lines))*lineHeight)
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %s %s\" width=\"%[1]s\" height=\"%[2]s\" role=\"img\" aria-labelledby=\"title desc\">\n", width, height)
	b.WriteString("<title id=\"title\">The prompt of pegashell</title>\n")
	fmt.Fprintf(&b, "<desc id=\"desc\">%s</desc>\n", html.EscapeString("A terminal: "+strings.Join(strings.Fields(strings.Join(s.lines, " ")), " ")))
	fmt.Fprintf(&b, "<rect width=\"%s\" height=\"%s\" rx=\"8\" fill=\"#11182a\"/>\n", width, height)
	fmt.Fprintf(&b, "<g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"%d\">\n", fontSize)
	x, y := s.at(s.column, s.row)
	fmt.Fprintf(&b, "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%d\" fill=\"#d6deeb\"/>\n", number(x), number(y), number(charWidth), lineHeight)
	for row, line := range s.lines {
		s.drawLine(&b, row, []rune(line))
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// at is the left upper corner of a character.
func (s *drawn) at(column, row int) (x, y float64) {
	return frame + float64(column)*charWidth, frame + float64(row)*lineHeight
}

// styleOf is the letter of a character.
func (s *drawn) styleOf(row, column int) byte {
	if column < len(s.styles[row]) {
		return s.styles[row][column]
	}
	return ' '
}

// drawLine draws the runs of a line.
func (s *drawn) drawLine(b *strings.Builder, row int, line []rune) {
	for from := 0; from < len(line); {
		to, style := from+1, s.styleOf(row, from)
		for to < len(line) && s.styleOf(row, to) == style {
			to++
		}
		s.drawRun(b, row, from, string(line[from:to]), style)
		from = to
	}
}

// drawRun draws characters that look alike.
func (s *drawn) drawRun(b *strings.Builder, row, column int, text string, style byte) {
	x, y := s.at(column, row)
	if style == '#' {
		fmt.Fprintf(b, "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%d\" fill=\"#2f4570\"/>\n", number(x), number(y), number(float64(len([]rune(text)))*charWidth), lineHeight)
	}
	extra := ""
	if 'A' <= style && style <= 'Z' && style != 'U' {
		extra = ` font-weight="bold"`
	}
	if style == 'U' {
		extra = ` text-decoration="underline"`
	}
	for _, at := range phrase.FindAllStringIndex(text, -1) { // a browser makes one blank of several
		words := text[at[0]:at[1]]
		left := x + float64(len([]rune(text[:at[0]])))*charWidth
		fmt.Fprintf(b, "<text x=\"%s\" y=\"%s\" textLength=\"%s\" lengthAdjust=\"spacingAndGlyphs\" fill=\"%s\"%s>%s</text>\n",
			number(left), number(y+fontSize), number(float64(len([]rune(words)))*charWidth), colours[style], extra, html.EscapeString(words))
	}
}

// phrase is text with single blanks in it.
var phrase = regexp.MustCompile(`\S+(?: \S+)*`)

// number writes a length with at most one digit behind the point.
func number(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}
