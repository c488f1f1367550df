package command

import (
	"errors"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// Explain says what an error of a meta server means in a migration; nothing for most errors.
func Explain(code wire.ErrorCode) message.Text {
	switch code {
	case wire.ErrUnderRecovery:
		return message.New("the leader is in recovery mode: it waits for recover, or carries it out, and has no metadata until that has succeeded. " +
			"To start it: recover -f FILE, with the list of replica servers that was saved before the meta servers were stopped. If no recovery is " +
			"intended: set recover_from_replica_server = false in section [meta_server] of its configuration, check hosts_list in section [zookeeper], and restart it")
	case wire.ErrServiceRunning:
		return message.New("the cluster is running already: recover is only for a leader in recovery mode, which was started with " +
			"recover_from_replica_server = true on a ZooKeeper without the cluster's tree. Nothing was changed. A recovery that was sent before " +
			"may have succeeded: ls -d shows the tables, and cluster_info which ZooKeeper the leader uses")
	}
	return message.Text{}
}

// explain adds to a failure what the meta server's error means, unless that was said of the last
// failure of this cluster too.
func (c *Command) explain(world *World, err error) {
	session := &world.Session
	var call *metaadmin.Error
	if !errors.As(err, &call) {
		if err == nil && c.Plugin == PluginCluster {
			session.explained = ""
		}
		return
	}
	text := Explain(call.Code)
	key := workKey(world.Cluster) + " " + string(call.Code)
	if text.IsZero() || session.explained == key {
		return
	}
	session.explained = key
	world.Note("NOTE: %s: %s", call.Code, text)
}
