package commands

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pegashell/commands/complete"
	"pegashell/internal/suggestion"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// ofCluster is what the connected cluster answers; false when it is not known.
func ofCluster[T any](q *query, item string, ask func(ctx context.Context, admin *metaadmin.Client) (T, error)) (T, bool) {
	cluster := q.env.Cluster
	if cluster == nil || cluster.Admin == nil {
		var none T
		return none, false
	}
	admin := cluster.Admin // `cc` may change it while the question is under way
	key := complete.Key{Place: fmt.Sprintf("cluster %p %s", admin, strings.Join(cluster.Metas, ",")), Item: item}
	return complete.Ask(q.patience, q.catalog, key, func(ctx context.Context) (T, error) { return ask(ctx, admin) })
}

// tables are the cluster's tables in all states.
func (q *query) tables() []metaadmin.AppInfo {
	tables, _ := ofCluster(q, "tables", func(ctx context.Context, admin *metaadmin.Client) ([]metaadmin.AppInfo, error) {
		return admin.ListApps(ctx, wire.AppInvalid)
	})
	return tables
}

// nodes are the cluster's replica servers, in order.
func (q *query) nodes() []metaadmin.NodeInfo {
	nodes, _ := ofCluster(q, "nodes", func(ctx context.Context, admin *metaadmin.Client) ([]metaadmin.NodeInfo, error) {
		nodes, err := admin.ListNodes(ctx, wire.NodeInvalid)
		slices.SortFunc(nodes, func(a, b metaadmin.NodeInfo) int { return compareServers(a.Name(), b.Name()) })
		return nodes, err
	})
	return nodes
}

func clusterNames(q *query, _ Kind, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	if q.env.Manifest != nil {
		for _, name := range slices.Sorted(maps.Keys(q.env.Manifest.Clusters)) {
			all = append(all, suggestion.Suggestion{Text: name, Description: strings.Join(q.env.Manifest.Clusters[name].MetaServers, ",")})
		}
	}
	return 0, all
}

func tableNames(q *query, _ Kind, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	for _, table := range q.tables() {
		if table.Status == wire.AppAvailable {
			all = append(all, suggestion.Suggestion{Text: table.Name, Description: fmt.Sprintf("table %d, %d partitions", table.ID, table.PartitionCount)})
		}
	}
	return 0, all
}

func droppedTables(q *query, _ Kind, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	for _, table := range q.tables() {
		if table.Status == wire.AppDropped {
			all = append(all, suggestion.Suggestion{Text: strconv.Itoa(int(table.ID)), Description: table.Name})
		}
	}
	return 0, all
}

func tableVariables(q *query, _ Kind, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	for _, table := range q.tables() {
		if table.Status == wire.AppAvailable && table.Name == q.env.Session.App {
			for _, key := range slices.Sorted(maps.Keys(table.Envs)) {
				all = append(all, suggestion.Suggestion{Text: key, Description: table.Envs[key]})
			}
		}
	}
	return 0, all
}

// maxPartitions is how many partitions of a table are offered.
const maxPartitions = 1024

// partitions offers the ids of tables, and behind the dot the indices of their partitions.
func partitions(q *query, _ Kind, typed string) (int, []suggestion.Suggestion) {
	id, _, dotted := strings.Cut(typed, ".")
	var all []suggestion.Suggestion
	for _, table := range q.tables() {
		switch {
		case table.Status != wire.AppAvailable:
		case !dotted:
			all = append(all, suggestion.Suggestion{Text: strconv.Itoa(int(table.ID)), Description: table.Name})
		case id == strconv.Itoa(int(table.ID)):
			for i := range min(table.PartitionCount, maxPartitions) {
				all = append(all, suggestion.Suggestion{Text: strconv.Itoa(int(i)), Description: table.Name})
			}
		}
	}
	if dotted {
		return len(id) + len("."), all
	}
	return 0, all
}

func nodeAddresses(q *query, _ Kind, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	for _, node := range q.nodes() {
		all = append(all, suggestion.Suggestion{Text: node.Name(), Description: "replica server, " + node.Status.String()})
	}
	return 0, all
}

func serverAddresses(q *query, kind Kind, typed string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	if q.env.Cluster != nil {
		for _, meta := range q.env.Cluster.Metas {
			all = append(all, suggestion.Suggestion{Text: meta, Description: "meta server"})
		}
	}
	_, nodes := nodeAddresses(q, kind, typed)
	return 0, append(all, nodes...)
}
