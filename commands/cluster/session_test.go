package cluster_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/manifest"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func TestChangeOfTheClusterConnectsToTheOther(t *testing.T) {
	named := func(name string) string {
		return metatest.Start(t, shelltest.Answers{
			wire.RPCClusterInfo: shelltest.Always(&wire.ClusterInfoResponse{Err: wire.OK, Keys: []string{"cluster_name"}, Values: []string{name}}),
		}.Behave).Address
	}
	first, second, gone := named("one"), named("two"), metatest.Refusing(t)
	s := shelltest.StartOn(t, metaadmin.Options{}, first)
	s.Env.Manifest = &manifest.Manifest{File: "plugins.toml", Clusters: map[string]manifest.Cluster{
		"b": {MetaServers: []string{second}}, "down": {MetaServers: []string{gone}},
	}}
	s.Env.Session.App = "temp"
	out, diagnostics, err := s.Run("cc b")
	if err != nil || out != "The cluster name is: two\nThe cluster meta list is: "+second+"\n" || diagnostics != "" {
		t.Errorf("error = %v, output %q, %q", err, out, diagnostics)
	}
	if out, _, _ := s.Run("cluster_info"); !strings.Contains(out, "cluster_name  : two") {
		t.Errorf("the next command asked another cluster: %s", out)
	}
	if _, diagnostics, _ := s.Run("use"); diagnostics != "Current app: temp\n" {
		t.Errorf("the current table was forgotten: %q", diagnostics)
	}
	for line, want := range map[string]string{
		"cc nosuch": `ERROR: unknown cluster "nosuch": plugins.toml has b, down` + "\n",
		"cc a b":    "",
		`cc ""`:     "",
	} {
		out, diagnostics, err := s.Run(line)
		if err == nil || diagnostics != want || want == "" && out != "USAGE: \tcc                      [cluster_name]\n" {
			t.Errorf("%s: error = %v, output %q, %q", line, err, out, diagnostics)
		}
		if s.Env.Cluster.Name != "two" {
			t.Errorf("%s changed the cluster", line)
		}
	}
	if out, _, err := s.Run("cc down"); err != nil || out != "The cluster name is: down\nThe cluster meta list is: "+gone+"\n" {
		t.Errorf("error = %v, output %q", err, out)
	}
}

func TestUnconfirmedChangesAreNotSent(t *testing.T) {
	var sent atomic.Int32
	const question = "PLEASE be CAUTIOUS with this operation ! Are you sure to set the replica count of app(temp) to 2 ? [y/n]: "
	for name, c := range map[string]struct {
		answers []string
		want    string
		sent    int32
	}{
		"yes at last":    {[]string{"yes", "", "y"}, strings.Repeat(question, 3) + "you've chosen YES, we will continue ...\nset replica count of app(temp) from 3 to 2: success\n", 1},
		"no answer":      {nil, question + "you've chosen NO, we will stop !\n", 0},
		"never answered": {strings.Fields("a b c d e y"), strings.Repeat(question, 5) + "too many failed attempts, we will stop !\n", 0},
		"no":             {[]string{"n"}, question + "you've chosen NO, we will stop !\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			sent.Store(0)
			s := shelltest.Start(t, shelltest.Answers{wire.RPCSetReplicaCount: func(wire.Message) wire.Message {
				sent.Add(1)
				return &wire.ReplicaCountResponse{Err: wire.OK, Count: 3}
			}}.Behave)
			out, _, err := s.Run("set_replica_count temp 2", c.answers...)
			if diff := cmp.Diff(c.want, out); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
			if (err == nil) != (c.sent == 1) || sent.Load() != c.sent {
				t.Errorf("error = %v, sent %d times, want %d", err, sent.Load(), c.sent)
			}
		})
	}
}

func TestBusyTablesAreTriedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		busy int32
		want wire.ErrorCode
	}{"once": {1, wire.OK}, "always": {99, wire.ErrBusyDropping}} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			s := shelltest.Start(t, shelltest.Answers{wire.RPCDropApp: func(wire.Message) wire.Message {
				if asked.Add(1) <= c.busy {
					return &wire.ErrorResponse{Err: wire.ErrBusyDropping}
				}
				return &wire.ErrorResponse{Err: wire.OK}
			}}.Behave)
			s.Env.Second = time.Microsecond
			out, _, err := s.Run("drop temp")
			if metaadmin.Code(err) != c.want || asked.Load() != min(c.busy+1, 3) {
				t.Errorf("error = %v after %d tries, output %q", err, asked.Load(), out)
			}
		})
	}
}

func TestRecallWaitsUntilTheTableIsReady(t *testing.T) {
	var looks atomic.Int32
	node := shelltest.NodesAnswer(t, wire.NodeAlive, "127.0.0.1:34801")[0].Address
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCRecallApp: shelltest.Always(&wire.RecallAppResponse{Err: wire.OK, Info: wire.AppInfo{ID: 3, Name: "again", PartitionCount: 1, MaxReplicaCount: 1}}),
		wire.RPCQueryCfg: func(wire.Message) wire.Message {
			p := wire.PartitionConfig{MaxReplicaCount: 1}
			if looks.Add(1) > 1 {
				p.Primary = node
			}
			return &wire.QueryCfgResponse{Err: wire.OK, AppID: 3, PartitionCount: 1, Partitions: []wire.PartitionConfig{p}}
		},
	}.Behave)
	out, _, err := s.Run("recall 3 again")
	want := "recall app ok, id(3), name(again), partition_count(1), wait it ready\nagain not ready yet, still waiting... (0/1)\nagain is ready now: (1/1)\nrecall app 3 succeed\n"
	if err != nil || out != want {
		t.Errorf("error = %v, output (-want +got):\n%s", err, cmp.Diff(want, out))
	}
}
