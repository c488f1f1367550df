package commands_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/outcome"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin/wire"
)

// atLevel has the session's cluster answer that this is its meta level.
func (z *zkSession) atLevel(t *testing.T, level wire.MetaLevel) {
	t.Helper()
	z.env.Cluster = startSession(t, answers{
		wire.RPCClusterInfo: always(&wire.ClusterInfoResponse{Err: wire.OK,
			Keys: []string{"zookeeper_hosts", "zookeeper_root"}, Values: []string{z.addr, z.root + "/own"}}),
		wire.RPCControlMeta: always(&wire.ControlMetaResponse{Err: wire.OK, OldLevel: level}),
	}.behave).env.Cluster
}

// zkSession is a session whose cluster says that its metadata lies at /own/NAME of a real ZooKeeper.
type zkSession struct {
	*session
	conn *zk.Conn
	addr string
	root string // a znode of this test alone
}

func startZKSession(t *testing.T) *zkSession {
	t.Helper()
	server := zktest.Shared(t)
	z := &zkSession{conn: zktest.Connect(t, server.Addr()), addr: server.Addr()}
	root, err := z.conn.Create("/"+strings.ReplaceAll(t.Name(), "/", "_")+"-", []byte("x"), zk.FlagSequence, zk.WorldACL(zk.PermAll))
	if err != nil {
		t.Fatal(err)
	}
	z.root = root
	z.session = startSession(t, answers{
		wire.RPCClusterInfo: always(&wire.ClusterInfoResponse{Err: wire.OK,
			Keys: []string{"zookeeper_hosts", "zookeeper_root"}, Values: []string{z.addr, z.root + "/own"}}),
		wire.RPCRemoteCommand: always(&wire.StringResult{Text: "[meta_server]\ncluster_root = " + z.root + "/own\ndistributed_lock_service_parameters = " + z.root + "/locks\n"}),
	}.behave)
	for _, path := range []string{"/own", "/own/apps", "/other", "/other/a", "/other/a/b"} {
		z.create(t, path, 0)
	}
	return z
}

func (z *zkSession) create(t *testing.T, path string, flags int32) {
	t.Helper()
	if _, err := z.conn.Create(z.root+path, []byte("x"), flags, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
}

func (z *zkSession) exists(t *testing.T, path string) bool {
	t.Helper()
	there, _, err := z.conn.Exists(z.root + path)
	if err != nil {
		t.Fatal(err)
	}
	return there
}

func TestRemovalIsAskedForAtATerminal(t *testing.T) {
	z := startZKSession(t)
	z.env.Interactive = true
	out, diagnostics, err := z.run("zk_rmr "+z.addr+z.root+"/other", "n")
	if err == nil || !strings.Contains(out, "Remove 3 znodes") || !strings.Contains(diagnostics, "nothing was done") || !z.exists(t, "/other/a/b") {
		t.Errorf("answered n: error = %v, printed %q and %q", err, out, diagnostics)
	}
	out, _, err = z.run("zk_rmr "+z.addr+z.root+"/other", "y")
	if err != nil || !strings.Contains(out, "removed  : 3") || z.exists(t, "/other") {
		t.Errorf("answered y: error = %v, printed %q", err, out)
	}
}

func TestServerThatStartsWhileTheQuestionStandsIsFound(t *testing.T) {
	z := startZKSession(t)
	z.env.Interactive = true
	ask := z.env.Ask
	z.env.Ask = func(ctx context.Context, question string) (string, error) {
		z.create(t, "/other/a/lock", zk.FlagEphemeral)
		return ask(ctx, question)
	}
	_, diagnostics, err := z.run("zk_rmr "+z.addr+z.root+"/other", "y")
	if err == nil || !strings.Contains(diagnostics, "holds 1 ephemeral znodes") || !z.exists(t, "/other/a/b") {
		t.Errorf("error = %v, printed %q; want a refusal", err, diagnostics)
	}
}

// isRefusalOfPlan tells whether a dry run warned of what the guard of that name refuses.
func isRefusalOfPlan(diagnostics, problem, name string) bool {
	_, warning, found := strings.Cut(diagnostics, "WARNING: without --dry_run this is refused: ")
	return found && strings.Contains(warning, problem) && strings.Contains(warning, "(guard "+name+")\n")
}

func TestEachGuardOfARemovalIsOverriddenByItsName(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(t *testing.T, z *zkSession)
		path    string
		problem string
	}{
		"live_tree":      {func(t *testing.T, z *zkSession) { z.create(t, "/other/a/lock", zk.FlagEphemeral) }, "/other", "holds 1 ephemeral znodes"},
		"connected_tree": {func(*testing.T, *zkSession) {}, "/own", "is the tree of the connected cluster"},
		"unknown_cluster": {func(t *testing.T, z *zkSession) {
			z.env.Cluster = startSession(t, metatest.HangsUp).env.Cluster
		}, "/other", "cannot tell whether"},
	} {
		t.Run(name, func(t *testing.T) {
			z := startZKSession(t)
			c.prepare(t, z)
			line := "zk_rmr " + z.addr + z.root + c.path + " --yes"
			_, diagnostics, err := z.run(line)
			if err == nil || !strings.Contains(diagnostics, c.problem) || !strings.Contains(diagnostics, "--force "+name+" overrides") || !z.exists(t, c.path) {
				t.Errorf("error = %v, printed %q; want a refusal that names the guard", err, diagnostics)
			}
			out, diagnostics, err := z.run(line + " --dry_run")
			if err != nil || !strings.Contains(out, "a plan, nothing was removed") || !isRefusalOfPlan(diagnostics, c.problem, name) || !z.exists(t, c.path) {
				t.Errorf("dry run: error = %v, printed %q and %q; want a plan and a warning", err, out, diagnostics)
			}
			if _, _, err := z.run(line + " --force nosuch"); err == nil || !z.exists(t, c.path) {
				t.Error("another guard's name overrides this one")
			}
			_, diagnostics, err = z.run(line + " --force " + name)
			if err != nil || !strings.Contains(diagnostics, "WARNING: ") || z.exists(t, c.path) {
				t.Errorf("forced: error = %v, printed %q", err, diagnostics)
			}
		})
	}
}

func TestEachGuardOfACopyIsOverriddenByItsName(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(t *testing.T, z *zkSession)
		problem string
	}{
		"live_target": {func(t *testing.T, z *zkSession) {
			z.create(t, "/target", 0)
			z.create(t, "/target/lock", zk.FlagEphemeral)
		}, "Are source and target swapped?"},
		"stale_locks": {func(t *testing.T, z *zkSession) {
			z.create(t, "/other/dsn.meta.server.leader", 0)
			z.create(t, "/other/dsn.meta.server.leader/LOCKNODE0000000001", 0)
		}, "has lock nodes that no session holds"},
	} {
		t.Run(name, func(t *testing.T) {
			z := startZKSession(t)
			c.prepare(t, z)
			line := "zk_copy -s " + z.addr + z.root + "/other -t " + z.addr + z.root + "/target"
			_, diagnostics, err := z.run(line)
			if err == nil || !strings.Contains(diagnostics, c.problem) || !strings.Contains(diagnostics, "--force "+name+" overrides") || z.exists(t, "/target/a") {
				t.Errorf("error = %v, printed %q; want a refusal that names the guard", err, diagnostics)
			}
			out, diagnostics, err := z.run(line + " --delete --dry_run")
			if err != nil || !strings.Contains(out, "a plan, nothing was written") || !isRefusalOfPlan(diagnostics, c.problem, name) || z.exists(t, "/target/a") {
				t.Errorf("dry run: error = %v, printed %q and %q; want a plan and a warning", err, out, diagnostics)
			}
			out, diagnostics, err = z.run(line + " --force " + name)
			if err != nil && outcome.Code(err) != 4 || !strings.Contains(out, "was read back") || !z.exists(t, "/target/a/b") {
				t.Errorf("forced: error = %v, printed %q and %q", err, out, diagnostics)
			}
		})
	}
}

func TestCopyTellsWhatStaysDifferent(t *testing.T) {
	z := startZKSession(t)
	for _, path := range []string{"/target", "/target/extra", "/target/extra/lock"} {
		flags := int32(0)
		if strings.HasSuffix(path, "lock") {
			flags = zk.FlagEphemeral
		}
		z.create(t, path, flags)
	}
	line := "zk_copy -s " + z.addr + z.root + "/other -t " + z.addr + z.root + "/target --force live_target"
	out, diagnostics, err := z.run(line)
	if err != nil || !strings.Contains(out, "every znode of the source was read back") || !strings.Contains(diagnostics, "2 znodes of the target are not in the source; --delete removes them") {
		t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
	}
	_, diagnostics, err = z.run(line + " --delete --yes")
	if err != nil || !strings.Contains(diagnostics, "2 znodes of the target that the source has not were kept") || !z.exists(t, "/target/extra/lock") {
		t.Errorf("error = %v, printed %q", err, diagnostics)
	}
}

func TestListShowsWhatTheZnodesAre(t *testing.T) {
	z := startZKSession(t)
	out, _, err := z.run("zk_ls " + z.addr + z.root + "/other -r")
	if err != nil || out != "a\na/b\n" {
		t.Errorf("error = %v, printed %q; want a and a/b", err, out)
	}
	for _, words := range []string{"", z.root + "/own", z.root + "/own/", z.addr + z.root + "/own/"} {
		if out, _, err := z.run("zk_ls " + words); err != nil || out != "apps\n" {
			t.Errorf("%q for the cluster's tree: error = %v, printed %q", words, err, out)
		}
	}
	out, _, err = z.run("zk_ls " + z.addr + z.root + "/other -d")
	fields := strings.Fields(out)
	if err != nil || len(fields) != 12 || strings.Join(fields[:10], " ") != "kind bytes children version changed name persistent 1 1 0" || fields[11] != "a" {
		t.Errorf("error = %v, printed %q", err, out)
	}
}

func TestCopyTakesWhatItIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		flags     string
		there     []string
		leftOut   []string
		tells     string
		complains bool
	}{
		"ephemeral as plain":   {"-i false", []string{"/a/e"}, nil, "ephemeral_left_out  : 0", true},
		"not by default":       {"", []string{"/a/b"}, []string{"/a/e"}, "ephemeral_left_out  : 1", false},
		"excluded":             {"--exclude a/b", []string{"/a"}, []string{"/a/b"}, "what was not left out was read back", false},
		"older":                {"-m 32503680000000", []string{""}, []string{"/a/b"}, "older_left_out", false},
		"slowly, without ACLs": {"--rate_limit 1000 --no_acl -b 1", []string{"/a/b"}, nil, "verified", false},
	} {
		t.Run(name, func(t *testing.T) {
			z := startZKSession(t)
			z.create(t, "/other/a/e", zk.FlagEphemeral)
			out, diagnostics, err := z.run("zk_copy -s " + z.addr + z.root + "/other -t " + z.addr + z.root + "/target " + c.flags)
			if err != nil || !strings.Contains(out, c.tells) || strings.Contains(diagnostics, "WARNING") != c.complains {
				t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
			}
			for _, path := range c.there {
				if !z.exists(t, "/target"+path) {
					t.Errorf("%s was not copied", path)
				}
			}
			for _, path := range c.leftOut {
				if z.exists(t, "/target"+path) {
					t.Errorf("%s was copied", path)
				}
			}
		})
	}
}

func TestRemovalIsPlannedInTheOrderOfTheTree(t *testing.T) {
	z := startZKSession(t)
	z.create(t, "/other/a-", 0)
	line := "zk_rmr " + z.addr + z.root + "/other --dry_run"
	out, _, err := z.run(line)
	want := "remove /other (1 B)\nremove /other/a (1 B)\nremove /other/a/b (1 B)\nremove /other/a- (1 B)\n\n[zk_rmr]\n"
	if err != nil || !strings.HasPrefix(strings.ReplaceAll(out, z.root, ""), want) || rows(out)["znodes"] != "4" || rows(out)["bytes"] != "4" ||
		rows(out)["result"] != "a plan, nothing was removed" || !z.exists(t, "/other/a/b") {
		t.Errorf("error = %v, printed %q", err, out)
	}
	out, _, err = z.run(line + " -j")
	var got struct {
		Actions []map[string]string
		Counts  map[string]string `json:"zk_rmr"`
	}
	if jsonErr := json.Unmarshal([]byte(out), &got); err != nil || jsonErr != nil || len(got.Actions) != 4 || got.Counts["znodes"] != "4" {
		t.Errorf("error = %v, %v, printed %q", err, jsonErr, out)
	}
}

func TestComparisonThatCouldNotBeCarriedOutHasItsOwnExitCode(t *testing.T) {
	z := startZKSession(t)
	z.create(t, "/same", 0)
	z.create(t, "/same2", 0)
	at := z.addr + z.root
	for line, want := range map[string]int{
		"zk_diff " + at + "/same " + at + "/same2":          0,
		"zk_diff " + at + "/same " + at + "/other":          1,
		"zk_diff -j " + at + "/same " + at + "/other":       1,
		"zk_diff " + at + "/same " + at + "/none":           2,
		"zk_diff " + at + "/same none.zkb":                  2,
		"zk_diff " + at + "/same 127.0.0.1:1/same2":         2,
		"zk_diff " + at + "/same":                           2,
		"zk_diff --nosuch " + at + "/same " + at + "/other": 2,
		"zk_diff -w none " + at + "/same " + at + "/other":  2,
		"zk_diff --help":                                  0,
		"zk_check " + at + "/none":                        1,
		"zk_copy -s " + at + "/none -t " + at + "/target": 1,
	} {
		if _, _, err := z.run(line); outcome.Code(err) != want {
			t.Errorf("%s: exit code %d, want %d (error %v)", line, outcome.Code(err), want, err)
		}
	}
}

func TestCheckTellsFindingsInTheOrderOfTheTree(t *testing.T) {
	z := startZKSession(t)
	for _, path := range []string{"/own/apps/7", "/own/apps/10", "/own/apps/10/0", "/own/apps/1"} {
		z.create(t, path, 0)
	}
	if _, err := z.conn.Set(z.root+"/own/apps/1", []byte("\x00\n{"), -1); err != nil {
		t.Fatal(err)
	}
	out, _, err := z.run("zk_check")
	var paths []string
	for line := range strings.Lines(out) {
		if path, ok := strings.CutPrefix(line, "FAULT: "+z.root); ok {
			paths = append(paths, strings.TrimSpace(path))
		}
	}
	want := []string{"/own/apps", "/own/apps/1", "/own/apps/10", "/own/apps/7"}
	if diff := cmp.Diff(want, paths); diff != "" || err == nil || rows(out)["faults"] != "4" {
		t.Errorf("error = %v, printed %q, faults (-want +got):\n%s", err, out, diff)
	}
	out, _, err = z.run("zk_check -j")
	var got struct {
		Findings []map[string]string
		Counts   map[string]string `json:"zk_check"`
	}
	if jsonErr := json.Unmarshal([]byte(out), &got); err == nil || jsonErr != nil || len(got.Findings) != 4 || got.Counts["faults"] != "4" {
		t.Fatalf("error = %v, %v, printed %q", err, jsonErr, out)
	}
	first := got.Findings[0]
	if first["path"] != z.root+"/own/apps" || first["severity"] != "FAULT" || first["problem"] == "" || !strings.Contains(first["advice"], "unlock") {
		t.Errorf("first finding %v", first)
	}
}
