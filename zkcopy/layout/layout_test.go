package layout

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/allocated"
)

// capturedNode is a znode as the dumps in testdata hold it; the dumps were
// taken from trees of real meta servers.
type capturedNode struct {
	Path string `json:"path"`
	Data string `json:"data_b64"`
}

// forEachCaptured calls visit with the path below the cluster's root and the
// data of every captured znode.
func forEachCaptured(tb testing.TB, visit func(path string, data []byte)) {
	tb.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no captured trees: %v", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		var nodes []capturedNode
		if err := json.Unmarshal(content, &nodes); err != nil {
			tb.Fatalf("%s: %v", file, err)
		}
		for _, n := range nodes {
			data, err := base64.StdEncoding.DecodeString(n.Data)
			if err != nil {
				tb.Fatalf("%s: %s: %v", file, n.Path, err)
			}
			visit(n.Path, data)
		}
	}
}

func TestCapturedTablesAndPartitionsKeepTheirBytes(t *testing.T) {
	apps, partitions := 0, 0
	forEachCaptured(t, func(path string, data []byte) {
		root, below, found := strings.Cut(path, "/apps/")
		if place := PlaceOf("apps/" + below); !found || place != TablePlace && place != PartitionPlace {
			return
		}
		if app, part, isPartition := strings.Cut(below, "/"); isPartition {
			partitions++
			p, err := DecodePartition(data)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				return
			}
			if diff := cmp.Diff(string(data), string(p.Encode())); diff != "" {
				t.Errorf("%s changed:\n%s", path, diff)
			}
			if got := p.ID.String(); got != app+"."+part {
				t.Errorf("%s holds partition %s", path, got)
			}
			if got := PartitionPath(root, p.ID); got != path {
				t.Errorf("PartitionPath = %s, want %s", got, path)
			}
			return
		}
		apps++
		a, err := DecodeApp(data)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		if diff := cmp.Diff(string(data), string(a.Encode())); diff != "" {
			t.Errorf("%s changed:\n%s", path, diff)
		}
		if got := AppPath(root, a.ID); got != path {
			t.Errorf("AppPath = %s, want %s", got, path)
		}
	})
	if apps < 20 || partitions < 100 {
		t.Errorf("only %d tables and %d partitions were captured", apps, partitions)
	}
}

func TestEveryCapturedLockNodeIsKnown(t *testing.T) {
	locks := 0
	forEachCaptured(t, func(path string, _ []byte) {
		want := strings.Contains(path, "/dsn.meta.server.leader/LOCKNODE")
		if got := IsLockNode(path); got != want {
			t.Errorf("IsLockNode(%s) = %v", path, got)
		}
		if want {
			locks++
			name := path[strings.LastIndexByte(path, '/')+1:]
			seq, ok := ParseLockNodeName(name)
			if !ok || fmt.Sprintf("LOCKNODE%010d", seq) != name {
				t.Errorf("%s was read as sequence %d, %v", name, seq, ok)
			}
		}
	})
	if locks == 0 {
		t.Error("no lock node was captured")
	}
}

func TestMainBranchFieldsAreKept(t *testing.T) {
	app := `{"status":"app_status::AS_DROPPED","app_type":"pegasus","app_name":"t","app_id":7,"partition_count":4,` +
		`"envs":{"a.b":"x\"\\\u0001\n/ü<>&","z":""},"is_stateful":1,"max_replica_count":3,"expire_second":9,"create_second":8,` +
		`"drop_second":7,"duplicating":1,"init_partition_count":-1,"is_bulk_loading":0,"atomic_idempotent":1}`
	a, err := DecodeApp([]byte(app))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(app, string(a.Encode())); diff != "" {
		t.Errorf("table changed:\n%s", diff)
	}
	partition := `{"pid":"7.3","ballot":12,"max_replica_count":3,"primary":"invalid address","secondaries":[],"last_drops":["10.0.0.1:34801"],` +
		`"last_committed_decree":5,"partition_flags":1,"hp_primary":"invalid host_port","hp_secondaries":[],"hp_last_drops":["n1:34801"]}`
	p, err := DecodePartition([]byte(partition))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(partition, string(p.Encode())); diff != "" {
		t.Errorf("partition changed:\n%s", diff)
	}
}

func TestBrokenDataIsRefused(t *testing.T) {
	whole := App{Status: AppAvailable, Name: "t", ID: 1, PartitionCount: 1}.Encode()
	for name, data := range map[string]string{
		"empty":           "",
		"not an object":   `[1]`,
		"null":            "null",
		"cut off":         string(whole[:len(whole)-1]),
		"trailing":        string(whole) + "x",
		"missing name":    strings.Replace(string(whole), `"app_name":"t",`, "", 1),
		"wrong case":      strings.Replace(string(whole), `"app_name"`, `"App_Name"`, 1),
		"null name":       strings.Replace(string(whole), `"t"`, "null", 1),
		"huge id":         strings.Replace(string(whole), `"app_id":1`, `"app_id":99999999999`, 1),
		"fraction":        strings.Replace(string(whole), `"app_id":1`, `"app_id":1.5`, 1),
		"unknown status":  strings.Replace(string(whole), "AS_AVAILABLE", "AS_LOST", 1),
		"envs not a map":  strings.Replace(string(whole), `"envs":{}`, `"envs":[]`, 1),
		"flag as text":    strings.Replace(string(whole), `"is_stateful":0`, `"is_stateful":"yes"`, 1),
		"not UTF-8":       strings.Replace(string(whole), `"t"`, "\"\xff\"", 1),
		"partition in it": `{"pid":"1.0","ballot":1}`,
	} {
		if a, err := DecodeApp([]byte(data)); err == nil {
			t.Errorf("%s: table read as %+v", name, a)
		}
	}
	for _, data := range []string{`{}`, `{"pid":"1","ballot":1}`, `{"pid":"1.-2","ballot":1}`, `{"pid":"1.2"}`, `{"pid":"1.2","ballot":1,"secondaries":"x"}`} {
		if p, err := DecodePartition([]byte(data)); err == nil {
			t.Errorf("%s: partition read as %+v", data, p)
		}
	}
}

func TestNamesOfOtherNodesAreNotTaken(t *testing.T) {
	for _, name := range []string{"LOCKNODE", "LOCKNODE123", "LOCKNODE00000000x1", "locknode0000000001", "LOCKNODE-000000001", "LOCKNODE9999999999"} {
		if seq, ok := ParseLockNodeName(name); ok {
			t.Errorf("%s taken for lock node %d", name, seq)
		}
	}
	for _, name := range []string{"", "-1", "+1", "01", "1.0", "x", "2147483648", " 1"} {
		if id, ok := ParseAppName(name); ok {
			t.Errorf("%q taken for table %d", name, id)
		}
	}
	if id, ok := ParseAppName("2147483647"); !ok || id != 2147483647 {
		t.Errorf("highest id read as %d, %v", id, ok)
	}
	for _, path := range []string{"", "LOCKNODE0000000001", "/LOCKNODE0000000001", "/other/LOCKNODE0000000001"} {
		if IsLockNode(path) {
			t.Errorf("%q taken for a lock node", path)
		}
	}
	if got, want := AppPath("/", 3), "/apps/3"; got != want {
		t.Errorf("AppPath below the root = %s, want %s", got, want)
	}
}

func TestEveryStatusIsReadBack(t *testing.T) {
	for s := AppInvalid; s <= AppRecalling; s++ {
		got, err := ParseAppStatus(s.String())
		if err != nil || got != s {
			t.Errorf("%d is written %s and read %d, %v", s, s, got, err)
		}
	}
	if got, want := AppStatus(42).String(), "app_status::42"; got != want {
		t.Errorf("unknown status is %s, want %s", got, want)
	}
}

func TestEveryCapturedZnodeHasItsPlace(t *testing.T) {
	seen := map[Place]int{}
	forEachCaptured(t, func(path string, data []byte) {
		root := "/pegasus/onebox/127.0.0.1"
		if rest, ok := strings.CutPrefix(path, "/pegasus/"); ok && !strings.HasPrefix(rest, "onebox") {
			root = "/pegasus/" + strings.Split(rest, "/")[0]
		}
		below, inside := strings.CutPrefix(path, root)
		if !inside || IsLockNode(path) {
			return
		}
		place := PlaceOf(strings.TrimPrefix(below, "/"))
		seen[place]++
		if place == UnknownPlace || place == NoTablePlace {
			t.Errorf("%s is not known", path)
		}
		if place != DuplicationPlace {
			return
		}
		if d, err := DecodeDuplication(data); err != nil || d.Remote != "onebox2" {
			t.Errorf("%s: %+v, %v", path, d, err)
		}
	})
	for _, place := range []Place{RootPlace, AppsPlace, TablePlace, PartitionPlace, DuplicationsPlace, DuplicationPlace, ProgressPlace,
		BackupsPlace, PolicyPlace, BackupPlace, BulkLoadsPlace, BulkLoadPlace, LoadPlace, LockPlace} {
		if seen[place] == 0 {
			t.Errorf("nothing captured is at place %d", place)
		}
	}
}

func TestPlacesOfOtherZnodesAreNotKnown(t *testing.T) {
	for below, want := range map[string]Place{
		"apps/readme": NoTablePlace, "apps/readme/0": UnknownPlace, "apps/01": NoTablePlace,
		"apps/1/readme": UnknownPlace, "apps/1/-1": UnknownPlace, "apps/1/0/x": UnknownPlace,
		"apps/1/duplication/x": UnknownPlace, "apps/1/duplication/5/x": UnknownPlace, "apps/1/duplication/5/0/x": UnknownPlace,
		"backup/p/now": UnknownPlace, "backup/p/1/x": UnknownPlace, "bulk_load/t": UnknownPlace, "bulk_load/1/2/3": UnknownPlace,
		"ranger": UnknownPlace, "lock": LockRootPlace, "lock/" + LockName: LockPlace, "lock/x": UnknownPlace,
	} {
		if got := PlaceOf(below); got != want {
			t.Errorf("%s is at place %d, want %d", below, got, want)
		}
	}
	for path, want := range map[string]string{
		"/c/apps/7/duplication/5/0": "/c/apps/7/duplication/5", "/a/c/apps/7/duplication/5/12": "/a/c/apps/7/duplication/5",
		"/apps/7/duplication/5/0": "/apps/7/duplication/5", "/c/apps/7/duplication/5": "", "/c/apps/7/duplication/5/x": "", "/c/x/7/duplication/5/0": "", "": "",
	} {
		if got, ok := DuplicationOf(path); got != want || ok != (want != "") {
			t.Errorf("%s is progress of %q, %v", path, got, ok)
		}
	}
}

func TestATableThatIsSplitMayLackItsUpperHalf(t *testing.T) {
	for _, c := range []struct{ initial, count, want int32 }{{-1, 8, 8}, {8, 8, 8}, {4, 8, 4}, {4, 16, 8}, {0, 4, 4}, {16, 8, 8}} {
		if got := (App{InitPartitionCount: c.initial, PartitionCount: c.count}).FirstSplitIndex(); got != c.want {
			t.Errorf("made with %d partitions, now %d: %d, want %d", c.initial, c.count, got, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	forEachCaptured(f, func(_ string, data []byte) { f.Add(data) })
	f.Add([]byte(`{"status":"app_status::AS_AVAILABLE","app_name":"\u0000","app_id":1,"partition_count":1,"envs":{"a":"\ud800"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		allocated.Check(t, len(data), 256, func() {
			DecodeApp(data)
			DecodePartition(data)
		})
		if a, err := DecodeApp(data); err == nil {
			again, err := DecodeApp(a.Encode())
			if err != nil {
				t.Fatalf("%s does not decode: %v", a.Encode(), err)
			}
			if !bytes.Equal(a.Encode(), again.Encode()) {
				t.Errorf("%s became %s", a.Encode(), again.Encode())
			}
		}
		if p, err := DecodePartition(data); err == nil {
			again, err := DecodePartition(p.Encode())
			if err != nil {
				t.Fatalf("%s does not decode: %v", p.Encode(), err)
			}
			if !bytes.Equal(p.Encode(), again.Encode()) {
				t.Errorf("%s became %s", p.Encode(), again.Encode())
			}
		}
	})
}
