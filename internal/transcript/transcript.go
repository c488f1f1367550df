// Package transcript makes the example session of README.md of what the demo prints, and compares the two. It also reads
// pages that are their own script, as the guides to migrations are: what their screens have typed, and what is compared.
package transcript

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// The session is in README.md between these lines.
const (
	begin = "<!-- written by make readme, from a run of onebox/demo/migrate_by_copy.sh -->\n```\n"
	end   = "```\n<!-- end -->\n"
)

// The demo's headings before and behind what README.md shows.
const (
	firstHeading = "== Step 1:"
	lastHeading  = "== What became of it"
)

var (
	escape = regexp.MustCompile("\x1b\\[[0-9;]*m")
	folder = regexp.MustCompile(`/[^ ]*/pegashell-demo\.[A-Za-z0-9]+/`)
)

// Of returns the part of the demo's output that README.md shows: the steps, without the demo's own folder.
func Of(demo string) (string, error) {
	text := escape.ReplaceAllString(demo, "")
	from, to := strings.Index(text, firstHeading), strings.Index(text, lastHeading)
	if from < 0 || to < from {
		return "", fmt.Errorf("the output of the demo has no %q followed by %q", firstHeading, lastHeading)
	}
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSpace(text[from:to]), "\n") {
		b.WriteString(strings.TrimRight(folder.ReplaceAllString(line, ""), " ") + "\n")
	}
	return b.String(), nil
}

// In returns the session that README.md shows.
func In(readme string) (string, error) {
	_, rest, found := strings.Cut(readme, begin)
	session, _, ends := strings.Cut(rest, end)
	if !found || !ends {
		return "", errors.New("README.md has no session between the lines that mark it")
	}
	return session, nil
}

// Put returns README.md with another session.
func Put(readme, session string) (string, error) {
	old, err := In(readme)
	if err != nil {
		return "", err
	}
	return strings.Replace(readme, begin+old+end, begin+session+end, 1), nil
}

// chance is what differs from run to run: which meta server leads, ports, process numbers, times, and what depends on
// the lengths of these.
var chance = []struct {
	pattern *regexp.Regexp
	stands  string
}{
	{regexp.MustCompile(`(?m)^(\d[0-9.:]+ +ALIVE) .*$`), "$1 COUNTS"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "ADDRESS"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d|\d{8}_\d{6}`), "TIME"},
	{regexp.MustCompile(`pid \d+`), "pid PID"},
	{regexp.MustCompile(`(?m)^(seconds|bytes|source_zxid)( *): .*$`), "$1 : N"},
	{regexp.MustCompile(`(meta server|-m) \d`), "$1 N"},
	{regexp.MustCompile(`(?m)^(\w*stddev) *: .*$`), "$1 : N"},
	{regexp.MustCompile(` +`), " "},
}

// Lasting returns a session without what differs from run to run.
func Lasting(session string) string {
	for _, c := range chance {
		session = c.pattern.ReplaceAllString(session, c.stands)
	}
	return session
}
