package prompt_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/commands/command"
	"pegashell/commands/prompt"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

// led is a cluster whose leader can be changed.
type led struct {
	mu       sync.Mutex
	leader   string
	started  string
	hosts    string
	root     string
	level    wire.MetaLevel
	shown    string // the effective level; "" for level
	requests map[string]int
}

func (l *led) change(change func(*led)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(l)
}

func (l *led) behave(nc net.Conn, q *wire.Request) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests[q.RPC]++
	switch q.RPC {
	case wire.RPCControlMeta:
		return metatest.Answer(nc, q, wire.OK, &wire.ControlMetaResponse{Err: wire.OK, OldLevel: l.level})
	case wire.RPCRemoteCommand:
		return metatest.Answer(nc, q, wire.OK, &wire.StringResult{Text: "Started at " + l.started})
	}
	shown := l.shown
	if shown == "" {
		shown = l.level.String()
	}
	return metatest.Answer(nc, q, wire.OK, &wire.ClusterInfoResponse{
		Err: wire.OK, Keys: []string{"cluster_name", "meta_function_level", "primary_meta_server", "zookeeper_hosts", "zookeeper_root"},
		Values: []string{"onebox", shown, l.leader, l.hosts, l.root},
	})
}

func (l *led) asked(rpc string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.requests[rpc]
}

// watched is a Status that asks such a cluster, at a time that stands still.
type watched struct {
	*led
	*prompt.Status
	cluster *command.Cluster
	notices chan string
}

var noon = time.Date(2027, 1, 2, 12, 0, 0, 0, time.UTC)

func watch(t *testing.T, more prompt.Options) *watched {
	t.Helper()
	w := &watched{led: &led{leader: "a:1", started: "one", hosts: "zk1:2181", root: "/pegasus/c1", level: wire.LevelSteady, requests: map[string]int{}}, notices: make(chan string, 10)}
	server := metatest.Start(t, w.led.behave)
	admin, err := metaadmin.New([]string{server.Address}, metaadmin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.cluster = &command.Cluster{Metas: []string{server.Address}, Admin: admin}
	more.Notice = func(text string) { w.notices <- text }
	more.Now, more.Location = func() time.Time { return noon }, time.UTC
	w.Status = prompt.NewStatus(more)
	t.Cleanup(func() {
		w.Status.Close()
		admin.Close()
	})
	return w
}

// line waits until the cluster was asked for a new line, and gives the notices that came.
func (w *watched) line(t *testing.T, work command.Work) (notices []string) {
	t.Helper()
	before := w.asked(wire.RPCClusterInfo)
	w.Ask(w.cluster, work)
	eventually(t, "the cluster was asked", func() bool { return w.asked(wire.RPCClusterInfo) > before })
	// The answer of a second line shows that the one of the first was used.
	w.Ask(w.cluster, work)
	eventually(t, "the cluster was asked again", func() bool { return w.asked(wire.RPCClusterInfo) > before+1 })
	w.Pause()
	for {
		select {
		case text := <-w.notices:
			notices = append(notices, text)
		default:
			return notices
		}
	}
}

func setAt(level wire.MetaLevel) *migration.LevelSet {
	return &migration.LevelSet{Level: level, Time: noon.Add(-time.Minute)}
}

func TestAFailOverIsNoticedAndThatTheLevelIsGone(t *testing.T) {
	w := watch(t, prompt.Options{})
	w.change(func(l *led) { l.level = wire.LevelBlind })
	work := command.Work{Level: setAt(wire.LevelBlind)}
	if got := w.line(t, work); len(got) > 0 {
		t.Errorf("noticed %q though nothing has happened", got)
	}
	w.change(func(l *led) { l.leader, l.started, l.level = "b:1", "two", wire.LevelSteady })
	got := w.line(t, work)
	if len(got) != 2 || got[0] != "WARNING: the leader changed: b:1 leads (seen at 12:00:00); a:1 led until 12:00:00 at least" ||
		!strings.HasPrefix(got[1], "WARNING: the level blind that was set here at 11:59:00 is gone: the leader b:1 has steady, because it took over from a:1") {
		t.Errorf("noticed %q", got)
	}
	if got := w.line(t, work); len(got) > 0 {
		t.Errorf("noticed again: %q", got)
	}
}

func TestALevelThatIsHiddenByTooFewServersIsNotGone(t *testing.T) {
	w := watch(t, prompt.Options{})
	w.change(func(l *led) { l.level, l.shown = wire.LevelLively, "freezed" })
	work := command.Work{Level: setAt(wire.LevelLively)}
	for range 2 {
		if got := w.line(t, work); len(got) > 0 {
			t.Errorf("noticed %q", got)
		}
	}
	w.change(func(l *led) { l.level = wire.LevelSteady })
	if got := w.line(t, work); len(got) != 1 || !strings.Contains(got[0], "the level lively that was set here at 11:59:00 is gone") || !strings.Contains(got[0], "though it was not restarted") {
		t.Errorf("noticed %q", got)
	}
}

func TestAShellThatHasSetNothingAsksOnlyForTheCluster(t *testing.T) {
	w := watch(t, prompt.Options{})
	w.line(t, command.Work{})
	if n := w.asked(wire.RPCControlMeta) + w.asked(wire.RPCRemoteCommand); n > 0 {
		t.Errorf("asked %d times more", n)
	}
	work := command.Work{Level: setAt(wire.LevelSteady)}
	w.line(t, work)
	w.line(t, work)
	if n := w.asked(wire.RPCRemoteCommand); n != 1 {
		t.Errorf("asked %d times when the leader was started", n)
	}
}

func TestTwoLeadersAreWarnedOfOnceAndShownAlsoWhereOneRecovers(t *testing.T) {
	serving := metatest.Start(t, shelltest.Leads("a", "zk-a:2181")).Address
	recovering := metatest.Start(t, shelltest.Recovers).Address
	for _, metas := range [][]string{{serving, recovering}, {recovering, serving}} {
		cluster := shelltest.StartOn(t, metaadmin.Options{}, metas...).Env.Cluster
		notices := make(chan string, 10)
		s := prompt.NewStatus(prompt.Options{Notice: func(text string) { notices <- text }})
		for range 2 {
			s.Ask(cluster, command.Work{})
			eventually(t, "the danger is shown", func() bool {
				_, danger := s.Prompt()
				return danger == "2 LEADERS"
			})
		}
		s.Close()
		close(notices)
		var got []string
		for text := range notices {
			got = append(got, text)
		}
		if len(got) != 1 || !strings.HasPrefix(got[0], "WARNING: 2 meta servers lead at the same time: ") || !strings.Contains(got[0], recovering+" in recovery mode") {
			t.Errorf("%v: noticed %q", metas, got)
		}
	}
}

func TestTheModeOfRecoveryIsShown(t *testing.T) {
	cluster := shelltest.Start(t, shelltest.Recovers).Env.Cluster
	s := prompt.NewStatus(prompt.Options{})
	defer s.Close()
	s.Ask(cluster, command.Work{})
	eventually(t, "the mode is shown", func() bool {
		_, danger := s.Prompt()
		return danger == "recovery"
	})
}

// copiedTree is a tree that was copied, and the connection to its ZooKeeper.
func copiedTree(t *testing.T) (copied *command.Copied, conn *zk.Conn, opened func() int) {
	t.Helper()
	server := zktest.Shared(t)
	conn = zktest.Connect(t, server.Addr())
	root := zktest.OwnPath(t, conn)
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/apps"}, zktest.Znode{Path: "/apps/1"})
	var mu sync.Mutex
	times := 0
	open := func(ctx context.Context) (zkcopy.Tree, error) {
		mu.Lock()
		times++
		mu.Unlock()
		client, err := session.Open(ctx, session.Endpoint{Servers: []string{server.Addr()}}, session.Options{Connections: 1})
		return zkcopy.Tree{Client: client, Path: root}, err
	}
	tree, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Client.Close()
	if err := tree.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	copied = &command.Copied{Open: open, CopyMade: migration.CopyMade{
		Time: noon.Add(-time.Hour), Source: server.Addr() + root, Target: "new:2181" + root, Zxid: tree.Client.Zxid(),
	}}
	return copied, conn, func() int {
		mu.Lock()
		defer mu.Unlock()
		return times - 1
	}
}

// usesTree has the leader use the tree that was copied.
func (w *watched) usesTree(copied *command.Copied) {
	hosts, root, _ := strings.Cut(copied.Source, "/")
	w.change(func(l *led) { l.hosts, l.root = hosts, "/"+root })
}

func TestATreeThatIsWrittenAfterItsCopyIsNoticedOnce(t *testing.T) {
	copied, conn, opened := copiedTree(t)
	root := strings.TrimPrefix(copied.Target, "new:2181")
	w := watch(t, prompt.Options{Soon: time.Millisecond, TreePause: time.Nanosecond})
	w.usesTree(copied)
	work := command.Work{Copy: copied}
	w.line(t, work)
	w.Ask(w.cluster, work)
	eventually(t, "a session was opened", func() bool { return opened() == 1 })
	if _, err := conn.Create(root+"/apps/2", []byte("{}"), 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Fatal(err)
	}
	got := <-w.notices
	if want := "WARNING: " + copied.Source + " was written after it had been copied: the last one is " + root + "/apps/2, at "; !strings.HasPrefix(got, want) || !strings.Contains(got, "The copy of 11:00:00 is no longer equal") {
		t.Errorf("noticed %q", got)
	}
	if _, err := conn.Set(root+"/apps/2", []byte("{ }"), -1); err != nil {
		t.Fatal(err)
	}
	if got := w.line(t, work); len(got) > 0 {
		t.Errorf("noticed again: %q", got)
	}
	if n := opened(); n != 1 {
		t.Errorf("%d sessions were opened", n)
	}
}

func TestATreeThatIsRemovedAfterItsCopyIsNoticed(t *testing.T) {
	copied, conn, _ := copiedTree(t)
	root := strings.TrimPrefix(copied.Target, "new:2181")
	for _, path := range []string{"/apps/1", "/apps", ""} {
		if err := conn.Delete(root+path, -1); err != nil {
			t.Fatal(err)
		}
	}
	w := watch(t, prompt.Options{Soon: time.Millisecond})
	w.usesTree(copied)
	w.Ask(w.cluster, command.Work{Copy: copied})
	if got, want := <-w.notices, "WARNING: "+copied.Source+" does not exist any more; it was copied to "+copied.Target+" at 11:00:00"; got != want {
		t.Errorf("noticed %q, want %q", got, want)
	}
}

func TestLeavingRemindsOfALevelThatIsStillBlind(t *testing.T) {
	const reminder = "WARNING: the meta level is still blind: nothing cures a lost replica. set_meta_level steady ends it\n"
	for name, c := range map[string]struct {
		lines []string
		now   wire.MetaLevel
		want  string
	}{
		"nothing was set":             {[]string{"get_meta_level"}, wire.LevelBlind, ""},
		"blind was set":               {[]string{"set_meta_level blind"}, wire.LevelBlind, reminder},
		"it ended":                    {[]string{"set_meta_level blind"}, wire.LevelSteady, ""},
		"blind, then steady was set":  {[]string{"set_meta_level blind", "set_meta_level steady"}, wire.LevelBlind, ""},
		"another level was set":       {[]string{"set_meta_level freezed"}, wire.LevelFreezed, ""},
		"the cluster does not answer": {[]string{"set_meta_level blind"}, 0, "WARNING: the meta level was blind at 1970-01-01 00:00:02, and the cluster does not answer now: "},
	} {
		t.Run(name, func(t *testing.T) {
			var gone atomic.Bool
			s := shelltest.Start(t, func(nc net.Conn, q *wire.Request) error {
				if gone.Load() && c.now == 0 {
					return net.ErrClosed
				}
				return metatest.Answer(nc, q, wire.OK, &wire.ControlMetaResponse{Err: wire.OK, OldLevel: c.now})
			})
			for _, line := range c.lines {
				if _, _, err := s.Run(line); err != nil {
					t.Fatal(err)
				}
			}
			gone.Store(true)
			s.Env.Now = func() time.Time { return noon }
			s.Err.Reset()
			prompt.Leaving(t.Context(), s.Env, nil)
			if got := s.Err.String(); got != c.want && (c.want == reminder || c.want == "" || !strings.HasPrefix(got, c.want)) {
				t.Errorf("reminded of %q, want %q", got, c.want)
			}
		})
	}
}
