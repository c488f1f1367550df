package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func queryRestoreStatusCommand() *command.Command {
	return &command.Command{
		Name:     "query_restore_status",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "show how far the restoring of a table is",
		Usage:    "<restore_app_id> [-d|--detailed]",
		Notes:    "A table that was not restored is shown as done.",
		Examples: []string{"query_restore_status 9", "query_restore_status 9 -d"},
		Args:     []complete.Kind{complete.TableID},
		Fields:   restoreFields(),
		First: func(words []string) error {
			_, err := restoredID(words)
			return err
		},
		Prepare: func(flags *command.FlagSet) command.Run {
			detailed := flags.BoolP("detailed", "d", false, "show every partition")
			json := command.DeclareOwnJSON(flags)
			return func(ctx context.Context, env command.Env, args []string) error {
				return queryRestoreStatusRun(ctx, env, args, *detailed, *json)
			}
		},
	}
}

// restoredID reads the id of a table, which is the first word: a number below 0 too, and an option in its place
// is no id.
func restoredID(words []string) (int32, error) {
	if len(words) == 0 {
		return 0, outcome.OriginalUse("invalid parameter")
	}
	id, err := castNumber[int32](words[0])
	switch {
	case err != nil:
		return 0, outcome.WrongUse("query_restore_status: %q is not the id of a table: expected a whole number", words[0])
	case id <= 0:
		return 0, outcome.OriginalUse("invalid restore_app_id(%d)", id)
	}
	return id, nil
}

func queryRestoreStatusRun(ctx context.Context, env Env, args []string, detailed, json bool) error {
	id, err := restoredID(args)
	if err != nil {
		return err
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	partitions, err := admin.RestoreStatuses(ctx, id)
	if err != nil {
		return failRestoreStatus(env, err, id)
	}
	if json {
		return render.WriteIndented(env.Out(), newRestoreJSON(partitions), "    ")
	}
	writeRestore(env.Out(), partitions, detailed)
	return nil
}

// failRestoreStatus reports why the state of a table could not be had. For most answers of the leader the original prints
// nothing.
func failRestoreStatus(env Env, err error, id int32) error {
	code := metaadmin.Code(err)
	var call *metaadmin.Error
	answered := errors.As(err, &call) && call.Answered()
	switch {
	case code == wire.ErrAppNotExist:
		return fail(env, err, "invalid restore_app_id(%d)", id)
	case code == wire.ErrAppDropped:
		return fail(env, err, "restore failed, because some partition's data is damaged on cold backup media")
	case !answered:
		return failErr(env, err, "query restore status failed, restore_app_id(%d), err = %s", id, code)
	case code == wire.ErrInvalidParameters:
		env.Note("NOTE: %s: no table has the id %d", code, id)
	default:
		env.Note("NOTE: the leader answered %s", code)
	}
	return outcome.Told(err)
}

// finished is the progress of a partition that is restored.
const finished = 1000

// restoredPercent is how much of a table is restored, rounded as by the original.
func restoredPercent(partitions []metaadmin.RestoreStatus) int {
	sum := 0
	for _, p := range partitions {
		sum += int(p.Progress)
	}
	return sum / max(len(partitions), 1) / 10
}

func writeRestore(w io.Writer, partitions []metaadmin.RestoreStatus, detailed bool) {
	overall := restoredPercent(partitions)
	if !detailed {
		fmt.Fprintf(w, "the overall progress of restore is %d%%\n", overall)
		return
	}
	fmt.Fprintf(w, "%-14s%-14s%-14s\n", "pid", "progress(%)", "restore_status")
	for i, p := range partitions {
		fmt.Fprintf(w, "%-14d%-14d%-14s\n", i, p.Progress/10, restoreStatusName(p))
	}
	fmt.Fprintf(w, "\nthe overall progress of restore is %d%%\n", overall)
	fmt.Fprint(w, `
annotations:
    ok : mean restore complete
    ongoing : mean restore is under going
    skip : data on cold backup media is damaged, but skip the damaged partition
    unknown : invalid, should login server and check it
`)
}

func restoreStatusName(p metaadmin.RestoreStatus) string {
	switch {
	case p.Code == wire.OK && p.Progress == finished:
		return "ok"
	case p.Code == wire.OK:
		return "ongoing"
	case p.Code == wire.ErrIgnoreBadData:
		return "skip"
	}
	return "unknown"
}
