package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"pegashell/internal/ini"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin/wire"
	"pegashell/onebox/cluster"
)

// The test binary is its own onebox program: started as `BINARY meta ...` it runs a server that
// behaves as the section [test] of its configuration says.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "meta" || os.Args[1] == "replica") {
		app := &App{Stdout: os.Stdout, Stderr: os.Stderr, Meta: fakeServer("apps.meta"), Replica: fakeServer("apps.replica")}
		os.Exit(app.Run(context.Background(), os.Args[1:]))
	}
	goleak.VerifyTestMain(m)
}

// fakeServer answers every call as a leader in recovery does.
func fakeServer(section string) RunServer {
	return func(ctx context.Context, configFile string, logger *log.Logger) error {
		config, err := ini.Load(configFile)
		if err != nil {
			return err
		}
		switch config.String("test", "behave", "") {
		case "crash":
			return errors.New("the tree is locked")
		case "mute":
			<-ctx.Done()
		case "stubborn":
			signal.Ignore(syscall.SIGTERM)
		}
		l, err := net.Listen("tcp4", "127.0.0.1:"+config.String(section, "ports", ""))
		if err != nil {
			return err
		}
		logger.Print("listening")
		for {
			conn, err := l.Accept()
			if err != nil {
				return err
			}
			go answer(conn)
		}
	}
}

func answer(conn net.Conn) {
	defer conn.Close()
	for {
		request, err := wire.ReadRequest(conn, 1<<20)
		if err != nil {
			return
		}
		frame, err := wire.EncodeResponse(wire.OK, request.RPC, request.SeqID, &wire.ListNodesResponse{Err: wire.ErrUnderRecovery})
		if err != nil {
			return
		}
		conn.Write(frame)
	}
}

// result is what a call printed and how it ended.
type result struct {
	out, err string
	code     int
}

// run carries out a call in this process.
func run(t *testing.T, args ...string) result {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	app := &App{Stdout: &out, Stderr: &errs, Program: program}
	code := app.Run(t.Context(), args)
	return result{out.String(), errs.String(), code}
}

// box is a folder for a onebox that is cleared when the test ends.
func box(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "box")
	t.Cleanup(func() {
		app := &App{Stdout: io.Discard, Stderr: io.Discard}
		app.Run(context.Background(), []string{"clear", "--dir", dir})
	})
	return dir
}

func expect(t *testing.T, got result, code int, parts ...string) {
	t.Helper()
	if got.code != code {
		t.Errorf("exit code = %d, want %d; output:\n%s%s", got.code, code, got.out, got.err)
	}
	for _, part := range parts {
		if !strings.Contains(got.out+got.err, part) {
			t.Errorf("output lacks %q:\n%s%s", part, got.out, got.err)
		}
	}
}

// states returns the states of the instances by kind and number.
func states(t *testing.T, dir string) map[string]cluster.State {
	t.Helper()
	got := run(t, "list", "--dir", dir, "-j")
	expect(t, got, exitOK)
	var status cluster.Status
	if err := json.Unmarshal([]byte(got.out), &status); err != nil {
		t.Fatal(err)
	}
	all := map[string]cluster.State{}
	for _, i := range status.Instances {
		all[fmt.Sprintf("%s %d", i.Kind, i.Number)] = i.State
	}
	return all
}

func TestWrongUseEndsWithTwoAndSaysWhatIsWanted(t *testing.T) {
	dir := box(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "onebox start"},
		{[]string{"destroy"}, `unknown command "destroy"`},
		{[]string{"start", "--colour"}, "usage: onebox start"},
		{[]string{"start", "here"}, `unexpected argument "here"`},
		{[]string{"start", "-m", "one"}, `onebox start: -m, --meta: invalid value "one": expected a number or a list such as 1,3`},
		{[]string{"stop", "-z", "1-3"}, `onebox stop: -z, --zookeeper: invalid value "1-3": expected a number or a list such as 1,3`},
		{[]string{"start", "--meta_count", "two"}, `onebox start: --meta_count: invalid value "two": expected a whole number`},
		{[]string{"start", "--wait", "99999999999999999999"}, `--wait: "99999999999999999999" is too large`},
		{[]string{"stop", "--kill=maybe"}, `--kill: invalid value "maybe": expected true or false`},
		{[]string{"start", "--dir", dir, "--meta_count", "0"}, "0 meta servers: it must be 1 to 90"},
		{[]string{"start", "--dir", dir, "--set", "novalue"}, "SECTION.KEY=VALUE"},
		{[]string{"start", "--dir", dir, "--simulate", "3.0"}, `release "3.0" cannot be simulated: it must be 2.5.0 or main`},
		{[]string{"start", "--dir", dir, "--wait", "0"}, "--wait 0"},
		{[]string{"stop", "--dir", dir, "--wait", "-1"}, "--wait -1"},
		{[]string{"meta"}, "--config is missing"},
	} {
		expect(t, run(t, c.args...), exitUsage, c.want)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder was created: %v", err)
	}
}

func TestHelpDescribesEveryCommand(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"--help"}, {"-h"}} {
		got := run(t, args...)
		expect(t, got, exitOK)
		for _, c := range commands {
			expect(t, got, exitOK, "onebox "+c.usage, c.summary)
		}
	}
	expect(t, run(t, "start", "--help"), exitOK, "usage: onebox start", "--zk_ensemble", "--base_port PORT")
}

func TestCommandsWithoutAOneboxFail(t *testing.T) {
	dir := box(t)
	for _, args := range [][]string{{"list"}, {"stop"}, {"restart"}, {"clear"}, {"start", "-m", "1"}} {
		expect(t, run(t, append(args, "--dir", dir)...), exitFailed, "no onebox in "+dir)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder was created: %v", err)
	}
}

func TestClearRefusesAFolderThatIsNotAOnebox(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "meta1"), 0o755); err != nil {
		t.Fatal(err)
	}
	expect(t, run(t, "clear", "--dir", dir), exitFailed, "no onebox in "+dir)
	if _, err := os.Stat(filepath.Join(dir, "meta1")); err != nil {
		t.Error(err)
	}
}

func TestAClusterIsStartedListedAndStarted(t *testing.T) {
	zktest.NeedsServer(t)
	dir := box(t)
	got := run(t, "start", "--dir", dir, "--meta_count", "1", "--replica_count", "1", "--zk_count", "2", "--cluster_name", "c1")
	expect(t, got, exitOK, "in recovery", "onebox c1 runs in "+dir, "connect with : pegashell --cluster 127.0.0.1:", "metadata in /pegasus/c1/127.0.0.1\n")
	expect(t, run(t, "start", "--dir", dir), exitFailed, "already running: ZooKeeper 1 (pid ")
	expect(t, run(t, "start", "--dir", dir, "-r", "1"), exitFailed, "already running: replica server 1 (pid ")
	expect(t, run(t, "start", "--dir", dir, "--zk_count", "1"), exitFailed, "--zk_count: only for a new onebox")

	if all := run(t, "start", "--dir", dir); strings.Contains(all.err, "not running") {
		t.Errorf("all runs, and it says\n%s", all.err)
	}

	table := run(t, "list", "--dir", dir)
	form := regexp.MustCompile(`^kind +number  address +pid +state +folder
meta +1 +127\.0\.0\.1:\d+ +\d+ +running +\S+/meta1
replica +1 +127\.0\.0\.1:\d+ +\d+ +running +\S+/replica1
zookeeper +1 +127\.0\.0\.1:\d+ +\d+ +running +\S+/zk1
zookeeper +2 +127\.0\.0\.1:\d+ +\d+ +running +\S+/zk2
$`)
	if !form.MatchString(table.out) {
		t.Errorf("list:\n%s", table.out)
	}
	expect(t, run(t, "stop", "--dir", dir, "-r", "1", "-z", "2"), exitOK, "replica server 1 stopped", "ZooKeeper 2 stopped")
	want := map[string]cluster.State{"meta 1": cluster.Running, "replica 1": cluster.Stopped, "zookeeper 1": cluster.Running, "zookeeper 2": cluster.Stopped}
	if diff := cmp.Diff(want, states(t, dir)); diff != "" {
		t.Error(diff)
	}
	expect(t, run(t, "start", "--dir", dir), exitFailed, "already running: ZooKeeper 1 (pid ",
		"\nnot running: replica server 1 (stopped), ZooKeeper 2 (stopped); start with: onebox start --dir "+dir+" -r 1 -z 2\n")
	expect(t, run(t, "start", "--dir", dir, "-r", "1", "-z", "2"), exitOK, "ZooKeeper 2 started", "replica server 1 started")
	expect(t, run(t, "restart", "--dir", dir, "-m", "1", "--kill"), exitOK, "meta server 1 killed", "meta server 1 started")
	expect(t, run(t, "clear", "--dir", dir), exitOK)
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestAServerThatEndsAtOnceIsReportedAndTheRestIsStopped(t *testing.T) {
	zktest.NeedsServer(t)
	dir := box(t)
	got := run(t, "start", "--dir", dir, "--meta_count", "1", "--replica_count", "0", "--set", "test.behave=crash")
	expect(t, got, exitFailed, "start meta server 1", "it ended", "onebox meta: the tree is locked", "stopping what was started", "ZooKeeper 1 stopped")
	want := map[string]cluster.State{"meta 1": cluster.Crashed, "zookeeper 1": cluster.Stopped}
	if diff := cmp.Diff(want, states(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestAServerThatNeverListensIsGivenUpAfterTheWait(t *testing.T) {
	zktest.NeedsServer(t)
	dir := box(t)
	expect(t, run(t, "start", "--dir", dir, "--meta_count", "1", "--replica_count", "0"), exitOK)
	// An edited configuration is what a user's server starts with.
	config := filepath.Join(dir, "meta1", "config.ini")
	f, err := ini.Load(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Put("test", "behave", "mute"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, f.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	expect(t, run(t, "restart", "--dir", dir, "-m", "1", "--wait", "2"), exitFailed, "start meta server 1", "deadline exceeded", "meta server 1 stopped")
	want := map[string]cluster.State{"meta 1": cluster.Stopped, "zookeeper 1": cluster.Running}
	if diff := cmp.Diff(want, states(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestAServerThatDoesNotStopIsKilled(t *testing.T) {
	zktest.NeedsServer(t)
	dir := box(t)
	expect(t, run(t, "start", "--dir", dir, "--meta_count", "1", "--replica_count", "0", "--set", "test.behave=stubborn"), exitOK)
	expect(t, run(t, "stop", "--dir", dir, "-m", "1", "--wait", "1"), exitOK, "meta server 1 did not stop and was killed")
	want := map[string]cluster.State{"meta 1": cluster.Stopped, "zookeeper 1": cluster.Running}
	if diff := cmp.Diff(want, states(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestTheEnsembleIsOneZooKeeperOfThreeMembers(t *testing.T) {
	zktest.NeedsServer(t)
	dir := box(t)
	got := run(t, "start", "--dir", dir, "--meta_count", "1", "--replica_count", "0", "--zk_ensemble", "--zk_count", "2")
	expect(t, got, exitOK, "ZooKeeper 3 started")
	// The numbers are those that -z takes, and that the lines of the start show.
	if !regexp.MustCompile(`\nZooKeeper 1,2,3 : 127\.0\.0\.1:\d+,127\.0\.0\.1:\d+,127\.0\.0\.1:\d+, metadata`).MatchString(got.out) {
		t.Errorf("output:\n%s", got.out)
	}
	if alone := regexp.MustCompile(`ZooKeeper 4 started on ([\d.:]+),`).FindStringSubmatch(got.out); alone == nil || !strings.Contains(got.out, "\nZooKeeper  4 : "+alone[1]+"\n") {
		t.Errorf("output:\n%s", got.out)
	}
	// Without a quorum a member is started, but cannot serve yet; the second one makes the quorum.
	expect(t, run(t, "stop", "--dir", dir, "-z", "1,2,3", "--kill"), exitOK)
	expect(t, run(t, "start", "--dir", dir, "-z", "3"), exitOK, "ZooKeeper 3 started")
	expect(t, run(t, "start", "--dir", dir, "-z", "1"), exitOK, "ZooKeeper 1 started")
}

func TestAServerEndsCleanlyWhenItIsToldTo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var errs bytes.Buffer
	app := &App{Stderr: &errs, Meta: func(ctx context.Context, file string, logger *log.Logger) error {
		<-ctx.Done()
		logger.Print(file)
		return nil
	}}
	if code := app.Run(ctx, []string{"meta", "--config", "m.ini"}); code != exitOK || !strings.Contains(errs.String(), "m.ini") {
		t.Errorf("exit code %d, log %q", code, errs.String())
	}
	app.Meta = func(context.Context, string, *log.Logger) error { return syscall.EADDRINUSE }
	if code := app.Run(ctx, []string{"meta", "--config", "m.ini"}); code != exitFailed || !strings.Contains(errs.String(), "onebox meta: address already in use") {
		t.Errorf("exit code %d, log %q", code, errs.String())
	}
}
