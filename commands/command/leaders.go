package command

import (
	"context"
	"errors"

	"pegashell/metaadmin"
	"pegashell/migration"
)

// Leaders are the meta servers of the list that say that they lead; none is asked where the list has one server, for
// whoever names one alone has chosen it.
func (e *World) Leaders(ctx context.Context) []metaadmin.Leader {
	if e.Cluster == nil || len(e.Cluster.Metas) < 2 {
		return nil
	}
	return e.Cluster.Admin.Leaders(ctx)
}

// RefuseTwoLeaders keeps a command from using the ZooKeeper of whichever leader answers first.
func (e *World) RefuseTwoLeaders(ctx context.Context) error {
	if problem := migration.TwoLeaders(e.Leaders(ctx)); problem != "" {
		return errors.New(problem + ". To talk to one of them alone, start with --cluster and its address only")
	}
	return nil
}
