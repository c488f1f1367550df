package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-zookeeper/zk"
)

// chrootSession is the timeout of the session that creates the chroot.
const chrootSession = 5 * time.Second

// ensureChroot creates the chroot in the ZooKeeper of the meta servers, once in the life of a
// cluster: ZooKeeper does not create it, nor does a meta server, so the operator of a cluster has
// to. It does nothing if that ZooKeeper is not running.
func (c *Cluster) ensureChroot(ctx context.Context) error {
	if c.state.Config.Chroot == "" || c.state.ChrootCreated || !c.state.of(ZooKeeper)[0].running() {
		return nil
	}
	if err := createPath(ctx, c.state.zooKeepers()[0], c.state.Config.Chroot); err != nil {
		return fmt.Errorf("create the chroot %s in ZooKeeper %s: %w", c.state.Config.Chroot, c.state.zooKeepers()[0], err)
	}
	c.Report("chroot " + c.state.Config.Chroot + " created")
	c.state.ChrootCreated = true
	return c.state.write(c.dir)
}

// createPath creates a node and its parents, all empty, unless they exist.
func createPath(ctx context.Context, servers, node string) error {
	conn, events, err := zk.Connect(strings.Split(servers, ","), chrootSession, zk.WithLogger(quiet{}), zk.WithLogInfo(false))
	if err != nil {
		return err
	}
	defer func() {
		conn.Close()
		for range events { // closed by the last of the library's goroutines
		}
	}()
	// The library repeats an operation that no server has answered, without end.
	defer context.AfterFunc(ctx, conn.Close)()
	for i := 1; i <= len(node); i++ {
		if i < len(node) && node[i] != '/' {
			continue
		}
		_, err := conn.Create(node[:i], nil, 0, zk.WorldACL(zk.PermAll))
		if err != nil && !errors.Is(err, zk.ErrNodeExists) {
			return err
		}
	}
	return nil
}

// quiet drops the ZooKeeper library's own log.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
