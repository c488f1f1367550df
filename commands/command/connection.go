package command

import (
	"context"
	"maps"
	"slices"
	"strings"

	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
	"pegashell/metaadmin"
)

// OpenCluster returns the cluster with a list of meta servers, HOST:PORT,..., or, if that is empty,
// the cluster with a name in the manifest. Nothing is sent to it yet.
func OpenCluster(metas, name string, m *manifest.Manifest) (*Cluster, error) {
	c := &Cluster{Metas: strings.Split(metas, ",")}
	if metas == "" {
		found, err := m.Cluster(name)
		if err != nil {
			return nil, err
		}
		c.Name, c.Metas = name, found.MetaServers
	}
	admin, err := metaadmin.New(c.Metas, metaadmin.Options{})
	if err != nil {
		if named := namedCluster(metas, m); !named.IsZero() {
			return nil, message.Errorf("%w\n%s", err, named)
		}
		return nil, message.Errorf("%w (such as --cluster 127.0.0.1:34601,127.0.0.1:34602)", err)
	}
	c.Admin = admin
	return c, nil
}

// namedCluster says how to connect to a cluster of the manifest whose name was typed instead of its
// meta servers.
func namedCluster(metas string, m *manifest.Manifest) message.Text {
	if m == nil || strings.ContainsAny(metas, ":,") {
		return message.Text{}
	}
	known := slices.Sorted(maps.Keys(m.Clusters))
	if slices.Contains(known, metas) {
		return message.New("%s is a cluster of plugins.toml: -n %s", metas, metas)
	}
	if near := nearmiss.Question(metas, known); !near.IsZero() {
		return message.New("For a cluster of plugins.toml use -n: %s", near)
	}
	return message.Text{}
}

// Cluster is a Pegasus cluster by its meta servers.
type Cluster struct {
	// Name is what the cluster calls itself; until it has been asked, what the manifest calls it,
	// or empty.
	Name string
	// Metas are the meta servers as the user wrote them, HOST:PORT.
	Metas []string
	// Admin talks to them.
	Admin *metaadmin.Client
}

// QueryName asks the cluster for its name and remembers it; ctx limits the time.
func (c *Cluster) QueryName(ctx context.Context) error {
	info, err := c.Admin.ClusterInfo(ctx)
	if err != nil {
		return err
	}
	if name, ok := info.Get("cluster_name"); ok {
		c.Name = name
	}
	return nil
}

// Admin is the connected cluster's client, or an error that says how to connect.
func (e *World) Admin() (*metaadmin.Client, error) {
	if e.Cluster == nil {
		return nil, message.Errorf("no cluster is connected: start with --cluster HOST:PORT,HOST:PORT or -n NAME")
	}
	return e.Cluster.Admin, nil
}
