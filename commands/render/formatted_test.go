package render

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
	"github.com/google/go-cmp/cmp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"pegashell/internal/tableformat"
)

// formatted returns a report in a form.
func formatted(t *testing.T, r *Report, format tableformat.Format) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteText(&b, format); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTablesHaveEveryFormat(t *testing.T) {
	var r Report
	grid := r.Add(NewGrid("general_info", "app_id", "app_name"))
	grid.Right("count")
	grid.Row(2, "temp", 8)
	grid.Row(12, "用户|<i>", 1.5)
	r.Add(NewList("nothing"))
	list := r.Add(NewList("summary"))
	list.Row("    indented", "-")
	r.Add(NewGrid("empty", "a", "b"))
	plain := "" +
		"[general_info]\n" +
		"app_id  app_name      count\n" +
		"2       temp              8\n" +
		"12      用户|<i>     1.50\n" +
		"\n\n" +
		"[summary]\n" +
		"    indented  : -\n" +
		"\n" +
		"[empty]\n" +
		"a  b  \n" +
		"\n"
	for format, want := range map[tableformat.Format]string{
		"":                plain,
		tableformat.Plain: plain,
		tableformat.Lines: "" +
			"[general_info]\n" +
			"┌────────┬──────────┬───────┐\n" +
			"│ app_id │ app_name │ count │\n" +
			"├────────┼──────────┼───────┤\n" +
			"│ 2      │ temp     │     8 │\n" +
			"│ 12     │ 用户|<i> │  1.50 │\n" +
			"└────────┴──────────┴───────┘\n" +
			"\n" +
			"[summary]\n" +
			"┌──────────┬───────┐\n" +
			"│ key      │ value │\n" +
			"├──────────┼───────┤\n" +
			"│ indented │ -     │\n" +
			"└──────────┴───────┘\n" +
			"\n" +
			"[empty]\n" +
			"┌───┬───┐\n" +
			"│ a │ b │\n" +
			"└───┴───┘\n",
		tableformat.Markdown: "" +
			"**general_info**\n" +
			"\n" +
			"| app_id | app_name    | count |\n" +
			"|:-------|:------------|------:|\n" +
			"| 2      | temp        |     8 |\n" +
			"| 12     | 用户\\|\\<i\\> |  1.50 |\n" +
			"\n" +
			"**summary**\n" +
			"\n" +
			"| key      | value |\n" +
			"|:---------|:------|\n" +
			"| indented | -     |\n" +
			"\n" +
			"**empty**\n" +
			"\n" +
			"| a | b |\n" +
			"|:--|:--|\n" +
			"\n",
		tableformat.HTML: "" +
			"<table>\n" +
			"<caption>general_info</caption>\n" +
			"<thead>\n" +
			"  <tr><th>app_id</th><th>app_name</th><th style=\"text-align: right;\">count</th></tr>\n" +
			"</thead>\n" +
			"<tbody>\n" +
			"  <tr><td>2</td><td>temp</td><td style=\"text-align: right;\">8</td></tr>\n" +
			"  <tr><td>12</td><td>用户|&lt;i&gt;</td><td style=\"text-align: right;\">1.50</td></tr>\n" +
			"</tbody>\n" +
			"</table>\n" +
			"\n" +
			"<table>\n" +
			"<caption>summary</caption>\n" +
			"<thead>\n" +
			"  <tr><th>key</th><th>value</th></tr>\n" +
			"</thead>\n" +
			"<tbody>\n" +
			"  <tr><td>indented</td><td>-</td></tr>\n" +
			"</tbody>\n" +
			"</table>\n" +
			"\n" +
			"<table>\n" +
			"<caption>empty</caption>\n" +
			"<thead>\n" +
			"  <tr><th>a</th><th>b</th></tr>\n" +
			"</thead>\n" +
			"</table>\n",
		tableformat.CSV: "" +
			"[general_info]\n" +
			"app_id,app_name,count\n" +
			"2,temp,8\n" +
			"12,用户|<i>,1.50\n" +
			"\n" +
			"[summary]\n" +
			"key,value\n" +
			"indented,-\n" +
			"\n" +
			"[empty]\n" +
			"a,b\n",
	} {
		if diff := cmp.Diff(want, formatted(t, &r, format)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

// One table alone is CSV that every program reads: its name would be a row.
func TestOneTableInCSVHasNoName(t *testing.T) {
	var r Report
	r.Add(NewList("cluster_info")).Row("cluster_name", "c1")
	if diff := cmp.Diff("key,value\ncluster_name,c1\n", formatted(t, &r, tableformat.CSV)); diff != "" {
		t.Error(diff)
	}
}

// hostile are cells that mean something to a format, a spreadsheet or a terminal.
var hostile = []string{
	"", "-", "-1.5", "+3", "1e3", "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r\n=1", "a;=1+1", "x\n=HYPERLINK(1)", "a; =1;-1;-;b=1", " =1", "＝1", "'x", "a=b",
	`a,"b"` + "\nc", "a|b", `a\|b`, `\`, "<script>", "&lt;", "*a*", "_a_", "a_b", "__a", "`a`", "[x](http://y)", "~a~", "$x$", "]]>", "\x1b[31m\x00\x7f", "\xff", "\u202e", "表",
}

func hostileReport() *Report {
	var r Report
	grid := r.Add(NewGrid("", "cell", "next|=<"))
	for _, cell := range hostile {
		grid.Row(cell, "next")
	}
	return &r
}

func TestCSVKeepsEveryCellButFormulas(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(formatted(t, hostileReport(), tableformat.CSV))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	formulas := map[string]string{"=1+1": "'=1+1", "+1+1": "'+1+1", "-1+1": "'-1+1", "@SUM(A1)": "'@SUM(A1)", " =1": "' =1", "＝1": "'＝1",
		"\t=1": "\t'=1", "\r\n=1": "\n'=1", // as the reader reads the line end
		"a;=1+1": "a;'=1+1", "x\n=HYPERLINK(1)": "x\n'=HYPERLINK(1)", "a; =1;-1;-;b=1": "a;' =1;-1;-;b=1"}
	want := [][]string{{"cell", "next|=<"}}
	for _, cell := range hostile {
		if written, ok := formulas[cell]; ok {
			cell = written
		}
		want = append(want, []string{cell, "next"})
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A row whose only cell is empty is a row, and names of columns can be anything too: config_check takes
// them from files.
func TestOddShapesAreTables(t *testing.T) {
	var r Report
	grid := r.Add(NewGrid("", "a\n=b"))
	grid.Row("")
	for format, want := range map[tableformat.Format]string{
		tableformat.CSV:   "\"a\n'=b\"\n\"\"\n",
		tableformat.Lines: "┌───────┐\n│ a\\n=b │\n├───────┤\n│       │\n└───────┘\n",
	} {
		if diff := cmp.Diff(want, formatted(t, &r, format)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}

func TestHTMLIsReadBack(t *testing.T) {
	text := formatted(t, hostileReport(), tableformat.HTML)
	decoder := xml.NewDecoder(strings.NewReader(text))
	var cells []string
	open := map[string]int{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			open[token.Name.Local]++
			if token.Name.Local == "td" {
				cells = append(cells, "")
			}
		case xml.CharData:
			if len(cells) > 0 && strings.TrimSpace(string(token)) != "" {
				cells[len(cells)-1] += string(token)
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"table": 1, "thead": 1, "tbody": 1, "tr": len(hostile) + 1, "th": 2, "td": 2 * len(hostile)}, open); diff != "" {
		t.Errorf("elements (-want +got):\n%s", diff)
	}
	var want []string
	for _, row := range visibleRows(hostileReport().tables[0].Rows) {
		want = append(want, row...)
	}
	if diff := cmp.Diff(want, cells); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMarkdownEscapesWhatItWouldRead(t *testing.T) {
	for text, want := range map[string]string{
		"a|b": `a\|b`, `a\|b`: `a\\\|b`, "<b>": `\<b\>`, "&lt;": `\&lt;`, "*a*": `\*a\*`, "`a`": "\\`a\\`", "[x](y)": `\[x\](y)`, "~a~": `\~a\~`, "$x$": `\$x\$`,
		"app_name": "app_name", "a__b": "a__b", "表_1": "表_1", "_a": `\_a`, "__a__": `\_\_a\_\_`, "a_": `a\_`, "a_-": `a\_-`, "_": `\_`,
		"a\nb": `a\\nb`, "\x1b": `\\x1b`, "10.0.0.1:2181/a-b.c": "10.0.0.1:2181/a-b.c", "\xff": `\\xff`, "\uFFFD_a": "\uFFFD\\_a",
	} {
		if got := escapeMarkdown(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(formatted(t, hostileReport(), tableformat.Markdown)), "\n") {
		bars := strings.Count(strings.NewReplacer(`\\`, "", `\|`, "").Replace(line), "|")
		if bars != 3 {
			t.Errorf("line %d has %d bars: %s", i, bars, line)
		}
	}
}

// Every line has the same width on a terminal, and a cell has one line.
func TestLinesMeetWhateverTheCells(t *testing.T) {
	twwidth.SetEastAsian(true) // as tablewriter does where LANG is zh_CN.UTF-8
	lines := strings.Split(strings.TrimSuffix(formatted(t, hostileReport(), tableformat.Lines), "\n"), "\n")
	if len(lines) != len(hostile)+4 {
		t.Errorf("%d lines for %d rows", len(lines), len(hostile))
	}
	for _, line := range lines {
		if got, want := displaywidth.String(line), displaywidth.String(lines[0]); got != want {
			t.Errorf("%d columns, not %d: %s", got, want, line)
		}
	}
}

func TestLinesAreFoldedToTheScreen(t *testing.T) {
	var r Report
	grid := r.Add(NewGrid("g", "name", "aaaa", "bbbb", "cccc"))
	grid.Row("表表", "1", "2", "3")
	var b bytes.Buffer
	if err := r.WriteText(&Screen{Writer: &b, Width: func() int { return 22 }}, tableformat.Lines); err != nil {
		t.Fatal(err)
	}
	want := "" +
		"[g]\n" +
		"┌──────┬──────┬──────┐\n" +
		"│ name │ aaaa │ bbbb │\n" +
		"├──────┼──────┼──────┤\n" +
		"│ 表表 │ 1    │ 2    │\n" +
		"└──────┴──────┴──────┘\n" +
		"\n" +
		"[g, more columns]\n" +
		"┌──────┬──────┐\n" +
		"│ name │ cccc │\n" +
		"├──────┼──────┤\n" +
		"│ 表表 │ 3    │\n" +
		"└──────┴──────┘\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLinesHaveTheColoursOfPlain(t *testing.T) {
	var r Report
	grid := r.Add(NewGrid("", "address", "status"))
	grid.Right("unhealthy")
	grid.Row("ALIVE 1", "UNALIVE", 1)
	grid.Row("", "ALIVE", 0)
	list := r.Add(NewList(""))
	list.Row("meta_function_level", "blind")
	var b bytes.Buffer
	if err := r.WriteText(&Screen{Writer: &b, Color: true}, tableformat.Lines); err != nil {
		t.Fatal(err)
	}
	want := "" +
		"┌─────────┬─────────┬───────────┐\n" +
		"│ address │ status  │ unhealthy │\n" +
		"├─────────┼─────────┼───────────┤\n" +
		"│ ALIVE 1 │ \x1b[31mUNALIVE\x1b[0m │         \x1b[33m1\x1b[0m │\n" +
		"│         │ \x1b[32mALIVE\x1b[0m   │         0 │\n" +
		"└─────────┴─────────┴───────────┘\n" +
		"\n" +
		"┌─────────────────────┬───────┐\n" +
		"│ key                 │ value │\n" +
		"├─────────────────────┼───────┤\n" +
		"│ meta_function_level │ \x1b[33mblind\x1b[0m │\n" +
		"└─────────────────────┴───────┘\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAListingIsTables(t *testing.T) {
	list := func(format tableformat.Format, alone bool, n int, r *Report) string {
		var b strings.Builder
		l := Listing{W: &b, Format: format, Name: "found", Alone: alone}
		for i := range n {
			if err := l.Add("line", "path", fmt.Sprintf("/%d", i), "bytes", int64(i), "line", nil); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.End(r); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	r := &Report{}
	r.Add(NewList("sum")).Row("found", 2)
	for name, c := range map[string][2]string{
		"plain":                 {list(tableformat.Plain, false, 2, r), "line\nline\n\n[sum]\nfound  : 2\n\n"},
		"CSV alone":             {list(tableformat.CSV, true, 2, nil), "path,bytes,line\n/0,0,-\n/1,1,-\n"},
		"CSV with a report":     {list(tableformat.CSV, false, 1, r), "[found]\npath,bytes,line\n/0,0,-\n\n[sum]\nkey,value\nfound,2\n"},
		"CSV, nothing found":    {list(tableformat.CSV, false, 0, r), "[sum]\nkey,value\nfound,2\n"},
		"CSV that goes on":      {list(tableformat.CSV, true, mostListed+1, nil)[len(list(tableformat.CSV, true, mostListed-1, nil)):], "/999,999,-\n/1000,1000,-\n"},
		"Markdown, right":       {list(tableformat.Markdown, true, 1, nil), "| path | bytes | line |\n|:-----|------:|:-----|\n| /0   |     0 | -    |\n\n"},
		"a table after a table": {list(tableformat.Lines, false, mostListed+1, nil)[len(list(tableformat.Lines, false, mostListed, nil)):], "\n┌───────┬───────┬──────┐\n│ path  │ bytes │ line │\n├───────┼───────┼──────┤\n│ /1000 │  1000 │ -    │\n└───────┴───────┴──────┘\n"},
	} {
		if diff := cmp.Diff(c[1], c[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
