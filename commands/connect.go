package commands

import (
	"fmt"
	"strings"

	"pegashell/internal/manifest"
	"pegashell/metaadmin"
)

// OpenCluster gives the cluster of a list of meta servers, HOST:PORT,..., or where that is empty the one of a name
// in the manifest. Nothing is sent to it yet.
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
		return nil, fmt.Errorf("%w (such as --cluster 127.0.0.1:34601,127.0.0.1:34602)", err)
	}
	c.Admin = admin
	return c, nil
}
