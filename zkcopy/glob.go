package zkcopy

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// ValidateGlob returns what is wrong with a glob of Selection.Exclude.
func ValidateGlob(text string) error {
	_, err := newGlob(text, "/")
	return err
}

// glob is one of Selection.Exclude.
type glob struct {
	text  string
	whole *regexp.Regexp
	// above match what may lie above a path that the glob matches.
	above []*regexp.Regexp
	// used: it has matched a path, or what lies above one that it might match.
	used atomic.Bool
}

// newGlob compiles a glob over the paths below a root.
func newGlob(text, root string) (*glob, error) {
	rel := text
	if root != "/" && strings.HasPrefix(text, root+"/") {
		rel = text[len(root):]
	}
	rel = strings.Trim(rel, "/")
	switch {
	case rel == "":
		return nil, fmt.Errorf("glob %q is empty", text)
	case !utf8.ValidString(rel):
		return nil, fmt.Errorf("glob %q is not UTF-8", text)
	}
	g := &glob{text: text}
	var err error
	if g.whole, err = compileGlob(rel); err != nil {
		return nil, fmt.Errorf("glob %q: %w", text, err)
	}
	for i := range rel {
		if rel[i] != '/' {
			continue
		}
		if above, err := compileGlob(rel[:i]); err == nil { // otherwise the slash is inside braces
			g.above = append(g.above, above)
		}
	}
	return g, nil
}

func (g *glob) matches(rel string) bool {
	if !g.whole.MatchString(rel) {
		return false
	}
	g.used.Store(true)
	return true
}

// overtakenBy notes that nothing below a path will be seen.
func (g *glob) overtakenBy(rel string) {
	for _, above := range g.above {
		if !g.used.Load() && above.MatchString(rel) {
			g.used.Store(true)
		}
	}
}

// compileGlob makes an expression over paths that begin with a slash.
func compileGlob(rest string) (*regexp.Regexp, error) {
	text := strings.Builder{}
	text.WriteString(`\A/`)
	open := 0 // braces
	for rest != "" {
		token, means, err := nextToken(rest, open > 0)
		if err != nil {
			return nil, err
		}
		switch token {
		case "{":
			open++
		case "}":
			open = max(0, open-1)
		}
		text.WriteString(means)
		rest = rest[len(token):]
	}
	if open > 0 {
		return nil, errors.New("{ has no }; \\{ is a brace in a name")
	}
	text.WriteString(`\z`)
	return regexp.Compile("(?s)" + text.String())
}

// nextToken cuts the next part off a glob, with the expression that it means.
func nextToken(rest string, inBraces bool) (token, means string, err error) {
	switch {
	case strings.HasPrefix(rest, "**/"):
		return "**/", `(?:.*/)?`, nil
	case strings.HasPrefix(rest, "**"):
		return "**", `.*`, nil
	}
	switch rest[0] {
	case '*':
		return "*", `[^/]*`, nil
	case '?':
		return "?", `[^/]`, nil
	case '{':
		return "{", `(?:`, nil
	case '[':
		return classToken(rest)
	case '\\':
		_, size := utf8.DecodeRuneInString(rest[1:])
		if size == 0 {
			return "", "", errors.New("it ends with a backslash")
		}
		return rest[:1+size], regexp.QuoteMeta(rest[1 : 1+size]), nil
	case '}':
		if inBraces {
			return "}", `)`, nil
		}
	case ',':
		if inBraces {
			return ",", `|`, nil
		}
	}
	_, size := utf8.DecodeRuneInString(rest)
	return rest[:size], regexp.QuoteMeta(rest[:size]), nil
}

// classToken cuts a class such as [a-z] or [!0-9] off a glob. A ] that comes
// first belongs to it.
func classToken(rest string) (token, means string, err error) {
	body, no := rest[1:], ""
	if body != "" && (body[0] == '!' || body[0] == '^') {
		body, no = body[1:], "^/"
	}
	end := -1
	if body != "" {
		end = strings.IndexByte(body[1:], ']') + 1
	}
	if end < 1 {
		return "", "", errors.New("[ has no ]; \\[ is a bracket in a name")
	}
	members := []rune(body[:end])
	text := strings.Builder{}
	text.WriteString("[" + no)
	for i := 0; i < len(members); i++ {
		from, to := members[i], members[i]
		if i+2 < len(members) && members[i+1] == '-' {
			to = members[i+2]
			i += 2
		}
		if from > to {
			return "", "", fmt.Errorf("%c-%c goes backwards", from, to)
		}
		if from <= '/' && to >= '/' && no == "" { // a class stays within one component
			return "", "", fmt.Errorf("%c-%c has a slash in it", from, to)
		}
		fmt.Fprintf(&text, `\x{%x}-\x{%x}`, from, to)
	}
	token = rest[:len(rest)-len(body)+end+1]
	return token, text.String() + "]", nil
}
