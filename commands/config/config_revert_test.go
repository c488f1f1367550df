package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/shelltest"
)

var stamps = regexp.MustCompile(`\.bak-[0-9]{8}_[0-9]{6}(-[0-9]+)?`)

func withoutStamps(text string) string { return stamps.ReplaceAllString(text, ".bak-STAMP") }

// rewritten is a session and a file whose timeout_ms was set to 1, 2, ... one after the other.
func rewritten(t *testing.T, times int) (*shelltest.Session, string) {
	t.Helper()
	s := shelltest.Start(t, shelltest.Answers{}.Behave)
	file := writeConfig(t)
	for n := range times {
		if _, diagnostics, err := s.Run(fmt.Sprintf("config_set %s zookeeper timeout_ms %d", file, n+1)); err != nil {
			t.Fatal(diagnostics)
		}
	}
	return s, file
}

func timeout(t *testing.T, s *shelltest.Session, file string) string {
	t.Helper()
	out, diagnostics, err := s.Run("config_get " + file + " zookeeper timeout_ms")
	if err != nil {
		t.Fatal(diagnostics)
	}
	return strings.TrimSpace(out)
}

func TestARevertCanBeReverted(t *testing.T) {
	s, file := rewritten(t, 2)
	for i, want := range []string{"1", "2", "1", "2"} {
		out, diagnostics, err := s.Run("config_revert " + file)
		if err != nil || timeout(t, s, file) != want {
			t.Errorf("revert %d: printed %q and %q, %v; the value is %s, want %s", i+1, out, diagnostics, err, timeout(t, s, file), want)
		}
		if i > 0 {
			continue
		}
		want := `FILE, line 7:
-   timeout_ms=2
+   timeout_ms=1
FILE is again what FILE.bak-STAMP has, and what it was is FILE.bak-STAMP; restart its server for the change to take effect
`
		if diff := cmp.Diff(want, withoutStamps(strings.ReplaceAll(out, file, "FILE"))); diff != "" {
			t.Errorf("printed (-want +got):\n%s", diff)
		}
	}
	if _, _, err := s.Run("config_set " + file + " zookeeper timeout_ms 3"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Run("config_revert " + file); err != nil || timeout(t, s, file) != "2" {
		t.Errorf("after a change: %v, the value is %s", err, timeout(t, s, file))
	}
}

func TestARevertToANamedCopy(t *testing.T) {
	s, file := rewritten(t, 3)
	copies, err := filepath.Glob(file + ".bak-*")
	if err != nil || len(copies) != 3 {
		t.Fatal(copies, err)
	}
	first := copies[0] // before the first change
	_, stamp, _ := strings.Cut(first, ".bak-")
	for _, name := range []string{first, filepath.Base(first), stamp} {
		before := timeout(t, s, file)
		out, _, err := s.Run("config_revert " + file + " --dry_run --to " + name)
		if err != nil || !strings.Contains(out, "-   timeout_ms="+before) || !strings.Contains(out, "nothing was written: without --dry_run") || timeout(t, s, file) != before {
			t.Errorf("%s: printed %q, %v", name, out, err)
		}
		if _, diagnostics, err := s.Run("config_revert " + file + " --to " + name); err != nil || timeout(t, s, file) != "1000" {
			t.Errorf("%s: printed %q, %v; the value is %s", name, diagnostics, err, timeout(t, s, file))
		}
		if out, _, err := s.Run("config_revert " + file + " --to " + name); err != nil || !strings.Contains(out, "has already, nothing was written; --list lists") {
			t.Errorf("%s again: printed %q, %v", name, out, err)
		}
		if _, _, err := s.Run("config_revert " + file); err != nil || timeout(t, s, file) != before {
			t.Errorf("%s back: %v, the value is %s", name, err, timeout(t, s, file))
		}
	}
	_, diagnostics, err := s.Run("config_revert " + file + " --to " + stamp + "x")
	if err == nil || !strings.Contains(diagnostics, "is none of the 9 old copies: did you mean \""+stamp+"\"") {
		t.Errorf("printed %q, %v", diagnostics, err)
	}
}

func TestARevertIsToldAsJSON(t *testing.T) {
	s, file := rewritten(t, 2)
	copies, err := filepath.Glob(file + ".bak-*")
	if err != nil || len(copies) != 2 {
		t.Fatal(copies, err)
	}
	newest := copies[1]
	dry := `{"configuration": "FILE", "restored": "FILE.bak-STAMP", "equal": false, "written": false, "backup": null}`
	for _, c := range []struct{ flags, value, want string }{
		{"--dry_run", "2", dry},
		{"", "1", strings.Replace(strings.Replace(dry, `"written": false`, `"written": true`, 1), "null", `"FILE.bak-STAMP"`, 1)},
		{"", "1", strings.Replace(dry, `"equal": false`, `"equal": true`, 1)},
	} {
		out, diagnostics, err := s.Run("config_revert " + file + " -j --to " + newest + " " + c.flags)
		if err != nil || timeout(t, s, file) != c.value {
			t.Errorf("%q, %v; the value is %s, want %s", diagnostics, err, timeout(t, s, file), c.value)
		}
		got := strings.Join(strings.Fields(withoutStamps(strings.ReplaceAll(out, file, "FILE"))), " ")
		if diff := cmp.Diff(c.want, strings.NewReplacer("{ ", "{", " }", "}").Replace(got)); diff != "" {
			t.Errorf("%s printed (-want +got):\n%s", c.flags, diff)
		}
	}
}

func TestARevertIsRefusedWhereThereIsNothingToGoBackTo(t *testing.T) {
	s, file := rewritten(t, 0)
	if err := os.WriteFile(file+".bak-old", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"config_revert " + file, "config_revert " + file + " --list"} {
		if _, diagnostics, err := s.Run(line); err == nil || !strings.Contains(diagnostics, "there is no old copy of "+file) {
			t.Errorf("%s: printed %q, %v", line, diagnostics, err)
		}
	}
	s, file = rewritten(t, 1)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, diagnostics, err := s.Run("config_revert " + file); err == nil || !strings.Contains(diagnostics, "no such file or directory\nThe newest copy of it is "+file+".bak-") {
		t.Errorf("a file that is gone: printed %q, %v", diagnostics, err)
	}
}

func TestCopiesAreListedWithTheirDifferences(t *testing.T) {
	s, file := rewritten(t, 2)
	if _, _, err := s.Run("config_set " + file + " zookeeper hosts_list a:1"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Run("config_revert " + file); err != nil {
		t.Fatal(err)
	}
	out, _, err := s.Run("config_revert " + file + " --list")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(line, file) {
			words := strings.Fields(line)
			got = append(got, strings.Join(words[len(words)-2:], " "))
		}
	}
	want := []string{"1 line", "BYTES nothing", "1 line", "1 line"}
	for i, line := range got {
		if bytes, ok := strings.CutSuffix(line, " nothing"); ok {
			got[i] = strings.Replace(line, bytes, "BYTES", 1)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("listed (-want +got):\n%s\n%s", diff, out)
	}
}

func TestOldCopiesAreRemovedByConfigSet(t *testing.T) {
	s, file := rewritten(t, 10)
	if err := os.WriteFile(file+".bak-mine", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	oldest, _ := filepath.Glob(file + ".bak-*_*")
	out, _, err := s.Run("config_set " + file + " zookeeper timeout_ms 11")
	if err != nil || !strings.Contains(out, oldest[0]+" was removed: 10 newer copies are there\n") || strings.Count(out, "was removed") != 1 {
		t.Errorf("printed %q, %v", out, err)
	}
	if left, _ := filepath.Glob(file + ".bak-*"); len(left) != 11 {
		t.Errorf("left: %v", left)
	}
}

func TestADamagedConfigurationIsRepaired(t *testing.T) {
	for name, damaged := range map[string]string{"empty": "", "no INI": "half", "zero bytes": "\x00\x00"} {
		s, file := rewritten(t, 1)
		if err := os.WriteFile(file, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, diagnostics, err := s.Run("config_revert " + file); err != nil || timeout(t, s, file) != "1000" {
			t.Errorf("%s: printed %q, %v", name, diagnostics, err)
		}
	}
}
