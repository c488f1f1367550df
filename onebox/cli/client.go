package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"pegashell/onebox/client"
)

var clientCommand = command{
	name:    "client",
	usage:   "client --meta HOST:PORT,... --table NAME [--timeout_ms N] [--pause_ms N]",
	summary: "Use a table all the time, as a client does, until SIGINT or SIGTERM, and count the calls that fail.",
	define: func(app *App, flags *pflag.FlagSet) func(context.Context) error {
		metas := flags.String("meta", "", "the meta `servers`")
		table := flags.String("table", "", "the `table` that is used")
		timeout := flags.Int("timeout_ms", 10_000, "`milliseconds` that a call may take with all that it tries; it is failed then")
		pause := flags.Int("pause_ms", 5, "`milliseconds` between two calls")
		return func(ctx context.Context) error {
			switch {
			case *metas == "" || *table == "":
				return usageError{fmt.Errorf("--meta and --table are needed")}
			case *timeout < 100 || *pause < 0:
				return usageError{fmt.Errorf("--timeout_ms must be at least 100, --pause_ms at least 0")}
			}
			count, err := client.Run(ctx, client.Options{
				Metas: strings.Split(*metas, ","), Table: *table, Timeout: time.Duration(*timeout) * time.Millisecond,
				Refresh: time.Second, Pause: time.Duration(*pause) * time.Millisecond,
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(app.Stdout, "calls   : %d\nfailed  : %d\nretried : %d\nslowest : %.3f s\n", count.Calls, count.Failed, count.Retried, count.Slowest.Seconds())
			if count.Failed > 0 {
				return fmt.Errorf("%d calls failed, the first one: %w", count.Failed, count.Err)
			}
			return nil
		}
	},
}
