package cluster

import (
	"context"
	"errors"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/argh"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func removeDupCommand() *command.Command {
	return statusCommand("remove_dup", "end a duplication", "removing duplication", wire.DuplicationRemoved,
		"What the other cluster has received stays there. A duplication that was removed cannot be started again: add_dup begins a new one.")
}

func startDupCommand() *command.Command {
	return statusCommand("start_dup", "continue a duplication that is paused", "starting duplication", wire.DuplicationLog, "")
}

func pauseDupCommand() *command.Command {
	return statusCommand("pause_dup", "pause a duplication", "pausing duplication", wire.DuplicationPause,
		"The logs of the table are kept until it continues: replica servers need more disk meanwhile.")
}

// statusCommand is a command that sets the status of a duplication.
func statusCommand(name, summary, operation string, to metaadmin.DuplicationStatus, notes string) *command.Command {
	return &command.Command{
		Name:     name,
		Plugin:   command.PluginCluster,
		Summary:  summary,
		Usage:    "<app_name> <dup_id>",
		Notes:    notes,
		Examples: []string{name + " temp 1795651087", "query_dup temp"},
		Words:    3,
		Plain:    true,
		Args:     []complete.Kind{complete.Table, complete.Free},
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error {
				return changeDupRun(ctx, env, operation, to, args)
			}
		},
	}
}

func changeDupRun(ctx context.Context, env Env, operation string, to metaadmin.DuplicationStatus, args []string) error {
	app := args[0]
	id, ok := command.ParseNumber(args[1])
	if !ok { // the original aborts
		return outcome.OriginalUse("parsing %s as positive int failed", args[1])
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	env.Evidence("table", app)
	env.Evidence("duplication", id)
	err = admin.SetDuplicationStatus(ctx, app, id, to)
	return tellOfDup(env, fmt.Sprintf("%s(%d) for app %s", operation, id, app), err)
}

// tellOfDup tells what came of a change of a duplication.
func tellOfDup(env Env, operation string, err error) error {
	if err == nil {
		fmt.Fprintf(env.Out(), "%s succeed\n", operation)
		return nil
	}
	hint := ""
	var call *metaadmin.Error
	if errors.As(err, &call) && call.Code == wire.ErrObjectNotFound {
		hint = " [duplication not found]"
	}
	return failErr(env, err, "%s failed, error=%s%s", operation, status(err), hint)
}

func setDupFailModeCommand() *command.Command {
	return &command.Command{
		Name:     "set_dup_fail_mode",
		Plugin:   command.PluginCluster,
		Summary:  "set what a duplication does about refused writes",
		Usage:    "<app_name> <dup_id> <slow|skip>",
		Notes:    "`slow` tries again without end, `skip` leaves the write out.",
		Examples: []string{"set_dup_fail_mode temp 1795651087 skip", "set_dup_fail_mode temp 1795651087 slow"},
		Plain:    true,
		Args:     []complete.Kind{complete.Table, complete.Free, complete.FailMode.Complete},
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error {
				return setDupFailModeRun(ctx, env, argh.Parse(args, argh.PreferFlag))
			}
		},
	}
}

func setDupFailModeRun(ctx context.Context, env Env, w argh.Words) error {
	if len(w.Positional) > 3 {
		return outcome.OriginalUse("too many params")
	}
	app, word := w.At(0), w.At(2)
	id, ok := command.ParseNumber(w.At(1))
	if !ok {
		return outcome.OriginalUse("invalid dup_id %s", w.At(1))
	}
	mode, ok := map[string]metaadmin.DuplicationFailMode{"slow": wire.FailSlow, "skip": wire.FailSkip}[word]
	if !ok {
		return outcome.OriginalUse("fail_mode must be \"slow\" or  \"skip\": %s", word)
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	env.Evidence("table", app)
	env.Evidence("duplication", id)
	err = admin.SetDuplicationFailMode(ctx, app, id, mode)
	return tellOfDup(env, fmt.Sprintf("set duplication(%d) fail_mode (%s) for app %s", id, word, app), err)
}
