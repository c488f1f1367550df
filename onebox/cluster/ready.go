package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"pegashell/internal/logtail"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// askTimeout bounds one question to the meta servers of a starting cluster.
const askTimeout = 2 * time.Second

// waitReady returns once a leader answers and lists every replica server as alive. A leader in
// recovery does not report who is alive: then an answer is enough.
func (c *Cluster) waitReady(ctx context.Context) error {
	client, err := metaadmin.New(c.state.metaList(), metaadmin.Options{Timeout: askTimeout})
	if err != nil {
		return err
	}
	defer client.Close()
	var last error
	err = poll(ctx, func() (bool, error) {
		if err := c.checkAlive(); err != nil {
			return false, err
		}
		nodes, err := client.ListNodes(ctx, wire.NodeAlive)
		if metaadmin.Code(err) == wire.ErrUnderRecovery {
			c.Report("the leader is " + client.Leader() + ", in recovery")
			return true, nil
		}
		if last = err; err != nil {
			return false, nil
		}
		if missing := c.missing(nodes); len(missing) > 0 {
			last = fmt.Errorf("the leader %s does not list as alive: %s", client.Leader(), strings.Join(missing, ", "))
			return false, nil
		}
		c.Report("the leader is " + client.Leader())
		return true, nil
	}, &last)
	if err != nil {
		return fmt.Errorf("wait for the cluster in %s: %w", c.dir, err)
	}
	return nil
}

// checkAlive returns an error that names the instances which have ended, with the end of their
// logs.
func (c *Cluster) checkAlive() error {
	var errs []error
	for _, i := range c.state.Instances {
		if !i.running() {
			errs = append(errs, fmt.Errorf("%s: %w; its log %s ends with:\n%s", i.id(), errEnded, i.logFile(c.dir), logtail.Read(i.logFile(c.dir), 0)))
		}
	}
	return errors.Join(errs...)
}

// missing returns the replica servers that are not among the nodes.
func (c *Cluster) missing(nodes []metaadmin.NodeInfo) []string {
	var names []string
	for _, i := range c.state.of(Replica) {
		alive := func(n metaadmin.NodeInfo) bool { return n.Address.String() == i.addr() }
		if !slices.ContainsFunc(nodes, alive) {
			names = append(names, i.id().String())
		}
	}
	return names
}
