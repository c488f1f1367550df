package zookeeper_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/internal/test/silent"
	"pegashell/metaadmin/wire"
	"pegashell/zkcopy"
)

func checkInterrupted(t *testing.T, line, diagnostics, want string, err error) {
	t.Helper()
	if !errors.Is(err, context.Canceled) || diagnostics != want {
		t.Errorf("%s: error = %v, printed %q; want %q", line, err, diagnostics, want)
	}
}

func TestInterruptionWhileATreeIsReadSaysWhatWasNotDone(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	other, file := z.Addr+z.Root+"/other", filepath.Join(t.TempDir(), "other.zkb")
	for line, c := range map[string]struct {
		phase zkcopy.Phase
		want  string
	}{
		"zk_rmr --yes " + other:                                                {zkcopy.PhaseCount, "nothing was removed"},
		"zk_rmr --yes --backup " + file + " " + other:                          {zkcopy.PhaseVerify, "nothing was removed"},
		"zk_backup " + other + " " + file:                                      {zkcopy.PhaseBackup, "no file was written"},
		"zk_diff " + other + " " + z.Addr + z.Root + "/own":                    {zkcopy.PhaseDiff, "the comparison is not complete"},
		"zk_copy --dry_run -s " + other + " -t " + z.Addr + z.Root + "/target": {zkcopy.PhaseCopy, "nothing was written"},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		z.Env.Progress = func(string) zkcopy.Progress { return shelltest.DuringPhase{Phase: c.phase, F: cancel} }
		_, diagnostics, err := z.RunIn(ctx, line)
		checkInterrupted(t, line, diagnostics, "interrupted: "+c.want+"\n", err)
		cancel()
	}
	if !z.Exists(t, "/other/a/b") {
		t.Error("something was removed")
	}
}

func TestInterruptedRemovalCountsWhatIsGone(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	ctx, cancel := context.WithCancel(context.Background())
	z.Env.Progress = func(string) zkcopy.Progress { return shelltest.DuringPhase{Phase: zkcopy.PhaseRemove, F: cancel} }
	line := "zk_rmr --yes " + z.Addr + z.Root + "/other"
	out, diagnostics, err := z.RunIn(ctx, line)
	checkInterrupted(t, line, diagnostics, "interrupted: the removal is not complete: 0 of 3 znodes were removed. Repeat the command: it continues where this one ended\n", err)
	if bytes, told := shelltest.Rows(out)["bytes"]; told || shelltest.Rows(out)["removed"] != "0" || shelltest.Rows(out)["result"] != "NOT complete" {
		t.Errorf("printed %q, bytes %q", out, bytes)
	}
}

func TestInterruptionWhileConnectingSaysThatNothingWasWritten(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	address, accepted := silent.Start(t)
	go func() { // until the command ends
		select {
		case <-accepted:
			cancel()
		case <-ctx.Done():
		}
	}()
	line := "zk_copy -s " + z.Addr + z.Root + "/other -t " + address
	_, diagnostics, err := z.RunIn(ctx, line)
	checkInterrupted(t, line, diagnostics, "interrupted: nothing was written\n", err)
}

func TestInterruptionAtAQuestionSaysThatNothingWasDone(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Env.Interactive = true
	for _, line := range []string{"zk_rmr " + z.Addr + z.Root + "/other", "set_replica_count temp 2"} {
		ctx, cancel := context.WithCancel(context.Background())
		z.Env.Ask = func(context.Context, string) (string, error) {
			cancel()
			return "", errors.New("interrupted")
		}
		_, diagnostics, err := z.RunIn(ctx, line)
		checkInterrupted(t, line, diagnostics, "interrupted: nothing was done\n", err)
	}
}

func TestInterruptedCallSaysWhoWasAskedAndWhetherItMayBeDone(t *testing.T) {
	for line, want := range map[string]string{
		"ls":                              "interrupted: SERVER: no answer yet\n",
		"server_info -l SERVER":           "interrupted\n",
		"remote_command -l SERVER help":   "interrupted\n",
		"remote_command -l SERVER purge":  "interrupted: SERVER was asked to purge and may have carried it out\n",
		"flush_log -l SERVER,127.0.0.1:1": "interrupted: 2 servers were asked to flush-log and may have carried it out\n",
		"drop temp":                       "the request was sent to SERVER, which did not answer: it may have been carried out, so check before you repeat it; SERVER: no answer yet\n",
	} {
		ctx, cancel := context.WithCancel(context.Background())
		s := shelltest.Start(t, func(nc net.Conn, q *wire.Request) error {
			if probed, err := metatest.Probe(nc, q); probed {
				return err
			}
			cancel()
			return nil
		})
		server := s.Env.Cluster.Metas[0]
		_, diagnostics, err := s.RunIn(ctx, strings.ReplaceAll(line, "SERVER", server))
		if _, told, ok := strings.Cut(diagnostics, "\n\n"); ok {
			diagnostics = told // behind the line of COMMAND
		}
		checkInterrupted(t, line, diagnostics, strings.ReplaceAll(want, "SERVER", server), err)
		cancel()
	}
}
