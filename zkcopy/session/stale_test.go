package session

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/zktest"
)

func TestAServerThatGoesBackInTimeIsNotUsed(t *testing.T) {
	var back atomic.Bool
	s := fakezk.Start(t, fakezk.Script{
		Znodes: map[string]fakezk.Znode{"/a": {Data: []byte("new")}},
		Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
			a := s.Usual(r)
			if back.Load() {
				a.Zxid = 50
			}
			return a
		},
	})
	s.SetZxid(100)
	c := openAddr(t, s.Addr(), func(o *Options) { o.Connections, o.SessionTimeout = 1, time.Second })
	ctx := zktest.Context(t)
	if err := c.Sync(ctx, "/"); err != nil {
		t.Fatal(err)
	}
	back.Store(true)
	if _, err := c.Data(ctx, "/a"); !errors.Is(err, ErrConnectionLost) || !errors.Is(err, errStale) {
		t.Errorf("error is %v", err)
	}
	back.Store(false)
	if a, err := c.Data(ctx, "/a"); err != nil || string(a.Data) != "new" {
		t.Errorf("%q, %v", a.Data, err)
	}
}

// deposed is a server that goes on answering with what it knew when the ensemble's other servers left it.
func deposed(t *testing.T, zxid int64, data string) *fakezk.Server {
	t.Helper()
	s := fakezk.Start(t, fakezk.Script{Znodes: map[string]fakezk.Znode{"/a": {Data: []byte(data)}}})
	s.SetZxid(zxid)
	return s
}

func TestADeposedLeaderIsFoundOutWhenSessionsSynchronise(t *testing.T) {
	old, current := deposed(t, 100, "old"), deposed(t, 200, "new")
	for range 2 {
		c := openAddr(t, old.Addr()+","+current.Addr())
		ctx := zktest.Context(t)
		if err := c.Sync(ctx, "/"); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if a, err := c.Data(ctx, "/a"); err != nil || string(a.Data) != "new" {
					t.Errorf("%q, %v", a.Data, err)
				}
			})
		}
		wg.Wait()
		c.Close()
	}
}

func TestAnAnswerOlderThanASynchronisationIsNotUsed(t *testing.T) {
	var known atomic.Int64
	old, current := deposed(t, 100, "old"), deposed(t, 300, "new")
	s, _ := beginReading(t, old.Addr(), func(o *readerOptions) {
		o.Servers = []string{old.Addr(), current.Addr()}
		o.Seen = known.Load
	})
	ctx := zktest.Context(t)
	read := func() ([]Request, error) {
		requests := []Request{{Kind: Sync, Path: "/"}, {Kind: GetData, Path: "/a", Room: 100}}
		return requests, s.Read(ctx, requests)
	}
	if r, err := read(); err != nil || string(r[1].Data) != "old" {
		t.Fatalf("%+v, %v", r, err)
	}
	known.Store(200)
	for {
		r, err := read()
		if err == nil && r[1].Answered {
			if string(r[1].Data) != "new" {
				t.Errorf("%q was used", r[1].Data)
			}
			return
		}
		if err := sleep(ctx, 10*time.Millisecond); err != nil {
			t.Fatal("the other server is not used")
		}
	}
}

func TestALeaderThatLagsForAnInstantIsAskedAgain(t *testing.T) {
	const behind = 3
	var syncs atomic.Int64
	s := fakezk.Start(t, fakezk.Script{Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
		if r.Op == fakezk.OpSync && syncs.Add(1) > behind {
			s.SetZxid(200)
		}
		return s.Usual(r)
	}})
	s.SetZxid(100)
	c := openAddr(t, s.Addr(), func(o *Options) { o.Connections = 1 })
	c.hear(200)
	if err := c.Sync(zktest.Context(t), "/"); err != nil || syncs.Load() != behind+1 {
		t.Errorf("%d requests, %v", syncs.Load(), err)
	}
	if lost, _ := c.Losses(); lost != 0 {
		t.Errorf("%d connections were given up", lost)
	}
}

// TestHealthyFollowersAreNotRefused reads on all servers of an ensemble while another client writes about 200 times a
// second.
func TestHealthyFollowersAreNotRefused(t *testing.T) {
	ensemble := zktest.Ensemble(t, 3)
	c := openAddr(t, strings.Join(ensemble.Addrs(), ","), func(o *Options) { o.Connections = 6 })
	ctx := zktest.Context(t)
	conn := zktest.Connect(t, ensemble.Addrs()...)
	root := zktest.OwnPath(t, conn)
	if err := c.Sync(ctx, root); err != nil {
		t.Fatal(err)
	}
	const writes = 600
	written := make(chan struct{})
	go func() {
		defer close(written)
		turn := time.NewTicker(time.Second / 200)
		defer turn.Stop()
		for i := range writes {
			<-turn.C
			if _, err := conn.Set(root, fmt.Appendf(nil, "%d", i), -1); err != nil {
				t.Errorf("write %d: %v", i, err)
				return
			}
		}
	}()
	reads := 0
	for done := false; !done; {
		select {
		case <-written:
			done = true
		default:
		}
		if err := c.Sync(ctx, root); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if stat, err := c.Stat(ctx, root); err != nil || stat == nil {
				t.Fatalf("%+v, %v", stat, err)
			}
			reads++
		}
	}
	if lost, _ := c.Losses(); lost != 0 {
		t.Errorf("%d connections were given up in %d reads", lost, reads)
	}
}
