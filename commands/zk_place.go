package commands

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"pegashell/internal/manifest"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

// place is a tree of znodes as a command line names it.
type place struct {
	session.Endpoint
	// name is that of a ZooKeeper of the manifest, "" where the servers were named.
	name string
}

// endpoint reads HOSTS[/PATH], or NAME[/PATH] with the name of a ZooKeeper of the manifest, whose root is
// the path when none is given.
func (e *Env) endpoint(text string) (place, error) {
	text = withoutSlash(text)
	if e.Manifest != nil {
		name, path, slash := strings.Cut(text, "/")
		if named, ok := e.Manifest.ZooKeepers[name]; ok {
			full := strings.Join(named.Hosts, ",") + named.Root
			if slash {
				full = strings.Join(named.Hosts, ",") + "/" + path
			}
			at, err := session.ParseEndpoint(full)
			return place{at, name}, err
		}
	}
	at, err := session.ParseEndpoint(text)
	return place{Endpoint: at}, err
}

// withoutSlash drops one slash at the end of a path, which completion leaves behind a znode with children.
func withoutSlash(text string) string {
	path := strings.TrimSuffix(text, "/")
	if !strings.Contains(path, "/") || strings.HasSuffix(path, "/") {
		return text // of HOSTS/ and / it is the path, and // is a fault
	}
	return path
}

// clusterTree asks the connected cluster where its metadata lies.
func (e *Env) clusterTree(ctx context.Context) (place, error) {
	admin, err := e.admin()
	if err != nil {
		return place{}, err
	}
	info, err := admin.ClusterInfo(ctx)
	if err != nil {
		return place{}, fmt.Errorf("ask the cluster for its ZooKeeper: %w", err)
	}
	hosts, _ := info.Get("zookeeper_hosts")
	root, _ := info.Get("zookeeper_root")
	tree, err := session.ParseEndpoint(hosts + root)
	if err != nil {
		return place{}, fmt.Errorf("the cluster says that its metadata lies at %q: %w", hosts+root, err)
	}
	return place{Endpoint: tree}, nil
}

// open connects to the ensemble of a tree. The caller closes tree.Client.
func (e *Env) open(ctx context.Context, at place) (zkcopy.Tree, error) {
	options, err := e.entrance(at)
	if err != nil {
		return zkcopy.Tree{}, err
	}
	client, err := session.Open(ctx, at.Endpoint, options)
	if err != nil {
		return zkcopy.Tree{}, e.misnamed(at, err)
	}
	return zkcopy.Tree{Client: client, Path: at.Path}, nil
}

// misnamed adds to the failure of a connection what name may have been meant, where a server that was named by one
// word alone is not known to the network.
func (e *Env) misnamed(at place, err error) error {
	var unknown *net.DNSError
	if !errors.As(err, &unknown) || len(at.Servers) != 1 || at.name != "" {
		return err
	}
	host, port, _ := net.SplitHostPort(at.Servers[0])
	if port != strconv.Itoa(session.DefaultPort) || strings.ContainsAny(host, ".:") {
		return err
	}
	if near := e.nearZooKeeper(host); near != "" {
		return fmt.Errorf("%w\nNo ZooKeeper is named %s%s", err, host, near)
	}
	return err
}

// entrance gives the options for connections to an ensemble. Credentials and TLS are those of the command's
// flags, else those that the manifest has for the ensemble; credentials, where neither has any, those of the
// environment. Files with secrets that others can read are warned of once a session.
func (e *Env) entrance(at place) (session.Options, error) {
	options := e.ZooKeeper
	name, named := e.ensemble(at)
	if name != "" {
		e.warnOfExposed(named)
	}
	if options.Dialer == nil && (named.TLSCA != "" || named.TLSCert != "") {
		dialer, err := session.TLSFiles{CA: named.TLSCA, Cert: named.TLSCert, Key: named.TLSKey}.Dialer()
		if err != nil {
			return options, fmt.Errorf("[zookeepers.%s] of %s: %w", name, named.File, err)
		}
		options.Dialer = dialer
	}
	if len(options.Auth) > 0 {
		return options, nil
	}
	credentials, err := named.Credentials()
	if err != nil {
		return options, fmt.Errorf("[zookeepers.%s] of %s: %w", name, named.File, err)
	}
	if len(credentials) == 0 && os.Getenv(authVariable) != "" {
		if credentials, err = (manifest.ZooKeeper{AuthEnv: authVariable}).Credentials(); err != nil {
			return options, err
		}
	}
	for _, c := range credentials {
		credential, _ := parseCredential(string(c)) // the manifest has checked it
		options.Auth = append(options.Auth, credential)
	}
	return options, nil
}

func (e *Env) warnOfExposed(z manifest.ZooKeeper) {
	for _, file := range z.Exposed() {
		if e.exposed[file] {
			continue
		}
		if e.exposed != nil {
			e.exposed[file] = true
		}
		e.warn("%s holds a secret and is open to other users of this machine: chmod 600 it", file)
	}
}

// ensemble finds the manifest's ZooKeeper that a tree lies in: the one it was named by, else one that has all
// its servers; of several the one whose root is nearest above it, then the first by name.
func (e *Env) ensemble(at place) (name string, found manifest.ZooKeeper) {
	if e.Manifest == nil {
		return "", manifest.ZooKeeper{}
	}
	if at.name != "" {
		return at.name, e.Manifest.ZooKeepers[at.name]
	}
	nearest := -1
	for _, candidate := range slices.Sorted(maps.Keys(e.Manifest.ZooKeepers)) {
		z := e.Manifest.ZooKeepers[candidate]
		its, err := session.ParseEndpoint(strings.Join(z.Hosts, ","))
		if err != nil || slices.ContainsFunc(at.Servers, func(s string) bool { return !slices.Contains(its.Servers, s) }) {
			continue
		}
		near := 0
		if at.Path == z.Root || strings.HasPrefix(at.Path, z.Root+"/") {
			near = len(z.Root)
		}
		if near > nearest {
			nearest, name, found = near, candidate, z
		}
	}
	return name, found
}
