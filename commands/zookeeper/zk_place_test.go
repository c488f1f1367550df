package zookeeper_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/manifest"
	"pegashell/internal/test/shelltest"
	"pegashell/internal/test/zktest"
)

func TestCredentialsBelongToAnEnsembleAndFlagsToAll(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Locked(t, "/locked")
	t.Setenv("PLACE_AUTH", "digest:user:hush")
	list := func(what, line string, fine bool) {
		t.Helper()
		out, diagnostics, err := z.Run(line)
		if (err == nil) != fine || (out == "secret\n") != fine {
			t.Errorf("%s: error = %v, printed %q and %q", what, err, out, diagnostics)
		}
		if strings.Contains(out+diagnostics, "hush") {
			t.Errorf("%s: the password is shown: %q %q", what, out, diagnostics)
		}
	}
	at := "zk_ls " + z.Addr + z.Root + "/locked"
	list("no credentials", at, false)
	list("flag", at+" --auth digest:user:hush", true)
	list("wrong flag", at+" --auth=digest:user:other", false)
	z.Named(t, "by_env", manifest.ZooKeeper{Hosts: []string{z.Addr}, AuthEnv: "PLACE_AUTH", Root: z.Root})
	list("by name", "zk_ls by_env/"+strings.TrimPrefix(z.Root, "/")+"/locked", true)
	list("by its servers", at, true)
	list("a flag instead of the manifest", at+" --auth digest:user:other", false)
	z.Named(t, "by_env", manifest.ZooKeeper{Hosts: []string{z.Addr}, AuthEnv: "NO_SUCH_AUTH"})
	list("missing variable", at, false)
	z.Named(t, "by_env", manifest.ZooKeeper{Hosts: []string{"127.0.0.1:1", z.Addr}, AuthEnv: "PLACE_AUTH"})
	list("some of its servers", at, true)
	z.Named(t, "by_env", manifest.ZooKeeper{Hosts: []string{"127.0.0.1:1"}, AuthEnv: "PLACE_AUTH"})
	list("another ensemble", at, false)
	t.Setenv("PEGASHELL_ZK_AUTH", "digest:user:hush")
	list("the environment where the manifest has none", at, true)
	z.Named(t, "wrong", manifest.ZooKeeper{Hosts: []string{z.Addr}, Auth: []manifest.Secret{"digest:user:other"}})
	list("the manifest instead of the environment", at, false)
	z.Named(t, "near", manifest.ZooKeeper{Hosts: []string{z.Addr}, Root: z.Root + "/locked", AuthEnv: "PLACE_AUTH"})
	list("the ensemble with the nearest root", at, true)
}

func TestCredentialsOpenToOthersAreWarnedOfOnce(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Named(t, "mine", manifest.ZooKeeper{Hosts: []string{z.Addr}, Auth: []manifest.Secret{"digest:user:hush"}})
	line := "zk_diff mine" + z.Root + "/other " + z.Addr + z.Root + "/other"
	if _, diagnostics, err := z.Run(line); err != nil || diagnostics != "" {
		t.Errorf("one's own file: error = %v, printed %q", err, diagnostics)
	}
	if err := os.Chmod(z.Env.Manifest.File, 0o644); err != nil {
		t.Fatal(err)
	}
	_, diagnostics, err := z.Run(line)
	if want := "WARNING: " + z.Env.Manifest.File + " contains a secret and other users of this machine can read it: run chmod 600 " + z.Env.Manifest.File + "\n"; err != nil || diagnostics != want {
		t.Errorf("error = %v, printed %q, want %q", err, diagnostics, want)
	}
	if _, diagnostics, _ := z.Run(line); diagnostics != "" {
		t.Errorf("the second time: printed %q", diagnostics)
	}
}

func TestEachSideOfACopyHasItsOwnTLS(t *testing.T) {
	ca := zktest.NewAuthority(t)
	client := ca.Issue(t, time.Hour, "client")
	s := zktest.StartTLS(t, ca, ca.Issue(t, time.Hour, "localhost"), "need")
	z := shelltest.StartZooKeeper(t)
	z.Named(t, "secure", manifest.ZooKeeper{Hosts: []string{s.TLSAddr()}, TLSCA: ca.File, TLSCert: client.Cert, TLSKey: client.Key})
	out, diagnostics, err := z.Run("zk_copy -s " + z.Addr + z.Root + "/other -t secure/copied")
	if err != nil || shelltest.Rows(out)["created"] != "3" || !strings.Contains(out, "verified") {
		t.Fatalf("plain to TLS: error = %v, printed %q and %q", err, out, diagnostics)
	}
	out, _, err = z.Run("zk_copy -s secure/copied -t " + z.Addr + z.Root + "/back")
	if err != nil || shelltest.Rows(out)["created"] != "3" {
		t.Errorf("TLS to plain: error = %v, printed %q", err, out)
	}
	// Both sides with the same flags, which do without the manifest.
	delete(z.Env.Manifest.ZooKeepers, "secure")
	flags := " --tls_ca " + ca.File + " --tls_cert " + client.Cert + " --tls_key " + client.Key
	out, _, err = z.Run("zk_copy -s " + s.TLSAddr() + "/copied -t " + s.TLSAddr() + "/again" + flags)
	if err != nil || shelltest.Rows(out)["created"] != "3" {
		t.Errorf("TLS to TLS: error = %v, printed %q", err, out)
	}
	for _, line := range []string{
		"zk_ls " + s.TLSAddr() + "/copied" + flags,
		"zk_diff " + s.TLSAddr() + "/copied " + s.TLSAddr() + "/again" + flags,
		"zk_backup " + s.TLSAddr() + "/copied " + filepath.Join(t.TempDir(), "x.zkb") + flags,
		"zk_rmr --yes " + s.TLSAddr() + "/again --force unknown_cluster" + flags,
	} {
		if _, diagnostics, err := z.Run(line); err != nil {
			t.Errorf("%s: error = %v, printed %q", line, err, diagnostics)
		}
	}
	_, diagnostics, err = z.Run("zk_copy -s " + z.Addr + z.Root + "/other -t " + s.TLSAddr() + "/third" + flags)
	if err == nil || !strings.Contains(diagnostics, "source: no session with ZooKeeper "+z.Addr+": it does not answer in TLS: is this its port for plain connections?") {
		t.Errorf("flags for both sides: error = %v, printed %q", err, diagnostics)
	}
	z.Named(t, "broken", manifest.ZooKeeper{Hosts: []string{s.TLSAddr()}, TLSCA: client.Key})
	_, diagnostics, err = z.Run("zk_ls broken/")
	if err == nil || !strings.Contains(diagnostics, "[zookeepers.broken] of "+z.Env.Manifest.File+": ") || !strings.Contains(diagnostics, client.Key+" holds no certificate") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
}

func TestEachSideOfACopyHasItsOwnCredentials(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Locked(t, "/locked")
	if _, err := z.Conn.Create(z.Root+"/target", nil, 0, zk.DigestACL(zk.PermAll, "other", "hush too")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "auth")
	if err := os.WriteFile(file, []byte("digest:other:hush too\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	z.Named(t, "old", manifest.ZooKeeper{Hosts: []string{z.Addr}, Auth: []manifest.Secret{"digest:user:hush"}, Root: z.Root + "/locked"})
	z.Named(t, "new", manifest.ZooKeeper{Hosts: []string{z.Addr}, AuthFile: file, Root: z.Root + "/target/copied"})
	out, diagnostics, err := z.Run("zk_copy -s old -t new --no_acl")
	if err != nil || shelltest.Rows(out)["created"] != "2" || shelltest.Rows(out)["result"] != "verified: the target was read back and is equal" {
		t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
	}
	for line, want := range map[string]string{
		"zk_copy -s new" + z.Root + "/locked -t old" + z.Root + "/target/swapped":          "source ",
		"zk_copy -s old -t new" + z.Root + "/target/more --no_acl --auth digest:user:hush": "the ACL of " + z.Root + "/target does not let you create children",
	} {
		out, diagnostics, err := z.Run(line)
		if err == nil || !strings.Contains(diagnostics, want) || strings.Contains(out+diagnostics, "hush") && !strings.Contains(line, "hush") {
			t.Errorf("%s: error = %v, printed %q and %q", line, err, out, diagnostics)
		}
	}
}
