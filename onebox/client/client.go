// Package client calls a cluster all the time, as a program that uses its tables does, and counts the
// calls that fail.
//
// A real client keeps in mind which servers hold a table's partitions, sends each read and write to the
// primary of its partition, and asks the meta servers again only when that fails, or now and then. A
// call fails when it has no success within its timeout. The servers of a onebox hold no data, so the
// call here asks what decides whether a read or a write would be accepted: whether the server is the
// primary of the partition now.
package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// Options say how a client calls.
type Options struct {
	// Metas are the meta servers, HOST:PORT.
	Metas []string
	// Table is the one that is used.
	Table string
	// Timeout is how long a call may take with all that it tries.
	Timeout time.Duration
	// Refresh is how often the meta servers are asked where the partitions are, besides after failures.
	Refresh time.Duration
	// Pause is the time between two calls.
	Pause time.Duration
}

// Count is what came of the calls.
type Count struct {
	// Calls are all calls, to replica servers and to meta servers; Failed are those without success
	// within the timeout, Retried those that had to try more than once.
	Calls, Failed, Retried int
	// Slowest is the longest time that a call took.
	Slowest time.Duration
	// Err is why the first call failed.
	Err error
}

// client is one under way.
type client struct {
	o          Options
	admin      *metaadmin.Client
	partitions []metaadmin.PartitionConfig
	asked      time.Time
	count      Count
}

// Run calls until ctx ends, which is not an error.
func Run(ctx context.Context, o Options) (Count, error) {
	// A call to one server must leave time for another try.
	admin, err := metaadmin.New(o.Metas, metaadmin.Options{Timeout: o.Timeout / 4})
	if err != nil {
		return Count{}, err
	}
	defer admin.Close()
	c := &client{o: o, admin: admin}
	for i := 0; ; i++ {
		if time.Since(c.asked) >= o.Refresh {
			c.call(ctx, c.refresh)
		}
		if n := len(c.partitions); n > 0 {
			c.call(ctx, func(ctx context.Context) error { return c.use(ctx, i%n) })
		}
		if sleep(ctx, o.Pause) != nil {
			return c.count, nil
		}
	}
}

// pauseToRetry is the time before another try of one call.
const pauseToRetry = 20 * time.Millisecond

// call tries until there is success, or the timeout has passed.
func (c *client) call(ctx context.Context, try func(context.Context) error) {
	began := time.Now()
	limited, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	var err error
	for tries := 1; ; tries++ {
		if err = try(limited); err == nil {
			if tries > 1 {
				c.count.Retried++
			}
			break
		}
		if sleep(limited, pauseToRetry) != nil {
			break
		}
	}
	if ctx.Err() != nil {
		return // it was broken off with the program
	}
	c.count.Calls++
	c.count.Slowest = max(c.count.Slowest, time.Since(began))
	if err != nil {
		c.count.Failed++
		if c.count.Err == nil {
			c.count.Err = err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// refresh asks the meta servers where the partitions are.
func (c *client) refresh(ctx context.Context) error {
	found, err := c.admin.QueryPartitions(ctx, c.o.Table)
	if err != nil {
		return err
	}
	c.partitions, c.asked = found.Configs, time.Now()
	return nil
}

var errNotPrimary = errors.New("the server is not the primary of the partition")

// use asks the primary of a partition whether it serves. Where it does not, the next try asks the
// meta servers first.
func (c *client) use(ctx context.Context, partition int) error {
	config := c.partitions[partition%len(c.partitions)]
	replicas, err := c.admin.Server(config.Primary.String()).Replicas(ctx)
	if err == nil {
		err = fmt.Errorf("%w %s: %s", errNotPrimary, config.PID, config.Primary)
		for _, r := range replicas {
			if r.PID == config.PID && r.Status == wire.ReplicaPrimary {
				return nil
			}
		}
	}
	return errors.Join(err, c.refresh(ctx))
}
