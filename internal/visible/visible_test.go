package visible_test

import (
	"testing"

	"pegashell/internal/visible"
)

func TestTextShowsWhatWouldControlATerminal(t *testing.T) {
	for text, want := range map[string][2]string{ // as text, as one line
		"":                           {"", ""},
		"users 用户 é \u00a0\u3000😀":   {"users 用户 é \u00a0\u3000😀", "users 用户 é \u00a0\u3000😀"},
		"a\nb\tc":                    {"a\nb\tc", `a\nb\tc`},
		"\x1b[31mred\x1b[0m":         {`\x1b[31mred\x1b[0m`, `\x1b[31mred\x1b[0m`},
		"\x00\a\b\r\x7f":             {`\x00\x07\x08\r\x7f`, `\x00\x07\x08\r\x7f`},
		"\u0085\u009b2J":             {`\u0085\u009b2J`, `\u0085\u009b2J`},
		"\x9b2J\xff\xc3":             {`\x9b2J\xff\xc3`, `\x9b2J\xff\xc3`},
		"\u202eexe.txt\u2066":        {`\u202eexe.txt\u2066`, `\u202eexe.txt\u2066`},
		"a\u200bb\ufeff\u2028\u00ad": {`a\u200bb\ufeff\u2028\u00ad`, `a\u200bb\ufeff\u2028\u00ad`},
		"\U000e0041":                 {`\U000e0041`, `\U000e0041`},
		"\uFFFD":                     {"\uFFFD", "\uFFFD"},
	} {
		if got := [2]string{visible.Text(text), visible.Line(text)}; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
