package zookeeper

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/internal/message"
)

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
		if a := &answers[i]; a.err == nil && len(values[i]) == 0 {
			a.err = message.Errorf("it answered %q instead of values", strings.TrimSpace(a.text))
		}
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
	if !o.json && noneAnswered(answers) {
		r = nil // columns without rows
	}
	return o.print(env, r, answers)
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

// numberOf is a value as a number, with all its digits; null in JSON for what is none there, as NaN.
func numberOf(text string) render.Cell {
	if _, err := strconv.ParseFloat(text, 64); err == nil && json.Valid([]byte(text)) {
		return render.Cell{Text: text, Value: json.Number(text)}
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
