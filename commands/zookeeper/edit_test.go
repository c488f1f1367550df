package zookeeper_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/shelltest"
	"pegashell/internal/test/zktest"
)

// step is a line of a session, and what it ends in: a row of its result, the beginning of its error, or a
// word of its warning.
type step struct {
	line string
	row  string // KEY VALUE, "" for none
	says string // on standard error
}

// runSteps has a session run lines; @ stands for the servers with the test's own znode.
func runSteps(t *testing.T, z *shelltest.ZooKeeper, steps []step) {
	t.Helper()
	for _, s := range steps {
		line := strings.ReplaceAll(s.line, "@", z.Addr+z.Root)
		out, diagnostics, err := z.Run(line)
		key, value, _ := strings.Cut(s.row, " ")
		if (err == nil) != (s.row != "") || shelltest.Rows(out)[key] != value || !strings.Contains(diagnostics, s.says) || s.says == "" && diagnostics != "" {
			t.Errorf("%s: error = %v, printed %q and %q; want %+v", line, err, out, diagnostics, s)
		}
	}
}

func TestZnodesAreChanged(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	file := shelltest.WriteFile(t, "data", "\x00\xff")
	root := strings.TrimPrefix(z.Root, "/")
	runSteps(t, z, []step{
		{"zk_create @/n", "result created", ""},
		{"zk_create @/n", "", "ERROR: there is a znode " + z.Root + "/n already: zk_set sets its data\n"},
		{"zk_create @/p/q/r text", "", "ERROR: there is no znode " + z.Root + "/p/q to create it below: -p creates it too\n"},
		{"zk_create @/p/q/r text -p --acl world:anyone:cdrw", "created 3", "WARNING: with this ACL these credentials cannot set the ACL of " + z.Addr + z.Root + "/p/q/r again\n"},
		{"zk_create @/digest --acl digest:u:p:cdrwa --auth digest:u:p", "created 1", "WARNING: the entry digest of u in the ACL has no password's hash, so no password fits it"},
		{"zk_create @/hash --acl " + zk.DigestACL(zk.PermAll, "u", "p")[0].Scheme + ":" + zk.DigestACL(zk.PermAll, "u", "p")[0].ID + ":cdrwa --auth digest:u:p", "created 1", ""},
		{"zk_create @/auth --acl auth::cdrwa", "", "the server does not accept the ACL: auth stands for the credentials of the session, which --auth or PEGASHELL_ZK_AUTH has to name\n"},
		{"zk_create @/auth --acl auth::cdrwa --auth digest:u:p", "created 1", ""},
		{"zk_setacl @/n auth::cdrwa", "", "which --auth or PEGASHELL_ZK_AUTH has to name\n"},
		{"zk_create " + z.Root + "/n/relative x", "created 1", ""},
		{"zk_create @/n/acl --acl world:anyone", "", `zk_create: --acl: "world:anyone" is not SCHEME:ID:PERMS`},
		{"zk_create @/n/acl --acl digest:admin:x:r", "", "x stands for one that the server hides"},
		{"zk_create @/n/acl --acl world:anyone:r,", "", "an entry is empty"},
		{"zk_create /zookeeper/x", "", "/zookeeper"},
		{"zk_set @/n one", "version 1", ""},
		{"zk_set @/n two --version 0", "", "ERROR: " + z.Root + "/n has version 1, not 0: it was changed since"},
		{"zk_set @/n two --version 1", "version 2", ""},
		{"zk_set @/n ''", "bytes 0", ""},
		{"zk_set @/n --file " + file, "bytes 2", ""},
		{"zk_set @/n", "", "zk_set: the data is missing"},
		{"zk_set @/n a --file " + file, "", "zk_set: DATA and --file cannot be used together"},
		{"zk_set @/n --file " + file + ".none", "", "ERROR: read the data"},
		{"zk_set @/n x --version -2", "", "zk_set: --version: -2 is below -1"},
		{"zk_set @/none x", "", "ERROR: no znode " + z.Root + "/none on "},
		{"zk_rm @/n", "", "ERROR: " + z.Root + "/n has children (1): zk_rmr " + z.Addr + z.Root + "/n removes it with everything below it\n"},
		{"zk_rm @/n/relative --version 1", "", "has version 0, not 1"},
		{"zk_rm @/n/relative", "result removed", ""},
		{"zk_rm @/n/relative", "", "ERROR: no znode"},
		{"zk_setacl @/n world:anyone:r,ip:127.0.0.1:cdrwa,x509:CN=a,O=b:r --version 0", "", "set ACL of " + z.Root + "/n: the server does not accept the ACL"},
		{"zk_setacl @/n world:anyone:r,ip:127.0.0.1:awrdc --version 0", "set 1", ""},
		{"zk_setacl @/n world:anyone:cdrwa --version 0", "", "has version 1, not 0"},
		{"zk_setacl @/n world:anyone:r", "set 1", "WARNING: with this ACL these credentials cannot set the ACL of " + z.Addr + z.Root + "/n again"},
		{"zk_setacl @/n world:anyone:cdrwa", "", "not authorised by the znode's ACL"},
		{"zk_setacl @/n world:anyone:cdrwx", "", "is not SCHEME:ID:PERMS"},
		{"zk_setacl @/n world:anyone:r -R --version 1", "", "zk_setacl: -R and --version cannot be used together"},
	})
	for path, want := range map[string]string{"/n": "\x00\xff", "/p/q/r": "text", "/p/q": ""} {
		data, _, err := z.Conn.Get(z.Root + path)
		if err != nil || string(data) != want {
			t.Errorf("%s: error = %v, data %q, want %q", path, err, data, want)
		}
	}
	acl, _, err := z.Conn.GetACL(z.Root + "/p/q")
	if diff := cmp.Diff(zk.WorldACL(zk.PermAll&^zk.PermAdmin), acl); err != nil || diff != "" {
		t.Errorf("error = %v, ACL of a parent (-want +got):\n%s", err, diff)
	}
	out, _, err := z.Run("zk_set -j " + z.Addr + "/" + root + "/p/q/r x")
	if want := fmt.Sprintf("{\n    \"zk_set\": {\n        \"znode\": \"%s/p/q/r\",\n        \"bytes\": 1,\n        \"version\": 1,\n        \"result\": \"set\"\n    }\n}\n", z.Addr+z.Root); err != nil || out != want {
		t.Errorf("error = %v, printed %q, want %q", err, out, want)
	}
}

// What the lines come from has no data; and a pipe that nobody writes to does not outlast Ctrl-C.
func TestDataOfAFileIsReadWithinBounds(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Env.LinesFromInput = true
	for _, file := range []string{"/dev/stdin", "/dev/fd/0", "/dev//stdin", "/proc/self/fd/0"} {
		for _, name := range []string{"zk_set @/other", "zk_create @/new"} {
			runSteps(t, z, []step{{name + " --file " + file, "", "--file: the shell reads its lines from the standard input, which therefore has no data"}})
		}
	}
	runSteps(t, z, []step{{"zk_set @/other --file /dev/zero", "", "ERROR: read the data: /dev/zero has more than 64.0 MiB\n"}})
	if data, _, err := z.Conn.Get(z.Root + "/other"); err != nil || string(data) != "x" {
		t.Errorf("error = %v, data %q", err, data)
	}
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	line := "zk_set " + z.Addr + z.Root + "/other --file " + fifo
	_, diagnostics, err := z.RunIn(ctx, line) // nobody writes
	checkInterrupted(t, line, diagnostics, "interrupted\n", err)
	writer, err := os.OpenFile(fifo, os.O_RDWR, 0) // which also ends the opening that goes on
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	_, diagnostics, err = z.RunIn(ctx, line) // somebody may write
	checkInterrupted(t, line, diagnostics, "interrupted\n", err)
	z.Env.LinesFromInput = false
	runSteps(t, z, []step{{"zk_set @/other --file /dev/stdin", "bytes 0", ""}}) // that of a test is empty
}

func TestTheACLOfATreeIsSetBelowItToo(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Fill(t, "/other/a/b", 200)
	runSteps(t, z, []step{
		{"zk_setacl @/other ip:127.0.0.1:ra -R", "set 203", ""}, // nothing but r is left when the last is set
		{"zk_setacl @/other ip:127.0.0.1:a -R", "set 203", ""},  // none can be listed when it is set
		{"zk_setacl / world:anyone:r -R", "", "/"},
	})
	for _, path := range []string{"/other", "/other/a/b/199"} {
		acl, _, err := z.Conn.GetACL(z.Root + path)
		if want := []zk.ACL{{Perms: zk.PermAdmin, Scheme: "ip", ID: "127.0.0.1"}}; err != nil || !cmp.Equal(acl, want) {
			t.Errorf("%s: error = %v, ACL %v", path, err, acl)
		}
	}
}

// An ACL that stops half-way is set anew from the first znode, if it lets the same credentials do so.
func TestAnUnfinishedACLOfATreeSaysWhetherItCanBeRepeated(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	for i, c := range []struct{ acl, says string }{
		{"world:anyone:cdrwa", "and the others have their old one. Repeat the command: it sets that of all\n"},
		{"world:anyone:cdwa", "These credentials cannot repeat the command: the new ACL does not let them\n"},
		{"world:anyone:r", "These credentials cannot repeat the command: the new ACL does not let them\n"},
	} {
		tree := fmt.Sprintf("/tree%d", i)
		z.Create(t, tree, 0)
		z.Create(t, tree+"/a", 0)
		z.Fill(t, tree+"/a", 100) // more than are set at once, so that some are before the one that is refused
		if _, err := z.Conn.SetACL(z.Root+tree+"/a", zk.WorldACL(zk.PermAll&^zk.PermAdmin), -1); err != nil {
			t.Fatal(err)
		}
		out, diagnostics, err := z.Run("zk_setacl -R " + z.Addr + z.Root + tree + " " + c.acl)
		if err == nil || !strings.Contains(diagnostics, "Not complete: the ACL of ") || !strings.HasSuffix(diagnostics, c.says) || shelltest.Rows(out)["result"] != "NOT complete" {
			t.Errorf("%s: error = %v, printed %q and %q", c.acl, err, out, diagnostics)
		}
	}
}

func TestTreesAreMovedAndCopied(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	if _, err := z.Conn.SetACL(z.Root+"/other/a", zk.WorldACL(zk.PermAll&^zk.PermAdmin), -1); err != nil {
		t.Fatal(err)
	}
	z.Create(t, "/held", 0)
	z.Create(t, "/held/e", zk.FlagEphemeral)
	z.Create(t, "/big", 0)
	for i := range 6 {
		if _, err := z.Conn.Create(fmt.Sprintf("%s/big/%d", z.Root, i), make([]byte, 100<<10), 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	runSteps(t, z, []step{
		{"zk_mv @/other " + z.Root + "/moved", "moved 3", ""},
		{"zk_mv @/moved @/moved/x", "", "lies inside the source"},
		{"zk_mv @/moved/a/b " + z.Root + "/none/x", "", "ERROR: there is no znode " + z.Root + "/none to create it below: zk_create -p creates it\n"},
		{"zk_mv @/moved/a @/big", "", "ERROR: there is a znode " + z.Root + "/big already\n"},
		{"zk_mv @/none @/other", "", "ERROR: no znode"},
		{"zk_mv @/held @/held2", "", "holds 1 ephemeral znodes, so living servers use it"},
		{"zk_mv @/held @/held2 --force live_tree", "", "it is ephemeral and held by session"},
		{"zk_mv @/big @/big2", "", "is too large for one transaction (512.0 KiB): zk_cp copies it, then zk_rmr removes the old tree"},
		{"zk_mv @/moved 127.0.0.1:1/x", "", "zk_mv: " + z.Addr + " and 127.0.0.1:1 are named by different servers: if they are of one ensemble, use the PATH alone; zk_copy copies to another ZooKeeper"},
		{"zk_mv @/moved /a//b", "", "zk_mv: "},
		{"zk_cp @/held /a//b", "", "zk_cp: "},
		{"zk_mv @/moved", "", "zk_mv"},
		{"zk_cp @/held " + z.Root + "/held2", "ephemeral_left_out 1", ""},
		{"zk_cp @/big @/big2", "created 7", ""},
		{"zk_cp @/moved/a/b 127.0.0.1:1,@/b", "created 1", ""}, // one of its servers
		{"zk_cp @/big @/big2", "", "ERROR: there is a znode " + z.Root + "/big2 already"},
		{"zk_cp @/big @/none/x", "", "zk_create -p creates it"},
		{"zk_cp @/big @/big/x", "", "lies inside the source"},
	})
	acl, _, err := z.Conn.GetACL(z.Root + "/moved/a")
	if diff := cmp.Diff(zk.WorldACL(zk.PermAll&^zk.PermAdmin), acl); err != nil || diff != "" {
		t.Errorf("error = %v, ACL of what was moved (-want +got):\n%s", err, diff)
	}
	if z.Exists(t, "/other") || z.Exists(t, "/held2/e") || !z.Exists(t, "/big") {
		t.Error("the tree is where it was, an ephemeral znode was copied, or a tree is gone that was to be copied")
	}
}

// The znodes of a living cluster are refused wherever its lock lies.
func TestTheTreeOfALivingClusterIsNotChanged(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	for _, path := range []string{"/own/apps/1", "/locks", "/locks/dsn.meta.server.leader"} {
		z.Create(t, path, 0)
	}
	for _, tree := range []string{"/inside", "/below", "/stopped", "/unknown"} { // other clusters
		for _, path := range []string{"", "/apps", "/apps/1", "/apps/1/0", "/lock"} {
			z.Create(t, tree+path, 0)
		}
	}
	for _, lock := range []string{"/inside", "/below/lock", "/stopped"} {
		z.Create(t, lock+"/dsn.meta.server.leader", 0)
	}
	held := []string{"/inside/dsn.meta.server.leader/LOCKNODE0000000001", "/below/lock/dsn.meta.server.leader/LOCKNODE0000000001"}
	for _, node := range held {
		z.Create(t, node, zk.FlagEphemeral)
	}
	live, unknown, own := "belongs to a tree of living servers, which hold 1 lock nodes", "cannot determine whether living servers use", "belongs to the tree or the lock of the connected cluster"
	for place, says := range map[string]string{
		"/own": own, "/own/apps/1": own, "/locks/dsn.meta.server.leader": own,
		"/inside/apps/1": live, "/inside": live, held[0]: live, "/inside/dsn.meta.server.leader": live,
		"/below/apps/1/0": live, "/below/lock": live, held[1]: live,
		"/unknown/apps/1": unknown,
		"/stopped/apps/1": "", "/other": "",
	} {
		at := z.Addr + z.Root + place
		for _, line := range []string{"zk_set " + at + " x", "zk_create " + at + "/new", "zk_rm " + at, "zk_setacl " + at + " world:anyone:cdrwa", "zk_setacl -R " + at + " world:anyone:cdrwa",
			"zk_mv " + at + " " + z.Root + "/to", "zk_mv " + z.Root + "/other/a/b " + at + "/new", "zk_cp " + z.Root + "/other/a/b " + at + "/copied"} {
			if says == "" && (strings.HasPrefix(line, "zk_rm") || strings.HasPrefix(line, "zk_mv")) {
				continue // they are allowed, and would leave nothing for the others
			}
			_, diagnostics, err := z.Run(line)
			refused := says != "" && (err == nil || !strings.HasPrefix(diagnostics, "ERROR: refused: ") || !strings.Contains(diagnostics, says) && !strings.Contains(diagnostics, "ephemeral"))
			if refused || says == "" && err != nil {
				t.Errorf("%s: error = %v, printed %q; want %q", line, err, diagnostics, says)
			}
		}
	}
	runSteps(t, z, []step{
		{"zk_setacl -R @ world:anyone:cdrwa", "", "refused"}, // clusters lie below it
		{"zk_create @/beside", "result created", ""},         // a znode above a cluster is none of it
		{"zk_set @/inside/apps/1 y --force live_tree", "version 1", "(overridden)"},
		{"zk_set @/unknown/apps/1 y --force unknown_liveness", "version 1", "(overridden)"},
		{"zk_set @/own/apps/1 y --force live_tree", "result set", "(overridden)"},
		{"zk_set @/inside/apps/1 y --force connected_tree", "", "there is no guard"},
	})
	z.Create(t, "/closed", 0) // its apps node may not be read
	if _, err := z.Conn.Create(z.Root+"/closed/apps", nil, 0, zk.DigestACL(zk.PermAll, "user", "hush")); err != nil {
		t.Fatal(err)
	}
	runSteps(t, z, []step{{"zk_set @/closed y", "", unknown}, {"zk_set @/closed y --force unknown_liveness", "version 1", "(overridden)"}})
}

// A cluster on other servers can have the root of the connected cluster and its lock somewhere else.
func TestTheTreeOfALivingNamesakeIsNotChanged(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	other := zktest.Start(t)
	conn := zktest.Connect(t, other.Addr())
	const lock = "/elsewhere/dsn.meta.server.leader"
	zktest.Plant(t, conn, z.Root, zktest.Znode{}, zktest.Znode{Path: "/own"}, zktest.Znode{Path: "/own/apps", Data: []byte("unlocked")}, zktest.Znode{Path: "/own/apps/1"},
		zktest.Znode{Path: "/elsewhere"}, zktest.Znode{Path: lock}, zktest.Znode{Path: lock + "/LOCKNODE0000000001", Data: []byte("10.0.0.9:34601"), Ephemeral: true})
	at := other.Addr() + z.Root + "/own"
	for _, line := range []string{"zk_set " + at + "/apps/1 x", "zk_create " + at + "/apps/2", "zk_rm " + at + "/apps/1", "zk_setacl -R " + at + " world:anyone:r", "zk_mv " + at + "/apps/1 " + z.Root + "/moved", "zk_rmr -y " + at} {
		if _, diagnostics, err := z.Run(line); err == nil || !strings.Contains(diagnostics, "cannot determine whether living servers use") {
			t.Errorf("%s: error = %v, printed %q", line, err, diagnostics)
		}
	}
	if _, diagnostics, err := z.Run("zk_set " + at + "/apps/1 x --force unknown_liveness"); err != nil {
		t.Errorf("overridden: %v, printed %q", err, diagnostics)
	}
}

func TestAnEditorChangesAZnode(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	for path, data := range map[string]string{"/json": `{"a":[1.50,"<x>"],"b":"old"}`, "/text": "old", "/lines": "old\n", "/bytes": "\x00", "/empty": ""} {
		if _, err := z.Conn.Create(z.Root+path, []byte(data), 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("VISUAL", "")
	edit := func(editor string, steps ...step) {
		t.Helper()
		t.Setenv("EDITOR", editor)
		runSteps(t, z, steps)
	}
	edit("sed -i s/old/new/", step{"zk_edit @/json", "result set", ""}, step{"zk_edit @/text", "version 1", ""}, step{"zk_edit @/lines", "result set", ""},
		step{"zk_edit @/json", "result not changed", ""}, step{"zk_edit @/bytes", "", "is no text"}, step{"zk_edit @/none", "", "no znode"}, step{"zk_edit @/own/apps", "", "refused"})
	edit(`grep -q '^    "b": "new"$'`, step{"zk_edit @/json", "result not changed", ""}) // it is indented
	edit(`grep -q '"b":"new"'`, step{"zk_edit @/json --raw", "result not changed", ""})
	edit("echo word >", step{"zk_edit @/empty", "bytes 4", ""})
	edit("sed -i 's/new.*//'", step{"zk_edit @/json", "", "ERROR: it is not JSON any more"})
	edit("false", step{"zk_edit @/text", "", "ERROR: the editor false failed: sh exited with 1\n"})
	edit("no-such-editor", step{"zk_edit @/text", "", "ERROR: the editor no-such-editor failed: "})
	kept, err := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*"))
	if err != nil || len(kept) != 1 {
		t.Errorf("error = %v, %d drafts are kept of the one in which something was written", err, len(kept))
	}
	for path, want := range map[string]string{"/json": `{"a":[1.50,"<x>"],"b":"new"}`, "/text": "new", "/lines": "new\n", "/empty": "word"} {
		if data, _, err := z.Conn.Get(z.Root + path); err != nil || string(data) != want {
			t.Errorf("%s: error = %v, data %q, want %q", path, err, data, want)
		}
	}
	other := shelltest.WriteFile(t, "other", "#!/bin/sh\necho mine > \"$1\"\n"+"touch \"$1.asked\"\nwhile [ -e \"$1.asked\" ]; do sleep 0.01; done\n")
	if err := os.Chmod(other, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("EDITOR", other)
	go func() { // somebody else sets the data while the editor is open
		for {
			asked, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "*.asked"))
			if len(asked) > 0 {
				z.Conn.Set(z.Root+"/text", []byte("theirs"), -1)
				os.Remove(asked[0])
				return
			}
			if t.Context().Err() != nil {
				return
			}
		}
	}()
	_, diagnostics, err := z.Run("zk_edit " + z.Addr + z.Root + "/text")
	_, name, found := strings.Cut(diagnostics, "has version 2, not 1: it was changed since\nWhat you wrote is kept in ")
	if err == nil || !found || shelltest.ReadIfAny(t, strings.TrimSpace(name)) != "mine\n" {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
}

// The screen of an editor is the terminal, and never the result.
func TestAnEditorDoesNotWriteIntoTheResult(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("VISUAL", "echo screen; true")
	line := "zk_edit -j " + z.Addr + z.Root + "/other"
	if out, diagnostics, err := z.Run(line); err != nil || strings.Contains(out, "screen") || diagnostics != "screen\n" {
		t.Errorf("without a terminal: error = %v, printed %q and %q", err, out, diagnostics)
	}
	terminal, err := os.Create(filepath.Join(t.TempDir(), "terminal"))
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	z.Env.Terminal = terminal
	if out, diagnostics, err := z.Run(line); err != nil || strings.Contains(out, "screen") || diagnostics != "" || shelltest.ReadIfAny(t, terminal.Name()) != "screen\n" {
		t.Errorf("at a terminal: error = %v, printed %q and %q", err, out, diagnostics)
	}
}

// watched runs a line with zk_watch while znodes of /other come and go.
func watched(t *testing.T, z *shelltest.ZooKeeper, line string) (got [3]string) {
	t.Helper()
	done := make(chan [3]string)
	go func() {
		out, diagnostics, err := z.Run(line)
		done <- [3]string{out, diagnostics, fmt.Sprint(err)}
	}()
	for i := 0; ; i++ { // until the watch is there
		z.Create(t, fmt.Sprintf("/other/n%d", i), 0)
		if _, err := z.Conn.Set(fmt.Sprintf("%s/other/n%d", z.Root, i), nil, -1); err != nil {
			t.Fatal(err)
		}
		if err := z.Conn.Delete(fmt.Sprintf("%s/other/n%d", z.Root, i), -1); err != nil {
			t.Fatal(err)
		}
		select {
		case got = <-done:
			return got
		default:
		}
	}
}

func TestTimesOfChangesHaveMilliseconds(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Env.Now = func() time.Time { return time.Unix(1_800_000_000, 123_456_789) }
	if got := watched(t, z, "zk_watch -j -n 1 "+z.Addr+z.Root+"/other"); !strings.Contains(got[0], `"time": "2027-01-15T08:00:00.123Z"`) && !strings.Contains(got[0], `"time":"2027-01-15T08:00:00.123Z"`) {
		t.Errorf("printed %q", got)
	}
}

func TestChangesOfATreeAreShown(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	got := watched(t, z, "zk_watch -n 3 "+z.Addr+z.Root+"/other")
	kinds := map[string]bool{}
	lines := strings.Split(strings.TrimSuffix(got[0], "\n"), "\n")
	for _, line := range lines {
		if len(line) < 37 || !strings.HasPrefix(line[36:], "n") {
			t.Fatalf("printed %q", got)
		}
		kinds[strings.TrimSpace(line[21:34])] = true
	}
	if got[2] != "<nil>" || len(lines) != 3 || !cmp.Equal(kinds, map[string]bool{"created": true, "data set": true, "removed": true}) {
		t.Errorf("printed %q", got)
	}
}
