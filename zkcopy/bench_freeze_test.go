package zkcopy

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"

	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
	"pegashell/zkcopy/session"
)

const (
	// freezeRate is how many znodes a second are set in a tree that is followed, for freezeTime.
	freezeRate = 200
	freezeTime = 5 * time.Second
	// freezeBound is for how long the largest tree may be frozen, in seconds, freezeFloors how many
	// floors each may be, and lagBound for how long a change may wait.
	freezeBound  = 2
	freezeFloors = 3
	lagBound     = 1
	coreBound    = 0.3
)

// BenchmarkFreeze measures for how long a tree that is followed must not change until the target is
// verified: from the moment when Frozen is true until Follow returns. Its floor reads the changed
// znodes by their known paths with their ACLs, writes them and reads them back.
func BenchmarkFreeze(b *testing.B) {
	for znodes := 10_000; znodes <= *benchLargest; znodes *= 10 {
		b.Run(fmt.Sprint(znodes), func(b *testing.B) {
			x := newBench(b, znodes, 4096)
			x.measureFreezes(fmt.Sprintf("%d znodes", znodes), func() {}, 0)
			x.measureFollower(fmt.Sprintf("%d znodes", znodes))
		})
	}
	b.Run("far away", func(b *testing.B) {
		x := newBench(b, *benchZnodes, 4096)
		const by = 20 * time.Millisecond
		late := func(o *session.Options) { o.Dialer = dialLate(by) }
		far := [2]Tree{{Client: openServer(b, x.from, late), Path: benchRoot}, {Client: openServer(b, x.to, late), Path: benchRoot}}
		x.measureFreezes(fmt.Sprintf("%d znodes at 20 ms", *benchZnodes), func() { x.source, x.target = far[0], far[1] }, by)
	})
}

// measureFreezes measures freezes after some numbers of changes, and beside each its floor and a
// repeat. prepare is called after the first copy.
func (x *bench) measureFreezes(of string, prepare func(), late time.Duration) {
	conn := zktest.Connect(x, x.from.Addr())
	o := CopyOptions{Proofs: x.TempDir()}
	x.copy(o)
	prepare()
	took := series{}
	round := 0
	counts := []int{0, 10, 1000}
	for x.Loop() {
		for _, changes := range counts {
			change := func() {
				if round++; changes > 0 {
					x.change(conn, changes, round)
				}
			}
			f := x.follow(o)
			change()
			took.time(fmt.Sprint(changes), f.freeze)
			change()
			took.time(fmt.Sprintf("repeat %d", changes), func() { x.copy(o) })
			change()
			took.time(fmt.Sprintf("floor %d", changes), func() { x.copyKnown(changes, late) })
		}
		f := x.follow(o)
		took["lag"] = append(took["lag"], x.write(conn, f)...)
		took.time("a second", f.freeze)
		f = x.follow(o)
		zktest.Connect(x, x.from.Addr()).Close()
		took.time("a session", f.freeze)
	}
	for _, changes := range counts {
		name, each := fmt.Sprintf("%s, %d changed: ", of, changes), fmt.Sprint(changes)
		find(x.B, name+"floor", took.median("floor "+each), "s", 0)
		find(x.B, name+"repeat", took.median("repeat "+each), "s", 0)
		find(x.B, name+"frozen", took.median(each), "s", freezeBound)
		if changes == 1000 { // the floor of less is shorter than it takes to see that all is quiet
			find(x.B, name+"frozen", took.ratio(each, "floor "+each), "floors", freezeFloors)
		}
	}
	find(x.B, fmt.Sprintf("%s, %d changes a second: frozen", of, freezeRate), took.median("a second"), "s", freezeBound)
	find(x.B, fmt.Sprintf("%s, another client was there: frozen", of), took.median("a session"), "s", freezeBound)
	find(x.B, fmt.Sprintf("%s, %d changes a second: lag", of, freezeRate), took.median("lag"), "s", lagBound)
	find(x.B, fmt.Sprintf("%s, %d changes a second: longest lag", of, freezeRate), slices.Max(took["lag"]).Seconds(), "s", lagBound)
}

// followed is a follower under way.
type followed struct {
	x       *bench
	frozen  atomic.Bool
	applied chan int64 // has room for one: up to which transaction
	done    chan error
}

// follow starts one, and waits until the first copy and the sweep after it are done.
func (x *bench) follow(o CopyOptions) *followed {
	x.Helper()
	f := &followed{x: x, applied: make(chan int64, 1), done: make(chan error, 1)}
	ready, once := make(chan struct{}), sync.Once{}
	var swept time.Time
	go func() {
		r, err := Follow(context.Background(), x.source, x.target, FollowOptions{CopyOptions: o,
			Frozen: func(context.Context) bool { return f.frozen.Load() },
			OnState: func(s FollowState) {
				switch {
				case swept.IsZero():
					swept = s.Swept
				case s.Swept != swept && s.Phase == FollowFollows:
					once.Do(func() { close(ready) })
				}
				select {
				case <-f.applied:
				default:
				}
				f.applied <- s.Applied
			}})
		if err == nil && (r.Verified == 0 || !r.LastLook.Verified) {
			err = fmt.Errorf("not verified: %+v", r)
		}
		f.done <- err
	}()
	select {
	case <-ready:
	case err := <-f.done:
		x.Fatal(err)
	}
	return f
}

// freeze ends it.
func (f *followed) freeze() {
	f.frozen.Store(true)
	if err := <-f.done; err != nil {
		f.x.Fatal(err)
	}
}

// write sets znodes of the source at an even rate, and returns how long each took to be applied.
func (x *bench) write(conn *zk.Conn, f *followed) (lag []time.Duration) {
	type write struct {
		zxid int64
		at   time.Time
	}
	writes := make(chan write, freezeRate*int(freezeTime/time.Second))
	go func() {
		defer close(writes)
		x.setAtRate(conn, freezeTime, func(stat *zk.Stat, at time.Time) { writes <- write{stat.Mzxid, at} })
	}()
	applied := int64(0)
	for each := range writes {
		for applied < each.zxid {
			select {
			case applied = <-f.applied:
			case err := <-f.done:
				x.Fatal(err)
			}
		}
		lag = append(lag, time.Since(each.at))
	}
	return lag
}

// setAtRate sets znodes anywhere in the source.
func (x *bench) setAtRate(conn *zk.Conn, d time.Duration, set func(stat *zk.Stat, at time.Time)) {
	next := time.NewTicker(time.Second / freezeRate)
	defer next.Stop()
	for end := time.Now().Add(d); time.Now().Before(end); <-next.C {
		at := time.Now()
		path := fmt.Sprintf("%s/apps/%d/%d", benchRoot, rand.IntN(x.tables), rand.IntN(tableWidth))
		stat, err := conn.Set(path, fmt.Append(nil, at), -1)
		if err != nil {
			x.Error(err)
			return
		}
		set(stat, at)
	}
}

// copyKnown is the floor: it copies the znodes that change has set. Each round trip takes longer by
// some time.
func (x *bench) copyKnown(changes int, late time.Duration) {
	const width = 16
	var conns [2][floorWidth]*zk.Conn
	for side, server := range []*zkserver.Server{x.from, x.to} {
		for i := range conns[side] {
			conn, _, err := zk.Connect([]string{server.Addr()}, time.Minute, zk.WithLogInfo(false), zk.WithDialer(func(network, address string, _ time.Duration) (net.Conn, error) {
				return dialLate(late)(context.Background(), network, address)
			}))
			if err != nil {
				x.Fatal(err)
			}
			defer conn.Close()
			conns[side][i] = conn
		}
	}
	source, target := conns[0], conns[1]
	paths := x.changedPaths(changes)
	read := func(conns [floorWidth]*zk.Conn) []any {
		ops := make([]any, len(paths))
		var group errgroup.Group
		group.SetLimit(width * floorWidth)
		for i, path := range paths {
			group.Go(func() error {
				data, _, err := conns[i%floorWidth].Get(path)
				if err != nil {
					return err
				}
				ops[i] = &zk.SetDataRequest{Path: path, Data: data, Version: -1}
				_, _, err = conns[i%floorWidth].GetACL(path)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			x.Fatal(err)
		}
		return ops
	}
	ops := read(source)
	for len(ops) > 0 {
		n := min(250, len(ops))
		if _, err := target[0].Multi(ops[:n]...); err != nil {
			x.Fatal(err)
		}
		ops = ops[n:]
	}
	read(target)
}

// measureFollower measures a follower in a process of its own: what it needs of a core while znodes
// are set, and of memory.
func (x *bench) measureFollower(of string) {
	conn := zktest.Connect(x, x.from.Addr())
	run := exec.Command(buildCopyOnce(x), "-do", "follow", "-proofs", x.TempDir(), x.from.Addr()+benchRoot, x.to.Addr()+benchRoot)
	frozen, err := run.StdinPipe()
	if err != nil {
		x.Fatal(err)
	}
	go func() {
		defer frozen.Close()
		x.setAtRate(conn, 2*freezeTime+time.Duration(x.znodes)*100*time.Microsecond, func(*zk.Stat, time.Time) {})
	}()
	r := reportOnce(x, run)
	name := fmt.Sprintf("%s, %d changes a second: the follower", of, freezeRate)
	find(x.B, name, r.Cores, "cores", coreBound)
	find(x.B, name, r.PeakMiB, "MiB", memoryBound)
}
