package shelltest

import (
	"strings"
	"testing"

	"pegashell/internal/test/metatest"
	"pegashell/metaadmin"
)

// Untouched gives a session whose cluster must not be asked anything.
func Untouched(t *testing.T) *Session {
	t.Helper()
	server := metatest.Start(t, metatest.HangsUp)
	t.Cleanup(func() {
		if n := server.Requests.Load(); n != 0 {
			t.Errorf("the cluster was asked %d times", n)
		}
	})
	s := StartOn(t, metaadmin.Options{}, server.Address)
	s.Env.Session.App = "temp"
	return s
}

// UsageLines is how help shows a command.
func UsageLines(s *Session, name string) string {
	out, _, _ := s.Run("help")
	_, rest, _ := strings.Cut(out, "\t"+name+" ")
	lines := "\t" + name + " "
	for i, line := range strings.SplitAfter(rest, "\n") {
		if i > 0 && !strings.HasPrefix(line, "\t ") {
			break
		}
		lines += line
	}
	return lines
}

// CheckWrongUse checks what each line is told, in the original's words and before the command's usage.
func CheckWrongUse(t *testing.T, lines map[string]string) {
	t.Helper()
	s := Untouched(t)
	for line, told := range lines {
		out, diagnostics, err := s.Run(line)
		name, _, _ := strings.Cut(line, " ")
		if want := "USAGE: " + UsageLines(s, name); err == nil || out != want || diagnostics != told {
			t.Errorf("%s: error = %v, standard error %q, want %q; output:\n%s", line, err, diagnostics, told, out)
		}
	}
}
