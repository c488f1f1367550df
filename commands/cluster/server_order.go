package cluster

import (
	"slices"

	"pegashell/metaadmin"
)

func sortedServers[V any](m map[string]V) []string {
	servers := make([]string, 0, len(m))
	for s := range m {
		servers = append(servers, s)
	}
	slices.SortFunc(servers, metaadmin.CompareServers)
	return servers
}
