package metaserver

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pegashell/metaadmin/wire"
)

// matchNames are the ways to match a table's name (idl: pattern_match_type of the main branch;
// 2.5.0 does not know patterns).
const (
	matchAll int32 = iota + 1
	matchExact
	matchAnywhere
	matchPrefix
	matchPostfix
	matchRegex
)

func (l *leader) listApps(_ context.Context, q *wire.ListAppsRequest) (wire.Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	answer := &wire.ListAppsResponse{Err: wire.OK}
	for _, id := range l.ids() {
		info := l.tables[id].info
		if q.Pattern != nil && q.MatchType != nil {
			matched, known := matchName(info.Name, *q.Pattern, *q.MatchType)
			if !known {
				answer.Err = "ERR_NOT_IMPLEMENTED"
				hint := fmt.Sprintf("match_type is not supported: val=%d", *q.MatchType)
				answer.Hint = &hint
				return answer, nil
			}
			if !matched {
				continue
			}
		}
		if q.Status == wire.AppInvalid || q.Status == info.Status {
			answer.Infos = append(answer.Infos, info)
		}
	}
	return answer, nil
}

// matchName reports whether a name matches, and whether the way to match is known: regular
// expressions are not, as on the main branch.
func matchName(name, pattern string, how int32) (matched, known bool) {
	switch how {
	case matchAll:
		return true, true
	case matchExact:
		return name == pattern, true
	case matchAnywhere:
		return strings.Contains(name, pattern), true
	case matchPrefix:
		return strings.HasPrefix(name, pattern), true
	case matchPostfix:
		return strings.HasSuffix(name, pattern), true
	}
	return false, false
}

func (l *leader) queryCfg(q *wire.QueryCfgRequest) *wire.QueryCfgResponse {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.names[q.AppName]
	if t == nil {
		return &wire.QueryCfgResponse{Err: wire.ErrObjectNotFound}
	}
	if t.info.Status != wire.AppAvailable {
		return &wire.QueryCfgResponse{Err: busy(t.info.Status)}
	}
	answer := &wire.QueryCfgResponse{
		Err: wire.OK, AppID: t.info.ID, PartitionCount: t.info.PartitionCount, Stateful: t.info.Stateful,
	}
	for _, i := range q.Indices {
		if i >= 0 && int(i) < len(t.partitions) {
			answer.Partitions = append(answer.Partitions, t.partitions[i].config)
		}
	}
	if len(answer.Partitions) == 0 {
		for _, p := range t.partitions {
			answer.Partitions = append(answer.Partitions, p.config)
		}
	}
	return answer
}

// busy is the error for a table whose status is changing.
func busy(status wire.AppStatus) wire.ErrorCode {
	switch status {
	case wire.AppCreating, wire.AppRecalling:
		return wire.ErrBusyCreating
	case wire.AppDropping:
		return wire.ErrBusyDropping
	}
	return "ERR_UNKNOWN"
}

func (l *leader) listNodes(_ context.Context, q *wire.ListNodesRequest) (wire.Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	answer := &wire.ListNodesResponse{Err: wire.OK}
	add := func(status wire.NodeStatus, nodes map[wire.Address]struct{}) {
		if q.Status != wire.NodeInvalid && q.Status != status {
			return
		}
		for _, a := range slices.Sorted(maps.Keys(nodes)) {
			answer.Infos = append(answer.Infos, wire.NodeInfo{Status: status, Address: a})
		}
	}
	add(wire.NodeAlive, l.alive)
	add(wire.NodeUnalive, l.dead)
	return answer, nil
}

func (l *leader) clusterInfo(context.Context, *wire.ClusterInfoRequest) (wire.Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	primaries, partitions := l.spread()
	answer := &wire.ClusterInfoResponse{Err: wire.OK}
	for _, line := range [][2]string{
		{"meta_servers", strings.Join(addressTexts(l.cfg.Metas), ",")},
		{"primary_meta_server", l.cfg.Self.String()},
		{"zookeeper_hosts", l.cfg.zkHosts},
		{"zookeeper_root", l.cfg.clusterRoot},
		{"meta_function_level", l.effectiveLevel().String()},
		{"balance_operation_count", l.balance.String()},
		{"primary_replica_count_stddev", fmt.Sprintf("%.2f", primaries)},
		{"total_replica_count_stddev", fmt.Sprintf("%.2f", partitions)},
		{"cluster_name", l.cfg.Cluster},
	} {
		answer.Keys = append(answer.Keys, line[0])
		answer.Values = append(answer.Values, line[1])
	}
	return answer, nil
}

// controlMeta sets the requested level, whatever the number. It is kept in memory only.
func (l *leader) controlMeta(_ context.Context, q *wire.ControlMetaRequest) (wire.Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	answer := &wire.ControlMetaResponse{Err: wire.OK, OldLevel: l.level}
	if q.Level == wire.LevelInvalid {
		return answer, nil
	}
	if q.Level <= wire.LevelSteady {
		for _, t := range l.existing() {
			for _, p := range t.partitions {
				l.forgetProposals(p)
			}
		}
	}
	l.log.Printf("leader: level set from %s to %s", l.level, q.Level)
	l.level = q.Level
	return answer, nil
}
