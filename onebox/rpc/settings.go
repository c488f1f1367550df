package rpc

import (
	"fmt"
	"strconv"
	"time"

	"pegashell/internal/ini"
	"pegashell/metaadmin/wire"
	"pegashell/onebox/configdump"
	"pegashell/onebox/release"
)

// Settings are what meta and replica servers both read from their config.ini.
type Settings struct {
	Self  wire.Address   // where this server listens: always the loopback address
	Metas []wire.Address // [meta_server] server_list
	// Release is the release of Pegasus that the server behaves as: [onebox] simulate, a section
	// that Pegasus does not have.
	Release release.Release
	Cluster string // [replication] cluster_name
	// The failure detector: a replica server sends a beacon each BeaconInterval; without an answer
	// for Lease it gives up its replicas, without a beacon for Grace the leader gives it up. Both
	// check once per CheckInterval.
	BeaconInterval, CheckInterval, Lease, Grace time.Duration
	ConfigSyncInterval                          time.Duration
	// Dump is what the remote command config-dump answers.
	Dump string
}

// loopback is the only address a simulated server listens on.
const loopback = "127.0.0.1"

// ReadSettings reads the common settings of a server; app is "meta" or "replica". Keys that are
// missing have the defaults of Pegasus 2.5.0.
func ReadSettings(f *ini.File, app string) (Settings, error) {
	var s Settings
	section := "apps." + app
	port, err := strconv.ParseUint(f.String(section, "ports", ""), 10, 16)
	if err != nil || port == 0 {
		return s, fmt.Errorf("[%s] ports: %q is not a port", section, f.String(section, "ports", ""))
	}
	if s.Self, err = wire.ParseAddress(fmt.Sprintf("%s:%d", loopback, port)); err != nil {
		return s, err
	}
	if s.Release, err = release.Parse(f.String("onebox", "simulate", "")); err != nil {
		return s, fmt.Errorf("[onebox] simulate: %w", err)
	}
	if s.Dump, err = configdump.Text(f, app); err != nil {
		return s, err
	}
	s.Cluster = f.String("replication", "cluster_name", "")
	for _, server := range f.List("meta_server", "server_list") {
		a, err := wire.ParseAddress(server)
		if err != nil {
			return s, fmt.Errorf("[meta_server] server_list: %w", err)
		}
		s.Metas = append(s.Metas, a)
	}
	if len(s.Metas) == 0 {
		return s, fmt.Errorf("[meta_server] server_list names no server")
	}
	for _, d := range []struct {
		key            string
		unit, fallback time.Duration
		to             *time.Duration
	}{
		{"fd_beacon_interval_seconds", time.Second, 3 * time.Second, &s.BeaconInterval},
		{"fd_check_interval_seconds", time.Second, 2 * time.Second, &s.CheckInterval},
		{"fd_lease_seconds", time.Second, 9 * time.Second, &s.Lease},
		{"fd_grace_seconds", time.Second, 10 * time.Second, &s.Grace},
		{"config_sync_interval_ms", time.Millisecond, 30 * time.Second, &s.ConfigSyncInterval},
	} {
		if *d.to, err = f.Duration("replication", d.key, d.unit, d.fallback); err != nil {
			return s, err
		}
		if *d.to == 0 {
			return s, fmt.Errorf("[replication] %s is 0", d.key)
		}
	}
	return s, nil
}
