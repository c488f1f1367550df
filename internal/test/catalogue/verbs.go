package catalogue

import (
	"fmt"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// verb is one of fmt's: flags, width and precision, the number of an argument, a letter.
var verb = regexp.MustCompile(`%[-+# 0]*[0-9]*(?:\.[0-9]+)?(?:\[([0-9]+)\])?([a-zA-Z%])`)

// verbsOf are the letters of the verbs in a format by the numbers of their arguments, from 1.
func verbsOf(format string) (map[int]string, error) {
	verbs := map[int]string{}
	next := 1
	for _, v := range verb.FindAllStringSubmatch(format, -1) {
		if v[2] == "%" {
			continue
		}
		if v[1] != "" {
			next, _ = strconv.Atoi(v[1])
		}
		if before, ok := verbs[next]; ok && before != v[2] {
			return nil, fmt.Errorf("argument %d is used with %%%s and %%%s", next, before, v[2])
		}
		verbs[next] = v[2]
		next++
	}
	if rest := verb.ReplaceAllString(format, ""); strings.Contains(rest, "%") {
		return nil, fmt.Errorf("%q has a %% that begins no verb", format)
	}
	return verbs, nil
}

// Wordless says of a format whether there is nothing in it to translate.
func Wordless(format string) bool {
	return !strings.ContainsFunc(verb.ReplaceAllString(format, ""), func(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' })
}

// SameVerbs says what is wrong if a translation does not use the arguments as the format does; ""
// for nothing.
func SameVerbs(format, translation string) string {
	want, err := verbsOf(format)
	if err != nil {
		return err.Error()
	}
	got, err := verbsOf(translation)
	switch {
	case err != nil:
		return "its translation: " + err.Error()
	case !maps.Equal(want, got):
		return fmt.Sprintf("its arguments are %v, those of its translation %v", want, got)
	}
	return ""
}

// Fits says what is wrong if a format does not fit the types of its arguments; "" for nothing.
func (u Use) Fits() string {
	verbs, err := verbsOf(u.Format)
	if err != nil {
		return err.Error()
	}
	if u.Args == nil {
		return ""
	}
	if len(verbs) != len(u.Args) {
		return fmt.Sprintf("%q has %d arguments, and verbs for %d", u.Format, len(u.Args), len(verbs))
	}
	for _, n := range slices.Sorted(maps.Keys(verbs)) {
		if n > len(u.Args) {
			return fmt.Sprintf("%q has no argument %d", u.Format, n)
		}
		whole := isInteger(u.Args[n-1])
		switch letter := verbs[n]; {
		case letter == "d" && !whole, letter == "s" && whole:
			return fmt.Sprintf("%q uses argument %d, %s, with %%%s", u.Format, n, u.Args[n-1], letter)
		}
	}
	return ""
}

// isInteger says of a type whether it is a number without a text of its own.
func isInteger(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	if !ok || basic.Info()&types.IsInteger == 0 {
		return false
	}
	return types.NewMethodSet(t).Lookup(nil, "String") == nil
}

// typed are words of a text that are typed or shown as they are: flags, what is in backquotes,
// names with underscores, sections, and names of files.
var typed = regexp.MustCompile("--[a-z][a-z_]*|`[^`]+`|[A-Za-z]+(?:_[A-Za-z]+)+|\\[[a-z_]+\\]|[a-z]+\\.(?:ini|toml|md)\\b")

// LostWords are those words of a text that its translation does not have.
func LostWords(text, translation string) []string {
	var lost []string
	for _, word := range typed.FindAllString(text, -1) {
		if !strings.Contains(translation, word) && !slices.Contains(lost, word) {
			lost = append(lost, word)
		}
	}
	return lost
}
