package manifest

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
)

// validate checks what the file's grammar cannot. Tables are checked in the order of their names, so that
// the same file always gives the same error.
func (m *Manifest) validate() error {
	for _, name := range names(m.Clusters) {
		if err := checkServers(m.Clusters[name].MetaServers, "127.0.0.1:34601"); err != nil {
			return fmt.Errorf("[clusters.%s] meta_servers: %w", tomlKey(name), err)
		}
	}
	for _, name := range names(m.ZooKeepers) {
		if err := m.ZooKeepers[name].validate(name); err != nil {
			return err
		}
	}
	if m.DefaultCluster == "" {
		return nil
	}
	if _, ok := m.Clusters[m.DefaultCluster]; !ok {
		return fmt.Errorf("default_cluster: there is no table [clusters.%s]", tomlKey(m.DefaultCluster))
	}
	return nil
}

// checkServers wants at least one HOST:PORT and nothing else; example shows what would be right.
func checkServers(servers []string, example string) error {
	if len(servers) == 0 {
		return fmt.Errorf("the list is missing or empty; it wants at least one HOST:PORT, such as [%q]", example)
	}
	for _, server := range servers {
		host, port, err := net.SplitHostPort(server)
		if err != nil || host == "" || strings.ContainsAny(server, " \t\r\n,/") {
			return fmt.Errorf("%q is no HOST:PORT, such as %q", server, example)
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("%q: %q is no port (1 to 65535)", server, port)
		}
	}
	return nil
}

func names[V any](table map[string]V) []string {
	return slices.Sorted(maps.Keys(table))
}

// tomlKey writes a name as it stands in a table's heading.
func tomlKey(name string) string {
	bare := name != "" && strings.IndexFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-')
	}) < 0
	if bare {
		return name
	}
	return strconv.Quote(name)
}
