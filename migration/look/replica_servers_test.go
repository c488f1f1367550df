package look

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/zkcopy/layout"
)

func TestServersAreReadFromListsThatWereSaved(t *testing.T) {
	file := filepath.Join(t.TempDir(), "nodes.list")
	text := "[parameters]\ndetailed : true\n\n[details]\naddress          status  replica_count\n127.0.0.1:34801  ALIVE   8\n127.0.0.1:34802  UNALIVE   8\n127.0.0.1:34801  ALIVE   8\n\nhost-3:34803\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"127.0.0.1:34801", "127.0.0.1:34802", "host-3:34803"}, serversInFile(file)); diff != "" {
		t.Error(diff)
	}
	if got := serversInFile(file + ".none"); got != nil {
		t.Errorf("a missing file has %v", got)
	}
}

func TestServersOfAPartitionHaveHostNamesWhereTheTreeHasThem(t *testing.T) {
	p := layout.Partition{Primary: "10.0.0.1:1", Secondaries: []string{"10.0.0.2:1"}, LastDrops: []string{"10.0.0.3:1", layout.InvalidAddress}}
	got := serversOf(p)
	slices.Sort(got)
	if diff := cmp.Diff([]string{"10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"}, got); diff != "" {
		t.Error(diff)
	}
	none := layout.InvalidHostPort
	p.HPPrimary, p.HPSecondaries = &none, []string{"h2:1"}
	if diff := cmp.Diff([]string{"h2:1"}, serversOf(p)); diff != "" {
		t.Error(diff)
	}
}

func TestAMetaServerMayCallItsHostByAnotherName(t *testing.T) {
	for _, c := range []struct {
		name, address string
		want          bool
	}{{"127.0.0.1:1", "127.0.0.1:1", true}, {"h:1", "127.0.0.1:1", true}, {"h:2", "127.0.0.1:1", false}, {"", "127.0.0.1:1", false}} {
		if got := samePlace(c.name, c.address); got != c.want {
			t.Errorf("%q at %q: %v", c.name, c.address, got)
		}
	}
}
