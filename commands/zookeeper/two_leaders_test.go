package zookeeper_test

import (
	"strings"
	"testing"

	"pegashell/internal/test/shelltest"
	"pegashell/internal/test/zktest"
)

func TestReadingATreeWarnsOfTwoLeadersToo(t *testing.T) {
	s, _ := shelltest.StartTwoLeaders(t)
	out, diagnostics, err := s.Run("zk_ls " + zktest.Shared(t).Addr() + "/")
	if err != nil || !strings.Contains(out, "zookeeper\n") || strings.Count(diagnostics, "WARNING: 2 meta servers lead at the same time") != 1 {
		t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
	}
}
