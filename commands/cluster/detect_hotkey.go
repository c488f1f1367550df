package cluster

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/render"
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
		Fields: []command.Field{
			{Path: "gpid", Type: command.Text, Meaning: "the partition, APP_ID.INDEX"},
			{Path: "server", Type: command.Text, Meaning: "the replica server"},
			{Path: "type", Type: command.Text, Meaning: "`read` or `write`"},
			{Path: "action", Type: command.Text, Meaning: "`start`, `stop` or `query`"},
			{Path: "hotkey", Type: command.MaybeText, Meaning: "the key that was found; null unless query has found one"},
		},
		Prepare: func(flags *command.FlagSet) command.Run {
			json := command.DeclareOwnJSON(flags)
			return func(ctx context.Context, env command.Env, args []string) error {
				return detectHotkeyRun(ctx, env, *json, argh.Parse(args, argh.PreferParam))
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

func detectHotkeyRun(ctx context.Context, env Env, json bool, w argh.Words) error {
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
	target, err := replicaServer(ctx, admin, server)
	if err != nil {
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
	env.Evidence("server", target)
	key, err := admin.DetectHotkey(ctx, target, q)
	if err != nil {
		return failHotkey(env, err, q.PID)
	}
	if json {
		return writeHotkey(env, q, target, strings.ToLower(kind), strings.ToLower(action), key)
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

// writeHotkey writes what was done as JSON.
func writeHotkey(env Env, q wire.DetectHotkeyRequest, server, kind, action, key string) error {
	var found *string
	if q.Action == wire.HotkeyQuery && key != "" {
		found = &key
	}
	return render.WriteIndented(env.Out(), struct {
		GPID   string  `json:"gpid"`
		Server string  `json:"server"`
		Type   string  `json:"type"`
		Action string  `json:"action"`
		Hotkey *string `json:"hotkey"`
	}{q.PID.String(), server, kind, action, found}, "    ")
}

// failHotkey tells in the original's words whether the server has refused or could not be reached.
func failHotkey(env Env, err error, pid wire.GPID) error {
	code := string(metaadmin.Code(err))
	if status(err) != code {
		return failErr(env, err, "Hotkey detection rpc sending failed, in %s, error_hint:%s", pid, code)
	}
	return failErr(env, err, "Hotkey detection performed failed, in %s, error_hint:%s %s", pid, code, hintOf(err))
}

// replicaServer finds the replica server of the cluster that was typed, as the original does by its address.
// Servers of the main branch can be named by their hosts too.
func replicaServer(ctx context.Context, admin *metaadmin.Client, typed string) (server string, err error) {
	noAddress := fmt.Sprintf("invalid ip:port=%s, can't transform it into rpc_address", typed)
	address, isAddress := addressOf(typed)
	if err := metaadmin.CheckServer(typed); err != nil && !isAddress {
		return "", outcome.Misuse(noAddress+"\n", command.OctalNote(err))
	}
	nodes, err := admin.ListNodes(ctx, wire.NodeInvalid)
	if err != nil {
		if outcome.IsCanceled(err) {
			return "", err
		}
		return "", outcome.OriginalUse("list nodes failed, error=%s", metaadmin.Code(err))
	}
	for i := range nodes {
		switch {
		case nodes[i].Name() == typed:
			return typed, nil
		case isAddress && nodes[i].Address == address:
			return address.String(), nil
		}
	}
	if !isAddress {
		return "", outcome.OriginalUse("%s", noAddress)
	}
	return "", outcome.OriginalUse("invalid ip:port=%s, can't find it in the cluster", typed)
}

// addressOf reads an address as the original does (source: rpc_address::from_string_ipv4): an IPv4 address or
// localhost, and a port, which may have a plus sign. Ports in octal and hexadecimal, which the original
// reads too, are no ports here.
func addressOf(server string) (wire.Address, bool) {
	colon := strings.LastIndexByte(server, ':')
	if colon < 0 {
		return 0, false
	}
	host, port := server[:colon], strings.TrimPrefix(server[colon+1:], "+")
	if host == "localhost" {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	n, err2 := strconv.ParseUint(port, 10, 16)
	if err != nil || err2 != nil || !ip.Is4() || port != strconv.FormatUint(n, 10) {
		return 0, false
	}
	address, err := wire.NewAddress(netip.AddrPortFrom(ip, uint16(n)))
	return address, err == nil
}
