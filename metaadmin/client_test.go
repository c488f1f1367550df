package metaadmin

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"pegashell/internal/test/metatest"
	"pegashell/metaadmin/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// leads answers every level request with level.
func leads(level MetaLevel) metatest.Behaviour {
	return func(nc net.Conn, q *wire.Request) error {
		return metatest.Answer(nc, q, wire.OK, &wire.ControlMetaResponse{Err: wire.OK, OldLevel: level})
	}
}

func startServer(t *testing.T, b metatest.Behaviour) (address string, requests *atomic.Int32) {
	t.Helper()
	s := metatest.Start(t, b)
	return s.Address, &s.Requests
}

func newClient(t *testing.T, timeout time.Duration, metas ...string) *Client {
	t.Helper()
	c, err := New(metas, Options{Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

const ample = 20 * time.Second

func TestReadGoesOnToTheLeader(t *testing.T) {
	leader, _ := startServer(t, leads(wire.LevelSteady))
	follower, _ := startServer(t, metatest.Follower(leader))
	dying, _ := startServer(t, metatest.HangsUp)
	for name, metas := range map[string][]string{
		"past a follower":               {follower, leader},
		"past a server that is gone":    {metatest.Refusing(t), leader},
		"past a server that hangs up":   {dying, leader},
		"that only a follower knows":    {follower},
		"that is the first in the list": {leader, follower},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, ample, metas...)
			level, err := c.MetaLevel(context.Background())
			if err != nil || level != wire.LevelSteady {
				t.Errorf("level = %v, %v; want steady", level, err)
			}
			if c.Leader() != leader {
				t.Errorf("leader = %s, want %s", c.Leader(), leader)
			}
		})
	}
}

func TestReadLeavesAHungServerInTime(t *testing.T) {
	hung, _ := startServer(t, metatest.Hangs)
	leader, _ := startServer(t, leads(wire.LevelBlind))
	c := newClient(t, 2*time.Second, hung, leader)
	if level, err := c.MetaLevel(context.Background()); err != nil || level != wire.LevelBlind {
		t.Errorf("level = %v, %v; want blind", level, err)
	}
}

func TestChangeIsNeverSentTwice(t *testing.T) {
	for name, first := range map[string]metatest.Behaviour{"no answer": metatest.Hangs, "connection lost": metatest.HangsUp} {
		t.Run(name, func(t *testing.T) {
			unsure, _ := startServer(t, first)
			other, requests := startServer(t, leads(wire.LevelSteady))
			c := newClient(t, 300*time.Millisecond, unsure, other)
			_, err := c.SetMetaLevel(context.Background(), wire.LevelBlind)
			var e *Error
			if !errors.As(err, &e) || !e.Uncertain || e.Server != unsure {
				t.Errorf("error = %v, want an uncertain one about %s", err, unsure)
			}
			if !strings.Contains(err.Error(), "may have been carried out") {
				t.Errorf("error %q does not say that the change may have been carried out", err)
			}
			if n := requests.Load(); n != 0 {
				t.Errorf("the second server got %d requests, want none", n)
			}
		})
	}
}

func TestChangeGoesOnWhileNobodyHasAcceptedIt(t *testing.T) {
	leader, _ := startServer(t, leads(wire.LevelSteady))
	follower, _ := startServer(t, metatest.Follower(leader))
	c := newClient(t, ample, metatest.Refusing(t), follower, leader)
	old, err := c.SetMetaLevel(context.Background(), wire.LevelBlind)
	if err != nil || old != wire.LevelSteady {
		t.Errorf("old level = %v, %v; want steady", old, err)
	}
}

func TestRefusalOfTheLeaderIsFinal(t *testing.T) {
	leader, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
		return metatest.Answer(nc, q, wire.OK, &wire.HintResponse{Err: wire.ErrAppNotExist, Hint: "ERROR: app(x) not exist!"})
	})
	other, requests := startServer(t, leads(wire.LevelSteady))
	err := newClient(t, ample, leader, other).RenameApp(context.Background(), "x", "y")
	want := &Error{Code: wire.ErrAppNotExist, RPC: wire.RPCRenameApp, Server: leader, Hint: "ERROR: app(x) not exist!"}
	var got *Error
	if !errors.As(err, &got) {
		t.Fatalf("error = %v, want an *Error", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	if requests.Load() != 0 {
		t.Error("another server was asked after a refusal")
	}
}

func TestUnknownRPCIsTheFramesError(t *testing.T) {
	server, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
		return metatest.Answer(nc, q, wire.ErrHandlerNotFound, nil)
	})
	_, err := newClient(t, ample, server).ListApps(context.Background(), wire.AppInvalid)
	if Code(err) != wire.ErrHandlerNotFound {
		t.Errorf("error = %v, want ERR_HANDLER_NOT_FOUND", err)
	}
}

func TestNobodyReachableFailsAtOnceAndNamesEachServer(t *testing.T) {
	a, b := metatest.Refusing(t), metatest.Refusing(t)
	_, err := newClient(t, time.Hour, a, b).ClusterInfo(context.Background())
	if Code(err) != wire.ErrNetworkFailure {
		t.Errorf("error = %v, want ERR_NETWORK_FAILURE", err)
	}
	for _, server := range []string{a, b} {
		if !strings.Contains(err.Error(), server+": connection refused") {
			t.Errorf("error %q does not say that %s refused", err, server)
		}
	}
}

func TestElectionIsWaitedForUntilTheTimeout(t *testing.T) {
	t.Run("a leader appears", func(t *testing.T) {
		var asked atomic.Int32
		server, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
			if q.RPC == wire.RPCControlMeta && asked.Add(1) > 2 {
				return leads(wire.LevelLively)(nc, q)
			}
			return metatest.Follower("")(nc, q)
		})
		if level, err := newClient(t, ample, server).MetaLevel(context.Background()); err != nil || level != wire.LevelLively {
			t.Errorf("level = %v, %v; want lively", level, err)
		}
	})
	t.Run("none appears", func(t *testing.T) {
		server, _ := startServer(t, metatest.Follower(""))
		_, err := newClient(t, 500*time.Millisecond, server).MetaLevel(context.Background())
		if Code(err) != wire.ErrTimeout || !strings.Contains(err.Error(), server+" is a follower") {
			t.Errorf("error = %v, want ERR_TIMEOUT that says that %s is a follower", err, server)
		}
	})
}

func TestAnswersOutOfOrderFindTheirCalls(t *testing.T) {
	var held *wire.Request
	server, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
		if held == nil {
			held = q
			return nil
		}
		for _, q := range []*wire.Request{q, held} {
			var arg wire.AppNameRequest
			if err := q.Decode(&arg); err != nil {
				return err
			}
			if err := metatest.Answer(nc, q, wire.OK, &wire.ReplicaCountResponse{Err: wire.OK, Count: int32(len(arg.AppName))}); err != nil {
				return err
			}
		}
		return nil
	})
	c := newClient(t, ample, server)
	results := make(chan error, 2)
	for _, app := range []string{"one", "longer"} {
		go func() {
			n, err := c.ReplicaCount(context.Background(), app)
			if err == nil && int(n) != len(app) {
				err = errors.New("answer of another call")
			}
			results <- err
		}()
	}
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestConnectionIsMadeAnewAfterItWasLost(t *testing.T) {
	var first atomic.Bool
	server, requests := startServer(t, func(nc net.Conn, q *wire.Request) error {
		if err := leads(wire.LevelSteady)(nc, q); err != nil || first.CompareAndSwap(false, true) {
			return errors.New("hang up after the first answer")
		}
		return nil
	})
	c := newClient(t, ample, server, metatest.Refusing(t))
	for range 3 {
		if _, err := c.MetaLevel(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if n := requests.Load(); n < 3 {
		t.Errorf("%d requests arrived, want at least 3", n)
	}
}

func TestCancelEndsACallAtOnce(t *testing.T) {
	arrived := make(chan struct{})
	server, _ := startServer(t, func(net.Conn, *wire.Request) error { close(arrived); return nil })
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-arrived; cancel() }()
	_, err := newClient(t, time.Hour, server).MetaLevel(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
}

func TestHostileLengthIsRefused(t *testing.T) {
	server, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
		_, err := nc.Write([]byte{0x7f, 0xff, 0xff, 0xff})
		return err
	})
	_, err := newClient(t, ample, server).MetaLevel(context.Background())
	if err == nil || !strings.Contains(err.Error(), wire.ErrTooLarge.Error()) {
		t.Errorf("error = %v, want one about the frame's size", err)
	}
}

func TestNewRefusesABadMetaList(t *testing.T) {
	for name, metas := range map[string][]string{
		"empty":         {},
		"no port":       {"127.0.0.1"},
		"no host":       {":34601"},
		"port 0":        {"127.0.0.1:0"},
		"port too big":  {"127.0.0.1:70000"},
		"blank":         {"127.0.0.1:34601 "},
		"listed twice":  {"127.0.0.1:34601", "127.0.0.1:34601"},
		"empty element": {"127.0.0.1:34601", ""},
	} {
		if _, err := New(metas, Options{}); err == nil {
			t.Errorf("%s: no error for %q", name, metas)
		}
	}
	if _, err := New([]string{"meta-1.example:34601", "[::1]:34601"}, Options{}); err != nil {
		t.Errorf("host name and IPv6: %v", err)
	}
}

func TestCallsThatFollowersAnswerGoToTheLeaderOnly(t *testing.T) {
	leader, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
		if q.RPC == wire.RPCControlMeta {
			return metatest.Answer(nc, q, wire.OK, &wire.ControlMetaResponse{Err: wire.OK, OldLevel: wire.LevelSteady})
		}
		return metatest.Answer(nc, q, wire.OK, &wire.RecallAppResponse{Err: wire.OK, Info: AppInfo{Name: "t"}})
	})
	follower, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
		if q.RPC == wire.RPCRecallApp {
			return metatest.Answer(nc, q, wire.OK, &wire.RecallAppResponse{Err: wire.ErrAppNotExist})
		}
		return metatest.Follower(leader)(nc, q)
	})
	app, err := newClient(t, ample, follower, leader).RecallApp(context.Background(), 3, "")
	if err != nil || app.Name != "t" {
		t.Errorf("recall = %v, %v; want table t from the leader", app, err)
	}
}

func TestLeaderThatIsStillLoadingIsWaitedFor(t *testing.T) {
	for name, call := range map[string]func(*Client) error{
		"read":   func(c *Client) error { _, err := c.MetaLevel(context.Background()); return err },
		"change": func(c *Client) error { _, err := c.SetMetaLevel(context.Background(), wire.LevelBlind); return err },
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			server, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
				if asked.Add(1) < 3 {
					return metatest.Answer(nc, q, wire.OK, &wire.ControlMetaResponse{Err: wire.ErrServiceNotActive})
				}
				return leads(wire.LevelSteady)(nc, q)
			})
			if err := call(newClient(t, ample, server)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestServerThatIsNoMetaServerIsPassedOver(t *testing.T) {
	replica, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
		return metatest.Answer(nc, q, wire.ErrHandlerNotFound, nil)
	})
	leader, _ := startServer(t, leads(wire.LevelSteady))
	c := newClient(t, ample, replica, leader)
	if level, err := c.MetaLevel(context.Background()); err != nil || level != wire.LevelSteady || c.Leader() != leader {
		t.Errorf("level = %v, %v from %s; want steady from %s", level, err, c.Leader(), leader)
	}
}

// silentDialer returns connections to addresses in lost that never come about, as a firewall that
// drops packets does, and counts dials.
type silentDialer struct {
	lost  string
	dials atomic.Int32
}

func (d *silentDialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d.dials.Add(1)
	if address == d.lost {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

func TestChangeGoesPastAServerThatDropsPackets(t *testing.T) {
	leader, _ := startServer(t, leads(wire.LevelSteady))
	d := &silentDialer{lost: "127.0.0.1:9"}
	c, err := New([]string{d.lost, leader}, Options{Timeout: time.Second, Dial: d.dial})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if old, err := c.SetMetaLevel(context.Background(), wire.LevelBlind); err != nil || old != wire.LevelSteady {
		t.Errorf("old level = %v, %v; want steady", old, err)
	}
}

func TestNothingIsSentUnderAnEndedContext(t *testing.T) {
	leader, requests := startServer(t, leads(wire.LevelSteady))
	c := newClient(t, ample, leader)
	if _, err := c.MetaLevel(context.Background()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.SetMetaLevel(ctx, wire.LevelBlind); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
	if n := requests.Load(); n != 1 {
		t.Errorf("%d requests arrived, want only the first", n)
	}
}

func TestSilentConnectionIsMadeAnew(t *testing.T) {
	var silent atomic.Bool
	silent.Store(true)
	server, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
		if silent.Load() {
			return nil
		}
		return leads(wire.LevelSteady)(nc, q)
	})
	d := &silentDialer{}
	c, err := New([]string{server}, Options{Timeout: 200 * time.Millisecond, Dial: d.dial})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.MetaLevel(context.Background()); Code(err) != wire.ErrTimeout {
		t.Errorf("error = %v, want ERR_TIMEOUT", err)
	}
	silent.Store(false)
	ctx, cancel := context.WithTimeout(context.Background(), ample)
	defer cancel()
	if _, err := c.MetaLevel(ctx); err != nil {
		t.Error(err)
	}
	if n := d.dials.Load(); n != 2 {
		t.Errorf("%d dials, want 2: the silent connection was used again", n)
	}
}

func TestCancelEndsABlockedWrite(t *testing.T) {
	ours, theirs := net.Pipe() // a write blocks until somebody reads
	defer theirs.Close()
	c, err := New([]string{"127.0.0.1:1"}, Options{Timeout: time.Hour, Dial: func(context.Context, string, string) (net.Conn, error) { return ours, nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		theirs.Read(make([]byte, 1)) // the write is under way
		cancel()
	}()
	if _, err := c.SetMetaLevel(ctx, wire.LevelBlind); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
}

func TestCloseEndsADial(t *testing.T) {
	dialing := make(chan struct{})
	c, err := New([]string{"127.0.0.1:1"}, Options{Timeout: time.Hour, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		close(dialing)
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { _, err := c.MetaLevel(context.Background()); ended <- err }()
	<-dialing
	c.Close()
	if err := <-ended; err == nil {
		t.Error("no error from a call on a closed client")
	}
}
