package cluster

import "cmp"

// State is the state of an instance.
type State string

// The states of an instance.
const (
	Running State = "running"
	Stopped State = "stopped"
	// Crashed is a process that ended without being stopped.
	Crashed State = "crashed"
)

// Status is what is known of a cluster.
type Status struct {
	Dir         string `json:"dir"`
	ClusterName string `json:"cluster_name"`
	ClusterRoot string `json:"cluster_root"`
	// LockRoot and Chroot are those of the cluster when it was created; Chroot is empty if there is
	// none.
	LockRoot string `json:"lock_root"`
	Chroot   string `json:"chroot,omitempty"`
	// MetaList are the addresses of the meta servers.
	MetaList []string `json:"meta_list"`
	// ZooKeepers are connect strings, that of the ensemble with its members between commas. The
	// meta servers of a new cluster use the first.
	ZooKeepers []string         `json:"zookeepers"`
	Instances  []InstanceStatus `json:"instances"`
}

// InstanceStatus is what is known of an instance.
type InstanceStatus struct {
	Kind    Kind   `json:"kind"`
	Number  int    `json:"number"`
	Address string `json:"address"`
	// PID is the process of one that runs, or ran until it crashed; 0 for one that is stopped.
	PID   int    `json:"pid"`
	State State  `json:"state"`
	Dir   string `json:"dir"`
}

// ReadStatus returns the status of the cluster in dir, without waiting for a call that works on it.
func ReadStatus(dir string) (*Status, error) {
	dir, err := absolute(dir)
	if err != nil {
		return nil, err
	}
	s, err := readState(dir)
	if err != nil {
		return nil, err
	}
	return s.status(dir), nil
}

// Status returns the status of the cluster.
func (c *Cluster) Status() *Status { return c.state.status(c.dir) }

func (s *state) status(dir string) *Status {
	status := &Status{
		Dir: dir, ClusterName: s.Config.ClusterName, ClusterRoot: s.Config.ClusterRoot,
		LockRoot: cmp.Or(s.Config.LockRoot, s.Config.ClusterRoot), Chroot: s.Config.Chroot,
		MetaList: s.metaList(), ZooKeepers: s.zooKeepers(),
	}
	for _, i := range s.Instances {
		is := InstanceStatus{Kind: i.Kind, Number: i.Number, Address: i.addr(), State: Stopped, Dir: i.dir(dir)}
		if i.Process != nil {
			is.PID, is.State = i.Process.PID, Crashed
			if i.running() {
				is.State = Running
			}
		}
		status.Instances = append(status.Instances, is)
	}
	return status
}
