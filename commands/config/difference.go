package config

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"pegashell/internal/secret"
)

// change is a stretch of lines that is replaced: the old lines from index from on, by the new ones.
type change struct {
	from     int
	old, new []string
}

// maxCells bounds the work of a comparison; where it is not enough, the lines between the first and
// the last difference are one change.
const maxCells = 4 << 20

// differences compares two texts by lines.
func differences(before, after string) []change {
	old, now := splitLines(before), splitLines(after)
	first := 0
	for first < len(old) && first < len(now) && old[first] == now[first] {
		first++
	}
	oldEnd, nowEnd := len(old), len(now)
	for oldEnd > first && nowEnd > first && old[oldEnd-1] == now[nowEnd-1] {
		oldEnd--
		nowEnd--
	}
	old, now = old[first:oldEnd], now[first:nowEnd]
	switch {
	case len(old)+len(now) == 0:
		return nil
	case (len(old)+1)*(len(now)+1) > maxCells:
		return []change{{first, old, now}}
	}
	return align(first, old, now)
}

// align returns the changes between lines, of which the first is at an index, by their longest
// common subsequence.
func align(first int, old, now []string) []change {
	// common[i][j] is the length of that of old[i:] and now[j:].
	common := make([][]int32, len(old)+1)
	for i := range common {
		common[i] = make([]int32, len(now)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(now) - 1; j >= 0; j-- {
			if old[i] == now[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var all []change
	for i, j := 0, 0; i < len(old) || j < len(now); {
		c := change{from: first + i}
		for i < len(old) && j < len(now) && old[i] != now[j] || i == len(old) != (j == len(now)) {
			if j == len(now) || i < len(old) && common[i+1][j] >= common[i][j+1] {
				c.old = append(c.old, old[i])
				i++
			} else {
				c.new = append(c.new, now[j])
				j++
			}
		}
		if len(c.old)+len(c.new) > 0 {
			all = append(all, c)
			continue
		}
		i, j = i+1, j+1
	}
	return all
}

// splitLines returns the lines without their ends, but with a carriage return.
func splitLines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		all = append(all, strings.TrimSuffix(line, "\n"))
	}
	return all
}

// writeDifference shows the lines in which two texts differ.
func writeDifference(w io.Writer, name string, before, after []byte) {
	all := differences(string(before), string(after))
	if len(all) == 0 && !bytes.Equal(before, after) {
		fmt.Fprintf(w, "%s: only the line break at the end of the file\n", name)
	}
	for _, c := range all {
		fmt.Fprintf(w, "%s, line %d:\n", name, c.from+1)
		ends := slices.Equal(withoutReturns(c.old), withoutReturns(c.new))
		writeLines(w, "-", c.old, ends)
		writeLines(w, "+", c.new, ends)
	}
}

// writeLines shows lines, and where they differ in nothing else, their carriage returns.
func writeLines(w io.Writer, mark string, lines []string, ends bool) {
	for i, line := range withoutReturns(lines) {
		if key, value, found := strings.Cut(line, "="); found && shownValue(strings.TrimSpace(key), value) != value {
			line = key + "= " + secret.Hidden
		}
		if ends && line != lines[i] {
			line += `\r`
		}
		if line != "" {
			line = " " + line
		}
		fmt.Fprintf(w, "%s%s\n", mark, line)
	}
}

func withoutReturns(lines []string) []string {
	all := make([]string, len(lines))
	for i, line := range lines {
		all[i] = strings.TrimRight(line, "\r")
	}
	return all
}
