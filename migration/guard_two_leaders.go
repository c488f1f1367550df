package migration

import (
	"fmt"
	"strings"

	"pegashell/metaadmin"
)

// TwoLeaders says which meta servers lead at the same time, "" when it is at most one. A server that leads names itself
// as the primary, so two answers with one name come from one leader.
func TwoLeaders(leaders []metaadmin.Leader) string {
	named := map[string]bool{}
	var texts []string
	for _, l := range leaders {
		primary, _ := l.Info.Get("primary_meta_server")
		if named[primary] {
			continue
		}
		named[primary] = true
		hosts, _ := l.Info.Get("zookeeper_hosts")
		root, _ := l.Info.Get("zookeeper_root")
		texts = append(texts, fmt.Sprintf("%s on ZooKeeper %s%s", l.Server, hosts, root))
	}
	if len(texts) < 2 {
		return ""
	}
	return fmt.Sprintf("%d meta servers lead at the same time: %s. They were given different ZooKeepers. Stop the one that is wrong at once: "+
		"it takes the replica servers for dead and spoils its tree", len(texts), strings.Join(texts, "; "))
}

// findTwoLeaders keeps a change from hitting whichever leader answers first.
func findTwoLeaders(s *Survey) []Finding {
	problem := TwoLeaders(s.Leaders)
	if problem == "" {
		return nil
	}
	return []Finding{{Guard: GuardTwoLeaders, Final: true, Problem: problem + ". To talk to one of them alone, start with --cluster and its address only"}}
}
