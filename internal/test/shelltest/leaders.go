package shelltest

import (
	"net"
	"testing"

	"pegashell/internal/test/metatest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// Leads is a meta server that says that it leads, on the ZooKeeper named.
func Leads(name, zookeeper string) metatest.Behaviour {
	return Answers{
		wire.RPCClusterInfo: Always(&wire.ClusterInfoResponse{Err: wire.OK,
			Keys:   []string{"primary_meta_server", "zookeeper_hosts", "zookeeper_root"},
			Values: []string{name, zookeeper, "/pegasus/c1"}}),
		wire.RPCControlMeta: Always(&wire.ControlMetaResponse{Err: wire.OK, OldLevel: wire.LevelSteady}),
		wire.RPCDiagnose:    Always(&wire.DiagnoseResponse{Err: wire.OK}),
	}.Behave
}

// Recovers is a meta server that leads in recovery mode.
func Recovers(nc net.Conn, q *wire.Request) error {
	var remote wire.RemoteCommandRequest
	if q.RPC == wire.RPCRemoteCommand && q.Decode(&remote) == nil {
		return metatest.Answer(nc, q, wire.OK, &wire.StringResult{Text: "unknown command '" + remote.Command + "'"})
	}
	return metatest.Answer(nc, q, wire.OK, &wire.ErrorResponse{Err: wire.ErrUnderRecovery})
}

// StartTwoLeaders gives a session with two meta servers that lead.
func StartTwoLeaders(t *testing.T) (*Session, []*metatest.Server) {
	t.Helper()
	var metas []string
	var servers []*metatest.Server
	for _, name := range []string{"a", "b"} {
		server := metatest.Start(t, Leads(name, "zk-"+name+":2181"))
		metas, servers = append(metas, server.Address), append(servers, server)
	}
	return StartOn(t, metaadmin.Options{}, metas...), servers
}
