package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/onebox/cluster"
)

// program is the onebox, built once for all tests.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	flag.Parse()
	if testing.Short() {
		return m.Run() // every test needs a server, and skips itself
	}
	dir, err := os.MkdirTemp("", "onebox-*")
	if err == nil {
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, "onebox")
		build := exec.Command("go", "build", "-o", program, ".")
		build.Stdout, build.Stderr = os.Stderr, os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build the onebox:", err)
		return 1
	}
	return m.Run()
}

// box is a onebox's folder that the tests drive the program in.
type box struct {
	t   *testing.T
	dir string
}

func newBox(t *testing.T) box {
	t.Helper()
	zktest.NeedsServer(t)
	b := box{t, filepath.Join(t.TempDir(), "box")}
	t.Cleanup(func() {
		exec.Command(program, "clear", "--dir", b.dir).Run()
		if left := b.processes(); len(left) > 0 {
			t.Errorf("processes are left: %v", left)
		}
	})
	return b
}

func (b box) command(args ...string) *exec.Cmd {
	return exec.Command(program, append(args, "--dir", b.dir)...)
}

// run carries out a call, which must end with the code, and returns all it printed.
func (b box) run(code int, args ...string) string {
	b.t.Helper()
	out, err := b.command(args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		b.t.Fatal(err)
	}
	if got := exitCode(exit); got != code {
		b.t.Fatalf("onebox %s: exit code %d, want %d:\n%s", strings.Join(args, " "), got, code, out)
	}
	return string(out)
}

func exitCode(err *exec.ExitError) int {
	if err == nil {
		return 0
	}
	return err.ExitCode()
}

func (b box) list() map[cluster.ID]cluster.InstanceStatus {
	b.t.Helper()
	var status cluster.Status
	if err := json.Unmarshal([]byte(b.run(0, "list", "-j")), &status); err != nil {
		b.t.Fatal(err)
	}
	all := map[cluster.ID]cluster.InstanceStatus{}
	for _, i := range status.Instances {
		all[cluster.ID{Kind: i.Kind, Number: i.Number}] = i
	}
	return all
}

// processes returns the command lines of the processes that name the folder. A zombie has none.
func (b box) processes() (lines []string) {
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range files {
		if line, err := os.ReadFile(f); err == nil && bytes.Contains(line, []byte(b.dir)) {
			lines = append(lines, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return lines
}

// eventually polls the condition until it holds.
func (b box) eventually(what string, condition func() bool) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-ctx.Done():
			b.t.Fatalf("did not happen: %s", what)
		case <-tick.C:
		}
	}
}

func TestAOneboxLivesThroughACrashARestartAndAStop(t *testing.T) {
	b := newBox(t)
	if out := b.run(0, "start", "--zk_count", "2"); !strings.Contains(out, "the leader is 127.0.0.1:") {
		t.Errorf("start printed\n%s", out)
	}
	before := b.list()
	if len(before) != 7 || len(b.processes()) != 7 {
		t.Errorf("%d instances in %d processes, want 7: %v", len(before), len(b.processes()), b.processes())
	}

	meta2 := cluster.ID{Kind: cluster.Meta, Number: 2}
	if err := syscall.Kill(before[meta2].PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	b.eventually("the killed server is listed as crashed", func() bool { return b.list()[meta2].State == cluster.Crashed })
	if out := b.run(1, "start"); !strings.Contains(out, "already running: ZooKeeper 1 (pid ") {
		t.Errorf("the second start printed\n%s", out)
	}
	b.run(0, "start", "-m", "2")
	b.run(0, "restart", "-r", "1", "-z", "2")
	for id, i := range b.list() {
		if i.State != cluster.Running || i.Address != before[id].Address {
			t.Errorf("%s is %s on %s, want it running on %s", id, i.State, i.Address, before[id].Address)
		}
	}

	b.run(0, "stop")
	if left := b.processes(); len(left) > 0 {
		t.Errorf("after stop: %v", left)
	}
	b.run(0, "start")
	for id, i := range b.list() {
		if i.State != cluster.Running || i.Address != before[id].Address {
			t.Errorf("after stop and start %s is %s on %s, want it running on %s", id, i.State, i.Address, before[id].Address)
		}
	}
	b.run(0, "clear")
	if _, err := os.Stat(b.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after clear the folder is there: %v", err)
	}
	if left := b.processes(); len(left) > 0 {
		t.Errorf("after clear: %v", left)
	}
}

func TestAnInterruptedStartLeavesNothingRunning(t *testing.T) {
	b := newBox(t)
	start := b.command("start", "--zk_ensemble")
	var out bytes.Buffer
	start.Stdout, start.Stderr = &out, &out
	if err := start.Start(); err != nil {
		t.Fatal(err)
	}
	b.eventually("the first server is started", func() bool { return len(b.processes()) > 1 })
	if err := start.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := start.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("the start ended with %v:\n%s", err, out.String())
	}
	if left := b.processes(); len(left) > 0 {
		t.Errorf("processes are left: %v\n%s", left, out.String())
	}
	for id, i := range b.list() {
		if i.State != cluster.Stopped {
			t.Errorf("%s is %s", id, i.State)
		}
	}
	b.run(0, "start")
}

func TestTwoCallsAtOnceDoNotInterleave(t *testing.T) {
	b := newBox(t)
	b.run(0, "start", "--replica_count", "1", "--meta_count", "1")
	var restarts []*exec.Cmd
	for range 2 {
		c := b.command("restart", "-r", "1")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		restarts = append(restarts, c)
	}
	for _, c := range restarts {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	states := map[cluster.State]int{}
	for _, i := range b.list() {
		states[i.State]++
	}
	if diff := cmp.Diff(map[cluster.State]int{cluster.Running: 3}, states); diff != "" {
		t.Error(diff)
	}
	if len(b.processes()) != 3 {
		t.Errorf("processes: %v, want 3", b.processes())
	}
}

func TestAMetaServerThatCannotReadItsConfigurationSaysWhy(t *testing.T) {
	b := newBox(t)
	b.run(0, "start", "--replica_count", "0", "--meta_count", "1")
	config := b.list()[cluster.ID{Kind: cluster.Meta, Number: 1}].Dir + "/config.ini"
	if err := os.WriteFile(config, []byte("[apps.meta\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := b.run(1, "restart", "-m", "1")
	if !strings.Contains(out, "start meta server 1") || !strings.Contains(out, config+":1: a section header without ]") {
		t.Errorf("restart printed\n%s", out)
	}
}
