package metaserver

import (
	"context"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/release"
	"pegashell/onebox/rpc"
)

// A server of the main branch names servers by host beside their address, on the wire and in
// ZooKeeper, and says for each table whether its atomic writes are made idempotent.

// hostPort returns a server's name as a look-up of its address does: all simulated servers are on
// localhost.
func hostPort(a wire.Address) wire.HostPort {
	if !a.Valid() {
		return wire.HostPort{}
	}
	at := a.AddrPort()
	host := at.Addr().String()
	if at.Addr().IsLoopback() {
		host = "localhost"
	}
	return wire.HostPort{Host: host, Port: at.Port(), Type: 1}
}

func hostPorts(list []wire.Address) []wire.HostPort {
	names := make([]wire.HostPort, 0, len(list))
	for _, a := range list {
		names = append(names, hostPort(a))
	}
	return names
}

// withHosts returns the configuration with the names of its servers.
func withHosts(c wire.PartitionConfig) wire.PartitionConfig {
	primary := hostPort(c.Primary)
	c.HPPrimary, c.HPSecondaries, c.HPLastDrops = &primary, hostPorts(c.Secondaries), hostPorts(c.LastDrops)
	return c
}

// withIdempotence returns the table with the defaults for one that an older server has created.
func withIdempotence(info wire.AppInfo) wire.AppInfo {
	if info.AtomicIdempotent == nil {
		info.AtomicIdempotent = new(bool)
	}
	return info
}

// describe completes an answer to the shell as the main branch does. Answers to replica servers are
// not changed: simulated ones do not need this.
func describe(answer wire.Message) {
	switch m := answer.(type) {
	case *wire.ListAppsResponse:
		for i := range m.Infos {
			m.Infos[i] = withIdempotence(m.Infos[i])
		}
	case *wire.RecallAppResponse:
		m.Info = withIdempotence(m.Info)
	case *wire.ListNodesResponse:
		for i := range m.Infos {
			name := hostPort(m.Infos[i].Address)
			m.Infos[i].HP = &name
		}
	case *wire.QueryCfgResponse:
		for i := range m.Partitions {
			m.Partitions[i] = withHosts(m.Partitions[i])
		}
	}
}

// described returns a handler whose answers are those of the server's release.
func (s *server) described(h rpc.Handler) rpc.Handler {
	if s.cfg.Release != release.Main {
		return h
	}
	return func(ctx context.Context, q *wire.Request) (wire.Message, error) {
		answer, err := h(ctx, q)
		if err == nil {
			describe(answer)
		}
		return answer, err
	}
}

// tableData is what the table's node holds.
func (s *store) tableData(info wire.AppInfo) []byte {
	if s.release == release.Main {
		info = withIdempotence(info)
	}
	return encodeTable(info)
}

// partitionData is what the partition's node holds.
func (s *store) partitionData(c wire.PartitionConfig) []byte {
	if s.release == release.Main {
		c = withHosts(c)
	}
	return encodePartition(c)
}

// known returns a table that was read without what the server's release does not know.
func (s *store) known(info wire.AppInfo) wire.AppInfo {
	if s.release != release.Main {
		info.AtomicIdempotent = nil
	}
	return info
}
