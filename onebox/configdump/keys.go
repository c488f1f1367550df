package configdump

import (
	"cmp"
	"maps"
	"slices"
)

// key is what a server reads of its configuration: the default value, and the meaning as in the
// dump's comment.
type key struct {
	name, fallback, meaning string
}

// described returns the keys that a server reads, by section and there by name.
func described(app string) map[string][]key {
	all := map[string][]key{"replication": slices.Clone(bothReplication), "meta_server": nil}
	if app == "meta" {
		all = maps.Clone(metaOnly)
		all["replication"] = append(slices.Clone(bothReplication), all["replication"]...)
	} else {
		all["replication"] = append(all["replication"], replicaReplication...)
	}
	all["apps."+app] = appKeys
	for section, keys := range all {
		all[section] = slices.SortedFunc(slices.Values(keys), func(a, b key) int { return cmp.Compare(a.name, b.name) })
	}
	return all
}

// appKeys are of [apps.meta] and [apps.replica].
var appKeys = []key{
	{"arguments", "", "arguments of the instances of this app"},
	{"count", "1", "how many instances of this app run, with ports one after the other"},
	{"delay_seconds", "0", "seconds until the app is started"},
	{"pools", "", "thread pools that are started"},
	{"ports", "", "ports that the app listens on"},
	{"run", "true", "whether the instances of this app run"},
	{"type", "", "type of the app"},
}

// bothReplication is what meta and replica servers read of [replication].
var bothReplication = []key{
	{"cluster_name", "", "name of this cluster"},
	{"config_sync_interval_ms", "30000", "milliseconds between two syncs of a replica server with the meta server"},
	{"fd_beacon_interval_seconds", "3", "seconds between two beacons of a replica server"},
	{"fd_check_interval_seconds", "2", "seconds between two looks of the failure detector"},
	{"fd_grace_seconds", "10", "grace period of the failure detector in seconds; it must be longer than the lease"},
	{"fd_lease_seconds", "9", "lease of the failure detector in seconds"},
}

// replicaReplication is what a replica server reads of [replication] beyond that.
var replicaReplication = []key{
	{"data_dirs", "", "replica directories as TAG:PATH, with commas between"},
	{"gc_memory_replica_interval_ms", "600000", "milliseconds after which a closed replica is forgotten"},
	{"group_check_interval_ms", "10000", "milliseconds between two checks of a primary's group"},
}

// metaOnly is what a meta server reads. Its defaults are those of the simulated server, which
// differ from Pegasus's own where readConfig of package metaserver says so.
var metaOnly = map[string][]key{
	"meta_server": {
		{"cluster_root", "/", "znode below which the metadata of the cluster is stored"},
		{"cold_backup_disabled", "true", "whether tables cannot be backed up by policies"},
		{"distributed_lock_service_parameters", "", "parameters of the lock service: the znode below which the lock lies"},
		{"distributed_lock_service_type", "distributed_lock_service_zookeeper", "lock service"},
		{"hold_seconds_for_dropped_app", "604800", "seconds for which the data of a dropped table is kept"},
		{"max_allowed_replica_count", "5", "largest replica count of a table"},
		{"max_reserved_dropped_replicas", "1", "how many dropped replicas are remembered beyond the replica count"},
		{"max_succssive_unstable_restart", "5", "a replica server that restarts oftener one time after the other is not listened to"},
		{"meta_function_level_on_start", "steady", "meta function level at the start"},
		{"meta_state_service_parameters", "", "parameters of the state service"},
		{"meta_state_service_type", "meta_state_service_zookeeper", "state service"},
		{"min_allowed_replica_count", "1", "smallest replica count of a table"},
		{"min_live_node_count_for_unfreeze", "3", "with fewer live replica servers the cluster is freezed"},
		{"node_live_percentage_threshold_for_update", "65", "with a smaller percentage of live replica servers the cluster is freezed"},
		{"recover_from_replica_server", "false", "whether the metadata is rebuilt from the replica servers when there is no table"},
		{"replica_assign_delay_ms_for_dropouts", "300000", "milliseconds for which a dropped replica is waited for"},
		{"server_list", "", "meta servers"},
		{"stable_rs_min_running_seconds", "0", "seconds after which a replica server counts as stable"},
	},
	"replication": {
		{"duplication_enabled", "true", "whether tables can be duplicated to other clusters"},
		{"lb_interval_ms", "2000", "milliseconds between two looks at all partitions"},
		{"mutation_2pc_min_replica_count", "0", "replicas that a write needs; 0 is by the replica count"},
	},
	"zookeeper": {
		{"hosts_list", "", "ZooKeeper servers"},
		{"logfile", "zoo.log", "log of the ZooKeeper client"},
		{"timeout_ms", "30000", "timeout of a ZooKeeper session in milliseconds"},
	},
}

// taskSection begins the names of the sections of tasks.
const taskSection = "task."

// taskKeys are what a real server has for each task; a simulated one reads none of them.
var taskKeys = []key{
	{"allow_inline", "false", "whether the task may run in the thread that starts it instead of a thread of its own pool"},
	{"collect_call_count", "true", "whether it is counted how often a task of this kind calls each of the other kinds of tasks"},
	{"grpc_mode", "", "to whom a call to a group of servers goes: to its leader, to all, or to any of them"},
	{"is_profile", "false", "whether latencies and queue lengths of this kind of task are profiled"},
	{"pool_code", "", "thread pool that runs the task; without one it is the pool that the code of the task names"},
	{"priority", "", "priority of the task among those that wait in the queue of its pool: low, common or high"},
	{"randomize_timer_delay_if_zero", "false", "whether a timer without a first delay gets one by chance, so that many timers do not fire at once"},
	{"rpc_call_channel", "", "network channel that this kind of call goes through, one of those for TCP and for UDP"},
	{"rpc_call_header_format", "", "format of the header that the messages of this kind of call are sent with"},
	{"rpc_message_crc_required", "false", "whether a checksum is computed for requests and answers of this kind when they are sent"},
	{"rpc_msg_payload_serialize_default_format", "", "how the body of a message of this kind is serialized unless its sender chooses another format"},
	{"rpc_request_delays_milliseconds", "", "milliseconds by which reading is delayed while the queue is longer than its threshold, for six lengths"},
	{"rpc_request_dropped_before_execution_when_timeout", "false", "whether a request is dropped that has waited longer than its own timeout"},
	{"rpc_request_resend_timeout_milliseconds", "0", "milliseconds after which a request without an answer is sent again; 0 sends it once"},
	{"rpc_request_throttling_mode", "", "what happens to requests while the queue is longer than its threshold: nothing, refusal or delay"},
	{"rpc_timeout_milliseconds", "5000", "timeout of this kind of call in milliseconds, for callers that do not state one of their own"},
}
