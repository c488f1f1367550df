package repl

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func openHistory(t *testing.T, path string) *History {
	t.Helper()
	h, err := OpenHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func add(t *testing.T, h *History, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if err := h.Add(line); err != nil {
			t.Fatal(err)
		}
	}
}

func linesOf(t *testing.T, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}

func TestHistoryLastsAcrossSessions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "history")
	add(t, openHistory(t, path), "ls", "ls ", "", "  ", "nodes -d \t", "ls")

	again := openHistory(t, path)
	if diff := cmp.Diff([]string{"ls", "nodes -d", "ls"}, again.Lines()); diff != "" {
		t.Errorf("lines of the next session (-want +got):\n%s", diff)
	}
	add(t, again, "ls", "app temp")
	if diff := cmp.Diff([]string{"ls", "nodes -d", "ls", "app temp"}, linesOf(t, path)); diff != "" {
		t.Errorf("lines in the file (-want +got):\n%s", diff)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
}

func TestHistoryMakesAnOpenFilePrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(path, []byte("ls\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	h := openHistory(t, path)
	for range 2 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, want 0600", info.Mode())
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		add(t, h, "nodes")
	}
}

func TestHistoryKeepsNoSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	h := openHistory(t, path)
	lines := []string{
		"ls",
		"zk_ls --auth digest:u:p a:1/x",
		"zk_ls --auth=u:p a:1/x",
		`zk_ls "--source_auth" u:p a:1/x`,
		"x -Password p",
		"zk_ls a:1/x --aut sasl:p",
		`zk_ls a:1/x '--a=sasl:p'`,
		"zk_ls a:1/x\t--au\tsasl:p",
		"x digest:u:p",
		`zk_ls "\x2d-auth" u:p a:1/x`,
		`zk_ls '--auth=u:p' a:1/x`,
		"set_app_envs t PASSWORD=p",
		`config_set f s "db_password" = p`,
		"ls | curl http://u:p@host/",
		"ls | curl -u u:p host",
		"config_set c.ini sec password hunter2",
		"set_app_envs sasl.password x",
		`set_app_envs "sasl.password" x`,
		"set_app_envs kms.api_key x",
		"a | sshpass -p x ssh h",
		"a | mysql -px db",
		"a | MYSQL_PWD=x mysql",
		"a | openssl enc -pass pass:x",
		"!sshpass -p x ssh h",
		"  ! mysql -px db",
	}
	kept := []string{
		"create auth -p 4",
		"app token-table",
		"app password",
		"app password | less",
		"app password > file",
		"ls -a --available",
		"ls -p | grep x",
	}
	lines = append(lines, kept...)
	add(t, h, lines...)
	for where, got := range map[string][]string{"memory": h.Lines(), "the file": linesOf(t, path)} {
		if diff := cmp.Diff(append([]string{"ls"}, kept...), got); diff != "" {
			t.Errorf("in %s (-want +got):\n%s", where, diff)
		}
	}
}

func TestHistoryIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	var content strings.Builder
	for i := range keptHistory {
		fmt.Fprintf(&content, "line %d\n", i)
	}
	if err := os.WriteFile(path, []byte(content.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	h, other := openHistory(t, path), openHistory(t, path)
	if got := openHistory(t, path).Lines(); len(got) != keptHistory {
		t.Errorf("%d lines of a file that is not too long, want %d", len(got), keptHistory)
	}
	add(t, other, "of another shell")
	for i := range fullHistory - keptHistory {
		add(t, h, fmt.Sprint("more ", i))
	}
	add(t, h, "one", "two", "three")

	for name, got := range map[string][]string{"file": linesOf(t, path), "memory": h.Lines()} {
		if len(got) > fullHistory || len(got) < keptHistory {
			t.Errorf("%s: %d lines", name, len(got))
		}
		if diff := cmp.Diff([]string{"one", "two", "three"}, got[len(got)-3:]); diff != "" {
			t.Errorf("%s: last lines (-want +got):\n%s", name, diff)
		}
	}
	if !strings.Contains(strings.Join(linesOf(t, path), "\n"), "of another shell") {
		t.Error("the other shell's line is lost")
	}

	if err := os.WriteFile(path, []byte(strings.Repeat(content.String(), 2)), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := openHistory(t, path).Lines(); len(got) != keptHistory {
		t.Errorf("%d lines of a file that is too long, want %d", len(got), keptHistory)
	}
	if got := linesOf(t, path); len(got) != keptHistory {
		t.Errorf("%d lines left in it, want %d", len(got), keptHistory)
	}
}

func TestHistoryWorksWithoutItsFile(t *testing.T) {
	dir := t.TempDir()
	h, err := OpenHistory(dir)
	if err == nil {
		t.Error("a folder was read as history")
	}
	add(t, h, "ls")

	inFile := filepath.Join(dir, "file", "history")
	h = openHistory(t, inFile)
	if err := os.WriteFile(filepath.Dir(inFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := h.Add("nodes"); err == nil {
		t.Error("a line was written below a file")
	}
	add(t, h, "ls") // reported once
	if diff := cmp.Diff([]string{"nodes", "ls"}, h.Lines()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// Only a file is read and made private: reading a pipe would hang, and a device belongs to
// everybody.
func TestHistoryTouchesOnlyFiles(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenHistory(pipe); err == nil {
		t.Error("a named pipe was read as history")
	}
	before, err := os.Stat(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	h := openHistory(t, os.DevNull)
	after, err := os.Stat(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if before.Mode() != after.Mode() {
		os.Chmod(os.DevNull, before.Mode().Perm())
		t.Errorf("mode of %s: %v before, %v after", os.DevNull, before.Mode(), after.Mode())
	}
	add(t, h, "ls")
	if diff := cmp.Diff([]string{"ls"}, h.Lines()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	for _, path := range []string{pipe, os.DevNull} {
		if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() {
			t.Errorf("%s became %v, %v", path, info.Mode(), err)
		}
	}
}

func TestDefaultHistoryFileFollowsTheBaseFolders(t *testing.T) {
	t.Setenv("HOME", "/home/op")
	for state, want := range map[string]string{
		"/state":   "/state/pegashell/history",
		"":         "/home/op/.local/state/pegashell/history",
		"relative": "/home/op/.local/state/pegashell/history",
	} {
		t.Setenv("XDG_STATE_HOME", state)
		if got := DefaultHistoryFile(); got != want {
			t.Errorf("with XDG_STATE_HOME=%q: %q, want %q", state, got, want)
		}
	}
}

func TestHistoryExpandsTheHomeFolder(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	add(t, openHistory(t, "~/h"), "ls")
	if diff := cmp.Diff([]string{"ls"}, linesOf(t, filepath.Join(home, "h"))); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}
