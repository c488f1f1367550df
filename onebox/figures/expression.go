package figures

import (
	"errors"
	"regexp"
	"strings"
)

// expression is a compiled POSIX basic regular expression that matches whole texts.
type expression = regexp.Regexp

var errExpression = errors.New("invalid regular expression")

// compile reads a POSIX basic regular expression: in it +, ?, |, braces and parentheses are plain
// characters, the latter two are operators after a backslash. References back to a group are
// refused.
func compile(basic string) (*expression, error) {
	var e strings.Builder
	e.WriteString(`\A(?s:`)
	canRepeat := false // there is something that a star can repeat
	for i := 0; i < len(basic); i++ {
		c := basic[i]
		switch {
		case c == '\\':
			if i++; i == len(basic) || basic[i] >= '1' && basic[i] <= '9' {
				return nil, errExpression
			}
			canRepeat = basic[i] != '('
			if strings.IndexByte("(){}", basic[i]) >= 0 {
				e.WriteByte(basic[i])
			} else {
				e.WriteString(regexp.QuoteMeta(basic[i : i+1]))
			}
		case c == '[':
			end := bracketEnd(basic[i:])
			if end < 0 {
				return nil, errExpression
			}
			e.WriteString(strings.ReplaceAll(basic[i:i+end], `\`, `\\`))
			i += end - 1
			canRepeat = true
		case c == '*':
			if !canRepeat {
				return nil, errExpression
			}
			e.WriteByte(c)
			canRepeat = false
		case c == '.':
			e.WriteByte(c)
			canRepeat = true
		case c == '^' || c == '$':
			e.WriteByte(c)
			canRepeat = false
		default:
			e.WriteString(regexp.QuoteMeta(basic[i : i+1]))
			canRepeat = true
		}
	}
	e.WriteString(`)\z`)
	return regexp.Compile(e.String())
}

// bracketEnd returns the length of the bracket expression that text begins with, -1 if it does not
// end. A "]" that comes first is one of its characters, and those of a class such as [:alpha:] do
// not end it.
func bracketEnd(text string) int {
	i := 1
	if strings.HasPrefix(text[i:], "^") {
		i++
	}
	if strings.HasPrefix(text[i:], "]") {
		i++
	}
	for ; i < len(text); i++ {
		if strings.HasPrefix(text[i:], "[:") {
			class := strings.Index(text[i:], ":]")
			if class < 0 {
				return -1
			}
			i += class + 1
			continue
		}
		if text[i] == ']' {
			return i + 1
		}
	}
	return -1
}
