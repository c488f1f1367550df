package zkcopy

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// The servers of schedules that disturb nothing but connections and sessions are shared by these, one
// schedule after the other: nobody else writes there, as is usual for a follower.
func TestFollowInRandomSchedules(t *testing.T) {
	t.Parallel() // its servers are its own
	heap := zktest.WithHeapMB(256)
	from, to := zktest.Start(t, heap), zktest.Start(t, heap)
	inSchedules(t, 2, func(t *testing.T, rand *rand.Rand) {
		newFollowSchedule(t, rand, []*zkserver.Server{from}, []*zkserver.Server{to}).run(2, []disturbance{
			{"expire a session", (*followSchedule).expireOne},
			{"expire all sessions", (*followSchedule).expireAll},
			{"cut connections", func(_ *followSchedule, on *followSide) { on.wire.cut() }},
			{"hold connections", (*followSchedule).holdBriefly},
			{"create many", (*followSchedule).createMany},
			{"write elsewhere", (*followSchedule).writeElsewhere},
		})
	})
}

// Servers that are killed, or stopped for longer than sessions last, belong to one schedule.
func TestFollowInRandomSchedulesOfOutages(t *testing.T) {
	t.Parallel() // its servers are its own
	inSchedules(t, 1, func(t *testing.T, rand *rand.Rand) {
		start := func() []*zkserver.Server {
			if rand.IntN(2) == 0 {
				return []*zkserver.Server{zktest.Start(t)}
			}
			return zktest.Ensemble(t, 3).Servers
		}
		s := newFollowSchedule(t, rand, start(), start())
		s.outages = true
		s.run(3, []disturbance{
			{"kill one server", (*followSchedule).killOne},
			{"kill all servers", (*followSchedule).killAll},
			{"stop one server", (*followSchedule).stopOne},
			{"hold connections for long", (*followSchedule).holdLong},
			{"expire a session", (*followSchedule).expireOne},
		})
	})
}

// shortSession is how long sessions of a follower last in schedules.
const (
	shortSession = time.Second
	pauseFor     = 2 * shortSession // longer than a session, however servers round
)

// followSide are the servers of a side, and what a follower has open there.
type followSide struct {
	name    string
	servers []*zkserver.Server
	wire    *wire
}

// followSchedule follows a tree through random changes and disturbances.
type followSchedule struct {
	*randomChanges
	sides [2]*followSide
	f     *following
	many  int
}

// disturbance is something that happens while a tree is followed, at one of the sides.
type disturbance struct {
	name string
	do   func(*followSchedule, *followSide)
}

func newFollowSchedule(t *testing.T, rand *rand.Rand, from, to []*zkserver.Server) *followSchedule {
	s := &followSchedule{sides: [2]*followSide{{"source", from, newWire(t)}, {"target", to, newWire(t)}}}
	var tt trees
	for i, conn := range []**zk.Conn{&tt.from, &tt.to} {
		side := s.sides[i]
		*conn = zktest.ConnectAs(t, password, side.addrs()...)
		root := zktest.OwnPath(t, *conn)
		client := openAddr(t, strings.Join(side.addrs(), ","), asAdmin, func(o *session.Options) {
			o.Dialer = side.wire.dial
			o.SessionTimeout = shortSession
		})
		if i == 0 {
			tt.source = Tree{Client: client, Path: root}
		} else {
			tt.target = Tree{Client: client, Path: root + "/parent/copy"}
		}
	}
	s.randomChanges = newRandomChanges(t, rand, tt)
	plantTables(t, tt.from, tt.source.Path)
	return s
}

func (s *followSide) addrs() (all []string) {
	for _, server := range s.servers {
		all = append(all, server.Addr())
	}
	return all
}

// run follows, and compares both sides as often as the follower says that they are equal.
func (s *followSchedule) run(freezes int, disturbances []disturbance) {
	o := FollowOptions{SweepEvery: time.Hour, GoOn: true}
	if s.IntN(2) == 0 {
		o.Proofs = s.TempDir()
	}
	if s.IntN(2) == 0 {
		o.SweepEvery = 10 * time.Millisecond
	}
	s.note("%d and %d servers, a sweep every %v", len(s.sides[0].servers), len(s.sides[1].servers), o.SweepEvery)
	s.f = follow(s.T, s.tt, o)
	if s.outages || s.IntN(2) == 0 { // an outage ends the first copy
		s.f.until("following", isFollowing)
	}
	for range 1 + s.IntN(freezes) {
		s.f.frozen.Store(s.IntN(4) == 0)
		for range 1 + s.IntN(3) {
			s.changeSome(60)
			d := disturbances[s.IntN(len(disturbances))]
			side := s.sides[s.IntN(2)]
			s.note("%s, %s", d.name, side.name)
			if d.do(s, side); s.Failed() {
				return
			}
		}
		s.changeSome(30)
		s.compare()
		if s.Failed() {
			return
		}
	}
}

func (s *followSchedule) changeSome(most int) {
	for range s.IntN(most) {
		s.changeSource()
	}
}

// compare waits until the follower says that all is equal, the last change included.
func (s *followSchedule) compare() {
	last := s.mark()
	s.note("freeze at 0x%x", last)
	s.f.frozen.Store(true)
	s.f.until("verified", func(state FollowState) bool { return state.Verified >= last })
	diff := zktest.Differences(s, zktest.ConnectAs(s, password, s.sides[0].addrs()...), s.tt.source.Path,
		zktest.ConnectAs(s, password, s.sides[1].addrs()...), s.tt.target.Path)
	if diff != "" {
		s.Errorf("the target is not equal (-source +target):\n%s", diff)
	}
}

// mark sets the data of the root, and returns that transaction.
func (s *followSchedule) mark() int64 {
	s.Helper()
	for ctx := zktest.Context(s); ctx.Err() == nil; {
		stat, err := s.tt.from.Set(s.tt.source.Path, fmt.Append(nil, s.Uint32()), -1)
		if err == nil {
			return stat.Mzxid
		}
		if !s.outages {
			s.Fatal(err)
		}
	}
	s.Fatal("the source's servers take no write")
	return 0
}

func (s *followSchedule) expireOne(on *followSide) {
	if all := on.wire.sessions(); len(all) > 0 {
		s.expire(all[s.IntN(len(all))])
	}
}

func (s *followSchedule) expireAll(on *followSide) {
	for _, each := range on.wire.sessions() {
		s.expire(each)
	}
}

func (s *followSchedule) expire(one wired) {
	if err := one.expire(zktest.Context(s)); err != nil {
		s.Errorf("expire a session on %s: %v", one.server, err)
	}
}

func (s *followSchedule) holdBriefly(on *followSide) {
	on.wire.hold()
	s.changeSome(30)
	on.wire.release()
}

// createMany makes 10,000 children of one znode, seldom, and otherwise a few hundred.
func (s *followSchedule) createMany(*followSide) {
	s.many++
	count := 200 + s.IntN(300)
	if s.many == 1 && s.IntN(10) == 0 {
		count = 10_000
	}
	root := fmt.Sprintf("%s/many%d", s.tt.source.Path, s.many)
	s.note("create %d children of %s", count, root)
	if _, err := s.tt.from.Create(root, nil, 0, tree.OpenACL()); err != nil {
		s.Fatal(err)
	}
	zktest.PlantMany(s, s.tt.from, root, "%d", count, []byte("x"))
}

// writeElsewhere writes what does not belong to the trees.
func (s *followSchedule) writeElsewhere(on *followSide) {
	conn := s.tt.from
	if on == s.sides[1] {
		conn = s.tt.to
	}
	zktest.OwnPath(s, conn)
}

// killOne kills a server, and starts it again after further changes.
func (s *followSchedule) killOne(on *followSide) {
	server := on.servers[s.IntN(len(on.servers))]
	server.Kill()
	s.changeMeanwhile(on)
	if err := server.Restart(zktest.Context(s)); err != nil {
		s.Fatal(err)
	}
}

// killAll kills all servers, so that no session outlives it that has not connected again.
func (s *followSchedule) killAll(on *followSide) {
	for _, server := range on.servers {
		server.Kill()
	}
	if on != s.sides[0] {
		s.changeSome(60)
	}
	if err := (&zkserver.Ensemble{Servers: on.servers}).Restart(zktest.Context(s)); err != nil {
		s.Fatal(err)
	}
}

// stopOne lets a server do nothing for longer than the follower's sessions last.
func (s *followSchedule) stopOne(on *followSide) {
	server := on.servers[s.IntN(len(on.servers))]
	syscall.Kill(server.Pid(), syscall.SIGSTOP)
	defer syscall.Kill(server.Pid(), syscall.SIGCONT)
	ended, cancel := context.WithTimeout(s.Context(), pauseFor)
	defer cancel()
	s.changeMeanwhile(on)
	<-ended.Done()
}

// holdLong keeps the follower, and nobody else, from a side for longer than its sessions last.
func (s *followSchedule) holdLong(on *followSide) {
	on.wire.hold()
	defer on.wire.release()
	ended, cancel := context.WithTimeout(s.Context(), pauseFor)
	defer cancel()
	s.changeSome(60)
	<-ended.Done()
}

// changeMeanwhile changes the source while a server of a side is away, if others are left.
func (s *followSchedule) changeMeanwhile(on *followSide) {
	if on != s.sides[0] || len(on.servers) > 1 {
		s.changeSome(60)
	}
}
