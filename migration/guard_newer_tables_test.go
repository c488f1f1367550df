package migration

import (
	"errors"
	"strings"
	"testing"

	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

func TestABackupThatIsOlderThanWhatReplicaServersHoldIsRefused(t *testing.T) {
	app := func(id, partitions int32, created int64) metaadmin.AppInfo {
		return metaadmin.AppInfo{ID: id, Name: "new", PartitionCount: partitions, CreateSecond: created}
	}
	backup := tree("/c1", clusterAt("/c1", 1, 2))
	for i := range backup.Clusters[0].Tables {
		backup.Clusters[0].Tables[i].PartitionCount = 4
	}
	stored := func(root, doubt string, apps ...metaadmin.AppInfo) Stored {
		s := Stored{Asked: true, Root: root, Tables: apps}
		if doubt != "" {
			s.Doubt = errors.New(doubt)
		}
		return s
	}
	for name, c := range map[string]struct {
		source Tree
		target string
		stored Stored
		guard  string
		want   string // part of the one finding; "" for none
	}{
		"not asked yet":             {backup, "/c1", Stored{}, "", ""},
		"the same tables":           {backup, "/c1", stored("/c1", "", app(1, 4, 10), app(2, 4, 10)), "", ""},
		"fewer tables":              {backup, "/c1", stored("/c1", "", app(1, 4, 10)), "", ""},
		"no tables":                 {backup, "/c1", stored("/c1", ""), "", ""},
		"a newer table":             {backup, "/c1", stored("/c1", "", app(1, 4, 10), app(16, 8, 99)), GuardNewerTables, "does not have: new (id 16)."},
		"a table that was split":    {backup, "/c1", stored("/c1", "", app(2, 8, 10)), GuardNewerTables, "new (id 2: 8 partitions, not 4)"},
		"only newer tables":         {tree("/c1", clusterAt("/c1")), "/c1", stored("/c1", "", app(1, 4, 10)), GuardNewerTables, "new (id 1)"},
		"many":                      {backup, "/c1", stored("/c1", "", app(3, 1, 0), app(4, 1, 0), app(5, 1, 0), app(6, 1, 0), app(7, 1, 0), app(8, 1, 0)), GuardNewerTables, "new (id 7), 1 more"},
		"at another path":           {backup, "/c2", stored("/c1", "", app(1, 4, 10), app(3, 4, 99)), GuardNewerTables, "new (id 3)"},
		"another cluster":           {backup, "/c2", stored("/c9", "", app(1, 4, 77), app(3, 4, 99)), "", "the connected cluster is another one"},
		"no cluster is connected":   {backup, "/c1", stored("", "no cluster is connected"), "", "no cluster is connected. Before you start meta servers"},
		"some did not answer":       {backup, "/c1", stored("/c1", "1 of 3 replica servers did not answer", app(1, 4, 10)), "", "1 of 3 replica servers did not answer"},
		"newer though some did not": {backup, "/c1", stored("/c1", "1 of 3 replica servers did not answer", app(3, 4, 10)), GuardNewerTables, "new (id 3)"},
		"no cluster's backup":       {tree("/x"), "/x", stored("/c1", "", app(3, 4, 10)), "", ""},
		"an unreadable table": {tree("/c1", zkcopy.Cluster{Root: "/c1", HasApps: true, Tables: []zkcopy.Table{{ID: 3}}}), "/c1",
			stored("/c1", "", app(3, 4, 10)), "", ""},
		"clusters below": {tree("/p", clusterAt("/p/a", 1), clusterAt("/p/b", 2)), "/q", stored("/q/b", "", app(2, 0, 1), app(3, 0, 1)), GuardNewerTables, "have: new (id 3)."},
		"of all znodes":  {tree("/", clusterAt("/c1", 1)), "/", stored("/c1", "", app(3, 0, 1)), GuardNewerTables, "new (id 3)"},
	} {
		found := findNewerTables(&Survey{Source: c.source, Target: tree(c.target), Stored: c.stored})
		switch {
		case len(found) != min(1, len(c.want)):
			t.Errorf("%s: found %+v", name, found)
		case c.want != "" && (found[0].Guard != c.guard || !strings.Contains(found[0].Problem.String(), c.want)):
			t.Errorf("%s: found %q: %s", name, found[0].Guard, found[0].Problem)
		}
	}
}
