package cluster

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"pegashell/internal/freeport"
	"pegashell/onebox/release"
)

// ensembleSize is the number of members of the ensemble.
const ensembleSize = 3

// defaultLeaseSeconds is shorter than Pegasus's own 9 seconds, so that tests and demos see the end
// of a lease soon.
const defaultLeaseSeconds = 3

// maxInstances bounds the number of each kind, so that the port ranges of a base port do not meet.
const maxInstances = 90

// Offsets of the ports from the base port; an instance's number is added.
const (
	metaPorts     = 0
	replicaPorts  = 200
	zkPorts       = 400
	quorumPorts   = 500
	electionPorts = 600
	lastOffset    = electionPorts + ensembleSize
)

// Options describe a new cluster. They do not change during its life.
type Options struct {
	MetaCount, ReplicaCount, ZKCount int
	// ZKEnsemble makes the first of the ZKCount ZooKeepers an ensemble of three servers.
	ZKEnsemble bool
	// BasePort is where the ports begin; 0 picks free ones.
	BasePort int

	Config
}

// Config is what the servers' configuration files are made from.
type Config struct {
	ClusterName string `json:"cluster_name"`
	// ClusterRoot is the znode that holds the metadata; empty for /pegasus/NAME/127.0.0.1.
	ClusterRoot string `json:"cluster_root"`
	// LockRoot is the znode below which the meta servers elect their leader: LockAtRoot,
	// LockBelowRoot or a path. Empty is LockAtRoot. Once the options are checked it is a path.
	LockRoot string `json:"lock_root,omitempty"`
	// Chroot is the path after the servers in hosts_list, below which both roots are; empty for
	// none.
	Chroot               string `json:"chroot,omitempty"`
	ZKTimeoutMS          int    `json:"zk_timeout_ms"`
	ConfigSyncIntervalMS int    `json:"config_sync_interval_ms"`
	// LeaseSeconds is how long a replica server without a leader keeps its replicas; 0 means 3.
	LeaseSeconds     int `json:"fd_lease_seconds,omitempty"`
	MinLiveNodeCount int `json:"min_live_node_count"`
	// ZooKeeper is the jar or the class path of the ZooKeeper that runs, made absolute; "" is Debian's.
	ZooKeeper string `json:"zookeeper,omitempty"`
	// FullConfigDump makes config-dump answer as much text as a real server does.
	FullConfigDump bool `json:"full_config_dump,omitempty"`
	// Simulate is the release that the servers behave as; empty for 2.5.0.
	Simulate release.Release `json:"simulate,omitempty"`
	Settings []Setting       `json:"settings,omitempty"`
}

// Words for a lock root that is the cluster root, as in Pegasus's own onebox, or at its child lock,
// as in the configuration that comes with Pegasus.
const (
	LockAtRoot    = "root"
	LockBelowRoot = "below"
)

// Setting is a value for the meta servers' config.ini.
type Setting struct {
	Section string `json:"section"`
	Key     string `json:"key"`
	Value   string `json:"value"`
}

// ParseSetting parses SECTION.KEY=VALUE. The key is what follows the last dot before the equals
// sign, because section names have dots of their own (meta_server.apps.temp).
func ParseSetting(text string) (Setting, error) {
	name, value, ok := strings.Cut(text, "=")
	dot := strings.LastIndexByte(name, '.')
	if !ok || dot <= 0 || dot == len(name)-1 {
		return Setting{}, fmt.Errorf("%q is not SECTION.KEY=VALUE", text)
	}
	return Setting{Section: name[:dot], Key: name[dot+1:], Value: value}, nil
}

// ErrOptions means that a cluster cannot be created with the options.
var ErrOptions = errors.New("wrong option")

// check completes the options and returns what is wrong with them, as ErrOptions.
func (o *Options) check() error {
	if o.LeaseSeconds == 0 {
		o.LeaseSeconds = defaultLeaseSeconds
	}
	for _, n := range []struct {
		what       string
		n, min, to int
	}{
		{"meta servers", o.MetaCount, 1, maxInstances},
		{"replica servers", o.ReplicaCount, 0, maxInstances},
		{"ZooKeepers", o.ZKCount, 1, maxInstances},
		{"milliseconds of a ZooKeeper session", o.ZKTimeoutMS, 1000, 60000},
		{"milliseconds between configuration syncs", o.ConfigSyncIntervalMS, 1, 1 << 30},
		{"required live replica servers", o.MinLiveNodeCount, 1, 1 << 30},
		{"seconds of a lease", o.LeaseSeconds, 3, 3600},
	} {
		if n.n < n.min || n.n > n.to {
			return fmt.Errorf("%w: %d %s: it must be %d to %d", ErrOptions, n.n, n.what, n.min, n.to)
		}
	}
	if o.BasePort != 0 && (o.BasePort < 1024 || o.BasePort+lastOffset > 65535) {
		return fmt.Errorf("%w: base port %d: it must be 1024 to %d", ErrOptions, o.BasePort, 65535-lastOffset)
	}
	if o.ClusterName == "" || strings.ContainsAny(o.ClusterName, "/ \t\r\n") {
		return fmt.Errorf("%w: cluster name %q: it must be a word without slashes", ErrOptions, o.ClusterName)
	}
	if err := o.checkPaths(); err != nil {
		return err
	}
	if jar := o.ZooKeeper; jar != "" && !strings.ContainsAny(jar, ":*") {
		if _, err := os.Stat(jar); err != nil {
			return fmt.Errorf("%w: ZooKeeper: %w", ErrOptions, err)
		}
		var err error
		if o.ZooKeeper, err = filepath.Abs(jar); err != nil {
			return fmt.Errorf("%w: ZooKeeper: %w", ErrOptions, err)
		}
	}
	if _, err := release.Parse(string(o.Simulate)); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return nil
}

// checkPaths completes and checks the znode paths.
func (o *Options) checkPaths() error {
	if o.ClusterRoot == "" {
		o.ClusterRoot = "/pegasus/" + o.ClusterName + "/127.0.0.1"
	}
	switch o.LockRoot {
	case "", LockAtRoot:
		o.LockRoot = o.ClusterRoot
	case LockBelowRoot:
		o.LockRoot = o.ClusterRoot + "/lock"
	}
	for _, p := range []struct{ what, path, example string }{
		{"cluster root", o.ClusterRoot, "/pegasus/onebox"},
		{"lock root", o.LockRoot, "/locks/onebox, or root or below"},
		{"chroot", o.Chroot, "/team"},
	} {
		if p.path == "" && p.what == "chroot" {
			continue
		}
		if !path.IsAbs(p.path) || path.Clean(p.path) != p.path || p.path == "/" {
			return fmt.Errorf("%w: %s %q: it must be a znode path such as %s", ErrOptions, p.what, p.path, p.example)
		}
	}
	return nil
}

// instances creates the cluster's servers and assigns each its ports, which do not change.
func (o *Options) instances() ([]*instance, error) {
	var all []*instance
	add := func(kind Kind, n int) {
		for number := 1; number <= n; number++ {
			all = append(all, &instance{Kind: kind, Number: number})
		}
	}
	zks, members := o.ZKCount, 0
	if o.ZKEnsemble {
		zks, members = o.ZKCount-1+ensembleSize, ensembleSize
	}
	add(Meta, o.MetaCount)
	add(Replica, o.ReplicaCount)
	add(ZooKeeper, zks)
	var ports []*int
	for _, i := range all {
		offset := map[Kind]int{Meta: metaPorts, Replica: replicaPorts, ZooKeeper: zkPorts}[i.Kind]
		i.Port = o.BasePort + offset + i.Number
		ports = append(ports, &i.Port)
		if i.Kind == ZooKeeper && i.Number <= members {
			i.QuorumPort = o.BasePort + quorumPorts + i.Number
			i.ElectionPort = o.BasePort + electionPorts + i.Number
			ports = append(ports, &i.QuorumPort, &i.ElectionPort)
		}
	}
	if o.BasePort == 0 {
		free, err := freeport.Pick(len(ports))
		if err != nil {
			return nil, err
		}
		for i, port := range ports {
			*port = free[i]
		}
		return all, nil
	}
	for _, port := range ports {
		if !freeport.Free(*port) {
			return nil, fmt.Errorf("port %d of 127.0.0.1 is in use: choose another base port", *port)
		}
	}
	return all, nil
}
