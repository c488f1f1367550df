package command

import (
	"context"
	"sync"
	"time"

	"pegashell/metaadmin"
	"pegashell/migration"
)

// leadersGrace is how long a command that has read from the cluster waits at its end for meta
// servers that have not yet said whether they lead: living ones answer within milliseconds.
const leadersGrace = 300 * time.Millisecond

// levelTimeout bounds asking for the meta level before a change: while a leader is being elected
// none is known.
const levelTimeout = 2 * time.Second

// guarded has a command that changes the cluster pass its guards before the first change is sent,
// and one that reads from it warn where two servers lead. Commands that change trees pass their
// guards by themselves, for only they know which trees.
func (c *Command) guarded(ctx context.Context, env environment, o *Overrides, run func(ctx context.Context) error) error {
	_, known := migration.Guards(c.Name)
	switch {
	case c.Plugin == PluginZooKeeper && c.Reads && env.Cluster() != nil:
		return warned(ctx, env, func() bool { return false }, func(ctx context.Context) error {
			metaadmin.Reading(ctx) // it may ask no leader, and be about a tree of the cluster all the same
			return run(ctx)
		})
	case c.Plugin != PluginCluster:
		return run(ctx)
	case c.Reads || !known:
		return warned(ctx, env, func() bool { return false }, run)
	}
	change := o.Change(env, false)
	change.Begin = nil // only once something is about to be sent
	return migration.Execute(ctx, change, func(ctx context.Context, pass migration.Pass) error {
		var once sync.Once
		var refused error
		passed := false
		gate := func(ctx context.Context) error {
			once.Do(func() {
				passed = true
				env.Begin()
				refused = pass(lookBefore(ctx, env, c.Name))
			})
			return refused
		}
		err := warned(metaadmin.BeforeChange(ctx, gate), env, func() bool { return passed }, run)
		switch {
		case refused != nil:
			return refused // however the command has worded that its call failed
		case err == nil && !passed: // nothing was changed
			env.record.expect(false)
			return pass(&migration.Survey{})
		}
		return err
	})
}

// lookBefore asks at once for all that the guards of a change to the cluster need.
func lookBefore(ctx context.Context, env Env, command string) *migration.Survey {
	var s migration.Survey
	var asking sync.WaitGroup
	if migration.NeedsLevel(command) {
		asking.Go(func() { s.Level = LevelOf(ctx, env) })
	}
	if migration.NeedsLeaders(command) {
		s.Leaders = env.Leaders(ctx)
	}
	asking.Wait()
	return &s
}

// LevelOf asks the connected cluster for its meta level.
func LevelOf(ctx context.Context, env Connection) migration.Level {
	admin, err := env.Admin()
	if err != nil {
		return migration.Level{Doubt: err}
	}
	ctx, cancel := context.WithTimeout(ctx, levelTimeout)
	defer cancel()
	level, err := admin.MetaLevel(ctx)
	if err != nil {
		return migration.Level{Doubt: err}
	}
	return migration.Level{Value: level}
}

// warned runs a command. As soon as it asks a leader for something, all meta servers are asked
// whether they lead; if two do, the command's answer came from either, and that is said after it,
// unless a guard has said so already.
func warned(ctx context.Context, env Env, said func() bool, run func(ctx context.Context) error) error {
	asking, cancel := context.WithCancel(ctx)
	defer cancel()
	var leaders []metaadmin.Leader
	var done chan struct{}
	var once sync.Once
	err := run(metaadmin.BeforeRead(ctx, func() {
		once.Do(func() {
			done = make(chan struct{})
			go func() {
				defer close(done)
				leaders = env.Leaders(asking)
			}()
		})
	}))
	if done == nil {
		return err
	}
	select {
	case <-done:
	case <-time.After(leadersGrace):
		cancel()
		<-done
	}
	if problem := migration.TwoLeaders(leaders); !problem.IsZero() && !said() {
		env.Warn("%s", problem)
	}
	return err
}
