package look_test

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/zktest"
	"pegashell/migration"
	"pegashell/migration/look"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/session"
)

func TestMain(m *testing.M) { os.Exit(zktest.Main(m)) }

// dump is every znode of an ensemble: its stat, ACL and data.
func dump(t *testing.T, conn *zk.Conn) map[string]string {
	t.Helper()
	all := map[string]string{}
	var read func(at string)
	read = func(at string) {
		data, stat, err := conn.Get(at)
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		acl, _, err := conn.GetACL(at)
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		all[at] = fmt.Sprintf("%+v %v %q", *stat, acl, data)
		children, _, err := conn.Children(at)
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		for _, name := range children {
			read(path.Join(at, name))
		}
	}
	read("/")
	return all
}

// plantCluster makes the tree of a cluster with one table at /pegasus/c1.
func plantCluster(t *testing.T, conn *zk.Conn, more ...zktest.Znode) {
	t.Helper()
	const app = `{"status":"app_status::AS_AVAILABLE","app_name":"temp","app_id":1,"partition_count":2,"create_second":1}`
	zktest.Plant(t, conn, "", append([]zktest.Znode{
		{Path: "/pegasus"}, {Path: "/pegasus/c1"}, {Path: "/pegasus/c1/apps", Data: []byte(layout.Unlocked)},
		{Path: "/pegasus/c1/apps/1", Data: []byte(app)}, {Path: "/pegasus/c1/apps/1/0", Data: []byte("{}")}, {Path: "/pegasus/c1/apps/1/1", Data: []byte("{}")},
		{Path: "/pegasus/c1/" + layout.LockName},
	}, more...)...)
}

func check(t *testing.T, f *migration.PreflightFacts, name string, want migration.Result, seen string) {
	t.Helper()
	for _, c := range migration.Checks(f) {
		if c.Name == name {
			if c.Result != want || !strings.Contains(c.Seen.String(), seen) {
				t.Errorf("%s: %s: %s; want %s with %q", name, c.Result, c.Seen, want, seen)
			}
			return
		}
	}
	t.Errorf("no check %s", name)
}

func TestAnEnsembleIsSeenAndNothingIsChanged(t *testing.T) {
	source, target := zktest.Shared(t), zktest.Ensemble(t, 3)
	from, to := zktest.Connect(t, source.Addr()), zktest.Connect(t, target.Addrs()...)
	plantCluster(t, from, zktest.Znode{Path: "/pegasus/c1/large", Data: make([]byte, 200_000)})
	t.Cleanup(func() { removeAll(t, from, "/pegasus") })
	before := []map[string]string{dump(t, from), dump(t, to)}
	for _, by := range []migration.Procedure{migration.ByCopy, migration.ByRecovery} {
		f := preflightOf(t, source.Addr()+"/pegasus/c1", strings.Join(target.Addrs(), ","), func(o *look.PreflightOptions) { o.By = by })
		check(t, f, "target_reachable", migration.Passed, "every server answers (3)")
		check(t, f, "target_quorum", migration.Passed, "3 of 3 servers")
		check(t, f, "target_ensemble", migration.Passed, "one ensemble")
		check(t, f, "target_version", migration.Passed, "version 3.")
		check(t, f, "target_credentials", migration.Passed, "")
		check(t, f, "target_latency", migration.Passed, "a round trip takes")
		check(t, f, "target_quota", migration.Passed, "no quota")
		check(t, f, "target_path", migration.Passed, "/pegasus/c1 is free")
		if by == migration.ByRecovery {
			continue
		}
		check(t, f, "target_largest_znode", migration.Passed, "a packet of 200")
		check(t, f, "target_connections", migration.Passed, "8 sessions")
		check(t, f, "target_acls", migration.Passed, "world:anyone:rwcda")
		check(t, f, "source_tree", migration.Passed, "7 znodes")
		check(t, f, "copy_time", migration.Passed, "about ")
	}
	for i, conn := range []*zk.Conn{from, to} {
		if diff := cmp.Diff(before[i], dump(t, conn)); diff != "" {
			t.Errorf("ZooKeeper %d was changed (-before +after):\n%s", i, diff)
		}
	}
}

func removeAll(t *testing.T, conn *zk.Conn, at string) {
	children, _, err := conn.Children(at)
	if err != nil {
		t.Errorf("%s: %v", at, err)
	}
	for _, name := range children {
		removeAll(t, conn, path.Join(at, name))
	}
	if err := conn.Delete(at, -1); err != nil {
		t.Errorf("%s: %v", at, err)
	}
}

func TestADeadMemberCostsSecondsAtMost(t *testing.T) {
	source, target := zktest.Start(t), zktest.Ensemble(t, 3)
	plantCluster(t, zktest.Connect(t, source.Addr()))
	target.Servers[1].Kill()
	began := time.Now()
	f := preflightOf(t, source.Addr()+"/pegasus/c1", strings.Join(target.Addrs(), ","))
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
	check(t, f, "target_reachable", migration.Warned, "1 of 3 servers do not answer: "+target.Addrs()[1])
	check(t, f, "target_quorum", migration.Passed, "2 of 3")
	check(t, f, "target_path", migration.Passed, "is free")

	target.Servers[0].Kill()
	f = preflightOf(t, source.Addr()+"/pegasus/c1", strings.Join(target.Addrs(), ","))
	check(t, f, "target_reachable", migration.Failed, "do not answer")
	check(t, f, "target_quorum", migration.Failed, "no server lets clients write")
}

func TestAnEnsembleWithoutAQuorumIsReadOnly(t *testing.T) {
	t.Setenv("JAVA_TOOL_OPTIONS", "-Dreadonlymode.enabled=true")
	source, target := zktest.Start(t), zktest.Ensemble(t, 3)
	plantCluster(t, zktest.Connect(t, source.Addr()))
	target.Servers[0].Kill()
	target.Servers[1].Kill()
	until := time.Now().Add(time.Minute)
	for {
		f := preflightOf(t, source.Addr()+"/pegasus/c1", strings.Join(target.Addrs(), ","))
		if f.Ensemble.Members[2].ReadOnly {
			check(t, f, "target_quorum", migration.Failed, "no quorum: "+target.Addrs()[2])
			return
		}
		if time.Now().After(until) {
			t.Fatalf("never read-only: %+v", f.Ensemble.Members[2])
		}
	}
}

func TestServersThatAcceptLessThanTheTreeNeedsAreNamed(t *testing.T) {
	source := zktest.Start(t)
	target := zktest.Start(t, zktest.WithMaxBuffer(100_000), zktest.WithProperty("maxClientCnxns", "3"))
	plantCluster(t, zktest.Connect(t, source.Addr()), zktest.Znode{Path: "/pegasus/c1/large", Data: make([]byte, 100_100)})
	to := zktest.Connect(t, target.Addr())
	limit(t, to, "/pegasus", "count=3,bytes=-1")
	limit(t, to, "/pegasus/c1", "count=-1,bytes=-1;byteHardLimit=1000;countHardLimit=-1")
	before := dump(t, to)
	to.Close()
	f := preflightOf(t, source.Addr()+"/pegasus/c1", target.Addr())
	check(t, f, "target_largest_znode", migration.Failed, "does not accept the largest znode, /pegasus/c1/large")
	check(t, f, "target_connections", migration.Warned, "allows fewer connections")
	check(t, f, "target_quota", migration.Failed, "/pegasus/c1: 0 of at most 1000 bytes")
	check(t, f, "target_ensemble", migration.Passed, "standalone")
	if diff := cmp.Diff(before, dump(t, zktest.Connect(t, target.Addr()))); diff != "" {
		t.Error(diff)
	}
}

// limit makes a quota, as setquota of zkCli.sh does.
func limit(t *testing.T, conn *zk.Conn, at, limits string) {
	t.Helper()
	made := "/zookeeper/quota"
	for _, name := range strings.Split(at, "/")[1:] {
		made += "/" + name
		if !zktest.Exists(t, conn, made) {
			zktest.Plant(t, conn, "", zktest.Znode{Path: made})
		}
	}
	zktest.Plant(t, conn, made, zktest.Znode{Path: "/zookeeper_limits", Data: []byte(limits)}, zktest.Znode{Path: "/zookeeper_stats", Data: []byte("count=0,bytes=0")})
}

func TestATargetThatMetaServersHaveUsedIsFound(t *testing.T) {
	source, target := zktest.Start(t), zktest.Start(t)
	plantCluster(t, zktest.Connect(t, source.Addr()))
	to := zktest.Connect(t, target.Addr())
	plantCluster(t, to)
	f := preflightOf(t, source.Addr()+"/pegasus/c1", target.Addr())
	check(t, f, "target_path", migration.Passed, "equal to the old tree")
	lock := "/pegasus/c1/" + layout.LockName + "/LOCKNODE0000000000"
	zktest.Plant(t, to, "", zktest.Znode{Path: lock, Data: []byte("m1:1"), Ephemeral: true})
	f = preflightOf(t, source.Addr()+"/pegasus/c1", target.Addr())
	check(t, f, "target_path", migration.Failed, "living servers use it")
	if err := to.Delete(lock, -1); err != nil {
		t.Fatal(err)
	}
	f = preflightOf(t, source.Addr()+"/pegasus/c1", target.Addr())
	check(t, f, "target_path", migration.Failed, "meta servers have used the target")
}

func TestACLsAreJudgedByTheCredentialsForEachSide(t *testing.T) {
	source, target := zktest.Start(t), zktest.Start(t)
	conn := zktest.Connect(t, source.Addr())
	private := zk.DigestACL(zk.PermAll, "alice", "secret")
	plantCluster(t, conn, zktest.Znode{Path: "/pegasus/c1/own", ACL: private})
	alice := session.Auth{Scheme: "digest", Data: []byte("alice:secret")}
	with := func(sides ...string) func(*look.PreflightOptions) {
		return func(o *look.PreflightOptions) {
			o.Session = func(at look.Address) (session.Options, error) {
				if slices.Contains(sides, at.Hosts()) {
					return session.Options{Auth: []session.Auth{alice}}, nil
				}
				return session.Options{}, nil
			}
		}
	}
	f := preflightOf(t, source.Addr()+"/pegasus/c1", target.Addr())
	check(t, f, "source_tree", migration.Failed, "/pegasus/c1/own")
	f = preflightOf(t, source.Addr()+"/pegasus/c1", target.Addr(), with(source.Addr()))
	check(t, f, "target_acls", migration.Failed, "digest:alice:rwcda (/pegasus/c1/own)")
	f = preflightOf(t, source.Addr()+"/pegasus/c1", target.Addr(), with(source.Addr(), target.Addr()))
	check(t, f, "target_acls", migration.Passed, "digest:alice:rwcda")
}

func TestWhatServersDoNotSayIsUnknown(t *testing.T) {
	source := zktest.Start(t)
	plantCluster(t, zktest.Connect(t, source.Addr()))
	few := fakezk.Start(t, fakezk.Script{Login: func(open int) fakezk.Login {
		if open >= 5 {
			return fakezk.HangUp
		}
		return fakezk.Accept
	}})
	f := preflightOf(t, source.Addr()+"/pegasus/c1", few.Addr())
	check(t, f, "target_reachable", migration.Passed, "(1)")
	check(t, f, "target_version", migration.Warned, "unknown")
	check(t, f, "target_ensemble", migration.Warned, "unknown")
	check(t, f, "target_connections", migration.Warned, "5 of the 8 sessions")
}

func TestATargetThatCannotBeFoundIsNamed(t *testing.T) {
	source := zktest.Start(t)
	plantCluster(t, zktest.Connect(t, source.Addr()))
	f := preflightOf(t, source.Addr()+"/pegasus/c1", "no-such-host.invalid:2181")
	check(t, f, "target_hosts", migration.Failed, "no-such-host.invalid:2181")
	check(t, f, "target_reachable", migration.Failed, "1 of 1")
	check(t, f, "target_quota", migration.Warned, "unknown")
}

func TestALargeTreeIsReadForAPartOfTheDeadline(t *testing.T) {
	source, target := zktest.Start(t, zktest.WithHeapMB(512)), zktest.Start(t)
	plantTables(t, source.Addr(), 30_000)
	const deadline = 500 * time.Millisecond
	began := time.Now()
	f := preflightOf(t, source.Addr()+"/pegasus/c1", target.Addr(), func(o *look.PreflightOptions) { o.Deadline = deadline })
	if took := time.Since(began); took > deadline+3*time.Second {
		t.Errorf("it took %v", took)
	}
	if f.Scan.Whole || f.Scan.Znodes == 0 {
		t.Errorf("whole %v, %d znodes", f.Scan.Whole, f.Scan.Znodes)
	}
	check(t, f, "source_tree", migration.Warned, "were read in")
	check(t, f, "target_reachable", migration.Passed, "")
}
