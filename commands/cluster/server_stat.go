package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"pegashell/commands/command"
	"pegashell/metaadmin"
)

func serverStatCommand() *command.Command {
	return &command.Command{
		Name:    "server_stat",
		Plugin:  command.PluginCluster,
		Reads:   true,
		Summary: "show the main figures of servers",
		Usage:   targetUsage,
		Notes: targetNotes + " Servers of the main branch are asked for their metrics over HTTP, except meta servers that " +
			"are not the leader: such a request crashes a follower of 2.5.",
		Fields:   remoteFields,
		Examples: []string{"server_stat", "server_stat -t replica-server"},
		Appended: serverStat,
		Changes:  changes,
		Prepare:  prepareRemote(askFigures),
	}
}

// askFigures asks for a server's figures, or carries out what was typed in front of that word.
func askFigures(words []string) askServer {
	if len(words) > 1 {
		return askCommand(words)
	}
	return askStat
}

// askStat returns a server's figures: in its own words where it has perf counters, otherwise from
// its metrics.
func askStat(ctx context.Context, env Env, admin *metaadmin.Client, server string) (string, error) {
	text, err := admin.RemoteCommand(ctx, server, serverStat, nil)
	unknown := metaadmin.IsUnknownCommand(text)
	if err != nil || !unknown && !hasOnlyMetrics(text) {
		return text, err
	}
	if slices.Contains(env.Cluster().Metas, server) {
		// Who leads must be fresh: an HTTP request to a follower would end it.
		if _, err := admin.ClusterInfo(ctx); err != nil {
			return "", err
		}
		if admin.Leader() != server {
			if unknown {
				text += " (a follower is not asked for its metrics)"
			}
			return text, nil
		}
	}
	metrics, err := admin.Metrics(ctx, server, metaadmin.MetricQuery{Fields: []string{"value"}, Types: []string{"server"}})
	if err != nil {
		return "", err
	}
	return statText(metrics)
}

// hasOnlyMetrics reports from a server's sum of its perf counters that it is of the main branch: it
// has the command still, but none of the counters. Followers of 2.5 have none either; they miss the
// shared log's too, of which the main branch knows nothing.
func hasOnlyMetrics(text string) bool {
	if strings.Contains(text, "shared.log") {
		return false
	}
	for part := range strings.SplitSeq(text, ", ") {
		if !strings.HasSuffix(part, "=not_found") {
			return false
		}
	}
	return true
}

// statFigures are what the original of the main branch shows of a server, by the role that has them
// all.
var statFigures = []struct{ metric, name string }{
	{"virtual_mem_usage_mb", "virt_mem_mb"},
	{"resident_mem_usage_mb", "res_mem_mb"},
	{"total_replicas", "total_replicas"},
	{"opening_replicas", "opening_replicas"},
	{"closing_replicas", "closing_replicas"},
	{"inactive_replicas", "inactive_replicas"},
	{"error_replicas", "error_replicas"},
	{"primary_replicas", "primary_replicas"},
	{"secondary_replicas", "secondary_replicas"},
	{"learning_replicas", "learning_replicas"},
	{"splitting_replicas", "splitting_replicas"},
}

// memoryFigures is how many of them a meta server has.
const memoryFigures = 2

// statText returns the figures as one object of JSON, which is what the original of the main branch
// makes of them.
func statText(m *metaadmin.Metrics) (string, error) {
	figures := statFigures
	switch m.Role {
	case "meta":
		figures = figures[:memoryFigures]
	case "replica":
	default:
		return "", fmt.Errorf("role %q is unknown", m.Role)
	}
	values := map[string]float64{}
	for _, e := range m.Entities {
		if e.Type == "server" {
			for _, metric := range e.Metrics {
				values[metric.Name] = metric.Value
			}
		}
	}
	text := "{"
	for i, f := range figures {
		if i > 0 {
			text += ","
		}
		number, err := json.Marshal(values[f.metric])
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf("%q:%s", f.name, number)
	}
	return text + "}", nil
}
