package zookeeper

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/render"
)

func zkRuokCommand() *command.Command {
	return &command.Command{
		Name:    "zk_ruok",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "ask ZooKeeper servers whether they run",
		Usage:   wordUsage,
		Notes:   wordNotes + " A server that runs need not have a quorum: `zk_mntr` shows its state.",
		Fields: []command.Field{
			{Path: "servers[].server", Type: command.Text, Meaning: "HOST:PORT"},
			{Path: "servers[].answer", Type: command.MaybeText, Meaning: "`imok`; null for none"},
		},
		Examples: []string{"zk_ruok", "zk_ruok 10.0.0.1:2181,10.0.0.2:2181"},
		Exits:    wordExits, FailCode: exitTrouble,
		Args: wordArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o wordOptions
			o.declare(flags)
			return func(ctx context.Context, env command.Env, args []string) error { return zkRuokRun(ctx, env, &o, args) }
		},
	}
}

func zkRuokRun(ctx context.Context, env Env, o *wordOptions, args []string) error {
	answers, err := o.ask(ctx, env, "zk_ruok", word{"ruok", "ruok"}, args)
	if err != nil {
		return err
	}
	r := &render.Report{Single: true, Typed: true}
	grid := r.Add(render.NewGrid("servers", "server", "answer"))
	for _, a := range answers {
		answer := "imok" // of an admin server, whose answer has no text
		if a.object == nil {
			answer = a.text
		}
		if a.err != nil {
			answer = ""
		}
		grid.Row(a.server, render.OrDash(answer))
	}
	if err := command.Print(env, r, command.OutputOptions{JSON: o.json}); err != nil {
		return err
	}
	return ended(env, answers)
}

func zkMntrCommand() *command.Command {
	return &command.Command{
		Name:    "zk_mntr",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "show the state and the counters of ZooKeeper servers",
		Usage:   "[-a|--all] " + wordUsage,
		Notes:   wordNotes + " A column for each server. The names are those of the word `mntr`; what a server does not have is a hyphen. Without `-a` only those are shown that servers of every version have.",
		Fields: []command.Field{
			{Path: "mntr[].server", Type: command.Text, Meaning: "HOST:PORT"},
			{Path: "mntr[].key", Type: command.Text, Meaning: "the name, as zk_server_state"},
			{Path: "mntr[].text", Type: command.Text, Meaning: "the value"},
			{Path: "mntr[].number", Type: command.Fraction + command.OrNull, Meaning: "the value where it is a number; else null"},
		},
		Examples: []string{"zk_mntr", "zk_mntr 10.0.0.1:2181 -j"},
		Exits:    wordExits, FailCode: exitTrouble,
		Args: wordArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o wordOptions
			all := flags.BoolP("all", "a", false, "show every value")
			o.declare(flags)
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkMntrRun(ctx, env, &o, *all, args)
			}
		},
	}
}

// monitorKeys are the values that servers have had since 3.4, in its order.
var monitorKeys = []string{"zk_version", "zk_server_state", "zk_avg_latency", "zk_max_latency", "zk_min_latency", "zk_packets_received", "zk_packets_sent",
	"zk_num_alive_connections", "zk_outstanding_requests", "zk_znode_count", "zk_watch_count", "zk_ephemerals_count", "zk_approximate_data_size",
	"zk_followers", "zk_synced_followers", "zk_pending_syncs", "zk_open_file_descriptor_count", "zk_max_file_descriptor_count"}

func zkMntrRun(ctx context.Context, env Env, o *wordOptions, all bool, args []string) error {
	answers, err := o.ask(ctx, env, "zk_mntr", word{"mntr", "monitor"}, args)
	if err != nil {
		return err
	}
	values, columns := make([]map[string]string, len(answers)), []string{"key"}
	for i := range answers {
		values[i] = monitored(&answers[i])
		columns = append(columns, answers[i].server)
	}
	keys := shownKeys(values, all)
	r := &render.Report{Single: true, Typed: true}
	if o.json {
		grid := r.Add(render.NewGrid("mntr", "server", "key", "text", "number"))
		for i := range answers {
			for _, key := range keys {
				if value, ok := values[i][key]; ok {
					grid.Row(answers[i].server, key, value, numberOf(value))
				}
			}
		}
	} else {
		grid := r.Add(render.NewGrid("mntr", columns...))
		for _, key := range keys {
			row := []any{key}
			for i := range answers {
				row = append(row, render.OrDash(values[i][key]))
			}
			grid.Row(row...)
		}
	}
	if err := command.Print(env, r, command.OutputOptions{JSON: o.json}); err != nil {
		return err
	}
	return ended(env, answers)
}

// shownKeys are the names of the values that a server has: those of every version in their order, then,
// where all are shown, the others.
func shownKeys(values []map[string]string, all bool) []string {
	has := map[string]bool{}
	for _, v := range values {
		for key := range v {
			has[key] = true
		}
	}
	keys := slices.DeleteFunc(slices.Clone(monitorKeys), func(key string) bool { return !has[key] })
	if !all {
		return keys
	}
	for _, key := range slices.Sorted(maps.Keys(has)) {
		if !slices.Contains(monitorKeys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// numberOf is a value as a number; null in JSON for what is none.
func numberOf(text string) render.Cell {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return render.Cell{Text: text, Value: n}
	}
	return render.Cell{Text: "-"}
}

// monitored are the values of mntr: lines of a key, a tab and a value. The admin server leaves out the
// beginning of the keys.
func monitored(a *serverAnswer) map[string]string {
	values := map[string]string{}
	for line := range strings.Lines(a.text) {
		if key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			values[key] = value
		}
	}
	for key, value := range a.object {
		if key == "command" || key == "error" || value == nil {
			continue
		}
		text, isText := value.(string)
		if !isText {
			text = fmt.Sprint(value)
		}
		values["zk_"+strings.TrimPrefix(key, "zk_")] = text
	}
	return values
}

func zkConsCommand() *command.Command {
	return &command.Command{
		Name:    "zk_cons",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "show the connections of ZooKeeper servers",
		Usage:   wordUsage,
		Notes:   wordNotes + " The connection that asks is one of them, without a session.",
		Fields: []command.Field{
			{Path: "connections[].server", Type: command.Text, Meaning: "HOST:PORT"},
			{Path: "connections[].client", Type: command.Text, Meaning: "HOST:PORT of the client"},
			{Path: "connections[].session", Type: command.MaybeText, Meaning: "its session, as 0x1f; null for none"},
			{Path: "connections[].timeout_ms", Type: command.MaybeSum, Meaning: "the session's timeout; null without a session, as the latencies"},
			{Path: "connections[].queued", Type: command.MaybeSum, Meaning: "requests that wait"},
			{Path: "connections[].received", Type: command.MaybeSum, Meaning: "packets that came"},
			{Path: "connections[].sent", Type: command.MaybeSum, Meaning: "packets that went"},
			{Path: "connections[].avg_latency_ms", Type: command.MaybeSum, Meaning: "the average latency"},
			{Path: "connections[].max_latency_ms", Type: command.MaybeSum, Meaning: "the highest latency"},
		},
		Examples: []string{"zk_cons", "zk_cons 10.0.0.1:2181 -j"},
		Exits:    wordExits, FailCode: exitTrouble,
		Args: wordArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o wordOptions
			o.declare(flags)
			return func(ctx context.Context, env command.Env, args []string) error { return zkConsRun(ctx, env, &o, args) }
		},
	}
}

// consLine is a line of cons: /HOST:PORT[OPS](KEY=VALUE,...).
var consLine = regexp.MustCompile(`^\s*/?(\S+?)\[\d+\]\((.*)\)\s*$`)

// consKeys are the keys of a connection in the order of the columns: those of the word, and of the admin
// server.
var consKeys = [][2]string{{"to", "session_timeout"}, {"queued", "outstanding_requests"}, {"recved", "packets_received"}, {"sent", "packets_sent"},
	{"avglat", "avg_latency"}, {"maxlat", "max_latency"}}

func zkConsRun(ctx context.Context, env Env, o *wordOptions, args []string) error {
	answers, err := o.ask(ctx, env, "zk_cons", word{"cons", "connections"}, args)
	if err != nil {
		return err
	}
	r := &render.Report{Single: true, Typed: true}
	grid := r.Add(render.NewGrid("connections", "server", "client", "session"))
	grid.Right("timeout_ms", "queued", "received", "sent", "avg_latency_ms", "max_latency_ms")
	for i := range answers {
		for _, c := range connectionsOf(&answers[i]) {
			grid.Row(append([]any{answers[i].server, c.client, render.OrDash(c.session)}, c.numbers...)...)
		}
	}
	if err := command.Print(env, r, command.OutputOptions{JSON: o.json}); err != nil {
		return err
	}
	return ended(env, answers)
}

// consConnection is one connection of a server.
type consConnection struct {
	client, session string
	numbers         []any // by consKeys
}

// connectionsOf are the connections of a server, by their clients.
func connectionsOf(a *serverAnswer) []consConnection {
	var found []consConnection
	for line := range strings.Lines(a.text) {
		parts := consLine.FindStringSubmatch(line)
		if parts == nil {
			continue
		}
		values := map[string]string{}
		for pair := range strings.SplitSeq(parts[2], ",") {
			if key, value, ok := strings.Cut(pair, "="); ok {
				values[key] = value
			}
		}
		c := consConnection{client: parts[1], session: values["sid"]}
		for _, key := range consKeys {
			c.numbers = append(c.numbers, wholeNumber(values[key[0]]))
		}
		found = append(found, c)
	}
	for _, key := range []string{"connections", "secure_connections"} {
		listed, _ := a.object[key].([]any)
		for _, each := range listed {
			values, _ := each.(map[string]any)
			c := consConnection{client: strings.TrimPrefix(textOf(values["remote_socket_address"]), "/")}
			if id, err := strconv.ParseInt(textOf(values["session_id"]), 10, 64); err == nil && id != 0 {
				c.session = hexID(id)
			}
			for _, key := range consKeys {
				c.numbers = append(c.numbers, wholeNumber(textOf(values[key[1]])))
			}
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b consConnection) int { return cmp.Compare(a.client, b.client) })
	return found
}

// textOf is a value of an admin server's answer; "" for none.
func textOf(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// wholeNumber is a number; null in JSON for what is none.
func wholeNumber(text string) render.Cell {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return render.Cell{Text: text, Value: n}
	}
	return render.Cell{Text: "-"}
}
