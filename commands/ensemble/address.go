package ensemble

import (
	"context"
	"strings"

	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/znodepath"
	"pegashell/metaadmin"
	"pegashell/zkcopy/session"
)

// Address is a tree of znodes as a command line names it.
type Address struct {
	session.Endpoint
	// Name is that of a ZooKeeper of the manifest, or OwnName for a place that was reached by it; "" where
	// the servers were named.
	Name string
	// Chroot is what the meta servers that use the tree have after the servers of hosts_list, ""
	// for nothing or where that is not known. Path begins with it: a path is always one on the
	// servers.
	Chroot string
}

// ClusterRoot is the tree's path as the meta servers that use it see it: without the chroot.
func (a Address) ClusterRoot() string {
	switch below, ok := strings.CutPrefix(a.Path, a.Chroot); {
	case a.Chroot == "" || !ok || below != "" && below[0] != '/':
		return a.Path
	case below == "":
		return "/"
	default:
		return below
	}
}

// Below returns a path of another ensemble as it is here: below the chroot, unless it begins with
// the chroot already.
func (a Address) Below(path string) string {
	if path == a.Chroot || strings.HasPrefix(path, a.Chroot+"/") {
		return path
	}
	return znodepath.Join(a.Chroot, path)
}

// OwnName names the connected cluster's ensemble, with its tree as the path, where the manifest would
// name a ZooKeeper.
const OwnName = manifest.OwnZooKeeper

// OwnError says why it is not known what OwnName names.
type OwnError struct{ Err error }

func (e *OwnError) Error() string { return e.Err.Error() }

// In returns the error's text in a language.
func (e *OwnError) In(l message.Language) string { return message.Of(e.Err, l) }

func (e *OwnError) Unwrap() error { return e.Err }

// Parse reads HOSTS[/PATH], or NAME[/PATH] with the name of a ZooKeeper of the manifest, whose root
// is the path when the text has none, or OwnName. The chroot of the named ZooKeeper goes before either.
func (d *Directory) Parse(text string) (Address, error) {
	text = WithoutSlash(text)
	if name, path, slash := strings.Cut(text, "/"); name == OwnName && d.Own != nil {
		at, err := d.Own()
		if err != nil {
			return at, &OwnError{err}
		}
		if slash {
			at.Path = znodepath.Join(at.Chroot, "/"+path)
		}
		return at, session.ValidatePath(at.Path)
	}
	if d.Manifest != nil {
		name, path, slash := strings.Cut(text, "/")
		if named, ok := d.Manifest.ZooKeepers[name]; ok {
			tree := named.Tree()
			if slash {
				tree = znodepath.Join(named.Chroot, "/"+path)
			}
			at, err := session.ParseEndpoint(strings.Join(named.Hosts, ",") + tree)
			return Address{at, name, named.Chroot}, err
		}
	}
	at, err := session.ParseEndpoint(text)
	return Address{Endpoint: at}, err
}

// WithoutSlash drops one slash at the end of a path, which completion adds after a znode with
// children.
func WithoutSlash(text string) string {
	path := strings.TrimSuffix(text, "/")
	if !strings.Contains(path, "/") || strings.HasSuffix(path, "/") {
		return text // of HOSTS/ and / it is the path, and // is an error
	}
	return path
}

// OfCluster asks a cluster where its metadata lies. Its servers may have a chroot after them:
// HOST:PORT,.../CHROOT.
func OfCluster(ctx context.Context, admin *metaadmin.Client) (Address, error) {
	info, err := admin.ClusterInfo(ctx)
	if err != nil {
		return Address{}, message.Errorf("ask the cluster for its ZooKeeper: %w", err)
	}
	return OfInfo(info)
}

// OfInfo is where a cluster that describes itself so has its metadata.
func OfInfo(info metaadmin.ClusterInfo) (Address, error) {
	hosts, _ := info.Get("zookeeper_hosts")
	root, _ := info.Get("zookeeper_root")
	tree, chroot, err := session.ParseConnectString(hosts, root)
	if err != nil {
		return Address{}, message.Errorf("the cluster says that its metadata lies at %q: %w", hosts+root, err)
	}
	return Address{Endpoint: tree, Chroot: chroot}, nil
}
