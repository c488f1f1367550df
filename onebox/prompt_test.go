package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pegashell/onebox/cluster"
)

// promptScript is the recipe of `make onebox`.
const promptScript = "demo/prompt.sh"

// fakeShell is a pegashell that prints its arguments, can be interrupted, and exits on request.
func fakeShell(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pegashell")
	script := "#!/bin/sh\ntrap 'echo interrupted' INT\necho \"opened $*\"\nwhile ! read -r line; do :; done\nexit $line\n"
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestThePromptOpensOnARunningOnebox(t *testing.T) {
	b, shell := newBox(t), fakeShell(t)
	meta, zk := cluster.ID{Kind: cluster.Meta, Number: 2}, cluster.ID{Kind: cluster.ZooKeeper, Number: 2}
	for _, state := range []struct {
		name        string
		prepare     func()
		has, hasNot string
	}{
		{"nothing is there", func() {}, "replica server 3 started", "already"},
		{"all runs", func() {}, "", "started"},
		{"some runs", func() { b.run(0, "stop", "-m", "2", "-z", "2") }, "meta server 2 started", "meta server 1 started"},
		{"all is stopped", func() { b.run(0, "stop") }, "the leader is ", "already"},
	} {
		state.prepare()
		cmd := exec.Command(promptScript, shell, program, b.dir)
		cmd.Stdin = strings.NewReader("3\n")
		out, _ := cmd.CombinedOutput()
		instances := b.list()
		metas := instances[cluster.ID{Kind: cluster.Meta, Number: 1}].Address + "," + instances[meta].Address
		for _, want := range []string{state.has, "\nopened -c demo/../../plugins.toml --cluster " + metas + "\nThe cluster is still running;"} {
			if !strings.Contains("\n"+string(out), want) {
				t.Errorf("%s: lacks %q:\n%s", state.name, want, out)
			}
		}
		if strings.Contains(string(out), state.hasNot) {
			t.Errorf("%s: has %q:\n%s", state.name, state.hasNot, out)
		}
		if code := cmd.ProcessState.ExitCode(); code != 3 {
			t.Errorf("%s: exit code %d, want the shell's", state.name, code)
		}
		for id, i := range instances {
			if i.State != cluster.Running {
				t.Errorf("%s: %s is %s", state.name, id, i.State)
			}
		}
		if _, ok := instances[zk]; !ok {
			t.Errorf("%s: there is no second ZooKeeper", state.name)
		}
	}
}

// A terminal sends Ctrl-C to all that make runs, not to the shell alone.
func TestCtrlCInTheShellLetsThePromptEndWell(t *testing.T) {
	b := newBox(t)
	b.run(0, "start", "--meta_count", "1", "--replica_count", "0")
	cmd := exec.Command(promptScript, fakeShell(t), program, b.dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewReader(pipe)
	expect := func(want string) {
		t.Helper()
		if line, err := out.ReadString('\n'); !strings.HasPrefix(line, want) {
			t.Errorf("printed %q, %v, want %q", line, err, want)
		}
	}
	expect("opened ")
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	// dash runs the handler once its read returns.
	if _, err := io.WriteString(in, "0\n"); err != nil {
		t.Fatal(err)
	}
	expect("interrupted")
	expect("The cluster is still running;")
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
