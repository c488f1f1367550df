package commands

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"pegashell/metaadmin"
)

// health counts the partitions of a table that are as they should be and that are not. A partition is fully
// healthy with all its replicas, cannot be written with fewer than two, cannot be read without a primary
// (source: the original's table listings).
type health struct {
	fully, writeUnhealthy, readUnhealthy int
}

func (h *health) count(p *metaadmin.PartitionConfig) {
	replicas := len(p.SecondaryServers())
	if p.PrimaryServer() == "" {
		h.writeUnhealthy++
		h.readUnhealthy++
		return
	}
	switch replicas++; {
	case replicas >= int(p.MaxReplicaCount):
		h.fully++
	case replicas < 2:
		h.writeUnhealthy++
	}
}

// partitionQueries is how many queries for partitions are under way at once, over one connection.
const partitionQueries = 64

// partitionsOf asks for the partitions of many tables at once. result[i] belongs to apps[i]. The first
// failure in the order of the tables is returned with the name of its table.
func partitionsOf(ctx context.Context, admin *metaadmin.Client, apps []metaadmin.AppInfo) (result []*metaadmin.Partitions, failed string, err error) {
	result = make([]*metaadmin.Partitions, len(apps))
	errs := make([]error, len(apps))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(partitionQueries)
	for i, app := range apps {
		group.Go(func() error {
			result[i], errs[i] = admin.QueryPartitions(ctx, app.Name)
			return errs[i]
		})
	}
	if group.Wait() == nil {
		return result, "", nil
	}
	// A failed query cancels the ones behind it; the first that failed by itself is the one to report.
	first := -1
	for i, err := range errs {
		if err != nil && (first < 0 || isCanceled(errs[first]) && !isCanceled(err)) {
			first = i
		}
	}
	return nil, apps[first].Name, errs[first]
}

func sortedServers[V any](m map[string]V) []string {
	servers := make([]string, 0, len(m))
	for s := range m {
		servers = append(servers, s)
	}
	slices.SortFunc(servers, metaadmin.CompareServers)
	return servers
}

// seconds prints a time as the original does, "-" where it is unset.
func (e *Env) seconds(s int64) string {
	if s <= 0 {
		return "-"
	}
	return time.Unix(s, 0).In(e.Location).Format("2006-01-02_15:04:05")
}

// resolve gives the host name of a server named by its address, or the address where none is known.
func (e *Env) resolve(ctx context.Context, server string) string {
	host, port, err := net.SplitHostPort(server)
	if err != nil || net.ParseIP(host) == nil {
		return server
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	names, err := e.Resolver.LookupAddr(ctx, host)
	if err != nil || len(names) == 0 {
		return server
	}
	return fmt.Sprintf("%s:%s", strings.TrimSuffix(names[0], "."), port)
}

// resolveTimeout bounds the look-up of one name, so that a dead name server does not hold up a table.
const resolveTimeout = 2 * time.Second

// resolver gives resolve, remembering its answers, when resolving is wanted, else the name itself.
func (e *Env) resolver(ctx context.Context, wanted bool) func(string) string {
	if !wanted {
		return func(server string) string { return server }
	}
	known := map[string]string{}
	return func(server string) string {
		name, ok := known[server]
		if !ok {
			name = e.resolve(ctx, server)
			known[server] = name
		}
		return name
	}
}
