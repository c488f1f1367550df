package cluster

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func appDiskCommand() *command.Command {
	return &command.Command{
		Name:     "app_disk",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "show how much disk space a table uses",
		Usage:    "<app_name> [-d|--detailed] [-r|--resolve_ip] [-j|--json] [-o|--output file_name]",
		Examples: []string{"app_disk temp", "app_disk temp -d"},
		Words:    2,
		Args:     []complete.Kind{complete.Table},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o oneTableOptions
			o.declareResolve(flags)
			o.declareDetailed(flags, "each replica's megabytes and number of files")
			o.DeclareJSON(flags)
			o.DeclareFile(flags)
			return func(ctx context.Context, env command.Env, args []string) error {
				return appDiskRun(ctx, env, &o, args)
			}
		},
	}
}

func appDiskRun(ctx context.Context, env Env, o *oneTableOptions, args []string) error {
	admin, app, err := oneTable(ctx, env, args, "ERROR: list app %s failed, error=%s")
	if err != nil {
		return err
	}
	servers, err := livingServers(ctx, env, admin)
	if err != nil {
		return failNodeList(env, err, "ERROR: ")
	}
	disks, err := diskFigures(ctx, env, admin, servers, app.AppID)
	if err != nil {
		return err
	}
	var r render.Report
	o.parameters(&r, args[0])
	disks.report(&r, args[0], app, o, resolver(ctx, env, o.resolve))
	return command.Print(env, &r, o.OutputOptions)
}

// failNodeList reports that there is no list of servers, after the reason, which is printed
// already.
func failNodeList(env Env, err error, prefix string) error {
	if outcome.IsCanceled(err) {
		return err
	}
	return failOn(env, env.Out(), err, "%sget replica server node list failed", prefix)
}

// diskUse is what replicas take on disk, by server and partition. A replica that is missing was not
// counted.
type diskUse struct {
	megabytes, files map[string]map[int32]float64
}

// diskFigures asks every server for its replicas of a table.
func diskFigures(ctx context.Context, env Env, admin *metaadmin.Client, servers []string, app int32) (*diskUse, error) {
	query := figureQuery{
		command: "perf-counters-by-prefix",
		arguments: []string{
			fmt.Sprintf("replica*app.pegasus*disk.storage.sst(MB)@%d.", app),
			fmt.Sprintf("replica*app.pegasus*disk.storage.sst.count@%d.", app),
		},
		wanted: []int{fileMB, fileCount},
		table:  app,
	}
	answers, errs := askEach(ctx, servers, func(ctx context.Context, server string) ([]figure, error) {
		return query.ask(ctx, env, admin, server)
	})
	use := &diskUse{megabytes: map[string]map[int32]float64{}, files: map[string]map[int32]float64{}}
	for i, server := range servers {
		if errs[i] != nil {
			return nil, failFigures(env, "ERROR: ", server, errs[i])
		}
		use.megabytes[server], use.files[server] = map[int32]float64{}, map[int32]float64{}
		for _, f := range answers[i] {
			switch {
			case f.pid.AppID != app:
			case f.quantity == fileMB:
				use.megabytes[server][f.pid.Index] = f.value
			case f.quantity == fileCount:
				use.files[server][f.pid.Index] = f.value
			}
		}
	}
	return use, nil
}

func (u *diskUse) report(r *render.Report, name string, app *metaadmin.Partitions, o *oneTableOptions, resolve func(string) string) {
	replicaCount := maxReplicaCount(app)
	details := render.NewGrid("details", "pidx", "ballot", "replica_count", "primary", "secondaries")
	var ofPrimaries, ofAll float64
	var primaries, all int
	for i := range app.Configs {
		p := &app.Configs[i]
		primary, others := p.PrimaryServer(), p.SecondaryServers()
		replicas, shown := len(others), "-"
		if primary != "" {
			replicas++
			shown = u.show(resolve(primary), primary, p.PID)
			if mb, ok := u.megabytes[primary][p.PID.Index]; ok {
				ofPrimaries += mb
				primaries++
			}
			others = append([]string{primary}, others...)
		}
		for _, server := range others {
			if mb, ok := u.megabytes[server][p.PID.Index]; ok {
				ofAll += mb
				all++
			}
		}
		var secondaries []string
		for _, server := range p.SecondaryServers() {
			secondaries = append(secondaries, u.show(resolve(server), server, p.PID))
		}
		details.Row(p.PID.Index, p.Ballot, fmt.Sprintf("%d/%d", replicas, p.MaxReplicaCount), shown, "["+strings.Join(secondaries, ",")+"]")
	}
	result := r.Add(render.NewList("result"))
	result.Row("app_name", name)
	result.Row("app_id", app.AppID)
	result.Row("partition_count", app.Count)
	result.Row("max_replica_count", replicaCount)
	result.Row("disk_used_for_primary_replicas(MB)", ofPrimaries)
	result.Row("disk_used_for_all_replicas(MB)", ofAll)
	result.Row("partitions not counted", fmt.Sprintf("%d/%d", int(app.Count)-primaries, app.Count))
	result.Row("replicas not counted", fmt.Sprintf("%d/%d", int(app.Count*replicaCount)-all, app.Count*replicaCount))
	if o.detailed {
		r.Add(details)
	}
}

// show returns SERVER(MB,#FILES), with "-" for what is not known.
func (u *diskUse) show(name, server string, pid wire.GPID) string {
	megabytes, files := "-", "-"
	if mb, ok := u.megabytes[server][pid.Index]; ok {
		megabytes = general(mb)
	}
	if n, ok := u.files[server][pid.Index]; ok {
		files = "#" + general(n)
	}
	return fmt.Sprintf("%s(%s,%s)", name, megabytes, files)
}

// general prints a double as a C++ stream does: six digits, without trailing zeros.
func general(f float64) string { return strconv.FormatFloat(f, 'g', 6, 64) }
