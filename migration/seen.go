package migration

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"pegashell/internal/journal"
	"pegashell/metaadmin"
)

// Seen is what the journal keeps of a survey. Where two servers lead, it is what the first says.
func (s *Survey) Seen() journal.Seen {
	seen := journal.Seen{Tables: -1, Unhealthy: -1, Servers: -1, Alive: -1}
	for _, m := range s.Meta {
		if !m.State.Leads() {
			continue
		}
		if seen.Leaders++; seen.Leaders > 1 {
			continue
		}
		l := &m.Leading
		seen.Leader, seen.Since, seen.Hosts, seen.Root = m.Address, m.Since, l.Hosts, l.Root
		if m.State == ServerRecovering {
			continue // it has nothing to say of tables yet
		}
		if l.Level != 0 {
			seen.Level = l.Level.String()
		}
		seen.Tables, seen.Unhealthy, seen.Servers, seen.Alive = len(l.Tables), l.Unhealthy, l.Nodes, l.Alive
		seen.TableSum, seen.Names = TableNames(l.Tables)
	}
	return seen
}

// TableNames returns the tables in the order of their ids, each as `ID NAME PARTITIONS`, and a sum
// over them, which is the same for the same tables.
func TableNames(tables []metaadmin.AppInfo) (sum string, names []string) {
	sorted := slices.SortedFunc(slices.Values(tables), func(a, b metaadmin.AppInfo) int { return int(a.ID) - int(b.ID) })
	for _, t := range sorted {
		names = append(names, fmt.Sprintf("%d %s %d", t.ID, t.Name, t.PartitionCount))
	}
	hash := sha256.Sum256([]byte(strings.Join(names, "\n")))
	return hex.EncodeToString(hash[:6]), names
}
