package cluster

import (
	"fmt"
	"path/filepath"

	"pegashell/internal/zkserver"
	"pegashell/onebox/process"
)

// Kind is what an instance is.
type Kind string

// The kinds of instances.
const (
	Meta      Kind = "meta"
	Replica   Kind = "replica"
	ZooKeeper Kind = "zookeeper"
)

// startOrder is the order in which kinds are started; they are stopped in the opposite one.
var startOrder = []Kind{ZooKeeper, Meta, Replica}

// title is the kind in a sentence.
func (k Kind) title() string {
	switch k {
	case Meta:
		return "meta server"
	case Replica:
		return "replica server"
	}
	return "ZooKeeper"
}

// folder is how the names of the kind's folders begin.
func (k Kind) folder() string {
	if k == ZooKeeper {
		return "zk"
	}
	return string(k)
}

// ID names an instance: its kind and its number, from 1.
type ID struct {
	Kind   Kind
	Number int
}

// String returns the instance's name for people, as "meta server 1".
func (id ID) String() string { return fmt.Sprintf("%s %d", id.Kind.title(), id.Number) }

// instance is one server of the cluster, as the state file keeps it.
type instance struct {
	Kind   Kind `json:"kind"`
	Number int  `json:"number"`
	Port   int  `json:"port"`
	// QuorumPort and ElectionPort are set for the members of the ensemble.
	QuorumPort   int `json:"quorum_port,omitempty"`
	ElectionPort int `json:"election_port,omitempty"`
	// Process is nil for an instance that was stopped or never started. If it is set and no longer
	// lives, the instance has crashed.
	Process *process.Identity `json:"process,omitempty"`
}

func (i *instance) id() ID       { return ID{i.Kind, i.Number} }
func (i *instance) addr() string { return fmt.Sprintf("127.0.0.1:%d", i.Port) }

func (i *instance) inEnsemble() bool { return i.ElectionPort != 0 }

func (i *instance) running() bool { return i.Process != nil && i.Process.Alive() }

func (i *instance) dir(root string) string {
	return filepath.Join(root, fmt.Sprintf("%s%d", i.Kind.folder(), i.Number))
}

func (i *instance) configFile(root string) string { return filepath.Join(i.dir(root), "config.ini") }

func (i *instance) logFile(root string) string { return filepath.Join(i.dir(root), "log") }

// zkConfig is how the instance, a ZooKeeper, is run. Writes are not forced to the disk: a kill of
// the process loses nothing, and a onebox does not promise to survive a crash of the machine.
func (c *Cluster) zkConfig(i *instance) zkserver.Config {
	config := zkserver.Config{Dir: i.dir(c.dir), ClientPort: i.Port, SkipFsync: true, Jar: c.state.Config.ZooKeeper}
	if i.inEnsemble() {
		config.ID = i.Number
		for _, peer := range c.state.ensemble() {
			config.Peers = append(config.Peers, zkserver.Peer{ID: peer.Number, QuorumPort: peer.QuorumPort, ElectionPort: peer.ElectionPort})
		}
	}
	return config
}
