package look

import (
	"bufio"
	"context"
	"os"
	"slices"
	"strings"
	"sync"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/session"
)

const (
	// mostAsked bounds how many replica servers are asked at a time.
	mostAsked = 32
	// mostPartitions bounds the partitions of the old tree that are read for their servers.
	mostPartitions = 4096
)

// noteReplicaServers keeps what a leader says of the replica servers. One is alive if a leader says
// so.
func (l *looking) noteReplicaServers(nodes []metaadmin.NodeInfo) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range nodes {
		if name := nodes[i].Name(); name != "" {
			l.nodes[name] = l.nodes[name] || nodes[i].Status == wire.NodeAlive
		}
	}
}

// knownReplicaServers are those that a leader has named.
func (l *looking) knownReplicaServers() []string {
	var servers []string
	for server := range l.nodes {
		servers = append(servers, server)
	}
	return servers
}

// askReplicaServers asks each replica server for its replicas.
func (l *looking) askReplicaServers(ctx context.Context, servers []string) {
	if l.Admin == nil {
		return
	}
	slices.SortFunc(servers, metaadmin.CompareServers)
	found := make([]migration.ReplicaServer, len(servers))
	var asking sync.WaitGroup
	room := make(chan struct{}, mostAsked)
	for i, server := range servers {
		room <- struct{}{}
		asking.Go(func() {
			defer func() { <-room }()
			found[i] = l.askReplicaServer(ctx, server)
		})
	}
	asking.Wait()
	l.survey.Replicas = found
}

func (l *looking) askReplicaServer(ctx context.Context, address string) migration.ReplicaServer {
	r := migration.ReplicaServer{Address: address, Alive: l.nodes[address]}
	ctx, cancel := bounded(ctx)
	defer cancel()
	replicas, err := l.Admin.Server(address).Replicas(ctx)
	if err != nil {
		r.Doubt = err.Error()
		return r
	}
	for _, replica := range replicas {
		switch replica.Status {
		case wire.ReplicaPrimary, wire.ReplicaSecondary:
			r.Serving++
		case wire.ReplicaInactive:
			r.Inactive++
		}
	}
	return r
}

// storedReplicaServers are the replica servers where no leader names them: those of the partitions
// in the old tree, otherwise those of the list that was saved last.
func (l *looking) storedReplicaServers(ctx context.Context, t *trees) []string {
	for _, c := range []*candidate{t.source, t.target} {
		if c == nil || c.doubt != nil {
			continue
		}
		if c.seen.servers == nil {
			if opened, err := l.open(ctx, c); err == nil {
				c.seen.servers = serversOfPartitions(ctx, opened, c.seen.contents)
			}
		}
		if len(c.seen.servers) > 0 {
			return c.seen.servers
		}
	}
	if l.History.ServersFile == "" {
		return nil
	}
	return serversInFile(l.History.ServersFile)
}

// serversOfPartitions are the servers of the partitions in a tree, of the first tables if there are
// many: every server has partitions of some.
func serversOfPartitions(ctx context.Context, t zkcopy.Tree, contents *contents) []string {
	var requests []session.Request
	for _, c := range contents.findings.Clusters {
		for _, table := range c.Tables {
			for i := range table.PartitionCount {
				if len(requests) < mostPartitions {
					path := layout.PartitionPath(c.Root, layout.GPID{AppID: table.ID, Index: i})
					requests = append(requests, session.Request{Kind: session.GetData, Path: path, Room: 1 << 20})
				}
			}
		}
	}
	if t.Client.Read(ctx, requests) != nil {
		return nil
	}
	found := map[string]bool{}
	for i := range requests {
		p, err := layout.DecodePartition(requests[i].Data)
		if requests[i].Err() != nil || err != nil {
			continue
		}
		for _, server := range serversOf(p) {
			found[server] = true
		}
	}
	var servers []string
	for server := range found {
		servers = append(servers, server)
	}
	return servers
}

// serversOf are the servers that have a partition, by host name where the tree has those.
func serversOf(p layout.Partition) []string {
	all := append([]string{p.Primary}, p.Secondaries...)
	all = append(all, p.LastDrops...)
	if p.HPPrimary != nil {
		all = append([]string{*p.HPPrimary}, p.HPSecondaries...)
		all = append(all, p.HPLastDrops...)
	}
	return slices.DeleteFunc(all, func(server string) bool { return metaadmin.CheckServer(server) != nil })
}

// serversInFile are the servers in a list that nodes -o or recover_list has written: one a line, as
// its first word. A file that cannot be read has none.
func serversInFile(name string) []string {
	file, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer file.Close()
	var servers []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if words := strings.Fields(lines.Text()); len(words) > 0 && metaadmin.CheckServer(words[0]) == nil && !slices.Contains(servers, words[0]) {
			servers = append(servers, words[0])
		}
	}
	return servers
}
