package shell_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pegashell/internal/outcome"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
)

func TestAProgramLearnsTheClusterAndItsOutputPassesThrough(t *testing.T) {
	s := shelltest.StartShell(t, shelltest.SiteCommands, shelltest.DescribedCluster.Behave)
	out, diag, err := s.Run(`tell "a  b" -x`)
	want := "[3] first a  b -x\nPEGASHELL_CLUSTER=production\nPEGASHELL_META_SERVERS=" + s.Env.Cluster.Metas[0] +
		"\nPEGASHELL_ZOOKEEPER_HOSTS=z1:2181,z2:2181\nPEGASHELL_ZOOKEEPER_ROOT=/pegasus/c1\n"
	if err != nil || out != want || diag != "hushed\n" {
		t.Errorf("printed %q, %q, %v; want %q", out, diag, err, want)
	}

	dead := shelltest.StartShell(t, shelltest.SiteCommands, metatest.HangsUp)
	out, _, err = dead.Run("tell")
	want = "[1] first\nPEGASHELL_CLUSTER=c1\nPEGASHELL_META_SERVERS=" + dead.Env.Cluster.Metas[0] + "\nPEGASHELL_ZOOKEEPER_HOSTS=\nPEGASHELL_ZOOKEEPER_ROOT=\n"
	if err != nil || out != want {
		t.Errorf("a dead cluster: printed %q, %v; want %q", out, err, want)
	}
}

func TestAProgramIsConfirmedFirstAndItsExitStateIsKept(t *testing.T) {
	s := shelltest.StartShell(t, shelltest.SiteCommands, shelltest.DescribedCluster.Behave)
	out, diag, err := s.Run("careful", "y")
	if outcome.Code(err) != 3 || diag != "ERROR: careful: sh exited with 3\n" || !strings.HasSuffix(out, "\ncarried out\n") {
		t.Errorf("printed %q, %q, %v", out, diag, err)
	}
	out, _, err = s.Run("careful", "n")
	if err == nil || strings.HasSuffix(out, "\ncarried out\n") {
		t.Errorf("not confirmed: printed %q, %v", out, err)
	}
	if _, diag, err = s.Run("missing"); err == nil || !strings.Contains(diag, "/missing: no such file or directory") {
		t.Errorf("a missing program: %q, %v", diag, err)
	}
}

func TestAProgramOfAScriptReadsNothing(t *testing.T) {
	s := shelltest.StartShell(t, shelltest.SiteCommands, shelltest.DescribedCluster.Behave)
	if out, _, err := s.Run("eat"); err != nil || out != "" {
		t.Errorf("printed %q, %v", out, err)
	}
}

func TestATimeoutEndsWhatTheProgramHasStarted(t *testing.T) {
	s := shelltest.StartShell(t, shelltest.SiteCommands, shelltest.DescribedCluster.Behave)
	_, diag, err := s.Run("slow")
	if err == nil || diag != "ERROR: slow was stopped: it did not end within 300ms\n" {
		t.Errorf("told %q, %v", diag, err)
	}
	pid, err := os.ReadFile("pid")
	if err != nil {
		t.Fatal(err)
	}
	state, err := os.ReadFile(filepath.Join("/proc", strings.TrimSpace(string(pid)), "stat"))
	if err == nil && !strings.Contains(string(state), ") Z ") {
		t.Errorf("sleep still runs: %s", state)
	}
}

// A command of the manifest that is interrupted is stopped, and told of as such.
func TestAProgramStopsWhenTheShellEnds(t *testing.T) {
	s := shelltest.StartShell(t, shelltest.SiteCommands, shelltest.DescribedCluster.Behave)
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, errors.New("signal"))
	defer cancel()
	stopped, stop := context.WithCancel(context.Background())
	defer context.AfterFunc(ctx, stop)()
	_, diag, err := s.RunIn(stopped, "slow")
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix(diag, "interrupted: slow: sh was stopped") {
		t.Errorf("told %q, %v", diag, err)
	}
}

func TestUnknownCommandsGoToTheOriginalShell(t *testing.T) {
	dir := t.TempDir()
	native := filepath.Join(dir, "run.sh")
	if err := os.WriteFile(native, []byte("#!/bin/sh\necho \"$*\"\ncat\nexit 5\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := shelltest.StartShell(t, "[shell]\nnative = [\""+native+"\", \"shell\"]\n[commands]\ndrop = false\n", shelltest.DescribedCluster.Behave)
	out, diag, err := s.Run(`get "two  words" 'a"b' '|' plain`)
	want := "shell --cluster " + s.Env.Cluster.Metas[0] + "\n" + `get "two  words" "a\"b" "|" plain` + "\n"
	if out != want || outcome.Code(err) != 5 || diag != "ERROR: run.sh exited with 5\n" {
		t.Errorf("printed %q, %q, %v; want %q", out, diag, err, want)
	}
	if out, _, err := s.Run("drop temp"); err == nil || !strings.HasPrefix(out, "ERROR: invalid subcommand 'drop'") {
		t.Errorf("a command that is off: printed %q, %v", out, err)
	}
}
