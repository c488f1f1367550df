package shell

import (
	"context"
	"strings"
	"time"
)

// rootPatience is how long the cluster may take to report its ZooKeeper.
const rootPatience = 2 * time.Second

// clusterVariables are the environment variables that name the connected cluster for programs.
// Unknown ones are empty.
func clusterVariables(env Env, ctx context.Context) []string {
	var name, metas, root, hosts string
	if c := env.Cluster(); c != nil {
		ctx, cancel := context.WithTimeout(ctx, rootPatience)
		defer cancel()
		metas = strings.Join(c.Metas, ",")
		name = c.Name
		if info, err := c.Admin.ClusterInfo(ctx); err == nil {
			root, _ = info.Get("zookeeper_root")
			hosts, _ = info.Get("zookeeper_hosts")
			if told, ok := info.Get("cluster_name"); ok {
				name = told
			}
		}
	}
	return []string{
		"PEGASHELL_CLUSTER=" + name,
		"PEGASHELL_META_SERVERS=" + metas,
		"PEGASHELL_ZOOKEEPER_ROOT=" + root,
		"PEGASHELL_ZOOKEEPER_HOSTS=" + hosts,
	}
}

// commandLine writes a program and its arguments for people.
func commandLine(program string, args []string) string {
	return strings.Join(append([]string{program}, args...), " ")
}
