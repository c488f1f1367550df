package pegasusconf

import "strings"

// The values that meta_function_level_on_start and the types of services can have.
var (
	levels       = []string{"stopped", "blind", "freezed", "steady", "lively"}
	lockServices = []string{"distributed_lock_service_zookeeper", "distributed_lock_service_simple"}
	metaServices = []string{"meta_state_service_zookeeper", "meta_state_service_simple"}
)

// texts are the keys whose values are no numbers and no switches.
var texts = map[place]rule{
	{"meta_server", "server_list"}:                         {kind: Servers},
	{"meta_server", "replica_white_list"}:                  {kind: Servers},
	{"meta_server", "cluster_root"}:                        {kind: Path},
	{"meta_server", "distributed_lock_service_parameters"}: {kind: Path},
	{"meta_server", "distributed_lock_service_type"}:       {kind: Choice, choices: lockServices},
	{"meta_server", "meta_state_service_type"}:             {kind: Choice, choices: metaServices},
	{"meta_server", "meta_function_level_on_start"}:        {kind: Choice, choices: levels},
	{"zookeeper", "hosts_list"}:                            {kind: HostsList},
}

// bounds are the numbers of which a server refuses more than their type says: the validators of their flags.
var bounds = map[place]struct{ least, most int64 }{
	{"meta_server", "max_allowed_replica_count"}:                  {1, maxInt32},
	{"meta_server", "min_allowed_replica_count"}:                  {1, maxInt32},
	{"meta_server", "min_live_node_count_for_unfreeze"}:           {1, maxInt64},
	{"meta_server", "node_live_percentage_threshold_for_update"}:  {0, 100},
	{"meta_server", "replica_assign_delay_ms_for_dropouts"}:       {0, maxInt64},
	{"replication", "config_sync_interval_ms"}:                    {1, maxUint32},
	{"replication", "max_concurrent_bulk_load_downloading_count"}: {0, maxInt32},
	{"replication", "mem_release_max_reserved_mem_percentage"}:    {1, 100},
	{"zookeeper", "timeout_ms"}:                                   {1, maxInt32},
}

// typed returns the kind of a key by the words of plain.
func typed(section, key string) Kind {
	for kind, keys := range plain[tableOf(section)] {
		for word := range strings.FieldsSeq(keys) {
			if word == key {
				return kind
			}
		}
	}
	return Free
}

// tableOf is the section under which plain has the keys of a section.
func tableOf(section string) string {
	if strings.HasPrefix(section, "apps.") {
		return "apps."
	}
	return section
}

// plain are the numbers and switches of Pegasus 2.5.0 and the main branch, by section, from their DSN_DEFINE lines.
// Where the two differ in the type it is the one that holds what both take.
var plain = map[string]map[Kind]string{
	"apps.": {
		Boolean: `run`,
		Int32:   `count delay_seconds`,
	},
	"core": {
		Boolean: `logging_flush_on_exit pause_on_start`,
		Uint32:  `local_hash timer_service_worker_count`,
		Double:  `tcmalloc_release_rate`,
	},
	"meta_server": {
		Boolean: `
			add_secondary_enable_flow_control balance_cluster balancer_in_turn bulk_load_verify_before_ingest
			cold_backup_disabled enable_concurrent_bulk_load enable_white_list only_move_primary
			only_primary_balancer recover_from_replica_server`,
		Int32: `
			add_secondary_max_count_for_one_node hold_seconds_for_dropped_app max_allowed_replica_count
			max_replicas_in_group max_succssive_unstable_restart min_allowed_replica_count`,
		Int64: `node_live_percentage_threshold_for_update replica_assign_delay_ms_for_dropouts`,
		Uint32: `
			balance_op_count_per_round bulk_load_max_rollback_times bulk_load_node_max_ingesting_count
			bulk_load_node_min_disk_count max_reserved_dropped_replicas`,
		Uint64: `min_live_node_count_for_unfreeze stable_rs_min_running_seconds`,
	},
	"network": {
		Boolean: `enable_udp`,
		Int32:   `socket_recv_buffer_bytes socket_send_buffer_bytes`,
		Uint32:  `conn_pool_max_size conn_threshold_per_ip io_service_worker_count`,
	},
	"nfs": {
		Int32: `
			file_close_expire_time_ms file_close_timer_interval_ms_on_server high_priority_speed_rate
			max_buffered_local_writes max_concurrent_local_writes max_concurrent_remote_copy_requests
			max_file_copy_request_count_per_file max_retry_count_per_copy_request rpc_timeout_ms`,
		Int64:  `max_copy_rate_megabytes_per_disk max_send_rate_megabytes_per_disk`,
		Uint32: `nfs_copy_block_bytes`,
	},
	"pegasus.server": {
		Boolean: `
			encrypt_data_at_rest perf_counter_enable_logging rocksdb_cache_index_and_filter_blocks
			rocksdb_cache_index_and_filter_blocks_with_high_priority rocksdb_disable_bloom_filter
			rocksdb_disable_table_block_cache rocksdb_enable_write_buffer_manager rocksdb_limiter_enable_auto_tune
			rocksdb_partition_filters rocksdb_pin_l0_filter_and_index_blocks_in_cache
			rocksdb_pin_top_level_index_and_filter rocksdb_use_direct_io_for_flush_and_compaction
			rocksdb_use_direct_reads rocksdb_verbose_log rocksdb_write_global_seqno`,
		Int32: `
			hotkey_analyse_time_interval_s inject_read_error_for_test inject_write_error_for_test
			manual_compact_min_interval_seconds read_amp_bytes_per_bit rocksdb_block_cache_num_shard_bits
			rocksdb_format_version rocksdb_level0_file_num_compaction_trigger rocksdb_level0_slowdown_writes_trigger
			rocksdb_level0_stop_writes_trigger rocksdb_max_background_compactions rocksdb_max_background_flushes
			rocksdb_max_open_files rocksdb_max_write_buffer_number rocksdb_num_levels
			rocksdb_target_file_size_multiplier update_rdb_stat_interval`,
		Int64: `dup_lagging_write_threshold_ms rocksdb_limiter_max_write_megabytes_per_sec`,
		Uint32: `
			checkpoint_reserve_min_count checkpoint_reserve_time_seconds hot_bucket_variance_threshold
			hot_key_variance_threshold hotkey_buckets_num max_seconds_to_detect_hotkey rocksdb_max_iteration_count
			rocksdb_multi_get_max_iteration_count`,
		Uint64: `
			falcon_port perf_counter_read_capacity_unit_size perf_counter_update_interval_seconds
			perf_counter_write_capacity_unit_size prometheus_port rocksdb_abnormal_batch_get_bytes_threshold
			rocksdb_abnormal_batch_get_count_threshold rocksdb_abnormal_get_size_threshold
			rocksdb_abnormal_multi_get_iterate_count_threshold rocksdb_abnormal_multi_get_size_threshold
			rocksdb_block_cache_capacity rocksdb_compaction_readahead_size rocksdb_iteration_threshold_time_ms
			rocksdb_keep_log_file_num rocksdb_log_file_time_to_roll rocksdb_max_bytes_for_level_base
			rocksdb_max_log_file_size rocksdb_metadata_block_size rocksdb_multi_get_max_iteration_size
			rocksdb_periodic_compaction_seconds rocksdb_slow_query_threshold_ns rocksdb_target_file_size_base
			rocksdb_total_size_across_write_buffer rocksdb_writable_file_max_buffer_size rocksdb_write_buffer_size
			stats_dump_period_sec stats_persist_period_sec`,
		Double: `rocksdb_bloom_filter_bits_per_key rocksdb_max_bytes_for_level_multiplier`,
	},
	"replication": {
		Boolean: `
			batch_write_disabled checkpoint_disabled config_sync_disabled crash_on_slog_error
			delay_for_fd_timeout_on_start deny_client_on_start disk_stat_disabled dup_ignore_other_cluster_ids
			duplication_enabled empty_write_disabled enable_direct_io enable_latency_tracer
			enable_latency_tracer_report fd_disabled gc_disabled group_check_disabled ignore_broken_disk
			log_shared_force_flush mem_release_enabled plog_force_flush plog_gc_enabled
			reject_write_when_disk_insufficient replicas_stat_disabled verbose_client_log_on_start
			verbose_commit_log_on_start`,
		Int32: `
			checkpoint_interval_seconds checkpoint_max_interval_hours cold_backup_checkpoint_reserve_minutes
			disk_min_available_space_ratio disk_stat_interval_seconds fd_beacon_interval_seconds
			fd_check_interval_seconds fd_grace_seconds fd_lease_seconds gc_interval_ms gc_memory_replica_interval_ms
			group_check_interval_ms lb_interval_ms learn_app_max_concurrent_count log_private_file_size_mb
			log_private_reserve_max_size_mb log_private_reserve_max_time_seconds log_shared_file_size_mb
			log_shared_pending_size_throttling_delay_ms log_shared_pending_size_throttling_threshold_kb
			max_concurrent_bulk_load_downloading_count max_mutation_count_in_prepare_list
			mem_release_check_interval_ms mem_release_max_reserved_mem_percentage mutation_2pc_min_replica_count
			prepare_decree_gap_for_debug_logging prepare_timeout_ms_for_potential_secondaries
			prepare_timeout_ms_for_secondaries staleness_for_commit`,
		Uint32: `
			config_sync_interval_ms direct_io_buffer_pages duplicate_log_batch_bytes fds_read_batch_size
			fds_read_limit_rate fds_write_burst_size fds_write_limit_rate hdfs_read_limit_rate_mb_per_sec
			hdfs_write_limit_rate_mb_per_sec max_concurrent_manual_emergency_checkpointing_count
			replicas_stat_interval_ms trigger_checkpoint_retry_interval_ms`,
		Uint64: `
			abnormal_write_trace_latency_threshold dup_max_allowed_write_size dup_no_mutation_load_delay_ms
			dup_progress_min_report_period_ms dup_progress_min_update_period_ms duplication_sync_period_second
			gc_disk_error_replica_interval_seconds gc_disk_garbage_replica_interval_seconds
			gc_disk_migration_origin_replica_interval_seconds gc_disk_migration_tmp_replica_interval_seconds
			hdfs_read_batch_size_bytes hdfs_write_batch_size_bytes load_replica_max_wait_time_ms
			log_shared_gc_flush_replicas_limit max_allowed_write_size max_concurrent_uploading_file_count
			max_replicas_on_load_for_each_disk row_lock_map_capacity`,
	},
	"security": {
		Boolean: `enable_acl enable_auth enable_ranger_acl enable_zookeeper_kerberos mandatory_auth`,
		Uint32:  `update_ranger_policy_interval_sec`,
	},
	"zookeeper": {
		Int32: `timeout_ms`,
	}}
