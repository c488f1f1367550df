package commands

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// oneTableOptions are those of the commands that show one table, which is their first argument.
type oneTableOptions struct {
	detailed, resolve bool
	outputOptions
}

// declareDetailed declares -d; details is what it shows.
func (o *oneTableOptions) declareDetailed(flags *pflag.FlagSet, details string) {
	flags.BoolVarP(&o.detailed, "detailed", "d", false, "show "+details)
}

func (o *oneTableOptions) declareResolve(flags *pflag.FlagSet) {
	flags.BoolVarP(&o.resolve, "resolve_ip", "r", false, "show host names")
}

// parameters begins a report with what was asked for.
func (o *oneTableOptions) parameters(r *report, name string) {
	parameters := r.add(newList("parameters"))
	parameters.row("app_name", name)
	if o.file != "" {
		parameters.row("out_file", o.file)
	}
	parameters.row("detailed", o.detailed)
}

// oneTable asks for the partitions of the table that is the first argument. failed says that it could not be
// had, with places for its name and the error's code.
func (e *Env) oneTable(ctx context.Context, args []string, failed string) (*metaadmin.Client, *metaadmin.Partitions, error) {
	if len(args) == 0 {
		return nil, nil, &UsageError{}
	}
	if args[0] == "" {
		fmt.Fprintln(e.Out, "ERROR: null app name")
		return nil, nil, &UsageError{}
	}
	admin, err := e.admin()
	if err != nil {
		return nil, nil, err
	}
	app, err := queryTable(ctx, admin, args[0])
	if err != nil {
		return nil, nil, e.fail(err, failed, args[0], metaadmin.Code(err))
	}
	return admin, app, nil
}

// queryTable asks for a table's partitions. A name that no table can have is not asked for, as in the original.
func queryTable(ctx context.Context, admin *metaadmin.Client, name string) (*metaadmin.Partitions, error) {
	if !validTableName(name) {
		return nil, errTableName(wire.RPCQueryCfg)
	}
	return admin.QueryPartitions(ctx, name)
}

// maxReplicaCount is how many replicas each of a table's partitions is to have.
func maxReplicaCount(app *metaadmin.Partitions) int32 {
	if len(app.Configs) == 0 {
		return 0
	}
	return app.Configs[0].MaxReplicaCount
}
