package session

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/zktest"
)

// few is a server that lets in so many connections.
func few(t *testing.T, most int) *fakezk.Server {
	t.Helper()
	return fakezk.Start(t, fakezk.Script{Login: func(open int) fakezk.Login {
		if open >= most {
			return fakezk.HangUp
		}
		return fakezk.Accept
	}})
}

func TestReadingOpensNoSessionsForWriting(t *testing.T) {
	s := fakezk.Start(t, fakezk.Script{})
	c := openAddr(t, s.Addr())
	ctx := zktest.Context(t)
	if _, err := c.Stat(ctx, "/"); err != nil || s.Logins() != 1 {
		t.Errorf("%d connections for one request, %v", s.Logins(), err)
	}
	if err := c.Sync(ctx, "/"); err != nil || s.Logins() != DefaultConnections {
		t.Errorf("%d connections, %v", s.Logins(), err)
	}
}

func TestWorkGoesOnWithTheSessionsThatAreLetIn(t *testing.T) {
	for most := 1; most < DefaultConnections; most++ {
		t.Run(fmt.Sprint(most), func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var notices []string
			c := openAddr(t, few(t, most).Addr(), func(o *Options) {
				o.Notice = func(text string) {
					mu.Lock()
					defer mu.Unlock()
					notices = append(notices, text)
				}
			})
			ctx := zktest.Context(t)
			for range 2 {
				if err := c.Sync(ctx, "/"); err != nil {
					t.Fatal(err)
				}
				var wg sync.WaitGroup
				for range 20 {
					wg.Go(func() {
						if _, err := c.Stat(ctx, "/"); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
			}
			refused, wanted := c.Refused()
			if refused != DefaultConnections-most || wanted != DefaultConnections {
				t.Errorf("%d of %d are said to be refused", refused, wanted)
			}
			mu.Lock()
			defer mu.Unlock()
			want := []string{fmt.Sprintf("ZooKeeper %s: %d of 4 sessions for reading were refused (maxClientCnxns?): continuing with %d",
				c.Endpoint().Hosts(), refused, most)}
			if diff := cmp.Diff(want, notices); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestASessionThatWritesFindsRoomAmongThoseThatRead(t *testing.T) {
	for most := 1; most < DefaultConnections; most++ {
		t.Run(fmt.Sprint(most), func(t *testing.T) {
			t.Parallel()
			c := openAddr(t, few(t, most).Addr())
			ctx := zktest.Context(t)
			if err := c.Sync(ctx, "/"); err != nil {
				t.Fatal(err)
			}
			if err := c.Lane().Create(ctx, "/new", nil, zk.WorldACL(zk.PermAll)); err != nil {
				t.Fatal(err)
			}
			if err := c.Sync(ctx, "/new"); err != nil {
				t.Fatal(err)
			}
			requests := []Request{
				{Kind: Sync, Path: "/new"}, {Kind: GetChildren, Path: "/"}, {Kind: GetACL, Path: "/new"},
				{Kind: Exists, Path: "/missing"}, {Kind: GetData, Path: "/new", Room: 10},
			}
			if err := c.ReadTogether(ctx, requests); err != nil {
				t.Fatal(err)
			}
			acl, found := requests[2].ACL, requests[4].Found()
			if !slices.Equal(requests[1].Names, []string{"new"}) || !slices.Equal(acl, zk.WorldACL(zk.PermAll)) || !requests[3].Missing() || !found {
				t.Errorf("%+v", requests)
			}
		})
	}
}

func TestAHungServerCostsNoMoreThanASecond(t *testing.T) {
	hung, good := fakezk.Start(t, fakezk.Script{Login: func(int) fakezk.Login { return fakezk.Ignore }}), fakezk.Start(t, fakezk.Script{})
	for range 4 { // the server that is tried first is chosen at random
		ctx := zktest.Context(t)
		began := time.Now()
		c := openAddr(t, hung.Addr()+","+good.Addr())
		if err := c.Sync(ctx, "/"); err != nil {
			t.Fatal(err)
		}
		if err := c.Lane().Create(ctx, "/new", nil, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
		const slack = 500 * time.Millisecond // for a busy machine
		if took := time.Since(began); took > time.Second+slack {
			t.Errorf("it took %v", took)
		}
		c.Close()
	}
}
