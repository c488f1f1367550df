package ensemble

import (
	"context"
	"fmt"
	"strings"

	"pegashell/metaadmin"
	"pegashell/zkcopy/session"
)

// Address is a tree of znodes as a command line names it.
type Address struct {
	session.Endpoint
	// Name is that of a ZooKeeper of the manifest, "" where the servers were named.
	Name string
}

// Parse reads HOSTS[/PATH], or NAME[/PATH] with the name of a ZooKeeper of the manifest, whose root is
// the path when none is given.
func (d *Directory) Parse(text string) (Address, error) {
	text = WithoutSlash(text)
	if d.Manifest != nil {
		name, path, slash := strings.Cut(text, "/")
		if named, ok := d.Manifest.ZooKeepers[name]; ok {
			full := strings.Join(named.Hosts, ",") + named.Root
			if slash {
				full = strings.Join(named.Hosts, ",") + "/" + path
			}
			at, err := session.ParseEndpoint(full)
			return Address{at, name}, err
		}
	}
	at, err := session.ParseEndpoint(text)
	return Address{Endpoint: at}, err
}

// WithoutSlash drops one slash at the end of a path, which completion leaves behind a znode with children.
func WithoutSlash(text string) string {
	path := strings.TrimSuffix(text, "/")
	if !strings.Contains(path, "/") || strings.HasSuffix(path, "/") {
		return text // of HOSTS/ and / it is the path, and // is a fault
	}
	return path
}

// OfCluster asks a cluster where its metadata lies.
func OfCluster(ctx context.Context, admin *metaadmin.Client) (Address, error) {
	info, err := admin.ClusterInfo(ctx)
	if err != nil {
		return Address{}, fmt.Errorf("ask the cluster for its ZooKeeper: %w", err)
	}
	hosts, _ := info.Get("zookeeper_hosts")
	root, _ := info.Get("zookeeper_root")
	tree, err := session.ParseEndpoint(hosts + root)
	if err != nil {
		return Address{}, fmt.Errorf("the cluster says that its metadata lies at %q: %w", hosts+root, err)
	}
	return Address{Endpoint: tree}, nil
}
