package zookeeper_test

import (
	"strings"
	"testing"

	"pegashell/internal/manifest"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
)

func TestZooKeepersAreListedWithWhatIsKnownOfThem(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	out, diagnostics, err := z.Run("zks")
	if fields := strings.Fields(strings.Split(out+"\n\n\n", "\n")[2]); err != nil || strings.Join(fields, " ") != "- "+z.Addr+" "+z.Root+"/own - false true answers" {
		t.Errorf("without names: error = %v, printed %q and %q", err, out, diagnostics)
	}
	gone := metatest.Refusing(t)
	z.Named(t, "gone", manifest.ZooKeeper{Hosts: []string{gone}})
	z.Named(t, "here", manifest.ZooKeeper{Hosts: []string{z.Addr}, Root: z.Root + "/own", Auth: []manifest.Secret{"digest:u:sesame"}})
	out, diagnostics, err = z.Run("zks")
	lines := strings.Split(out, "\n")
	if err != nil || len(lines) < 4 || strings.Contains(out+diagnostics, "sesame") {
		t.Fatalf("error = %v, printed %q and %q", err, out, diagnostics)
	}
	if got := strings.Join(strings.Fields(lines[2]), " "); !strings.HasPrefix(got, "gone "+gone+" - - false false ") || strings.Contains(got, "answers") {
		t.Errorf("one that is gone: %q", got)
	}
	if got := strings.Join(strings.Fields(lines[3]), " "); got != "here "+z.Addr+" "+z.Root+"/own digest false true answers" {
		t.Errorf("the cluster's own: %q", got)
	}
}
