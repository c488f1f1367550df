package cli

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"pegashell/onebox/cluster"
)

var stopCommand = command{
	name:    "stop",
	usage:   "stop [--dir DIR] [-m N] [-r N] [-z N] [--kill] [--wait SECONDS]",
	summary: "Stop the onebox, or single instances of it.",
	define: func(app *App, flags *pflag.FlagSet) func(context.Context) error {
		dir, wait, chosen, signal := dirFlag(flags), waitFlag(flags), selectionFlags(flags), killFlag(flags)
		return func(ctx context.Context) error {
			return app.with(ctx, *dir, *wait, func(ctx context.Context, c *cluster.Cluster) error {
				return c.Stop(ctx, chosen.ids(), signal())
			})
		}
	},
}

var restartCommand = command{
	name:    "restart",
	usage:   "restart [--dir DIR] [-m N] [-r N] [-z N] [--kill] [--wait SECONDS]",
	summary: "Stop and start the onebox, or single instances of it.",
	define: func(app *App, flags *pflag.FlagSet) func(context.Context) error {
		dir, wait, chosen, signal := dirFlag(flags), waitFlag(flags), selectionFlags(flags), killFlag(flags)
		return func(ctx context.Context) error {
			return app.with(ctx, *dir, *wait, func(ctx context.Context, c *cluster.Cluster) error {
				if err := c.Stop(ctx, chosen.ids(), signal()); err != nil {
					return err
				}
				return c.Start(ctx, chosen.ids())
			})
		}
	},
}

var clearCommand = command{
	name:    "clear",
	usage:   "clear [--dir DIR] [--wait SECONDS]",
	summary: "Stop the onebox and remove its folder.",
	define: func(app *App, flags *pflag.FlagSet) func(context.Context) error {
		dir, wait := dirFlag(flags), waitFlag(flags)
		return func(ctx context.Context) error {
			return app.with(ctx, *dir, *wait, func(ctx context.Context, c *cluster.Cluster) error {
				if err := c.Stop(ctx, nil, syscall.SIGTERM); err != nil {
					return err
				}
				left, err := c.Clear()
				for _, path := range left {
					fmt.Fprintf(app.Stdout, "kept %s, which does not belong to the onebox\n", path)
				}
				return err
			})
		}
	},
}

// killFlag declares --kill and returns a function that returns the signal to stop with.
func killFlag(flags *pflag.FlagSet) func() syscall.Signal {
	kill := flags.Bool("kill", false, "stop with SIGKILL, as a crash would")
	return func() syscall.Signal {
		if *kill {
			return syscall.SIGKILL
		}
		return syscall.SIGTERM
	}
}

// with calls work on the cluster in dir, for at most wait seconds.
func (app *App) with(ctx context.Context, dir string, wait int, work func(context.Context, *cluster.Cluster) error) (err error) {
	if wait <= 0 {
		return usageError{fmt.Errorf("--wait %d: it must be positive", wait)}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(wait)*time.Second)
	defer cancel()
	c, err := app.open(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return work(ctx, c)
}
