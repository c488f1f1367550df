package migration

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

// says is a meta server that says where its cluster's metadata and lock lie.
func says(root, lock string) []metaadmin.ServerConfig {
	return []metaadmin.ServerConfig{{Server: "m1:1", ClusterRoot: root, LockRoot: lock}}
}

// chrooted are meta servers whose hosts_list has a chroot.
func chrooted(configs []metaadmin.ServerConfig, chroot string) []metaadmin.ServerConfig {
	for i := range configs {
		configs[i].HostsList = "a:1,b:1" + chroot
	}
	return configs
}

func TestLocksAreLookedForWhereTheyCanBe(t *testing.T) {
	const leader = "/dsn.meta.server.leader"
	bare := []zkcopy.Cluster{clusterAt("/c1", 1)}
	for name, c := range map[string]struct {
		path      string
		clusters  []zkcopy.Cluster
		outside   []zkcopy.Cluster
		configs   []metaadmin.ServerConfig
		places    []string
		unlocated []string
	}{
		"no cluster":                           {path: "/c1", configs: says("/c1", "/locks")},
		"an apps node of no cluster":           {path: "/c1", clusters: []zkcopy.Cluster{{Root: "/c1", HasApps: true}}},
		"nobody says, nothing found":           {path: "/c1", clusters: bare, unlocated: []string{"/c1"}},
		"a lock at the root":                   {path: "/c1", clusters: []zkcopy.Cluster{led(clusterAt("/c1", 1), 0)}},
		"a lock below":                         {path: "/c1", clusters: append(bare, led(zkcopy.Cluster{Root: "/c1/lock"}, 0))},
		"told, at the root":                    {path: "/c1", clusters: bare, configs: says("/c1", "/c1")},
		"told, elsewhere":                      {path: "/c1", clusters: bare, configs: says("/c1", "/locks/c1"), places: []string{"/locks/c1" + leader}},
		"told of another cluster":              {path: "/c1", clusters: bare, configs: says("/c2", "/locks/c2"), unlocated: []string{"/c1"}},
		"told, below a chroot":                 {path: "/x/c1", clusters: []zkcopy.Cluster{clusterAt("/x/c1", 1)}, configs: chrooted(says("/c1", "/locks/c1"), "/x"), places: []string{"/x/locks/c1" + leader}},
		"told, a chroot only there":            {path: "/c1", clusters: bare, configs: chrooted(says("/c1", "/locks/c1"), "/x"), places: []string{"/locks/c1" + leader}},
		"another chroot here":                  {path: "/x/c1", clusters: []zkcopy.Cluster{clusterAt("/x/c1", 1)}, configs: says("/c1", "/locks/c1"), places: []string{"/x/locks/c1" + leader}, unlocated: []string{"/x/c1"}},
		"another chroot here, found there":     {path: "/x/c1", clusters: []zkcopy.Cluster{clusterAt("/x/c1", 1)}, outside: []zkcopy.Cluster{led(zkcopy.Cluster{Root: "/x/locks/c1"}, 1)}, configs: says("/c1", "/locks/c1"), places: []string{"/x/locks/c1" + leader}},
		"a part of a tree":                     {path: "/c1/apps", clusters: bare, places: []string{"/c1" + leader, "/c1/lock" + leader}, unlocated: []string{"/c1"}},
		"a part, the lock is found":            {path: "/c1/apps/1", clusters: bare, outside: []zkcopy.Cluster{led(zkcopy.Cluster{Root: "/c1/lock"}, 0)}, places: []string{"/c1" + leader, "/c1/lock" + leader}},
		"all of a ZooKeeper":                   {path: "/", clusters: append(bare, led(zkcopy.Cluster{Root: "/locks/c1"}, 0))},
		"two clusters, one lock":               {path: "/", clusters: []zkcopy.Cluster{led(clusterAt("/c1", 1), 0), clusterAt("/c2", 1)}, unlocated: []string{"/c2"}},
		"several servers that say the same":    {path: "/c1", clusters: bare, configs: append(says("/c1", "/l"), says("/c1", "/l")...), places: []string{"/l" + leader}},
		"several servers that say else":        {path: "/c1", clusters: bare, configs: append(says("/c1", "/l"), says("/c1", "/m")...), places: []string{"/l" + leader, "/m" + leader}},
		"a lock elsewhere that is a neighbour": {path: "/c1", clusters: bare, configs: says("/c1", "/c10"), places: []string{"/c10" + leader}},
	} {
		if diff := cmp.Diff(c.places, LockPlaces(c.path, c.clusters, c.configs)); diff != "" {
			t.Errorf("%s: places (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(c.unlocated, Unlocated(c.clusters, c.outside, c.configs), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: unlocated (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(Unlocated(c.clusters, c.outside, nil), Unfound(c.clusters, c.outside), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: unfound, whatever servers say (-want +got):\n%s", name, diff)
		}
	}
}
