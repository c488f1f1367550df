package torture

import (
	"context"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
)

// side is one ensemble, and the proxies that the program reaches it by.
type side struct {
	name     string
	ensemble *zkserver.Ensemble
	proxies  []*proxy
	conn     *zk.Conn // of the judge, past the proxies
}

// traffic counts what went through the proxies, and calls do once, at some number of bytes.
type traffic struct {
	count atomic.Int64
	limit atomic.Int64
	reach chan struct{}
}

func (tr *traffic) passed(n int) {
	if now, limit := tr.count.Add(int64(n)), tr.limit.Load(); now >= limit && now-int64(n) < limit {
		close(tr.reach)
	}
}

// begin counts anew.
func (tr *traffic) begin(limit int64) (reached <-chan struct{}) {
	tr.limit.Store(1 << 62)
	tr.reach = make(chan struct{})
	tr.count.Store(0)
	tr.limit.Store(limit)
	return tr.reach
}

func startSide(t *testing.T, name string, tr *traffic) *side {
	t.Helper()
	// A server grows its log in small steps, so that it notices soon when there is no more room.
	s := &side{name: name, ensemble: zktest.Ensemble(t, 3, zktest.WithTickTime(250*time.Millisecond), zktest.WithHeapMB(256), zktest.WithProperty("preAllocSize", "32"))}
	var direct []string
	for _, server := range s.ensemble.Servers {
		s.proxies = append(s.proxies, newProxy(t, server.Addr(), tr.passed))
		direct = append(direct, server.Addr())
	}
	s.conn = zktest.Connect(t, direct...)
	return s
}

// hosts are the addresses that the program is given.
func (s *side) hosts() string {
	var all []string
	for _, p := range s.proxies {
		all = append(all, p.addr())
	}
	return strings.Join(all, ",")
}

// inRole is the server that leads, or the first that does not; -1 for none.
func (s *side) inRole(ctx context.Context, role string) int {
	for i, server := range s.ensemble.Servers {
		if mode, err := zkserver.Mode(ctx, server.Addr()); err == nil && mode == role {
			return i
		}
	}
	return -1
}

// heal ends every fault of the side, and returns when its servers serve the judge.
func (s *side) heal(t *testing.T) {
	t.Helper()
	s.restart(t)
	for end := time.Now().Add(time.Minute); ; {
		// A write, since a server that was paused may answer a read before it ends the session.
		_, err := s.conn.Set("/", nil, -1)
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the %s does not serve: %v", s.name, err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// restart lets paused servers go on and starts those that do not run.
func (s *side) restart(t *testing.T) {
	t.Helper()
	for _, p := range s.proxies {
		p.heal()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	missing := 0
	for _, server := range s.ensemble.Servers {
		if server.Running() {
			syscall.Kill(server.Pid(), syscall.SIGCONT)
		} else {
			missing++
		}
	}
	if missing > 1 { // one alone would wait for a majority
		if err := s.ensemble.Restart(ctx); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, server := range s.ensemble.Servers {
		if !server.Running() {
			if err := server.Restart(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
}
