package zkserver_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/freeport"
	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
)

func TestMain(m *testing.M) { os.Exit(zktest.Main(m)) }

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func TestServerServesSessionsAndKeepsItsDataOverAKillAndARestart(t *testing.T) {
	ctx := testContext(t)
	s := zktest.Start(t)
	conn := zktest.Connect(t, s.Addr())
	if _, err := conn.Create("/kept", []byte("value"), 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	first := s.Pid()
	s.Kill()
	if !gone(first) || s.Running() {
		t.Errorf("process %d is still there after Kill", first)
	}
	if err := s.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	if mode, err := zkserver.Mode(ctx, s.Addr()); mode != "standalone" || err != nil {
		t.Errorf("Mode = %q, %v; want standalone", mode, err)
	}
	data, _, err := zktest.Connect(t, s.Addr()).Get("/kept")
	if string(data) != "value" || err != nil {
		t.Errorf("after the restart: %q, %v; want %q", data, err, "value")
	}
	second := s.Pid()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
	if !gone(second) {
		t.Errorf("process %d is still there after Stop", second)
	}
	if err := s.Stop(ctx); err != nil {
		t.Errorf("second Stop: %v", err)
	}
}

func TestServerGrantsSessionsOfOneSecondAndCreatesTTLNodes(t *testing.T) {
	s := zktest.Start(t, zktest.WithProperty("4lw.commands.whitelist", "*"))
	conn, _, err := zk.Connect([]string{s.Addr()}, time.Second, zk.WithLogInfo(false))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.CreateProtectedEphemeralSequential("/lock-", nil, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.CreateTTL("/ttl", nil, zk.FlagTTL, zk.WorldACL(zk.PermAll), time.Hour); err != nil {
		t.Errorf("create a TTL node: %v", err)
	}
	cons, err := zkserver.Ask(testContext(t), s.Addr(), "cons")
	if err != nil || !strings.Contains(cons, ",to=1000,") {
		t.Errorf("cons = %q, %v; want a session of 1000 ms", cons, err)
	}
}

func TestStartPassesPropertiesOn(t *testing.T) {
	s := zktest.Start(t, zktest.WithProperty("maxClientCnxns", "7"), zktest.WithMaxBuffer(1<<21))
	conf, err := zkserver.Ask(testContext(t), s.Addr(), "conf")
	if err != nil || !strings.Contains(conf, "maxClientCnxns=7\n") {
		t.Errorf("conf = %q, %v; want maxClientCnxns=7", conf, err)
	}
	conn := zktest.Connect(t, s.Addr())
	if _, err := conn.Create("/big", make([]byte, 5<<18), 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Errorf("create a znode of 1.25 MiB: %v", err)
	}
}

func TestServersRunInFoldersOfAnyName(t *testing.T) {
	zktest.NeedsServer(t)
	t.Setenv("LC_ALL", "C")
	s, err := zkserver.Start(testContext(t), zkserver.Config{Dir: filepath.Join(t.TempDir(), "Jörg's 東 = #1 \\ 𝄞 ")})
	if err != nil {
		t.Fatal(err)
	}
	s.Kill()
}

func TestEnsembleServesWithoutOneMemberAndNotWithoutTwo(t *testing.T) {
	ctx := testContext(t)
	e := zktest.Ensemble(t, 3)
	conn := zktest.Connect(t, e.Addrs()...)
	modes := map[string]int{}
	var leader *zkserver.Server
	for _, s := range e.Servers {
		mode, err := zkserver.Mode(ctx, s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		modes[mode]++
		if mode == "leader" {
			leader = s
		}
	}
	if modes["leader"] != 1 || modes["follower"] != 2 {
		t.Fatalf("modes = %v, want one leader and two followers", modes)
	}
	leader.Kill()
	eventually(t, "a znode is created without the old leader", func() bool {
		_, err := conn.Create("/one", nil, 0, zk.WorldACL(zk.PermAll))
		return err == nil || errors.Is(err, zk.ErrNodeExists)
	})
	var second *zkserver.Server
	for _, s := range e.Servers {
		if s != leader {
			second = s
		}
	}
	second.Kill()
	last := e.Servers[0]
	for _, s := range e.Servers {
		if s.Running() {
			last = s
		}
	}
	eventually(t, "the last member stops serving", func() bool {
		_, err := zkserver.Mode(ctx, last.Addr())
		return errors.Is(err, zkserver.ErrNotServing)
	})
	if err := e.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	if found, _, err := zktest.Connect(t, e.Addrs()...).Exists("/one"); !found || err != nil {
		t.Errorf("the znode after the restart: %v, %v", found, err)
	}
	if err := e.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("did not happen: %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestStartOnATakenPortFailsWithTheReasonFromTheLog(t *testing.T) {
	zktest.NeedsServer(t)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = zkserver.Start(testContext(t), zkserver.Config{Dir: t.TempDir(), ClientPort: l.Addr().(*net.TCPAddr).Port})
	if err == nil || !strings.Contains(err.Error(), "Address already in use") {
		t.Errorf("error = %v, want one that says that the address is in use", err)
	}
}

func TestStartIsNotDeceivedByAnotherServerOnItsPort(t *testing.T) {
	other := zktest.Shared(t)
	_, port, _ := net.SplitHostPort(other.Addr())
	n, _ := strconv.Atoi(port)
	s, err := zkserver.Start(testContext(t), zkserver.Config{Dir: t.TempDir(), ClientPort: n})
	if err == nil {
		s.Kill()
		t.Error("no error though another ZooKeeper has the port")
	}
}

func TestStartEndsWithItsContextAndLeavesNoProcess(t *testing.T) {
	zktest.NeedsServer(t)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	// One member of three never gets a quorum.
	p, err := freeport.Pick(7)
	if err != nil {
		t.Fatal(err)
	}
	peers := []zkserver.Peer{{ID: 1, QuorumPort: p[0], ElectionPort: p[1]}, {ID: 2, QuorumPort: p[2], ElectionPort: p[3]}, {ID: 3, QuorumPort: p[4], ElectionPort: p[5]}}
	config := zkserver.Config{Dir: dir, ClientPort: p[6], ID: 1, Peers: peers}
	started := make(chan error, 1)
	go func() {
		_, err := zkserver.Start(ctx, config)
		started <- err
	}()
	eventually(t, "the member answers that it does not serve", func() bool {
		probe, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		return errors.Is(config.Serving(probe), zkserver.ErrNotServing)
	})
	cancel()
	if err := <-started; !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want the context's", err)
	}
	if pids := javaIn(t, dir); len(pids) > 0 {
		t.Errorf("processes %v are left", pids)
	}
}

// javaIn returns the processes that have the folder in their command line.
func javaIn(t *testing.T, dir string) (pids []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if line, err := os.ReadFile(f); err == nil && strings.Contains(string(line), dir) {
			pids = append(pids, filepath.Base(filepath.Dir(f)))
		}
	}
	return pids
}

func TestSharedIsOneServerForAllTests(t *testing.T) {
	if a, b := zktest.Shared(t), zktest.Shared(t); a != b {
		t.Errorf("two servers: %s and %s", a.Addr(), b.Addr())
	}
}

func TestCommandWantsAPort(t *testing.T) {
	if _, err := zkserver.Command(zkserver.Config{Dir: t.TempDir()}); err == nil {
		t.Error("no error without a client port")
	}
}

func TestAskEndsWithItsContextWhenTheServerIsSilent(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := zkserver.Ask(ctx, l.Addr().String(), "srvr"); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("error = %v, want a deadline", err)
	}
}
