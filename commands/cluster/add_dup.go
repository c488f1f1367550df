package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/argh"
	"pegashell/internal/outcome"
)

func addDupCommand() *command.Command {
	return &command.Command{
		Name:    "add_dup",
		Plugin:  command.PluginCluster,
		Summary: "begin to duplicate a table to another cluster",
		Usage:   "<app_name> <remote_cluster_name> [-s|--sst]",
		Notes: "With -s the data that the table has already is copied too. If the table has a duplication to that cluster already, none is added: " +
			"without -s one that is paused is started, its fail mode becomes FAIL_SLOW, and its id is shown. The leader does not store that, so that " +
			"a new leader has what was stored before: start_dup and set_dup_fail_mode store it. Where its status does not allow the change, nothing " +
			"changes, and both ids are 0.",
		Examples: []string{"add_dup temp onebox2", "add_dup temp onebox2 -s"},
		Plain:    true,
		Args:     []complete.Kind{complete.Table, complete.Free},
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error {
				return addDupRun(ctx, env, argh.Parse(args, argh.PreferFlag))
			}
		},
	}
}

var errItself = errors.New("a table cannot be duplicated to its own cluster")

func addDupRun(ctx context.Context, env Env, w argh.Words) error {
	if len(w.Positional) > 2 {
		return outcome.OriginalUse("too many params")
	}
	if err := checkFlags(w, "s", "sst"); err != nil {
		return err
	}
	for i, param := range []string{"app_name", "remote_cluster_name"} {
		if len(w.Positional) <= i {
			return outcome.OriginalUse("missing param <%s>", param)
		}
	}
	app, remote, checkpoint := w.At(0), w.At(1), w.Has("s", "sst")
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	if remote == env.Cluster().Name {
		fmt.Fprintf(env.Err(), "illegal operation: adding duplication to itself [remote: %s]\n", remote)
		return outcome.Told(errItself)
	}
	env.Evidence("table", app)
	env.Evidence("remote", remote)
	appID, id, err := admin.AddDuplication(ctx, app, remote, checkpoint)
	if err != nil {
		text := fmt.Sprintf("adding duplication failed [app: %s, remote: %s, checkpoint: %t, error: %s]", app, remote, checkpoint, status(err))
		if hint := hintOf(err); hint != "" {
			text += "\ndetail:\n  " + hint
		}
		return failErr(env, err, "%s", text)
	}
	fmt.Fprintf(env.Out(), "adding duplication succeed [app: %s, remote: %s, appid: %d, dupid: %d], checkpoint: %t\n", app, remote, appID, id, checkpoint)
	if id == 0 {
		env.Warn("nothing was added or changed: %s has a duplication to %s already, and its status does not allow this. Look at it with query_dup %s", app, remote, app)
		return nil
	}
	env.Evidence("duplication", id)
	return nil
}

// checkFlags refuses flags that a command with argh's options does not have.
func checkFlags(w argh.Words, known ...string) error {
	for _, flag := range w.Flags {
		if !slices.Contains(known, flag) {
			return outcome.OriginalUse("unknown flag %s", flag)
		}
	}
	return nil
}
