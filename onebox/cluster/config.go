package cluster

import (
	"cmp"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"pegashell/internal/atomicfile"
	"pegashell/internal/ini"
	"pegashell/onebox/configdump"
	"pegashell/onebox/release"
)

// The configuration files, complete except for the values of one cluster.
var (
	//go:embed meta.ini
	metaTemplate []byte
	//go:embed replica.ini
	replicaTemplate []byte
)

// renderConfig returns the config.ini of a meta or replica server; nil for a ZooKeeper, which has
// none.
func (c *Cluster) renderConfig(i *instance) ([]byte, error) {
	config := c.state.Config
	// State files from before these could be chosen do not have them.
	lockRoot, lease := cmp.Or(config.LockRoot, config.ClusterRoot), cmp.Or(config.LeaseSeconds, defaultLeaseSeconds)
	tasks := 0
	if config.FullConfigDump {
		tasks = configdump.FullTasks
	}
	common := []Setting{
		{"apps." + string(i.Kind), "ports", strconv.Itoa(i.Port)},
		{"meta_server", "server_list", strings.Join(c.state.metaList(), ",")},
		{"replication", "cluster_name", config.ClusterName},
		{"replication", "config_sync_interval_ms", strconv.Itoa(config.ConfigSyncIntervalMS)},
		{"replication", "fd_lease_seconds", strconv.Itoa(lease)},
		{"replication", "fd_grace_seconds", strconv.Itoa(lease + 1)},
		{"onebox", "simulate", string(cmp.Or(config.Simulate, release.V25))},
		{"onebox", "config_dump_tasks", strconv.Itoa(tasks)},
	}
	switch i.Kind {
	case Meta:
		f, err := fill("meta.ini", metaTemplate, append(common,
			Setting{"meta_server", "cluster_root", config.ClusterRoot},
			Setting{"meta_server", "distributed_lock_service_parameters", lockRoot},
			Setting{"meta_server", "min_live_node_count_for_unfreeze", strconv.Itoa(config.MinLiveNodeCount)},
			Setting{"zookeeper", "hosts_list", c.state.zooKeepers()[0] + config.Chroot},
			Setting{"zookeeper", "timeout_ms", strconv.Itoa(config.ZKTimeoutMS)},
		))
		if err != nil {
			return nil, err
		}
		for _, s := range config.Settings {
			if err := f.Put(s.Section, s.Key, s.Value); err != nil {
				return nil, err
			}
		}
		return f.Bytes(), nil
	case Replica:
		f, err := fill("replica.ini", replicaTemplate, append(common,
			Setting{"replication", "data_dirs", "default:" + filepath.Join(i.dir(c.dir), "data")},
		))
		if err != nil {
			return nil, err
		}
		return f.Bytes(), nil
	}
	return nil, nil
}

func fill(name string, template []byte, settings []Setting) (*ini.File, error) {
	f, err := ini.Parse(name, template)
	if err != nil {
		return nil, err
	}
	for _, s := range settings {
		if err := f.Set(s.Section, s.Key, s.Value); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// ensureFiles creates the instance's folder and its config.ini. One that is there is left as it is:
// users edit it, as they would that of a real server.
func (c *Cluster) ensureFiles(i *instance) error {
	if err := os.MkdirAll(i.dir(c.dir), 0o755); err != nil {
		return fmt.Errorf("configure %s: %w", i.id(), err)
	}
	path := i.configFile(c.dir)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	data, err := c.renderConfig(i)
	if data == nil || err != nil {
		return err
	}
	return atomicfile.WriteBytes(path, 0o644, data)
}
