package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/internal/transcript"
)

func TestTheReadmeShowsWhatTheDemoPrints(t *testing.T) {
	zktest.NeedsServer(t)
	demo := exec.Command("../../../onebox/demo/migrate_by_copy.sh", filepath.Join(bin, "pegashell"), filepath.Join(bin, "onebox"))
	demo.Env = append(os.Environ(), "XDG_CONFIG_HOME="+t.TempDir(), "XDG_STATE_HOME="+t.TempDir(), "TMPDIR="+t.TempDir())
	out, err := demo.Output()
	if err != nil {
		t.Fatalf("the demo: %v\n%s", err, out)
	}
	printed, err := transcript.Of(string(out))
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	shown, err := transcript.In(string(readme))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(transcript.Lasting(printed), transcript.Lasting(shown)); diff != "" {
		t.Errorf("README.md is out of date, make readme writes it again (-printed +shown):\n%s", diff)
	}
}
