package zookeeper_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/outcome"
	"pegashell/internal/test/shelltest"
)

// A copy of a cluster's tree, and what else there is on either side.
func TestCopyThatIsEqualButNotFinalIsAStateOfItsOwn(t *testing.T) {
	const final, doubtful = "verified: ", "equal now, NOT final: "
	lock := "/other/dsn.meta.server.leader"
	for name, c := range map[string]struct {
		prepare func(t *testing.T, z *shelltest.ZooKeeper)
		flags   string
		code    int
		result  string
		next    string
		warning string // a part of it
	}{
		"stopped meta servers": {func(*testing.T, *shelltest.ZooKeeper) {}, "", 0, final, "set hosts_list = ", "the tree will lie at"},
		"a leader of another cluster": {func(t *testing.T, z *shelltest.ZooKeeper) {
			z.Create(t, lock+"/LOCKNODE0000000001", zk.FlagEphemeral)
		}, "", 4, doubtful, "the source may have changed during the copy", "which is not the connected cluster's tree"},
		"followers": {func(t *testing.T, z *shelltest.ZooKeeper) {
			z.Create(t, lock+"/LOCKNODE0000000001", zk.FlagEphemeral)
			z.Create(t, lock+"/LOCKNODE0000000002", zk.FlagEphemeral)
		}, "", 4, doubtful, "the source may have changed during the copy", "just killed keeps its lock node until its session expires"},
		"lock nodes that nobody holds": {func(t *testing.T, z *shelltest.ZooKeeper) {
			z.Create(t, lock+"/LOCKNODE0000000001", 0)
		}, "--force stale_locks,used_target", 4, doubtful, "set hosts_list = ", "(overridden)"},
		"more in the target": {func(t *testing.T, z *shelltest.ZooKeeper) {
			z.Create(t, "/target", 0)
			z.Create(t, "/target/extra", 0)
		}, "", 4, doubtful, "set hosts_list = ", "1 znodes of the target are not in the source"},
		"sequence counters": {func(t *testing.T, z *shelltest.ZooKeeper) {
			z.Create(t, "/other/q", 0)
			z.Create(t, "/other/q/n-0000000000", 0)
			z.Create(t, "/other/q/n-0000000001", 0)
			if err := z.Conn.Delete(z.Root+"/other/q/n-0000000000", -1); err != nil {
				t.Fatal(err)
			}
		}, "", 0, final, "set hosts_list = ", "sequence counters are not copied"},
		"no_verify": {func(*testing.T, *shelltest.ZooKeeper) {}, "--no_verify", 0, "not verified: --no_verify was given", "the copy was not verified", "the tree will lie at"},
	} {
		t.Run(name, func(t *testing.T) {
			z := shelltest.StartZooKeeper(t)
			z.Create(t, "/other/apps", 0)
			z.Create(t, lock, 0)
			c.prepare(t, z)
			// localhost is another name of the same server, as tellNext judges by names.
			line := "zk_copy -s " + z.Addr + z.Root + "/other -t " + strings.Replace(z.Addr, "127.0.0.1", "localhost", 1) + z.Root + "/target " + c.flags
			out, diagnostics, err := z.Run(line)
			if outcome.Code(err) != c.code || !strings.HasPrefix(shelltest.Rows(out)["result"], c.result) || !strings.Contains(out, "Next: "+c.next) || strings.Contains(diagnostics, "ERROR") {
				t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
			}
			if chroot := strings.Contains(out, "If hosts_list ends in a chroot now"); chroot != strings.HasPrefix(c.next, "set hosts_list") {
				t.Errorf("it mentions a chroot that is not known: %v, printed %q", chroot, out)
			}
			if zxid := shelltest.Rows(out)["source_zxid"]; strings.HasPrefix(zxid, "0x") == strings.Contains(c.flags, "no_verify") {
				t.Errorf("source_zxid is %q", zxid)
			}
			if name == "no_verify" {
				return // the repeat compares everything
			}
			out, _, err = z.Run(line + " -j")
			var got struct {
				Rows struct {
					Final bool
					Next  string
				} `json:"zk_copy"`
				Warnings []string
			}
			if jsonErr := json.Unmarshal([]byte(out), &got); jsonErr != nil || outcome.Code(err) != c.code {
				t.Fatalf("error = %v, %v, printed %q", err, jsonErr, out)
			}
			if got.Rows.Final != (c.code == 0) || !strings.HasPrefix(got.Rows.Next, c.next) {
				t.Errorf("rows are %v", got.Rows)
			}
			if !strings.Contains(strings.Join(got.Warnings, "\n"), c.warning) {
				t.Errorf("warnings are %q", got.Warnings)
			}
		})
	}
}

func TestGlobsAreRefusedOrReported(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	line := "zk_copy -s " + z.Addr + z.Root + "/other -t " + z.Addr + z.Root + "/target --dry_run --exclude "
	for glob, want := range map[string]string{
		"'[z'":               "--exclude: glob \"[z\": [ has no ]",
		"'{a'":               "--exclude: glob \"{a\": { has no }",
		"nosuch":             "WARNING: --exclude nosuch matched nothing",
		z.Root + "/other/a":  "",
		z.Root + "/others/a": "matched nothing",
		"'{a,b}'":            "",
	} {
		out, diagnostics, err := z.Run(line + glob)
		if refused := strings.Contains(want, "has no"); (err != nil) != refused || !strings.Contains(diagnostics, want) || want == "" && (diagnostics != "" || shelltest.Rows(out)["excluded"] != "1") {
			t.Errorf("%s: error = %v, printed %q and %q", glob, err, out, diagnostics)
		}
	}
}

func TestRemovalSaysBeforehandThatTheLastZnodeStays(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	if _, err := z.Conn.SetACL(z.Root+"/other", zk.WorldACL(zk.PermAll&^zk.PermDelete), -1); err != nil {
		t.Fatal(err)
	}
	const warning = "WARNING: the ACL of %s does not let you delete children"
	want := strings.Replace(warning, "%s", z.Root+"/other", 1)
	_, diagnostics, err := z.Run("zk_rmr " + z.Addr + z.Root + "/other/a --dry_run")
	if err != nil || !strings.Contains(diagnostics, want) {
		t.Errorf("plan: error = %v, printed %q", err, diagnostics)
	}
	_, diagnostics, err = z.Run("zk_rmr " + z.Addr + z.Root + "/other/a --yes")
	if err == nil || !strings.HasPrefix(diagnostics, want) || !strings.Contains(diagnostics, "the ACL of "+z.Root+"/other does not let you delete children\nThe removal is not complete: 1 of 2") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
	if _, diagnostics, err := z.Run("zk_rmr " + z.Addr + z.Root + "/own/apps --yes --force connected_tree"); err != nil || strings.Contains(diagnostics, "the ACL of") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
}

// A file of an earlier version, which could name these kinds.
func TestRestorationSaysThatContainersBecomePlain(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	file := z.Saved(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines, _, found := strings.Cut(string(text), `{"znodes":`)
	lines = strings.Replace(lines, `"path":"/a","kind":"persistent"`, `"path":"/a","kind":"container"`, 1)
	lines = strings.Replace(lines, `"path":"/a/b","kind":"persistent"`, `"path":"/a/b","kind":"ttl","ttl_ms":1000`, 1)
	trailer := fmt.Sprintf("{\"znodes\":3,\"sha256\":\"%x\"}\n", sha256.Sum256([]byte(lines)))
	if err := os.WriteFile(file, []byte(lines+trailer), 0o600); err != nil || !found {
		t.Fatal(err)
	}
	out, diagnostics, err := z.Run("zk_restore " + file + " " + z.Addr + z.Root + "/target")
	if err != nil || shelltest.Rows(out)["created"] != "3" || !strings.Contains(diagnostics, "has 2 container or TTL znodes") || !strings.Contains(diagnostics, "restored as plain ones") {
		t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
	}
	out, _, err = z.Run("zk_diff " + file + " " + z.Addr + z.Root + "/target")
	if err != nil || shelltest.Rows(out)["result"] != "equal" {
		t.Errorf("compared: error = %v, printed %q", err, out)
	}
}
