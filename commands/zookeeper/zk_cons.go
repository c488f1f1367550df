package zookeeper

import (
	"cmp"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/render"
)

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
	if !o.json && noneAnswered(answers) {
		r = nil // columns without rows
	}
	return o.print(env, r, answers)
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
