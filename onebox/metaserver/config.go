package metaserver

import (
	"fmt"
	"strings"
	"time"

	"pegashell/internal/ini"
	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// config is what a meta server reads from its config.ini.
type config struct {
	rpc.Settings

	clusterRoot    string        // [meta_server] cluster_root
	lockRoot       string        // [meta_server] distributed_lock_service_parameters
	zkHosts        string        // [zookeeper] hosts_list, as it is written
	zk             zkAddress     // hosts_list, parsed
	sessionTimeout time.Duration // [zookeeper] timeout_ms
	recover        bool          // [meta_server] recover_from_replica_server
	levelOnStart   wire.MetaLevel
	// hangAtRecoveries is how many concurrent calls of start_recovery make the leader hang; 0 for
	// never.
	hangAtRecoveries int
	defaultTables    []wire.AppInfo // [meta_server.apps.*], created in an empty tree

	minLiveNodes   int // [meta_server] min_live_node_count_for_unfreeze
	livePercentage int // [meta_server] node_live_percentage_threshold_for_update
	minReplicas    int32
	maxReplicas    int32
	min2PC         int32 // [replication] mutation_2pc_min_replica_count; 0 is by the table's replica count
	// reservedDropped is how many dropped replicas are remembered beyond a partition's replica
	// count.
	reservedDropped int
	holdDropped     time.Duration // how long a dropped table can be recalled
	cureInterval    time.Duration // [replication] lb_interval_ms
	assignDelay     time.Duration // how long the leader waits for a lost secondary while enough replicas live
	maxRestarts     int           // a replica server that restarts oftener is not listened to
	stableAfter     time.Duration

	duplication     bool             // [replication] duplication_enabled
	duplicationIDs  map[string]bool  // the clusters that [duplication-group] numbers
	clusters        map[string]bool  // the clusters that [pegasus.clusters] names the meta servers of
	confirmInterval time.Duration    // [onebox] duplication_confirm_interval_ms
	backups         bool             // [meta_server] cold_backup_disabled is false
	backupInterval  time.Duration    // between looks for backups to begin or to end
	backupTime      time.Duration    // how long a backup takes
	now             func() time.Time // for backups; nil for time.Now
}

// readConfig reads a config.ini. Keys that are missing have the defaults of Pegasus 2.5.0, except
// two: stable_rs_min_running_seconds is 0 as in Pegasus's own onebox (otherwise a server that is
// restarted five times is ignored), and lb_interval_ms is 2,000 instead of 10,000 to cure
// partitions sooner.
func readConfig(file string) (config, error) {
	f, err := ini.Load(file)
	if err != nil {
		return config{}, err
	}
	c := config{
		clusterRoot: cleanPath(f.String("meta_server", "cluster_root", "/")),
		lockRoot:    f.String("meta_server", "distributed_lock_service_parameters", ""),
		zkHosts:     f.String("zookeeper", "hosts_list", ""),

		backupInterval: time.Second, backupTime: 5 * time.Second,
	}
	if c.Settings, err = rpc.ReadSettings(f, "meta"); err != nil {
		return c, fmt.Errorf("%s: %w", file, err)
	}
	if c.zk, err = parseHostsList(c.zkHosts); err != nil {
		return c, fmt.Errorf("%s: [zookeeper] hosts_list: %w", file, err)
	}
	if c.lockRoot == "" {
		return c, fmt.Errorf("%s: [meta_server] distributed_lock_service_parameters: no lock root", file)
	}
	c.lockRoot = cleanPath(c.lockRoot)
	level := f.String("meta_server", "meta_function_level_on_start", "steady")
	if c.levelOnStart, err = wire.ParseMetaLevel(level); err != nil {
		return c, fmt.Errorf("%s: [meta_server] meta_function_level_on_start: %w", file, err)
	}
	if c.recover, err = f.Bool("meta_server", "recover_from_replica_server", false); err != nil {
		return c, err
	}
	if err := c.readNumbers(f); err != nil {
		return c, err
	}
	if err := c.readDuplication(f); err != nil {
		return c, err
	}
	noBackups, err := f.Bool("meta_server", "cold_backup_disabled", true)
	if err != nil {
		return c, err
	}
	c.backups = !noBackups
	c.defaultTables, err = readDefaultTables(f)
	return c, err
}

func (c *config) readNumbers(f *ini.File) error {
	for _, n := range []struct {
		section, key string
		fallback     int64
		set          func(int64)
	}{
		{"onebox", "hang_at_recover_calls", 0, func(n int64) { c.hangAtRecoveries = int(n) }},
		{"zookeeper", "timeout_ms", 30_000, func(n int64) { c.sessionTimeout = time.Duration(n) * time.Millisecond }},
		{"meta_server", "min_live_node_count_for_unfreeze", 3, func(n int64) { c.minLiveNodes = int(n) }},
		{"meta_server", "node_live_percentage_threshold_for_update", 65, func(n int64) { c.livePercentage = int(n) }},
		{"meta_server", "min_allowed_replica_count", 1, func(n int64) { c.minReplicas = int32(n) }},
		{"meta_server", "max_allowed_replica_count", 5, func(n int64) { c.maxReplicas = int32(n) }},
		{"replication", "mutation_2pc_min_replica_count", 0, func(n int64) { c.min2PC = int32(n) }},
		{"meta_server", "max_reserved_dropped_replicas", 1, func(n int64) { c.reservedDropped = int(n) }},
		{"meta_server", "hold_seconds_for_dropped_app", 604_800, func(n int64) { c.holdDropped = time.Duration(n) * time.Second }},
		{"replication", "lb_interval_ms", 2_000, func(n int64) { c.cureInterval = time.Duration(n) * time.Millisecond }},
		{"meta_server", "replica_assign_delay_ms_for_dropouts", 300_000, func(n int64) { c.assignDelay = time.Duration(n) * time.Millisecond }},
		{"meta_server", "max_succssive_unstable_restart", 5, func(n int64) { c.maxRestarts = int(n) }},
		{"meta_server", "stable_rs_min_running_seconds", 0, func(n int64) { c.stableAfter = time.Duration(n) * time.Second }},
	} {
		value, err := f.Int(n.section, n.key, n.fallback)
		if err != nil {
			return err
		}
		if value < 0 || value > 1<<31-1 {
			return fmt.Errorf("[%s] %s: %d is out of range", n.section, n.key, value)
		}
		n.set(value)
	}
	if c.sessionTimeout == 0 || c.cureInterval == 0 {
		return fmt.Errorf("[zookeeper] timeout_ms and [replication] lb_interval_ms must not be 0")
	}
	return nil
}

// readDuplication reads which clusters tables can be duplicated to.
func (c *config) readDuplication(f *ini.File) (err error) {
	if c.duplication, err = f.Bool("replication", "duplication_enabled", true); err != nil {
		return err
	}
	const interval = "duplication_confirm_interval_ms"
	if c.confirmInterval, err = f.Duration("onebox", interval, time.Millisecond, 2*time.Second); err != nil {
		return err
	}
	if c.confirmInterval == 0 {
		return fmt.Errorf("[onebox] %s is 0", interval)
	}
	c.duplicationIDs, c.clusters = make(map[string]bool), make(map[string]bool)
	for _, name := range f.Keys("duplication-group") {
		if _, err := f.Int("duplication-group", name, 0); err != nil {
			return err
		}
		c.duplicationIDs[name] = true
	}
	for _, name := range f.Keys("pegasus.clusters") {
		c.clusters[name] = len(f.List("pegasus.clusters", name)) > 0
	}
	return nil
}

// readDefaultTables reads the tables of the sections [meta_server.apps.NAME]; one without app_name
// is left out, as in Pegasus.
func readDefaultTables(f *ini.File) ([]wire.AppInfo, error) {
	var tables []wire.AppInfo
	for _, section := range f.Sections() {
		name := f.String(section, "app_name", "")
		if !strings.HasPrefix(section, "meta_server.apps") || name == "" {
			continue
		}
		partitions, err := f.Int(section, "partition_count", 1)
		if err != nil {
			return nil, err
		}
		replicas, err := f.Int(section, "max_replica_count", 3)
		if err != nil {
			return nil, err
		}
		kind := f.String(section, "app_type", "")
		if partitions <= 0 || partitions > 1<<20 || replicas <= 0 || replicas > 1<<10 || kind == "" {
			return nil, fmt.Errorf("[%s] needs app_type, a positive partition_count and max_replica_count", section)
		}
		info := newAppInfo(name, kind, int32(partitions), int32(replicas), nil)
		info.ID = int32(len(tables) + 1)
		info.InitPartitionCount = -1 // Pegasus leaves it unset for these
		tables = append(tables, info)
	}
	return tables, nil
}

// cleanPath returns a znode path without empty parts: "/a/b", "/" for none.
func cleanPath(p string) string {
	return "/" + strings.Join(strings.FieldsFunc(p, func(r rune) bool { return r == '/' }), "/")
}

// min2PCReplicas is how many replicas a partition needs to take writes.
func (c *config) min2PCReplicas(maxReplicas int32) int {
	switch {
	case c.min2PC > 0:
		return int(c.min2PC)
	case maxReplicas <= 2:
		return 1
	}
	return int(maxReplicas)/2 + 1
}
