package look

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/migration"
)

// askStored asks the replica servers which tables they hold, where it matters: a leader that sees
// all of them alive, with every partition in order, would have aborted on a table that its tree
// does not have. That it dropped one does not show what replica servers still hold.
func (l *looking) askStored(ctx context.Context) {
	if l.Admin == nil || l.isHealthy() && !l.Stored {
		return
	}
	s := &l.survey.Stored
	s.Asked = true
	if len(l.survey.Replicas) == 0 {
		s.Doubt = message.Errorf("it is not known which replica servers there are")
		return
	}
	byID := map[int32]metaadmin.AppInfo{}
	silent := 0
	var mu sync.Mutex
	var asking sync.WaitGroup
	room := make(chan struct{}, mostAsked)
	for _, r := range l.survey.Replicas {
		if r.Doubt != "" { // it has not answered a moment ago
			mu.Lock()
			silent++
			mu.Unlock()
			continue
		}
		room <- struct{}{}
		asking.Go(func() {
			defer func() { <-room }()
			short, cancel := bounded(ctx)
			defer cancel()
			apps, err := l.Admin.Server(r.Address).StoredApps(short)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				silent++
			}
			for _, app := range apps {
				if known, ok := byID[app.ID]; !ok || known.PartitionCount < app.PartitionCount {
					byID[app.ID] = app
				}
			}
		})
	}
	asking.Wait()
	if silent > 0 {
		s.Doubt = message.Errorf("%d of %d replica servers did not answer", silent, len(l.survey.Replicas))
	}
	s.Tables = slices.SortedFunc(maps.Values(byID), func(a, b metaadmin.AppInfo) int { return cmp.Compare(a.ID, b.ID) })
}

// isHealthy reports whether there is one leader, for which everything is in order.
func (l *looking) isHealthy() bool {
	healthy := 0
	for _, m := range l.survey.Meta {
		switch {
		case m.State == migration.ServerLeader && m.Leading.IsHealthy():
			healthy++
		case m.State.Leads():
			return false
		}
	}
	return healthy == 1
}
