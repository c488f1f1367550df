package zookeeper_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/outcome"
	"pegashell/internal/test/shelltest"
)

// What may not be read is named, what comes after it is shown, and no result looks whole that is not.
func TestAWalkGoesOnAfterZnodesThatMayNotBeRead(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	for _, path := range []string{"/tree", "/tree/a", "/tree/b", "/tree/z"} {
		z.Create(t, path, 0)
	}
	z.Locked(t, "/tree/b/closed")
	at := z.Addr + z.Root + "/tree"
	warning := "WARNING: " + z.Root + "/tree/b/closed: not authorised by the znode's ACL\n"
	failure := "ERROR: the result is not complete: the session may not read 1 of the znodes, nor what is below them; --auth names its credentials\n"
	for line, want := range map[string]string{
		"zk_tree " + at:     z.Root + "/tree\n  a\n  b (1)\n    closed (1)\n  z\n",
		"zk_ls -r " + at:    "a\nb\nb/closed\nz\n",
		"zk_find '?' " + at: "a\nb\nz\n",
		"zk_find x " + at:   "",
		"zk_grep x " + at:   ".: x\na: x\nb: x\nz: x\n",
		"zk_du " + at: "       1 B         1 znodes  a\n       2 B         2 znodes  b (not complete)\n       1 B         1 znodes  z\n" +
			"       5 B         5 znodes  " + z.Root + "/tree (not complete)\n",
	} {
		out, diagnostics, err := z.Run(line)
		code := 1
		if strings.HasPrefix(line, "zk_find") || strings.HasPrefix(line, "zk_grep") {
			code = 2
		}
		if diff := cmp.Diff(want, out); diff != "" || outcome.Code(err) != code || diagnostics != warning+failure {
			t.Errorf("%s: code %d, printed %q, (-want +got):\n%s", line, outcome.Code(err), diagnostics, diff)
		}
	}
	for _, name := range []string{"zk_tree", "zk_ls -r -d", "zk_find '?'", "zk_grep x", "zk_du"} {
		if out, _, err := z.Run(name + " " + at + " -j"); err == nil || !strings.Contains(out, `"unreadable": 1`) {
			t.Errorf("%s -j: error = %v, printed %q", name, err, out)
		}
		if out, diagnostics, err := z.Run(name + " " + at + " --auth digest:user:hush"); err != nil || diagnostics != "" {
			t.Errorf("%s with credentials: error = %v, printed %q and %q", name, err, out, diagnostics)
		}
	}
	if _, diagnostics, err := z.Run("zk_tree " + at + "/b/closed"); err == nil || !strings.HasPrefix(diagnostics, "ERROR: ") {
		t.Errorf("of a root that may not be read: error = %v, printed %q", err, diagnostics)
	}
	if out, _, err := z.Run("zk_tree " + at + "/none"); err == nil || out != "" {
		t.Errorf("of no znode: error = %v, printed %q", err, out)
	}
}

func TestOnlyTheFirstUnreadableZnodesAreNamed(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	for i := range 12 {
		z.Locked(t, fmt.Sprintf("/other/%02d", i))
	}
	_, diagnostics, err := z.Run("zk_ls -r " + z.Root + "/other")
	lines := strings.Split(strings.TrimSpace(diagnostics), "\n")
	if err == nil || len(lines) != 12 || !strings.Contains(lines[9], "/other/09: ") || lines[10] != "WARNING: and 2 more that may not be read" || !strings.Contains(lines[11], "may not read 12 of") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
}
