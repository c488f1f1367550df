package commands

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func renameCommand() *Command {
	return &Command{
		Name:     "rename",
		Plugin:   PluginCluster,
		Summary:  "give a table another name",
		Usage:    "<old_app_name> <new_app_name>",
		Examples: []string{"rename temp temp_old"},
		Words:    3,
		Plain:    true,
		Prepare:  func(*pflag.FlagSet) Run { return renameRun },
	}
}

// errTableName is what the original's client gives for names that it does not send.
func errTableName(rpc string) error {
	return &metaadmin.Error{Code: wire.ErrInvalidParameters, RPC: rpc, Hint: "Invalid name. Only 0-9a-zA-Z.:_ are valid!"}
}

func renameRun(ctx context.Context, env *Env, args []string) error {
	from, to := args[0], args[1]
	admin, err := env.admin()
	if err != nil {
		return err
	}
	if validTableName(from) && validTableName(to) {
		err = admin.RenameApp(ctx, from, to)
	} else {
		err = errTableName(wire.RPCRenameApp)
	}
	if err != nil {
		why := string(metaadmin.Code(err))
		if hint := hintOf(err); hint != "" {
			why += ", " + hint
		}
		return env.failErr(err, "rename app failed, old_app_name(%s), new_app_name(%s), failed: %s", from, to, why)
	}
	fmt.Fprintf(env.Out, "rename app ok, old_app_name(%s), new_app_name(%s)\n", from, to)
	return nil
}

func recallCommand() *Command {
	return &Command{
		Name:     "recall",
		Plugin:   PluginCluster,
		Summary:  "bring a dropped table back by its id",
		Usage:    "<app_id> [new_app_name]",
		Examples: []string{"recall 3", "recall 3 doomed_again"},
		Words:    2,
		Plain:    true,
		Prepare:  func(*pflag.FlagSet) Run { return recallRun },
	}
}

func recallRun(ctx context.Context, env *Env, args []string) error {
	id, ok := parseNumber(args[0])
	if !ok {
		return usagef("ERROR: parse %s as id failed", args[0])
	}
	newName := ""
	if len(args) > 1 {
		newName = args[1]
	}
	admin, err := env.admin()
	if err != nil {
		return err
	}
	if err := recallTable(ctx, env, admin, id, newName); err != nil {
		return env.fail(err, "recall app %d failed, error=%s", id, metaadmin.Code(err))
	}
	fmt.Fprintf(env.Out, "recall app %d succeed\n", id)
	return nil
}

func recallTable(ctx context.Context, env *Env, admin *metaadmin.Client, id int32, newName string) error {
	if newName != "" && !validTableName(newName) {
		return errTableName(wire.RPCRecallApp)
	}
	var info *metaadmin.AppInfo
	err := env.whileBusy(ctx, func() (err error) {
		info, err = admin.RecallApp(ctx, id, newName)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Out, "recall app ok, id(%d), name(%s), partition_count(%d), wait it ready\n", info.ID, info.Name, info.PartitionCount)
	return waitReady(ctx, env, admin, info.Name, int(info.MaxReplicaCount))
}

// How often the original tries to create, drop or recall a table that the leader is busy with, and how many
// seconds it waits between.
const (
	busyAttempts     = 3
	busyPauseSeconds = 10
)

// whileBusy repeats a change that the leader refused because it is still creating or dropping the table.
func (e *Env) whileBusy(ctx context.Context, change func() error) error {
	for attempt := 1; ; attempt++ {
		err := change()
		code := metaadmin.Code(err)
		if code != wire.ErrBusyCreating && code != wire.ErrBusyDropping || attempt == busyAttempts {
			return err
		}
		if e.sleep(ctx, busyPauseSeconds*e.second()) != nil {
			return err
		}
	}
}
