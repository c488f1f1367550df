package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"pegashell/internal/logtail"
	"pegashell/internal/zkserver"
	"pegashell/onebox/process"
)

const (
	// readyPoll is how often a starting server is checked.
	readyPoll = 20 * time.Millisecond
	// probeTimeout is the timeout of one question to a starting ZooKeeper, which may never answer
	// it.
	probeTimeout = 200 * time.Millisecond
	// cleanupTimeout bounds the stop of what a failed start had started.
	cleanupTimeout = 30 * time.Second
)

// Start starts the instances that are named and returns once each of them listens; ctx bounds the
// wait. Without names it starts all, none of which may be running, and waits until the leader
// answers and lists every replica server as alive. If it fails, it stops what it had started; what
// had ended by itself is then listed as crashed.
func (c *Cluster) Start(ctx context.Context, ids []ID) error {
	chosen, err := c.choose(ids)
	if err != nil {
		return err
	}
	var running []string
	for _, i := range chosen {
		if i.running() {
			running = append(running, fmt.Sprintf("%s (pid %d)", i.id(), i.Process.PID))
		}
	}
	if len(running) > 0 {
		return fmt.Errorf("start the onebox in %s: %w: %s", c.dir, ErrRunning, strings.Join(running, ", "))
	}
	if err = c.start(ctx, chosen, len(ids) == 0); err == nil {
		return nil
	}
	var started []ID
	for _, i := range chosen {
		if i.running() {
			started = append(started, i.id())
		}
	}
	if len(started) == 0 {
		return err
	}
	c.Report("the start failed: stopping what was started")
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	return errors.Join(err, c.Stop(cleanup, started, syscall.SIGTERM))
}

func (c *Cluster) start(ctx context.Context, chosen []*instance, whole bool) error {
	// Meta servers need their ZooKeeper, replica servers can wait for a meta server: two rounds.
	var zooKeepers, servers []*instance
	for _, i := range chosen {
		if i.Kind == ZooKeeper {
			zooKeepers = append(zooKeepers, i)
		} else {
			servers = append(servers, i)
		}
	}
	for _, round := range [][]*instance{zooKeepers, servers} {
		logged := map[*instance]int64{} // the offset at which the log of this start begins
		for _, i := range round {
			if info, err := os.Stat(i.logFile(c.dir)); err == nil {
				logged[i] = info.Size()
			}
			if err := c.launch(i); err != nil {
				return fmt.Errorf("start %s: %w", i.id(), err)
			}
		}
		for _, i := range round {
			if err := c.waitListening(ctx, i); err != nil {
				return fmt.Errorf("start %s on %s: %w; its log %s ends with:\n%s", i.id(), i.addr(), err,
					i.logFile(c.dir), logtail.Read(i.logFile(c.dir), logged[i]))
			}
			c.Report(fmt.Sprintf("%s started on %s, pid %d", i.id(), i.addr(), i.Process.PID))
		}
		if err := c.ensureChroot(ctx); err != nil { // now that ZooKeeper serves, and before meta servers need it
			return err
		}
	}
	if !whole {
		return nil
	}
	return c.waitReady(ctx)
}

// launch starts the process of an instance and records its identity.
func (c *Cluster) launch(i *instance) error {
	if err := c.ensureFiles(i); err != nil {
		return err
	}
	cmd := exec.Command(c.Program, string(i.Kind), "--config", i.configFile(c.dir))
	cmd.Dir = i.dir(c.dir)
	if i.Kind == ZooKeeper {
		var err error
		if cmd, err = zkserver.Command(c.zkConfig(i)); err != nil {
			return err
		}
	}
	id, err := process.StartDetached(cmd, i.logFile(c.dir))
	if err != nil {
		return err
	}
	i.Process = &id
	return c.state.write(c.dir)
}

// errEnded means that a server has ended while the start waited for it.
var errEnded = errors.New("it ended")

// waitListening returns once the instance listens on its port and, if it is a ZooKeeper, serves.
func (c *Cluster) waitListening(ctx context.Context, i *instance) error {
	var last error
	return poll(ctx, func() (bool, error) {
		listens, err := i.Process.Listens(i.Port)
		if !i.running() {
			return false, errEnded
		}
		if err != nil {
			return false, err
		}
		if !listens || i.Kind != ZooKeeper || i.inEnsemble() && !c.quorum() {
			return listens, nil
		}
		probe, cancel := context.WithTimeout(ctx, probeTimeout)
		defer cancel()
		last = c.zkConfig(i).Serving(probe)
		return last == nil, nil
	}, &last)
}

// quorum reports whether enough members of the ensemble run for it to serve.
func (c *Cluster) quorum() bool {
	members, running := c.state.ensemble(), 0
	for _, i := range members {
		if i.running() {
			running++
		}
	}
	return running > len(members)/2
}

// poll calls done until it returns true or an error, or ctx ends; then *last is what was still
// missing.
func poll(ctx context.Context, done func() (bool, error), last *error) error {
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			if *last != nil {
				return fmt.Errorf("not ready: %w (last: %w)", ctx.Err(), *last)
			}
			return fmt.Errorf("not ready: %w", ctx.Err())
		case <-tick.C:
		}
	}
}
