package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"
)

// stopTimeout is how long a server may take to end before it is killed.
const stopTimeout = 10 * time.Second

// Stop ends the instances that are named, or all if none are, with the signal, and returns when
// they have ended: replica servers first, then meta servers, then ZooKeepers. One that does not end
// in time is killed. Instances that are not running are then no longer listed as crashed.
func (c *Cluster) Stop(ctx context.Context, ids []ID, signal syscall.Signal) error {
	chosen, err := c.choose(ids)
	if err != nil {
		return err
	}
	var errs []error
	for _, kind := range slices.Backward(startOrder) {
		of := func(i *instance) bool { return i.Kind != kind }
		errs = append(errs, c.stopTogether(ctx, slices.DeleteFunc(slices.Clone(chosen), of), signal))
	}
	return errors.Join(append(errs, c.state.write(c.dir))...)
}

// stopTogether sends the signal to all before it waits for any.
func (c *Cluster) stopTogether(ctx context.Context, instances []*instance, signal syscall.Signal) error {
	var errs []error
	var running []*instance
	for _, i := range instances {
		switch {
		case i.running():
			errs = append(errs, i.Process.Signal(signal))
			running = append(running, i)
		case i.Process != nil:
			c.Report(i.id().String() + " had crashed")
			i.Process = nil
		default:
			c.Report(i.id().String() + " was not running")
		}
	}
	patience, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	for _, i := range running {
		errs = append(errs, c.waitStopped(patience, i, signal))
	}
	return errors.Join(errs...)
}

// waitStopped waits for the end of an instance that was sent the signal, and kills it when ctx ends
// first.
func (c *Cluster) waitStopped(ctx context.Context, i *instance, signal syscall.Signal) error {
	line := "stopped"
	if signal == syscall.SIGKILL {
		line = "killed"
	}
	if i.Process.WaitEnd(ctx) != nil {
		line = "did not stop and was killed"
		kill, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		if err := errors.Join(i.Process.Signal(syscall.SIGKILL), i.Process.WaitEnd(kill)); err != nil {
			return fmt.Errorf("kill %s: %w", i.id(), err)
		}
	}
	c.Report(fmt.Sprintf("%s %s", i.id(), line))
	i.Process = nil
	return nil
}
