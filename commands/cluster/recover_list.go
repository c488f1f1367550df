package cluster

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type recoverListOptions struct {
	file            string
	aliveOnly, json bool
}

func recoverListCommand() *command.Command {
	return &command.Command{
		Name:    "recover_list",
		Plugin:  command.PluginCluster,
		Reads:   true,
		Summary: "list the living replica servers for recover -f",
		Usage:   "[-o|--output file_name] [--alive_only] [-j|--json]",
		Notes: "It fails if a server is not alive, because a recovery without that server may lose data. (The `grep ALIVE` of the Pegasus documentation, " +
			"on the output of nodes, also selects servers that are UNALIVE.)",
		Fields: []command.Field{
			{Path: "servers", Type: command.Texts, Meaning: "the replica servers that are alive, HOST:PORT"},
			{Path: "left_out", Type: command.Texts, Meaning: "those that are not alive, with `--alive_only`"},
		},
		Examples: []string{"recover_list -o recover_node_list", "recover_list --alive_only -o recover_node_list"},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o recoverListOptions
			flags.StringVarP(&o.file, "output", "o", "", "write the list to this file")
			flags.Complete("output", complete.NewFile)
			flags.BoolVar(&o.aliveOnly, "alive_only", false, "leave out servers that are not alive")
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				err := recoverListRun(ctx, env, &o, args)
				if err == nil && o.file != "" { // what a recovery begins with
					command.See(ctx, env)
				}
				return err
			}
		},
	}
}

func recoverListRun(ctx context.Context, env Env, o *recoverListOptions, args []string) error {
	if len(args) > 0 {
		return outcome.WrongUse("recover_list: unexpected argument %q", args[0])
	}
	if o.json && o.file != "" {
		return outcome.WrongUse("recover_list: -o writes the list that recover -f reads, which cannot be JSON: use -o or -j")
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	infos, err := admin.ListNodes(ctx, wire.NodeInvalid)
	if err != nil {
		return fail(env, err, "list nodes failed, error=%s", metaadmin.Code(err))
	}
	status := map[string]metaadmin.NodeStatus{}
	for i := range infos {
		status[infos[i].Name()] = infos[i].Status
	}
	var alive, dead []string
	for _, server := range sortedServers(status) {
		if status[server] == wire.NodeAlive {
			alive = append(alive, server)
		} else {
			dead = append(dead, server)
		}
	}
	switch {
	case len(dead) > 0 && !o.aliveOnly:
		return message.Errorf("%d of %d replica servers are not alive: %s: start them, or leave them out with --alive_only",
			len(dead), len(status), strings.Join(dead, ", "))
	case len(alive) == 0:
		return message.Errorf("no replica server is alive")
	}
	if len(dead) > 0 {
		env.Note("left out because not alive: %s", strings.Join(dead, ", "))
	}
	if o.json {
		return render.WriteIndented(env.Out(), struct {
			Servers []string `json:"servers"`
			LeftOut []string `json:"left_out"`
		}{alive, append([]string{}, dead...)}, "    ")
	}
	err = env.WriteResult(o.file, func(w io.Writer) error {
		var b bytes.Buffer
		for _, server := range alive {
			fmt.Fprintln(&b, server)
		}
		_, err := w.Write(b.Bytes())
		return err
	})
	if err == nil {
		env.Saved(command.ListServers, o.file)
	}
	return err
}
