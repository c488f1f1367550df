package zkcopy

import (
	"fmt"
	"sync"
	"testing"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"

	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
)

// floorWidth is how many connections with each server the floors use. Twice as
// many goroutines write, and sixteen times as many of these read.
const floorWidth = 4

// connections are opened before a floor is timed.
func connections(t testing.TB, s *zkserver.Server) (conns [floorWidth]*zk.Conn) {
	t.Helper()
	for i := range conns {
		conns[i] = zktest.Connect(t, s.Addr())
	}
	return conns
}

// floor is the least that a copy with the usual client library can do: get and
// get ACL for every znode by name, creates in transactions, nothing compared or
// verified. What is to be timed is given to timed.
func (x *bench) floor(timed func(do func())) {
	x.Helper()
	sources, targets := connections(x, x.from), connections(x, x.to)
	zktest.Plant(x, targets[0], "", zktest.Znode{Path: benchRoot}, zktest.Znode{Path: benchRoot + "/apps"})
	timed(func() {
		work := make(chan string)
		var wg sync.WaitGroup
		for i := range 2 * floorWidth {
			wg.Go(func() {
				for table := range work {
					x.floorTable(sources[i%floorWidth], targets[i%floorWidth], table)
				}
			})
		}
		for i := range x.tables {
			work <- fmt.Sprintf("%s/apps/%d", benchRoot, i)
		}
		close(work)
		wg.Wait()
	})
	for i := range sources {
		sources[i].Close()
		targets[i].Close()
	}
}

func (x *bench) floorTable(source, target *zk.Conn, table string) {
	read := func(path string) *zk.CreateRequest {
		data, _, err := source.Get(path)
		if err != nil {
			x.Error(err)
		}
		acl, _, err := source.GetACL(path)
		if err != nil {
			x.Error(err)
		}
		return &zk.CreateRequest{Path: path, Data: data, Acl: acl}
	}
	names, _, err := source.Children(table)
	if err != nil {
		x.Error(err)
	}
	ops := []any{read(table)}
	var wg sync.WaitGroup
	const chunk = 250
	for from := 0; from < len(names); from += chunk {
		part := make([]any, min(chunk, len(names)-from))
		for k := range 16 {
			wg.Go(func() {
				for i := k; i < len(part); i += 16 {
					part[i] = read(table + "/" + names[from+i])
				}
			})
		}
		wg.Wait()
		if _, err := target.Multi(append(ops, part...)...); err != nil {
			x.Error(err)
		}
		ops = nil
	}
}

// removeFloor is the least that a removal can do: deletes of known paths in
// transactions. The paths above the tables stay.
func (x *bench) removeFloor(timed func(do func())) {
	x.Helper()
	conns := connections(x, x.to)
	timed(func() {
		var group errgroup.Group
		group.SetLimit(2 * floorWidth)
		for table := range x.tables {
			group.Go(func() error {
				parent := fmt.Sprintf("%s/apps/%d", benchRoot, table)
				const chunk = 250
				for from := 0; from < tableWidth; from += chunk {
					var ops []any
					for k := from; k < from+chunk; k++ {
						ops = append(ops, &zk.DeleteRequest{Path: fmt.Sprintf("%s/%d", parent, k), Version: -1})
					}
					if from+chunk == tableWidth {
						ops = append(ops, &zk.DeleteRequest{Path: parent, Version: -1})
					}
					if _, err := conns[table%len(conns)].Multi(ops...); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			x.Error(err)
		}
	})
	for _, conn := range conns {
		conn.Close()
	}
}

// readFloor is the least that reading a tree with the usual client library can do: get and get ACL for
// every znode by name.
func (x *bench) readFloor(timed func(do func())) {
	x.Helper()
	conns := connections(x, x.from)
	timed(func() {
		var group errgroup.Group
		group.SetLimit(16 * floorWidth)
		for table := range x.tables {
			for from := 0; from < tableWidth; from += 50 {
				group.Go(func() error {
					conn := conns[table%len(conns)]
					for k := from; k < from+50; k++ {
						path := fmt.Sprintf("%s/apps/%d/%d", benchRoot, table, k)
						if _, _, err := conn.Get(path); err != nil {
							return err
						}
						if _, _, err := conn.GetACL(path); err != nil {
							return err
						}
					}
					return nil
				})
			}
		}
		if err := group.Wait(); err != nil {
			x.Error(err)
		}
	})
	for _, conn := range conns {
		conn.Close()
	}
}
