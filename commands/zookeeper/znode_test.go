package zookeeper_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/outcome"
	"pegashell/internal/tableformat"
	"pegashell/internal/test/shelltest"
	"pegashell/zkcopy/layout"
)

// plantNodes gives a session a tree with text, JSON, bytes, an ephemeral znode and an ACL.
func plantNodes(t *testing.T) *shelltest.ZooKeeper {
	t.Helper()
	z := shelltest.StartZooKeeper(t)
	for _, node := range [][2]string{{"/tree", ""}, {"/tree/json", `{"a":[1],"b":"x"}`}, {"/tree/bytes", "\x00\xffab\x1b[31m0123456789"}, {"/tree/lines", "one\nTwo\n"}} {
		if _, err := z.Conn.Create(z.Root+node[0], []byte(node[1]), 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := z.Conn.Create(z.Root+"/tree/json/held", []byte("me"), zk.FlagEphemeral, append(zk.WorldACL(zk.PermRead), zk.ACL{Scheme: "ip", ID: "127.0.0.1", Perms: zk.PermAll})); err != nil {
		t.Fatal(err)
	}
	return z
}

func TestZnodesAreShown(t *testing.T) {
	z := plantNodes(t)
	at := z.Addr + z.Root + "/tree"
	for line, want := range map[string]string{
		"zk_get " + at + "/json":            `{"a":[1],"b":"x"}`,
		"zk_get " + at + "/json --as json":  "{\n    \"a\": [\n        1\n    ],\n    \"b\": \"x\"\n}\n",
		"zk_get " + z.Root + "/tree/lines":  "one\nTwo\n",
		"zk_get " + at:                      "",
		"zk_get " + at + "/bytes":           "\x00\xffab\x1b[31m0123456789",
		"zk_get " + at + "/bytes --as hex":  "00000000  00 ff 61 62 1b 5b 33 31  6d 30 31 32 33 34 35 36  |..ab.[31m0123456|\n00000010  37 38 39                                          |789|\n",
		"zk_get " + at + "/none":            "ERROR: no znode " + z.Root + "/tree/none on ",
		"zk_get " + at + "/lines --as json": "ERROR: the data is not JSON",
		"zk_get " + at + " --as xml":        "zk_get: --as: \"xml\" is not one of text, json, hex",
		"zk_get a b":                        "zk_get",
		"zk_exists " + at + "/json":         "true\n",
		"zk_exists " + at + "/none":         "false\n",
		"zk_getacl " + at + "/json/held":    "world:anyone:r\nip:127.0.0.1:cdrwa\n",
		"zk_getacl " + at + "/none":         "ERROR: ",
		"zk_stat " + at + "/none":           "ERROR: ",
		"zk_find held " + at:                "json/held\n",
		"zk_find '[jl]*' " + at:             "json\nlines\n",
		"zk_find nothing " + at:             "",
		"zk_find '[' " + at:                 "zk_find: \"[\" is not a glob",
		"zk_grep two " + at:                 "",
		"zk_grep -i two " + at:              "lines: Two\n",
		"zk_grep 'ab|a\":' " + at:           "bytes: data that is no text matches\njson: {\"a\":[1],\"b\":\"x\"}\n",
		"zk_grep -l '' " + at:               ".\nbytes\njson\njson/held\nlines\n",
		"zk_grep -l Two " + at + "/lines":   ".\n",
		"zk_grep Two " + at + "/lines":      ".: Two\n",
		"zk_find lines " + at + "/lines":    "",
		"zk_grep '(' " + at:                 "zk_grep: \"(\" is not a regular expression",
		"zk_tree " + at:                     z.Root + "/tree\n  bytes\n  json (1)\n    held ephemeral\n  lines\n",
		"zk_tree -d 1 " + at:                z.Root + "/tree\n  bytes\n  json (1)\n  lines\n",
		"zk_tree -d -1 " + at:               "zk_tree: -d: -1 is below 0",
		"zk_du " + at:                       "      19 B         1 znodes  bytes\n      19 B         2 znodes  json\n       8 B         1 znodes  lines\n      46 B         5 znodes  " + z.Root + "/tree\n",
		"zk_locks " + at:                    "ERROR: no znode " + z.Root + "/tree/dsn.meta.server.leader on ",
	} {
		out, diagnostics, err := z.Run(line)
		shown := out
		if strings.HasPrefix(want, "ERROR") || strings.HasPrefix(want, "zk_") {
			shown = diagnostics
			if err == nil || !strings.HasPrefix(shown, want) {
				t.Errorf("%s: error = %v, printed %q and %q, want %q", line, err, out, diagnostics, want)
			}
			continue
		}
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Errorf("%s: printed %q (-want +got):\n%s", line, diagnostics, diff)
		}
	}
	z.Env.Session.Format = tableformat.CSV
	defer func() { z.Env.Session.Format = tableformat.Plain }()
	for line, want := range map[string]string{
		"zk_find '[jl]*' " + at:       "path\njson\nlines\n",
		"zk_grep -i two " + at:        "path,line\nlines,Two\n",
		"zk_grep -l '' " + at + " -j": "{\n",
		"zk_du " + at:                 "name,znodes,bytes,unreadable\nbytes,1,19,0\njson,2,19,0\nlines,1,8,0\n" + z.Root + "/tree,5,46,0\n",
		"zk_ls " + at:                 "path\nbytes\njson\nlines\n",
		"zk_ls -d " + at:              "path,kind,bytes,children,version,changed\nbytes,persistent,19,0,0,2",
		"zk_diff " + at + " " + at:    "[zk_diff]\nkey,value\na,",
		"zk_stat " + at:               "key,value\nznode,",
		"zk_tree -d 1 " + at:          z.Root + "/tree\n  bytes\n",
	} {
		if out, diagnostics, err := z.Run(line); err != nil || !strings.HasPrefix(out, want) {
			t.Errorf("%s in csv: %v, printed %q and %q, want %q", line, err, out, diagnostics, want)
		}
	}
	for line, want := range map[string]int{"zk_exists " + at: 0, "zk_exists " + at + "/none": 1, "zk_exists a b": 2, "zk_find x " + at: 1, "zk_grep Two " + at: 0, "zk_find": 2} {
		if _, _, err := z.Run(line); outcome.Code(err) != want {
			t.Errorf("%s: code %d, want %d", line, outcome.Code(err), want)
		}
	}
}

// Who removes a tree reads which tables go with it.
func TestARemovalNamesTheTables(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Create(t, "/other/apps", 0)
	for i := range 10 {
		app := layout.App{Status: layout.AppAvailable, Type: "pegasus", Name: fmt.Sprintf("t%d", i), ID: int32(i + 1), PartitionCount: 1}
		if _, err := z.Conn.Create(fmt.Sprintf("%s/other/apps/%d", z.Root, i+1), app.Encode(), 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	out, diagnostics, err := z.Run("zk_rmr "+z.Addr+z.Root+"/other --force unknown_liveness", "n")
	if err == nil || !strings.Contains(out+diagnostics, "/other, with the tables t0, t1, t2, t3, t4, t5, t6, t7, ... (10)?") || !z.Exists(t, "/other/apps/1") {
		t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
	}
}

// A terminal gets bytes that are no text as hex, however they were asked for.
func TestBytesAreHexAtATerminal(t *testing.T) {
	z := plantNodes(t)
	z.OnScreen()
	out, _, err := z.Run("zk_get " + z.Addr + z.Root + "/tree/bytes")
	if err != nil || !strings.HasPrefix(out, "00000000  00 ff 61 62") {
		t.Errorf("error = %v, printed %q", err, out)
	}
	for path, want := range map[string]string{"": "\n", "/lines": "one\nTwo\n", "/json": `{"a":[1],"b":"x"}` + "\n"} {
		if out, _, err := z.Run("zk_get " + z.Addr + z.Root + "/tree" + path); err != nil || out != want {
			t.Errorf("%s: error = %v, printed %q, want %q", path, err, out, want)
		}
	}
}

func TestLocksAreShownInTheOrderOfTheirNumbers(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Create(t, "/locks", 0)
	z.Create(t, "/locks/dsn.meta.server.leader", 0)
	for _, node := range []struct {
		name  string
		flags int32
	}{{"LOCKNODE0000000012", zk.FlagEphemeral}, {"LOCKNODE0000000003", 0}, {"LOCKNODE0000000007", zk.FlagEphemeral}, {"other", 0}} {
		if _, err := z.Conn.Create(z.Root+"/locks/dsn.meta.server.leader/"+node.name, []byte("10.0.0."+node.name[len(node.name)-1:]), node.flags, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range []string{"zk_locks", "zk_cd " + z.Addr + z.Root + "/other", "zk_locks", "zk_locks " + z.Addr + z.Root + "/locks"} {
		out, diagnostics, err := z.Run(line)
		if strings.HasPrefix(line, "zk_cd") && err == nil {
			continue // the lock of the connected cluster stays where it is
		}
		lines := strings.Split(out, "\n")
		if err != nil || len(lines) != 6 {
			t.Fatalf("%s: error = %v, printed %q and %q", line, err, out, diagnostics)
		}
		for i, want := range [][2]string{{"stale", "10.0.0.3"}, {"waits", "10.0.0.7"}, {"waits", "10.0.0.2"}} {
			got := strings.Fields(lines[2+i])
			if got[0] != want[0] || got[1] != want[1] || (got[2] == "-") != (want[0] == "stale") || len(got) != 7 || !strings.HasSuffix(got[6], []string{"03", "07", "12"}[i]) {
				t.Errorf("%s: line %d is %q, want %v", line, i, lines[2+i], want)
			}
		}
	}
}
