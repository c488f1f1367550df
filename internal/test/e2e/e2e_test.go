// Package e2e drives the built programs as an operator does: the shell through a pipe, the onebox
// on the command line, real ZooKeeper servers below. The scripts in testdata read like sessions.
package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/rogpeppe/go-internal/testscript"

	"pegashell/internal/test/screentest"
	"pegashell/internal/test/zktest"
)

// bin is the folder of the programs under test, built once.
var bin string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "pegashell-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	flag.Parse()
	if testing.Short() {
		return m.Run() // every test needs a server, and skips itself
	}
	for name, pkg := range map[string]string{"pegashell": "pegashell", "onebox": "pegashell/onebox"} {
		build := exec.Command("go", "build", "-o", filepath.Join(dir, name), pkg)
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build %s: %v\n%s", pkg, err, out)
			return 1
		}
	}
	bin = dir
	screentest.RestoreHangup()
	code := m.Run()
	if err := clearScreenBox(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func TestScripts(t *testing.T) {
	zktest.NeedsServer(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("TZ", "UTC")
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir)
			env.Setenv("XDG_STATE_HOME", env.WorkDir)
			box := filepath.Join(env.WorkDir, "box")
			env.Defer(func() { clearBox(t, box) })
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"onebox":      oneboxCommand,
			"addresses":   addressesCommand,
			"shell":       shellCommand,
			"set":         setCommand,
			"until":       untilCommand,
			"inactive":    inactiveCommand,
			"noprocesses": noProcessesCommand,
			"close":       func(ts *testscript.TestScript, _ bool, args []string) { closeCommand(t, ts, args) },
			"saslserver":  func(ts *testscript.TestScript, _ bool, _ []string) { saslServerCommand(t, ts) },
			"tlsserver":   func(ts *testscript.TestScript, _ bool, _ []string) { tlsServerCommand(t, ts) },
		},
	})
}

// clearBox ends what a script, failed or not, has left running.
func clearBox(t *testing.T, box string) {
	if _, err := os.Stat(box); err != nil {
		return
	}
	if out, err := exec.Command(filepath.Join(bin, "onebox"), "clear", "--dir", box).CombinedOutput(); err != nil {
		t.Errorf("clear %s: %v\n%s", box, err, out)
	}
}

// run carries a program out with the outcome that the script wants.
func runProgram(ts *testscript.TestScript, neg bool, program string, args ...string) {
	err := ts.Exec(program, args...)
	switch {
	case err == nil && neg:
		ts.Fatalf("%s succeeded, failure was expected", program)
	case err != nil && !neg:
		ts.Fatalf("%s: %v", program, err)
	}
}

// onebox ARGUMENTS: the onebox on the script's own folder.
func oneboxCommand(ts *testscript.TestScript, neg bool, args []string) {
	runProgram(ts, neg, filepath.Join(bin, "onebox"), append(args, "--dir", ts.MkAbs("box"))...)
}

// addresses: sets METAS, META1, META2, ..., REPLICA1, ..., ZK1, ..., ZKPORT1, ... from onebox list.
func addressesCommand(ts *testscript.TestScript, _ bool, _ []string) {
	out, err := exec.Command(filepath.Join(bin, "onebox"), "list", "--dir", ts.MkAbs("box")).Output()
	ts.Check(err)
	var metas []string
	for _, line := range strings.Split(string(out), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		switch fields[0] {
		case "meta":
			metas = append(metas, fields[2])
			ts.Setenv("META"+fields[1], fields[2])
		case "replica":
			ts.Setenv("REPLICA"+fields[1], fields[2])
		case "zookeeper":
			ts.Setenv("ZK"+fields[1], fields[2])
			ts.Setenv("ZKPORT"+fields[1], fields[2][strings.LastIndexByte(fields[2], ':')+1:])
		}
	}
	ts.Setenv("METAS", strings.Join(metas, ","))
}

// shell [-flag ...] LINE...: pipes the lines into pegashell connected to METAS. The output without
// the banner is the script's stdout.
func shellCommand(ts *testscript.TestScript, neg bool, args []string) {
	options := []string{"--cluster", ts.Getenv("METAS")}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		options, args = append(options, args[0]), args[1:]
	}
	lines := ts.MkAbs("lines")
	ts.Check(os.WriteFile(lines, []byte(strings.Join(args, "\n")+"\n"), 0o600))
	runProgram(ts, neg, "sh", append([]string{"-c", `pegashell "$@" < ` + lines, "sh"}, options...)...)
}

// set NAME KEY: sets the variable NAME to the value of KEY in the cluster_info that was printed
// last.
func setCommand(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: set NAME KEY")
	}
	for _, line := range strings.Split(ts.ReadFile("stdout"), "\n") {
		if key, value, ok := strings.Cut(line, ": "); ok && strings.TrimSpace(key) == args[1] {
			ts.Setenv(args[0], strings.TrimSpace(value))
			return
		}
	}
	ts.Fatalf("no %s in the last output", args[1])
}

// waitTime bounds how long a cluster may take to become what a script waits for.
const waitTime = 90 * time.Second

// until LINE TEXT: repeats a line in the shell until its output holds the text.
func untilCommand(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: until LINE TEXT")
	}
	deadline := time.Now().Add(waitTime)
	for {
		cmd := exec.Command(filepath.Join(bin, "pegashell"), "--cluster", ts.Getenv("METAS"))
		cmd.Dir = ts.MkAbs(".")
		cmd.Stdin = strings.NewReader(args[0] + "\n")
		out, _ := cmd.CombinedOutput() // a failure shows in the text
		if strings.Contains(string(out), args[1]) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%q did not come to say %q within %v; last:\n%s", args[0], args[1], waitTime, out)
		}
	}
}

// inactive INSTANCE...: waits until the logs of replica servers say that they gave up their leader.
func inactiveCommand(ts *testscript.TestScript, _ bool, args []string) {
	deadline := time.Now().Add(waitTime)
	for _, instance := range args {
		for {
			log := ts.ReadFile(filepath.Join("box", instance, "log"))
			if strings.LastIndex(log, "INACTIVE") > strings.LastIndex(log, "leads: connected") {
				break
			}
			if time.Now().After(deadline) {
				ts.Fatalf("%s is not inactive after %v:\n%s", instance, waitTime, log)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// noprocesses: no process works in the script's folder any more.
func noProcessesCommand(ts *testscript.TestScript, _ bool, _ []string) {
	box := ts.MkAbs("box")
	entries, err := filepath.Glob("/proc/[0-9]*/cmdline")
	ts.Check(err)
	for _, entry := range entries {
		line, err := os.ReadFile(entry)
		if err == nil && strings.Contains(string(line), box) {
			ts.Fatalf("still running: %s", strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
}

// close HOST:PORT PATH USER:PASSWORD: only this user can do anything with the znode from now on.
func closeCommand(t *testing.T, ts *testscript.TestScript, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: close HOST:PORT PATH USER:PASSWORD")
	}
	user, password, _ := strings.Cut(args[2], ":")
	_, err := zktest.Connect(t, args[0]).SetACL(args[1], zk.DigestACL(zk.PermAll, user, password), -1)
	ts.Check(err)
}
