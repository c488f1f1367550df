package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// comingFrom are the rows of docs/coming-from.md: the line that does it here.
var comingFrom = regexp.MustCompile("(?m)^\\| .* \\| `(.*)` \\|$")

func TestTheRowsOfComingFromAreCarriedOut(t *testing.T) {
	b := theBox(t)
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "coming-from.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := comingFrom.FindAllStringSubmatch(string(page), -1)
	if len(rows) < 54 {
		t.Errorf("%d rows were found, want at least 54", len(rows))
	}
	dir := t.TempDir()
	onBox := strings.NewReplacer("OLD:2181", b.zooKeepers[0], "NEW:2181", b.zooKeepers[1], "/pegasus/c1", "/pegasus/onebox/127.0.0.1",
		"FILE", filepath.Join(dir, "data"))
	if err := os.WriteFile(filepath.Join(dir, "data"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		line := onBox.Replace(row[1])
		cmd := exec.Command(filepath.Join(bin, "pegashell"), "-m", b.leader+","+b.follower, "-x", line)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_STATE_HOME="+dir, "LANG=C", "EDITOR=true")
		out, err := cmd.CombinedOutput()
		if notFinal := cmd.ProcessState.ExitCode() == 4; err != nil && !notFinal { // the cluster goes on while its tree is copied
			t.Errorf("%s: %v, printed %s", row[1], err, out)
		}
	}
}
