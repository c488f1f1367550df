package metaadmin

import (
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/metaadmin/wire"
)

func TestStoredAppsAreThoseOfAllReplicaServers(t *testing.T) {
	holds := func(code wire.ErrorCode, apps ...AppInfo) wire.NodeInfo {
		server, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
			return metatest.Answer(nc, q, wire.OK, &wire.QueryAppInfoResponse{Err: code, Apps: apps})
		})
		return nodeAt(t, server)
	}
	app := func(id, partitions int32) AppInfo { return AppInfo{ID: id, PartitionCount: partitions} }
	nodes := []wire.NodeInfo{
		holds(wire.OK, app(7, 4), app(2, 8)), holds(wire.OK, app(2, 16), app(3, 1)), holds(wire.OK), holds(wire.ErrBusyCreating, app(9, 1)), nodeAt(t, metatest.Refusing(t)),
	}
	leader, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
		return metatest.Answer(nc, q, wire.OK, &wire.ListNodesResponse{Err: wire.OK, Infos: nodes})
	})
	got, err := newClient(t, ample, leader).StoredApps(t.Context())
	want := StoredApps{Servers: 5, Silent: 2}
	if diff := cmp.Diff(want, StoredApps{Servers: got.Servers, Silent: got.Silent}); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
	var apps [][2]int32
	for _, a := range got.Apps {
		apps = append(apps, [2]int32{a.ID, a.PartitionCount})
	}
	if diff := cmp.Diff([][2]int32{{2, 16}, {3, 1}, {7, 4}}, apps); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
	if _, err := newClient(t, ample, metatest.Refusing(t)).StoredApps(t.Context()); err == nil {
		t.Error("tables of a cluster without a leader")
	}
}

func nodeAt(t *testing.T, server string) wire.NodeInfo {
	t.Helper()
	address, err := wire.ParseAddress(server)
	if err != nil {
		t.Fatal(err)
	}
	return wire.NodeInfo{Status: wire.NodeAlive, Address: address}
}
