package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pegashell/internal/test/zktest"
)

// The demo fails if a call of the client fails, if a table is missing, or if the copy was not verified.
func TestTheLiveDemoLosesNothing(t *testing.T) {
	zktest.NeedsServer(t)
	t.Parallel()
	demo := exec.Command(filepath.Join("..", "..", "..", "onebox", "demo", "migrate_live.sh"), filepath.Join(bin, "pegashell"), filepath.Join(bin, "onebox"))
	demo.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	out, err := demo.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "client: failed  : 0") || !strings.Contains(string(out), "frozen from blind to steady: ") {
		t.Errorf("%v\n%s", err, out)
	}
}
