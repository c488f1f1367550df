package prompt_test

import (
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/commands/prompt"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/zkcopy/session"
)

// levelCluster answers with a level that can be changed.
type levelCluster struct {
	level atomic.Value
	dead  atomic.Bool
}

func (c *levelCluster) behave(nc net.Conn, q *wire.Request) error {
	if c.dead.Load() {
		return net.ErrClosed
	}
	return metatest.Answer(nc, q, wire.OK, &wire.ClusterInfoResponse{
		Err: wire.OK, Keys: []string{"cluster_name", "meta_function_level"}, Values: []string{"onebox", c.level.Load().(string)},
	})
}

func (c *levelCluster) start(t *testing.T, called string) (*command.Cluster, *metatest.Server) {
	t.Helper()
	c.level.Store("steady")
	server := metatest.Start(t, c.behave)
	admin, err := metaadmin.New([]string{server.Address}, metaadmin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	return &command.Cluster{Name: called, Metas: []string{server.Address}, Admin: admin}, server
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it did not come to this: %s", what)
		}
	}
}

func TestThePromptLearnsNameAndDangerInTheBackground(t *testing.T) {
	var cluster levelCluster
	c, server := cluster.start(t, "")
	var changes atomic.Int32
	notices := make(chan string, 10)
	s := prompt.NewStatus(prompt.Options{Changed: func() { changes.Add(1) }, Notice: func(text string) { notices <- text }})
	defer s.Close()
	shows := func(wantName, wantDanger string) func() bool {
		return func() bool {
			name, danger := s.Prompt()
			return name == wantName && danger == wantDanger
		}
	}
	if !shows("", "")() {
		t.Error("something is known before anything was asked")
	}
	s.Ask(c, command.Work{})
	eventually(t, "the name is known", shows("onebox", ""))
	eventually(t, "the prompt was told", func() bool { return changes.Load() == 1 })
	s.Pause()
	if c.Name != "onebox" {
		t.Errorf("the cluster is called %q", c.Name)
	}
	cluster.level.Store("blind")
	s.Ask(c, command.Work{})
	eventually(t, "the danger is shown", shows("onebox", "blind"))
	s.Pause()
	cluster.level.Store("lively")
	s.Ask(c, command.Work{})
	eventually(t, "the danger is over", shows("onebox", ""))

	s.Pause()
	cluster.dead.Store(true)
	s.Ask(c, command.Work{})
	if got, want := <-notices, "WARNING: no meta server of "+server.Address+" answers"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	asked := server.Requests.Load()
	s.Pause()
	s.Ask(c, command.Work{})
	eventually(t, "it is asked again", func() bool { return server.Requests.Load() > asked })
	s.Pause()
	cluster.dead.Store(false)
	cluster.level.Store("freezed")
	s.Ask(c, command.Work{})
	eventually(t, "it answers again", shows("onebox", "freezed"))
	if len(notices) > 0 {
		t.Errorf("told again: %q", <-notices)
	}

	var other levelCluster
	second, _ := other.start(t, "second")
	other.dead.Store(true)
	s.Ask(second, command.Work{}) // as behind cc
	if !shows("second", "")() {
		t.Error("what is known of one cluster is shown for another")
	}
	<-notices
}

func TestARecoveringClusterIsNotCalledSilent(t *testing.T) {
	admin, err := metaadmin.New([]string{metatest.Start(t, shelltest.Answers{
		wire.RPCClusterInfo: shelltest.Always(&wire.ClusterInfoResponse{Err: wire.ErrUnderRecovery}),
	}.Behave).Address}, metaadmin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	notices := make(chan string, 1)
	s := prompt.NewStatus(prompt.Options{Notice: func(text string) { notices <- text }})
	defer s.Close()
	s.Ask(&command.Cluster{Metas: []string{"m:1"}, Admin: admin}, command.Work{})
	if got := <-notices; !strings.HasPrefix(got, "WARNING: m:1 answers ERR_UNDER_RECOVERY") {
		t.Errorf("told %q", got)
	}
}

func TestThePromptShowsTheCurrentTable(t *testing.T) {
	var cluster levelCluster
	c, _ := cluster.start(t, "")
	w := &command.World{Cluster: c}
	p := prompt.NewPrompter(commands.NewRegistry(nil), w, func() {}, func(string) {})
	defer p.Close()
	before, _ := p.Prompt()
	w.Session.App = "temp"
	if after, _ := p.Prompt(); after != before+":temp" {
		t.Errorf("the prompt is %q, and %q with a table", before, after)
	}
	for want, at := range map[string]ensemble.Address{
		"own/pegasus/c1": {Endpoint: session.Endpoint{Servers: []string{"a:1"}, Path: "/team/pegasus/c1"}, Name: ensemble.OwnName, Chroot: "/team"},
		"a:1/":           {Endpoint: session.Endpoint{Servers: []string{"a:1"}, Path: "/"}, Name: "new", Chroot: "/team"}, // above its chroot
		"a:1,.../x":      {Endpoint: session.Endpoint{Servers: []string{"a:1", "b:2"}, Path: "/x"}},
	} {
		w.Session.Place = &at
		if got, _ := p.Prompt(); got != before+":temp "+want {
			t.Errorf("the prompt is %q at %s, want %q behind %q", got, at, want, before)
		}
	}
}

// A place that was chosen as the cluster's own is named by its servers when the cluster has moved away.
func TestThePromptDoesNotCallAnotherZooKeeperOwn(t *testing.T) {
	var moved atomic.Bool
	server := metatest.Start(t, shelltest.Answers{
		wire.RPCClusterInfo: func(wire.Message) wire.Message {
			hosts := "a:1,b:2"
			if moved.Load() {
				hosts = "c:3"
			}
			return &wire.ClusterInfoResponse{Err: wire.OK, Keys: []string{"zookeeper_hosts", "zookeeper_root"}, Values: []string{hosts, "/c1"}}
		},
	}.Behave)
	admin, err := metaadmin.New([]string{server.Address}, metaadmin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	place := ensemble.Address{Endpoint: session.Endpoint{Servers: []string{"b:2", "a:1"}, Path: "/c1"}, Name: ensemble.OwnName}
	w := &command.World{Cluster: &command.Cluster{Name: "c1", Metas: []string{server.Address}, Admin: admin}}
	w.Session.Place = &place
	drawn := make(chan struct{}, 1)
	p := prompt.NewPrompter(commands.NewRegistry(nil), w, func() {
		select {
		case drawn <- struct{}{}:
		default:
		}
	}, func(string) {})
	defer p.Close()
	for _, want := range []string{"own/c1", "b:2,.../c1"} {
		done := p.Typing()
		select {
		case <-drawn: // where the cluster's metadata lies is known
		case <-time.After(20 * time.Second):
			t.Fatal("the prompt is not drawn again")
		}
		if name, _ := p.Prompt(); name != "c1 "+want {
			t.Errorf("the prompt is %q, want %q", name, want)
		}
		done()
		moved.Store(true)
	}
}

func TestNothingIsCompletedWhileACommandRuns(t *testing.T) {
	var cluster levelCluster
	c, _ := cluster.start(t, "")
	registry := commands.NewRegistry(nil)
	p := prompt.NewPrompter(registry, &command.World{Cluster: c}, func() {}, func(string) {})
	defer p.Close()
	if got := p.Complete(t.Context(), "zk_b"); len(got.Suggestions) > 0 || got.Start != 4 {
		t.Errorf("before a line is typed: %v", got)
	}
	done := p.Typing()
	if got := p.Complete(t.Context(), "zk_b"); len(got.Suggestions) != 1 {
		t.Errorf("while a line is typed: %v", got)
	}
	done()
	if got := p.Complete(t.Context(), "zk_b"); len(got.Suggestions) > 0 {
		t.Errorf("behind it: %v", got)
	}
}

func TestThePromptShowsThatTwoLead(t *testing.T) {
	session, _ := shelltest.StartTwoLeaders(t)
	s := prompt.NewStatus(prompt.Options{})
	defer s.Close()
	s.Ask(session.Env.Cluster, command.Work{})
	eventually(t, "the danger is shown", func() bool {
		_, danger := s.Prompt()
		return danger == "2 LEADERS"
	})
}

func TestThePromptShowsACopyThatFollowsInAnotherShell(t *testing.T) {
	var cluster levelCluster
	c, _ := cluster.start(t, "")
	state := t.TempDir()
	claim, err := command.ClaimFollow(state, "zk:2181/c1")
	if err != nil {
		t.Fatal(err)
	}
	s := prompt.NewStatus(prompt.Options{State: state})
	defer s.Close()
	s.Ask(c, command.Work{})
	shows := func(want string) func() bool {
		return func() bool {
			_, danger := s.Prompt()
			return danger == want
		}
	}
	if err := claim.Update(command.Following{Metas: c.Metas, Phase: "following", Behind: 0.2}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is shown", shows("following, 0.2 s behind"))
	claim.Close()
	eventually(t, "it is gone", shows(""))
}
