package torture

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/ini"
	"pegashell/internal/test/zktest"
	"pegashell/onebox/cluster"
)

// recoveryRequests is how many requests of recover go to the leader.
const recoveryRequests = 2

// recover loses the leader at one of its requests: it says what is true, and recovers once at most.
func TestLeadersAreLostInTheMiddleOfRecover(t *testing.T) {
	zktest.NeedsServer(t)
	t.Parallel()
	b := startBox(t)
	var conn *zk.Conn
	var servers []string
	for _, each := range b.Status().Instances {
		switch each.Kind {
		case cluster.ZooKeeper:
			conn = zktest.Connect(t, each.Address)
		case cluster.Replica:
			servers = append(servers, each.Address)
		}
	}
	b.run("create kept -p 4", "create other -p 4")
	for seed := *firstSeed; seed < *firstSeed+max(1, uint64(*leaderCount)/8); seed++ {
		f := leaderFaults[seed%uint64(len(leaderFaults))]
		if !t.Run(fmt.Sprintf("%d, the leader %s", seed, f.name), func(t *testing.T) {
			b.T = t
			b.loseInRecovery(conn, fmt.Sprintf("/recovered/%d", seed), servers, f, rand.New(rand.NewPCG(seed, 2)))
		}) {
			t.Logf("to repeat: make torture SEED=%d COUNT=1", seed)
		}
		b.T = t
	}
}

func (b *box) loseInRecovery(conn *zk.Conn, root string, servers []string, f leaderFault, random *rand.Rand) {
	b.configure(root, "true")
	b.connect()
	b.passage.begin(b.leader(), 1+random.IntN(recoveryRequests), func(server string, pass func()) { f.begin(b, server, pass) })
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	defer time.AfterFunc(commandBound, cancel).Stop()
	out, diagnostics, err := b.session.RunIn(ctx, "recover -w 1 -s "+strings.Join(servers, ","), "y")
	count, changes := b.passage.sent()
	b.passage.begin("", 0, nil)
	b.Logf("error = %v, %d requests to the leader, changes %v", err, count, changes)
	if ctx.Err() != nil {
		b.Errorf("it did not end within %v", commandBound)
	}
	for rpc, times := range changes {
		if times > 1 {
			b.Errorf("%s was sent %d times", rpc, times)
		}
	}

	b.stopMetas()
	tables := b.tablesIn(conn, root)
	switch {
	case err == nil && tables != "[1 2]":
		b.Errorf("it succeeded, and the tree has the tables %s", tables)
	case err != nil && strings.TrimSpace(out+diagnostics) == "":
		b.Error("it failed without a word")
	case err != nil && tables != "[]" && !strings.Contains(out+diagnostics+err.Error(), "may have been carried out"):
		b.Errorf("it failed as if nothing were changed, and the tree has the tables %s", tables)
	}
	if tables == "[1 2]" {
		b.configure(root, "false")
		b.heal()
	}
	if b.Failed() {
		b.Logf("printed %q and %q", out, diagnostics)
	}
}

// configure has all meta servers end and start anew, at this root.
func (b *box) configure(root, recovery string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), clusterBound)
	defer cancel()
	metas := b.stopMetas()
	for _, each := range b.Status().Instances {
		if each.Kind != cluster.Meta {
			continue
		}
		file := filepath.Join(each.Dir, "config.ini")
		config, err := ini.Load(file)
		b.must(err)
		b.must(errors.Join(config.Put("meta_server", "recover_from_replica_server", recovery), config.Put("meta_server", "cluster_root", root),
			config.Put("meta_server", "distributed_lock_service_parameters", root), os.WriteFile(file, config.Bytes(), 0o600)))
	}
	b.must(b.Start(ctx, metas))
	for recovery == "true" {
		if leaders := b.judge.Leaders(ctx); len(leaders) == 1 && leaders[0].Recovering {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			b.Fatal("no leader in recovery mode")
		}
	}
}

// stopMetas kills all meta servers.
func (b *box) stopMetas() (metas []cluster.ID) {
	b.Helper()
	b.passage.healed()
	for _, each := range b.Status().Instances {
		if each.Kind == cluster.Meta {
			metas = append(metas, cluster.ID{Kind: each.Kind, Number: each.Number})
		}
	}
	b.must(b.Stop(b.Context(), metas, syscall.SIGKILL))
	return metas
}

// tablesIn are the ids of the tables that a tree has.
func (b *box) tablesIn(conn *zk.Conn, root string) string {
	b.Helper()
	ids, _, err := conn.Children(root + "/apps")
	slices.Sort(ids)
	if errors.Is(err, zk.ErrNoNode) {
		return "[]"
	}
	b.must(err)
	return fmt.Sprint(ids)
}

// run has new sessions carry out lines that must succeed.
func (b *box) run(lines ...string) {
	b.Helper()
	for _, line := range lines {
		b.connect()
		if out, diagnostics, err := b.session.Run(line); err != nil {
			b.Fatalf("%s: %v, printed %q and %q", line, err, out, diagnostics)
		}
	}
}
