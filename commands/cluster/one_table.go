package cluster

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// oneTableOptions are those of the commands that show one table, which is their first argument.
type oneTableOptions struct {
	detailed, resolve bool
	command.OutputOptions
}

// declareDetailed declares -d; details is what it shows.
func (o *oneTableOptions) declareDetailed(flags *command.FlagSet, details string) {
	flags.BoolVarP(&o.detailed, "detailed", "d", false, "show "+details)
}

func (o *oneTableOptions) declareResolve(flags *command.FlagSet) {
	flags.BoolVarP(&o.resolve, "resolve_ip", "r", false, "show host names")
}

// parameters begins a report with what was asked for.
func (o *oneTableOptions) parameters(r *render.Report, name string) {
	parameters := r.Add(render.NewList("parameters"))
	parameters.Row("app_name", name)
	if o.File != "" {
		parameters.Row("out_file", o.File)
	}
	parameters.Row("detailed", o.detailed)
}

// oneTable asks for the partitions of the table that is the first argument. failed says that it could not be
// had, with places for its name and the error's code.
func oneTable(ctx context.Context, env Env, args []string, failed string) (*metaadmin.Client, *metaadmin.Partitions, error) {
	if len(args) == 0 {
		return nil, nil, outcome.Misused()
	}
	if args[0] == "" {
		fmt.Fprintln(env.Out(), "ERROR: null app name")
		return nil, nil, outcome.Misused()
	}
	admin, err := env.Admin()
	if err != nil {
		return nil, nil, err
	}
	app, err := queryTable(ctx, admin, args[0])
	if err != nil {
		return nil, nil, fail(env, err, failed, args[0], metaadmin.Code(err))
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
