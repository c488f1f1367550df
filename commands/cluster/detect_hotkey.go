package cluster

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pegashell/commands/command"
	"pegashell/internal/argh"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func detectHotkeyCommand() *command.Command {
	return &command.Command{
		Name:    "detect_hotkey",
		Plugin:  command.PluginCluster,
		Summary: "find out which key of a partition is used most",
		Usage: "<-a|--app_id num> <-p|--partition_index num> <-t|--hotkey_type read|write> " +
			"<-c|--detect_action start|stop|query> <-d|--address str>",
		Notes: "ADDRESS is the replica server with the partition's primary. The long name of -c is `--hotkey_action`, whatever the usage says, as in the original. " +
			"`start` begins, `query` shows what was found, `stop` ends it.",
		Examples: []string{"detect_hotkey -a 2 -p 0 -t read -c start -d 127.0.0.1:34801", "detect_hotkey -a 2 -p 0 -t read -c query -d 127.0.0.1:34801"},
		Changes: func(args []string) bool {
			w := argh.Parse(args, argh.PreferParam)
			return !strings.EqualFold(w.Value("c", "hotkey_action"), "query")
		},
		Reads: true,
		Plain: true,
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error {
				return detectHotkeyRun(ctx, env, argh.Parse(args, argh.PreferParam))
			}
		},
	}
}

// hotkeyParams are the names of the options.
var hotkeyParams = []string{"a", "app_id", "p", "partition_index", "c", "hotkey_action", "t", "hotkey_type", "d", "address"}

// checkHotkeyParams refuses words, options and switches that the command does not have.
func checkHotkeyParams(w argh.Words) error {
	if len(w.Positional) > 0 {
		return outcome.OriginalUse("too many params!")
	}
	for _, p := range w.Params {
		if !slices.Contains(hotkeyParams, p.Name) {
			return outcome.OriginalUse("unknown param %s = %s", p.Name, p.Value)
		}
	}
	switch {
	case len(w.Flags) == 0:
		return nil
	case slices.Contains(hotkeyParams, w.Flags[0]):
		return outcome.OriginalUse("missing value of %s", w.Flags[0])
	}
	return outcome.OriginalUse("unknown flag %s", w.Flags[0])
}

func detectHotkeyRun(ctx context.Context, env Env, w argh.Words) error {
	if err := checkHotkeyParams(w); err != nil {
		return err
	}
	var q wire.DetectHotkeyRequest
	for _, number := range []struct {
		text string
		to   *int32
	}{{w.Value("a", "app_id"), &q.PID.AppID}, {w.Value("p", "partition_index"), &q.PID.Index}} {
		n, ok := command.ParseNumber(number.text)
		if !ok {
			return outcome.OriginalUse(`"%s" is an invalid num`, number.text)
		}
		*number.to = n
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	server, kind, action := w.Value("d", "address"), w.Value("t", "hotkey_type"), w.Value("c", "hotkey_action")
	if err := checkReplicaServer(ctx, admin, server); err != nil {
		return err
	}
	types := map[string]wire.HotkeyType{"read": wire.HotkeyRead, "write": wire.HotkeyWrite}
	actions := map[string]wire.HotkeyAction{"start": wire.HotkeyStart, "stop": wire.HotkeyStop, "query": wire.HotkeyQuery}
	var known bool
	if q.Type, known = types[strings.ToLower(kind)]; !known {
		return outcome.OriginalUse(`"%s" is an invalid hotkey type (should be 'read' or 'write')`, kind)
	}
	if q.Action, known = actions[strings.ToLower(action)]; !known {
		return outcome.OriginalUse(`"%s" is an invalid hotkey detect action (should be 'start' or 'stop')`, action)
	}
	env.Evidence("partition", q.PID)
	env.Evidence("server", server)
	key, err := admin.DetectHotkey(ctx, server, q)
	if err != nil {
		return failHotkey(env, err, q.PID)
	}
	switch q.Action {
	case wire.HotkeyStart:
		fmt.Fprintf(env.Out(), "Hotkey detection is starting, using 'detect_hotkey -a %d -p %d -t %s -c query -d %s' to get the result later\n",
			q.PID.AppID, q.PID.Index, kind, server)
	case wire.HotkeyStop:
		fmt.Fprintln(env.Out(), "Hotkey detection is stopped now")
	default:
		fmt.Fprintf(env.Out(), "Find %s hotkey in %s result:%s\n", kind, q.PID, key)
	}
	return nil
}

// failHotkey tells in the original's words whether the server has refused or could not be reached.
func failHotkey(env Env, err error, pid wire.GPID) error {
	code := string(metaadmin.Code(err))
	if status(err) != code {
		return failErr(env, err, "Hotkey detection rpc sending failed, in %s, error_hint:%s", pid, code)
	}
	return failErr(env, err, "Hotkey detection performed failed, in %s, error_hint:%s %s", pid, code, hintOf(err))
}

// checkReplicaServer refuses what is no address of a replica server of the cluster. Servers of the main
// branch can be named by their hosts.
func checkReplicaServer(ctx context.Context, admin *metaadmin.Client, server string) error {
	if _, err := netip.ParseAddrPort(server); err != nil && metaadmin.CheckServer(server) != nil {
		return outcome.OriginalUse("invalid ip:port=%s, can't transform it into rpc_address", server)
	}
	nodes, err := admin.ListNodes(ctx, wire.NodeInvalid)
	if err != nil {
		if outcome.IsCanceled(err) {
			return err
		}
		return outcome.OriginalUse("list nodes failed, error=%s", metaadmin.Code(err))
	}
	for i := range nodes {
		if nodes[i].Name() == server || nodes[i].Address.String() == server {
			return nil
		}
	}
	return outcome.OriginalUse("invalid ip:port=%s, can't find it in the cluster", server)
}
