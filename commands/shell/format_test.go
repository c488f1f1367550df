package shell_test

import (
	"strings"
	"testing"

	"pegashell/internal/message"
	"pegashell/internal/test/shelltest"
)

func TestTheFormatIsThatOfItsShell(t *testing.T) {
	s, other := shelltest.Untouched(t), shelltest.Untouched(t)
	for _, c := range []struct{ line, out, diagnostics string }{
		{"format", "plain\n", ""},
		{"format -j", "{\n    \"format\": \"plain\"\n}\n", ""},
		{"format html", "", "OK\n"},
		{"format", "html\n", ""},
		{"format csv --json", "{\n    \"format\": \"csv\"\n}\n", ""},
		{"format lines", "", "OK\n"},
		{"format csv", "", "OK\n"},
	} {
		out, diagnostics, err := s.Run(c.line)
		if err != nil || out != c.out || diagnostics != c.diagnostics {
			t.Errorf("%s: %v, printed %q and %q", c.line, err, out, diagnostics)
		}
	}
	if out, _, _ := s.Run("plugins"); !strings.HasPrefix(out, "[manifest]\nkey,value\n") {
		t.Errorf("plugins in csv: %q", out)
	}
	if out, _, _ := other.Run("format"); out != "plain\n" {
		t.Errorf("another shell has the format %q", out)
	}
}

func TestAnUnknownFormatChangesNothing(t *testing.T) {
	const known = "the formats are plain, lines, markdown, html, csv"
	shelltest.CheckWrongUse(t, map[string]string{
		"format xls":      "format: unknown format \"xls\": " + known + "\n",
		"format HTML":     "format: unknown format \"HTML\": " + known + "; did you mean \"html\"?\n",
		"format ''":       "format: unknown format \"\": " + known + "\n",
		"format csv html": "format needs at most one name, got 2 arguments\n",
	})
	s := shelltest.Untouched(t)
	s.Env.Language = message.Chinese
	s.Run("format csv")
	_, diagnostics, err := s.OnScreen().Run("format csvv")
	if err == nil || !strings.Contains(diagnostics, "未知的格式 \"csvv\"") {
		t.Errorf("%v, %q", err, diagnostics)
	}
	if out, _, _ := s.Run("format"); !strings.Contains(out, "csv") {
		t.Errorf("the format became %q", out)
	}
}
