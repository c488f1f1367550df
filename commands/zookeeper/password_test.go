package zookeeper_test

import (
	"context"
	"strings"
	"testing"

	"pegashell/internal/test/shelltest"
)

func TestAPersonIsAskedForThePasswordThatAFlagLeavesOut(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Locked(t, "/locked")
	line := "zk_ls " + z.Addr + z.Root + "/locked --auth digest:user:-"
	if _, diagnostics, err := z.Run(line); err == nil || !strings.Contains(diagnostics, "only a person at a terminal is asked") {
		t.Errorf("a script: %v, %q", err, diagnostics)
	}
	asked := ""
	z.Env.Interactive = true
	z.Env.AskHidden = func(_ context.Context, question string) (string, error) { asked = question; return "hush", nil }
	out, diagnostics, err := z.Run(line)
	if err != nil || asked != "Password of digest:user: " || strings.Contains(out+diagnostics, "hush") {
		t.Errorf("asked %q, %v, printed %q and %q", asked, err, out, diagnostics)
	}
}
