package config

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// hostsList gives the value to write for hosts_list in section [zookeeper], which meta servers hand to their
// ZooKeeper client: HOST:PORT,... as it stands, and for the name of a ZooKeeper of the manifest the servers of that.
// Anything else is refused, for no server would start with it.
func hostsList(env Env, value string) (string, error) {
	if env.Manifest() != nil {
		if named, ok := env.Manifest().ZooKeepers[value]; ok {
			hosts := strings.Join(named.Hosts, ",")
			fmt.Fprintf(env.Out(), "%s is [zookeepers.%s] of %s: %s\n", value, value, named.File, hosts)
			return hosts, nil
		}
	}
	directory := env.QuietDirectory()
	for server := range strings.SplitSeq(value, ",") {
		if why := noServer(server); why != "" {
			return "", fmt.Errorf("hosts_list wants HOST:PORT,HOST:PORT,... or the name of a ZooKeeper in plugins.toml: %q %s%s\nNothing was written",
				server, why, directory.Near(value))
		}
	}
	return value, nil
}

// noServer says what keeps a text from being HOST:PORT; it is empty when nothing does.
func noServer(text string) string {
	host, port, err := net.SplitHostPort(text)
	switch n, portErr := strconv.ParseUint(port, 10, 16); {
	case strings.Contains(text, "/"):
		return "has a path, and the path stands in cluster_root of section [meta_server]"
	case err != nil || host == "" || strings.ContainsAny(text, " \t\r\n"):
		return "is no HOST:PORT"
	case portErr != nil || n == 0:
		return "has no port from 1 to 65535"
	}
	return ""
}
