package cluster

import (
	"context"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// How often the original tries to create, drop or recall a table that the leader is busy with, and how many
// seconds it waits between.
const (
	busyAttempts     = 3
	busyPauseSeconds = 10
)

// whileBusy repeats a change that the leader refused because it is still creating or dropping the table.
func whileBusy(ctx context.Context, env Env, change func() error) error {
	for attempt := 1; ; attempt++ {
		err := change()
		code := metaadmin.Code(err)
		if code != wire.ErrBusyCreating && code != wire.ErrBusyDropping || attempt == busyAttempts {
			return err
		}
		if env.Sleep(ctx, busyPauseSeconds*env.OneSecond()) != nil {
			return err
		}
	}
}
