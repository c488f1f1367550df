package command

import (
	"fmt"
	"maps"
	"slices"

	"pegashell/internal/manifest"
)

// SiteServer is a meta server of the connected cluster, and what the manifest says of it: nothing
// where its site looks after it by hand.
type SiteServer struct {
	Address string
	manifest.Server
}

// canBeSet reports whether its configuration can be changed from here.
func (s SiteServer) canBeSet() bool { return s.Config != "" || len(s.WriteConfig) > 0 }

// RestartLines are the lines that restart it; none where that is done by hand.
func (s SiteServer) RestartLines() []string {
	switch {
	case s.Restart != "":
		return []string{s.Restart}
	case s.Stop != "" && s.Start != "":
		return []string{s.Stop, s.Start}
	}
	return nil
}

// SiteServers are the meta servers of the connected cluster, in the order of its list.
func SiteServers(m *manifest.Manifest, c *Cluster) []SiteServer {
	if c == nil {
		return nil
	}
	servers := make([]SiteServer, len(c.Metas))
	for i, address := range c.Metas {
		servers[i] = SiteServer{Address: address}
		if m == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(m.Clusters)) {
			if found, ok := m.Clusters[name].Servers[address]; ok {
				servers[i].Server = found
				break
			}
		}
	}
	return servers
}

// SetLines are the lines that set a value in the configurations of servers; byHand are the servers
// whose configuration cannot be changed from here.
func SetLines(servers []SiteServer, section, key, value string) (lines, byHand []string) {
	for _, s := range servers {
		if !s.canBeSet() {
			byHand = append(byHand, s.Address)
			continue
		}
		lines = append(lines, fmt.Sprintf("config_set %s %s %s %s", s.Address, section, key, value))
	}
	if len(byHand) == 0 && len(lines) > 1 {
		lines = []string{fmt.Sprintf("config_set --all %s %s %s", section, key, value)}
	}
	return lines, byHand
}
