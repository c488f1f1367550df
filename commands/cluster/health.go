package cluster

import (
	"context"

	"golang.org/x/sync/errgroup"

	"pegashell/internal/outcome"
	"pegashell/metaadmin"
)

// health counts the partitions of a table that are as they should be and that are not. A partition
// is fully healthy with all its replicas, cannot be written with fewer than two, cannot be read
// without a primary (source: the original's table listings).
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

// partitionsOf asks for the partitions of many tables at once. result[i] belongs to apps[i]. The
// first failure in the order of the tables is returned with the name of its table.
func partitionsOf(ctx context.Context, admin *metaadmin.Client, apps []metaadmin.AppInfo) (result []*metaadmin.Partitions, failed string, err error) {
	result = make([]*metaadmin.Partitions, len(apps))
	errs := make([]error, len(apps))
	patience := patienceFor(len(apps))
	patient, stop := withPatience(ctx, patience)
	defer stop()
	group, each := errgroup.WithContext(patient)
	group.SetLimit(partitionQueries)
	for i, app := range apps {
		group.Go(func() error {
			result[i], errs[i] = admin.QueryPartitions(each, app.Name)
			return errs[i]
		})
	}
	if group.Wait() == nil {
		return result, "", nil
	}
	// A failed query cancels the ones after it; the first that failed by itself is the one to
	// report.
	first := -1
	for i, err := range errs {
		if err != nil && (first < 0 || outcome.IsCanceled(errs[first]) && !outcome.IsCanceled(err)) {
			first = i
		}
	}
	return nil, apps[first].Name, outOfPatience(patient, errs[first], admin.Leader(), len(apps), patience)
}
