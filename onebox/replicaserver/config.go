package replicaserver

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"pegashell/internal/ini"
	"pegashell/onebox/rpc"
)

// config is what a replica server reads from its config.ini.
type config struct {
	rpc.Settings
	disks []disk // [replication] data_dirs
	// groupCheck is how often a primary reports to its secondaries what they have missed.
	groupCheck time.Duration
	// closeAfter is how long a replica that the leader does not need is kept open.
	closeAfter time.Duration
}

// disk is one of the data_dirs: TAG:PATH, or PATH alone.
type disk struct {
	tag, dir string
}

// readConfig reads a config.ini. Keys that are missing have the defaults of Pegasus 2.5.0;
// data_dirs must be there.
func readConfig(file string) (config, error) {
	f, err := ini.Load(file)
	if err != nil {
		return config{}, err
	}
	var c config
	if c.Settings, err = rpc.ReadSettings(f, "replica"); err != nil {
		return c, fmt.Errorf("%s: %w", file, err)
	}
	if c.groupCheck, err = f.Duration("replication", "group_check_interval_ms", time.Millisecond, 10*time.Second); err != nil {
		return c, err
	}
	if c.closeAfter, err = f.Duration("replication", "gc_memory_replica_interval_ms", time.Millisecond, 10*time.Minute); err != nil {
		return c, err
	}
	if c.groupCheck == 0 {
		return c, fmt.Errorf("%s: [replication] group_check_interval_ms is 0", file)
	}
	seen := map[string]bool{}
	for i, text := range f.List("replication", "data_dirs") {
		d := disk{tag: fmt.Sprintf("disk%d", i+1), dir: text}
		if tag, dir, found := strings.Cut(text, ":"); found {
			d = disk{tag: tag, dir: dir}
		}
		if d.tag == "" || !filepath.IsAbs(d.dir) || seen[d.tag] || seen[d.dir] {
			return c, fmt.Errorf("%s: [replication] data_dirs: %q is not TAG:/PATH, each tag and path once", file, text)
		}
		seen[d.tag], seen[d.dir] = true, true
		c.disks = append(c.disks, d)
	}
	if len(c.disks) == 0 {
		return c, fmt.Errorf("%s: [replication] data_dirs names no folder", file)
	}
	return c, nil
}
