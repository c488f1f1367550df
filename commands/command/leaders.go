package command

import (
	"context"
	"sync"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/migration"
)

// Leaders are the meta servers of the list that say that they lead; none is asked where the list
// has one server, for whoever names one alone has chosen it.
func (c *Cluster) Leaders(ctx context.Context) []metaadmin.Leader {
	if c == nil || len(c.Metas) < 2 {
		return nil
	}
	return c.Admin.Leaders(ctx)
}

// LeaderCount is how many meta servers of the list lead, by all that can be known; 0 or 1 in a
// sound cluster.
func (c *Cluster) LeaderCount(ctx context.Context) int {
	return len(migration.DistinctLeaders(c.Leaders(ctx)))
}

// leadersLook asks every meta server whether it leads, once a line.
type leadersLook struct {
	once  sync.Once
	found []metaadmin.Leader
}

// Leaders are the connected cluster's; the servers are asked once a line.
func (e environment) Leaders(ctx context.Context) []metaadmin.Leader {
	e.leaders.once.Do(func() { e.leaders.found = e.World.Cluster.Leaders(ctx) })
	return e.leaders.found
}

// RefuseTwoLeaders keeps a command from using the ZooKeeper of whichever leader answers first.
func (e environment) RefuseTwoLeaders(ctx context.Context) error {
	if problem := migration.TwoLeaders(e.Leaders(ctx)); !problem.IsZero() {
		return message.Errorf("%s", migration.ChooseLeader(problem))
	}
	return nil
}
