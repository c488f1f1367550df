package metaadmin

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"pegashell/metaadmin/wire"
)

// ServerConfig is what is needed of the configuration that a meta server runs with, which may be
// another one than its file holds now.
type ServerConfig struct {
	// Server is who answered, HOST:PORT as in the list.
	Server string
	// ClusterName is [replication] cluster_name.
	ClusterName string
	// ClusterRoot and LockRoot are the znodes of the metadata and of the lock: [meta_server]
	// cluster_root and distributed_lock_service_parameters. They need not have anything in common.
	ClusterRoot, LockRoot string
	// HostsList is [zookeeper] hosts_list, and ZooKeeperTimeout its timeout_ms; 0 where it is no
	// number.
	HostsList        string
	ZooKeeperTimeout time.Duration
	// MetaServers is [meta_server] server_list.
	MetaServers []string
	// Recovery is [meta_server] recover_from_replica_server.
	Recovery bool
}

// configDump is the remote command that answers with the configuration. It is never sent with an
// argument: with one, the server writes a file of that name.
const configDump = "config-dump"

// ServerConfig asks one meta server, leader or follower, for its configuration. The answer of a
// real server is 635 KB long; it is read line by line, and only what is needed of it is kept.
func (c *Client) ServerConfig(ctx context.Context, server string) (ServerConfig, error) {
	text, err := c.configDump(ctx, server)
	if err != nil {
		return ServerConfig{}, err
	}
	config := readConfig(text)
	if config.Server = server; config.ClusterRoot == "" || config.LockRoot == "" {
		return ServerConfig{}, fmt.Errorf("%s of %s has no [meta_server] cluster_root or distributed_lock_service_parameters", configDump, server)
	}
	return config, nil
}

// ConfigKey is a key of a configuration.
type ConfigKey struct{ Section, Key string }

// ServerValues asks one meta server, leader or follower, for all values that it runs with: those of
// its file, and its defaults for all others that it knows.
func (c *Client) ServerValues(ctx context.Context, server string) (map[ConfigKey]string, error) {
	text, err := c.configDump(ctx, server)
	if err != nil {
		return nil, err
	}
	values := map[ConfigKey]string{}
	eachValue(text, func(section, key, value string) { values[ConfigKey{section, key}] = value })
	if len(values) == 0 {
		return nil, fmt.Errorf("%s of %s has no values", configDump, server)
	}
	return values, nil
}

func (c *Client) configDump(ctx context.Context, server string) (string, error) {
	ctx, cancel := bound(ctx, c.remoteTimeout())
	defer cancel()
	var text wire.StringResult
	code, _, err := c.callOne(ctx, read, 1, server, wire.RPCRemoteCommand, &wire.RemoteCommandRequest{Command: configDump}, &text)
	switch {
	case err != nil:
		return "", &Error{Code: failureCode(err), RPC: wire.RPCRemoteCommand, Server: server, Attempts: []Attempt{{server, plain(err)}}, Cause: err}
	case code != wire.OK:
		return "", &Error{Code: code, RPC: wire.RPCRemoteCommand, Server: server}
	}
	return text.Text, nil
}

// ServerConfigs asks every meta server of the list for its configuration, all at once, within the
// time in which Leaders asks. A server that does not answer is left out.
func (c *Client) ServerConfigs(ctx context.Context) []ServerConfig {
	ctx, cancel := context.WithTimeout(ctx, leadersTimeout)
	defer cancel()
	answers := make([]ServerConfig, len(c.metas))
	var asking sync.WaitGroup
	for i, server := range c.metas {
		asking.Go(func() {
			if config, err := c.ServerConfig(ctx, server); err == nil {
				answers[i] = config
			}
		})
	}
	asking.Wait()
	var configs []ServerConfig
	for _, config := range answers {
		if config.Server != "" {
			configs = append(configs, config)
		}
	}
	return configs
}

// readConfig reads what is needed of a dump.
func readConfig(text string) ServerConfig {
	var c ServerConfig
	eachValue(text, c.take)
	return c
}

// eachValue reads a dump: sections, and below them lines KEY = VALUE and comments, which begin with a
// semicolon.
func eachValue(text string, take func(section, key, value string)) {
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSuffix(name, "]")
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, ";") {
			continue
		}
		take(section, strings.TrimSpace(key), strings.TrimSpace(value))
	}
}

// take stores a value if it is one of those that are needed. It keeps a copy, not the whole text.
func (c *ServerConfig) take(section, key, value string) {
	switch section + "." + key {
	case "replication.cluster_name":
		c.ClusterName = strings.Clone(value)
	case "meta_server.cluster_root":
		c.ClusterRoot = strings.Clone(value)
	case "meta_server.distributed_lock_service_parameters":
		if words := strings.Fields(value); len(words) > 0 { // the first is the znode
			c.LockRoot = strings.Clone(words[0])
		}
	case "meta_server.server_list":
		for server := range strings.SplitSeq(strings.Clone(value), ",") {
			c.MetaServers = append(c.MetaServers, strings.TrimSpace(server))
		}
	case "meta_server.recover_from_replica_server":
		c.Recovery = value == "true"
	case "zookeeper.hosts_list":
		c.HostsList = strings.Clone(value)
	case "zookeeper.timeout_ms":
		if ms, err := strconv.ParseInt(value, 10, 64); err == nil {
			c.ZooKeeperTimeout = time.Duration(ms) * time.Millisecond
		}
	}
}
