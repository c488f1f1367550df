// Package nearmiss finds the words that a mistyped word may be meant for.
package nearmiss

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pegashell/internal/message"
)

// most is how many words are suggested at once: more would not help.
const most = 3

// Of returns the known words that are near to the one typed, the nearest first, at most three:
// those that it is the beginning of, and those that a few slips of the finger lead to. Case does
// not count. A known word has no near ones.
func Of(typed string, known []string) []string {
	type near struct {
		word     string
		distance int
	}
	word := []rune(strings.ToLower(typed))
	limit := slips(len(word))
	var found []near
	for _, k := range known {
		if k == typed {
			return nil
		}
		other := []rune(strings.ToLower(k))
		n := near{k, distance(word, other, limit)}
		if n.distance > limit {
			if len(word) < minPrefix || !strings.HasPrefix(string(other), string(word)) {
				continue
			}
			n.distance = limit + 1 // after words that are slips away
		}
		found = append(found, n)
	}
	slices.SortStableFunc(found, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	var words []string
	for _, n := range found[:min(most, len(found))] {
		words = append(words, n.word)
	}
	return words
}

// minPrefix is how many letters of a word must be typed for it to be suggested.
const minPrefix = 2

// slips is how many slips a word of so many letters may have: every word is near to a short one.
func slips(letters int) int {
	switch {
	case letters < 3:
		return 0
	case letters < 5:
		return 1
	}
	return min(letters/3, 3)
}

// Question returns a question whether one of the near words was meant, such as `did you mean
// "nodes"?`; it is empty when none is near.
func Question(typed string, known []string) message.Text { return Ask(Of(typed, known)) }

// Ask words the question for these words; it is empty for none.
func Ask(words []string) message.Text {
	if len(words) == 0 {
		return message.Text{}
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	first, last := quoted[:len(quoted)-1], quoted[len(quoted)-1]
	if len(first) == 0 {
		return message.New("did you mean %s?", last)
	}
	return message.New("did you mean %s or %s?", strings.Join(first, ", "), last)
}

// distance counts the letters left out, put in, replaced or swapped with their neighbour that lead
// from a to b (the optimal string alignment distance). Beyond the limit it may be any greater
// number.
func distance(a, b []rune, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replaced := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			rows[i][j] = min(replaced, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
