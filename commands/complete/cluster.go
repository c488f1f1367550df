package complete

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pegashell/internal/message"
	"pegashell/internal/suggestion"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// ofCluster returns the answer of the connected cluster; false if it is not known.
func ofCluster[T any](q *Query, item string, ask func(ctx context.Context, admin *metaadmin.Client) (T, error)) (T, bool) {
	admin := q.Admin
	if admin == nil {
		var none T
		return none, false
	}
	key := Key{Place: q.cluster(), Item: item}
	return Ask(q.Patience, q.Catalog, key, func(ctx context.Context) (T, error) { return ask(ctx, admin) })
}

// cluster is the name of the connected cluster's place in the catalog.
func (q *Query) cluster() string {
	return fmt.Sprintf("cluster %p %s", q.Admin, strings.Join(q.Metas, ","))
}

// tables are the cluster's tables in all states.
func (q *Query) tables() []metaadmin.AppInfo {
	tables, _ := ofCluster(q, "tables", func(ctx context.Context, admin *metaadmin.Client) ([]metaadmin.AppInfo, error) {
		return admin.ListApps(ctx, wire.AppInvalid)
	})
	return tables
}

// nodes are the cluster's replica servers, in order.
func (q *Query) nodes() []metaadmin.NodeInfo {
	nodes, _ := ofCluster(q, "nodes", func(ctx context.Context, admin *metaadmin.Client) ([]metaadmin.NodeInfo, error) {
		nodes, err := admin.ListNodes(ctx, wire.NodeInvalid)
		slices.SortFunc(nodes, func(a, b metaadmin.NodeInfo) int { return metaadmin.CompareServers(a.Name(), b.Name()) })
		return nodes, err
	})
	return nodes
}

// Cluster is the kind of a cluster's name in the manifest.
func Cluster(q *Query, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	if q.Manifest != nil {
		for _, name := range slices.Sorted(maps.Keys(q.Manifest.Clusters)) {
			all = append(all, suggestion.Suggestion{Text: name, Description: strings.Join(q.Manifest.Clusters[name].MetaServers, ",")})
		}
	}
	return 0, all
}

// Table is the kind of a table's name.
func Table(q *Query, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	for _, table := range q.tables() {
		if table.Status == wire.AppAvailable {
			all = append(all, suggestion.Suggestion{Text: table.Name, Description: message.New("table %d, %d partitions", table.ID, table.PartitionCount).In(q.Language)})
		}
	}
	return 0, all
}

// DroppedTable is the kind of a dropped table's id.
func DroppedTable(q *Query, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	for _, table := range q.tables() {
		if table.Status == wire.AppDropped {
			all = append(all, suggestion.Suggestion{Text: strconv.Itoa(int(table.ID)), Description: table.Name})
		}
	}
	return 0, all
}

// TableID is the kind of the id of a table that is there.
func TableID(q *Query, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	for _, table := range q.tables() {
		if table.Status == wire.AppAvailable {
			all = append(all, suggestion.Suggestion{Text: strconv.Itoa(int(table.ID)), Description: table.Name})
		}
	}
	return 0, all
}

// BackupPolicy is the kind of the name of a backup policy.
func BackupPolicy(q *Query, _ string) (int, []suggestion.Suggestion) {
	policies, _ := ofCluster(q, "backup policies", func(ctx context.Context, admin *metaadmin.Client) ([]metaadmin.BackupPolicy, error) {
		policies, _, err := admin.BackupPolicies(ctx, nil, 0)
		return policies, err
	})
	var all []suggestion.Suggestion
	for _, p := range policies {
		ids := make([]string, 0, len(p.Apps))
		for _, id := range p.Apps {
			ids = append(ids, strconv.Itoa(int(id)))
		}
		all = append(all, suggestion.Suggestion{Text: p.Name, Description: message.New("tables %s", strings.Join(ids, ", ")).In(q.Language)})
	}
	return 0, all
}

// TableVariable is the kind of an environment variable of the current table.
func TableVariable(q *Query, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	for _, table := range q.tables() {
		if table.Status == wire.AppAvailable && table.Name == q.Table {
			for _, key := range slices.Sorted(maps.Keys(table.Envs)) {
				all = append(all, suggestion.Suggestion{Text: key, Description: table.Envs[key]})
			}
		}
	}
	return 0, all
}

// knownVariables are the environment variables that meta servers of 2.5 accept for a table.
var knownVariables = []string{
	"business.info",
	"default_ttl",
	"manual_compact.disabled",
	"manual_compact.max_concurrent_running_count",
	"manual_compact.once.bottommost_level_compaction",
	"manual_compact.once.target_level",
	"manual_compact.once.trigger_time",
	"manual_compact.periodic.bottommost_level_compaction",
	"manual_compact.periodic.target_level",
	"manual_compact.periodic.trigger_time",
	"replica.backup_request_throttling",
	"replica.deny_client_request",
	"replica.read_throttling",
	"replica.read_throttling_by_size",
	"replica.rocksdb_block_cache_enabled",
	"replica.rocksdb_iteration_threshold_time_ms",
	"replica.slow_query_threshold",
	"replica.split.validate_partition_hash",
	"replica.write_throttling",
	"replica.write_throttling_by_size",
	"replica_access_controller.allowed_users",
	"replica_access_controller.ranger_policies",
	"rocksdb.allow_ingest_behind",
	"rocksdb.checkpoint.reserve_min_count",
	"rocksdb.checkpoint.reserve_time_seconds",
	"rocksdb.num_levels",
	"rocksdb.usage_scenario",
	"rocksdb.write_buffer_size",
	"user_specified_compaction",
}

// NewVariable is the kind of the keys and values of variables to set: it offers the table's variables,
// then those that servers know, and no values.
func NewVariable(q *Query, typed string) (int, []suggestion.Suggestion) {
	if len(q.Words)%2 == 1 {
		return 0, nil
	}
	_, all := TableVariable(q, typed)
	for _, name := range knownVariables {
		if !slices.ContainsFunc(all, func(c suggestion.Suggestion) bool { return c.Text == name }) {
			all = append(all, suggestion.Suggestion{Text: name})
		}
	}
	return 0, slices.DeleteFunc(all, func(c suggestion.Suggestion) bool { return slices.Contains(q.Words, c.Text) })
}

// maxPartitions is how many partitions of a table are offered.
const maxPartitions = 1024

// Partition is the kind of a gpid. It offers the ids of tables, and after the dot the indices of
// their partitions.
func Partition(q *Query, typed string) (int, []suggestion.Suggestion) {
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

// Node is the kind of a replica server's address.
func Node(q *Query, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	for _, node := range q.nodes() {
		all = append(all, suggestion.Suggestion{Text: node.Name(), Description: message.New("replica server, %s", node.Status).In(q.Language)})
	}
	return 0, all
}

// Server is the kind of any server's address, meta servers too.
func Server(q *Query, typed string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	for _, meta := range q.Metas {
		all = append(all, suggestion.Suggestion{Text: meta, Description: "meta server"})
	}
	_, nodes := Node(q, typed)
	return 0, append(all, nodes...)
}
