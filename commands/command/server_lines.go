package command

import (
	"fmt"
	"maps"
	"slices"

	"pegashell/internal/manifest"
	"pegashell/internal/words"
)

// checkServerLines refuses lines that stop, start or restart a server and do not begin with a
// command. One that is switched off is known: the line is refused when it is typed.
func (r *Registry) checkServerLines(m *manifest.Manifest) error {
	for _, cluster := range slices.Sorted(maps.Keys(m.Clusters)) {
		servers := m.Clusters[cluster].Servers
		for _, server := range slices.Sorted(maps.Keys(servers)) {
			for _, l := range servers[server].Lines() {
				if why := r.unknownLine(l.Line); why != "" {
					return fmt.Errorf("%s: %q cannot be typed in this shell: %s", m.WhereServer(cluster, server, l.Key), l.Line, why)
				}
			}
		}
	}
	return nil
}

// unknownLine says why a line cannot be typed; "" where it can.
func (r *Registry) unknownLine(line string) string {
	typed, err := words.Split(line)
	switch {
	case err != nil:
		return err.Error()
	case len(typed) == 0:
		return "it is blank"
	}
	if _, _, ok := r.Find(typed); ok || r.switchedOff(typed[0]) != nil {
		return ""
	}
	return fmt.Sprintf("%q: %s", typed[0], r.noSuch(typed[0]))
}
