package cli

import (
	"context"
	"errors"
	"log"

	"github.com/spf13/pflag"
)

var metaCommand = command{
	name:    "meta",
	usage:   "meta --config FILE",
	summary: "Run one simulated meta server in the foreground.",
	define: func(app *App, flags *pflag.FlagSet) func(context.Context) error {
		return app.serve(flags, app.Meta)
	},
}

var replicaCommand = command{
	name:    "replica",
	usage:   "replica --config FILE",
	summary: "Run one simulated replica server in the foreground.",
	define: func(app *App, flags *pflag.FlagSet) func(context.Context) error {
		return app.serve(flags, app.Replica)
	},
}

// serve runs a server until ctx ends, which is not an error, or the server fails.
func (app *App) serve(flags *pflag.FlagSet, run RunServer) func(context.Context) error {
	config := flags.String("config", "", "the server's config.ini (`FILE`)")
	return func(ctx context.Context) error {
		if *config == "" {
			return usageError{errors.New("--config is missing")}
		}
		return run(ctx, *config, log.New(app.Stderr, "", log.LstdFlags|log.Lmicroseconds))
	}
}
