package metaserver

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pegashell/internal/znodepath"
	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// backupHandlers answers what concerns backups.
func (s *server) backupHandlers() map[string]rpc.Handler {
	refusal := func(e wire.ErrorCode) wire.Message { return &wire.HintResponse{Err: e} }
	return map[string]rpc.Handler{
		wire.RPCAddBackupPolicy:    gated(s, (*leader).addBackupPolicy, refusal),
		wire.RPCModifyBackupPolicy: gated(s, (*leader).modifyBackupPolicy, refusal),
		wire.RPCQueryBackupPolicy: gated(s, (*leader).queryBackupPolicy, func(e wire.ErrorCode) wire.Message {
			return &wire.QueryBackupPolicyResponse{Err: e}
		}),
		wire.RPCStartRestore: gated(s, (*leader).startRestore, func(e wire.ErrorCode) wire.Message {
			return &wire.CreateAppResponse{Err: e}
		}),
		wire.RPCQueryRestore: rpc.Handle(s.queryRestore),
	}
}

// backupProvider is the one block service that a simulated cluster knows.
const backupProvider = "local_service"

// reserveMinutes is [replication] cold_backup_checkpoint_reserve_minutes, which intervals must exceed.
const reserveMinutes = 10

// errBusyBackingUp is the answer to disabling a policy whose backup is under way.
const errBusyBackingUp = wire.ErrorCode("ERR_BUSY")

// backupsOff is the answer of a server whose configuration has switched cold backups off.
const backupsOff = wire.ErrServiceNotActive

// addBackupPolicy adds a policy at every meta level; its first backup begins at once, if it is due.
func (l *leader) addBackupPolicy(ctx context.Context, q *wire.AddBackupPolicyRequest) (wire.Message, error) {
	if !l.cfg.backups {
		return &wire.HintResponse{Err: backupsOff}, nil
	}
	return l.inTurn(ctx, func(ctx context.Context) (wire.Message, error) {
		l.mu.Lock()
		names, hint := l.mayBackUp(q)
		l.mu.Unlock()
		if hint != "" {
			return &wire.HintResponse{Err: wire.ErrInvalidParameters, Hint: hint}, nil
		}
		start, _ := parseStartTime(q.Start)
		p := &policy{data: policyData{
			Name: q.Name, Provider: q.Provider, Apps: slices.Sorted(maps.Keys(names)), Names: names, Interval: q.IntervalSeconds,
			History: q.History, Start: start,
		}}
		if p.data.Apps == nil {
			p.data.Apps = []int32{} // JSON has no null there
		}
		if err := l.store.write(ctx, l.store.policyPath(q.Name), false, p.data); err != nil {
			return nil, err
		}
		l.mu.Lock()
		l.policies[q.Name] = p
		l.mu.Unlock()
		l.log.Printf("backup policy %s added", q.Name)
		return &wire.HintResponse{Err: wire.OK}, l.advance(ctx, p, l.backupClock())
	})
}

// mayBackUp returns the names of a new policy's tables, or the reason why it cannot be added. The lock is held.
func (l *leader) mayBackUp(q *wire.AddBackupPolicyRequest) (names appNames, hint string) {
	if q.IntervalSeconds <= reserveMinutes*60 {
		return nil, fmt.Sprintf("backup interval must be greater than FLAGS_cold_backup_checkpoint_reserve_minutes=%d", reserveMinutes)
	}
	names = appNames{}
	for _, id := range q.Apps {
		t := l.tables[id]
		if t == nil {
			return nil, fmt.Sprintf("invalid app %d", id)
		}
		names[id] = t.info.Name
	}
	switch {
	case l.policies[q.Name] != nil:
		return nil, "invalid policy_name: " + q.Name
	case q.Provider != backupProvider:
		return nil, "invalid backup_provider_type: " + q.Provider
	case znodepath.CheckName(q.Name) != nil:
		return nil, "invalid policy_name: " + q.Name // a Pegasus server aborts, since there can be no such znode
	}
	return names, ""
}

// modifyBackupPolicy changes a policy at every meta level.
func (l *leader) modifyBackupPolicy(ctx context.Context, q *wire.ModifyBackupPolicyRequest) (wire.Message, error) {
	if !l.cfg.backups {
		return &wire.HintResponse{Err: backupsOff}, nil
	}
	return l.inTurn(ctx, func(ctx context.Context) (wire.Message, error) {
		l.mu.Lock()
		p := l.policies[q.Name]
		if p == nil {
			l.mu.Unlock()
			return &wire.HintResponse{Err: wire.ErrInvalidParameters}, nil
		}
		data, changed := l.altered(p.data, q)
		answer := &wire.HintResponse{Err: wire.OK}
		switch {
		case q.Disabled == nil:
		case *q.Disabled && p.current != nil:
			answer.Err = errBusyBackingUp
		case !*q.Disabled && data.Disabled == 0:
			answer.Hint = "policy is already enabled"
		default:
			changed = true
			data.Disabled = 0
			if *q.Disabled {
				data.Disabled = 1
			}
		}
		l.mu.Unlock()
		if !changed {
			return answer, nil
		}
		if err := l.store.write(ctx, l.store.policyPath(q.Name), true, data); err != nil {
			return nil, err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		p.data = data
		l.log.Printf("backup policy %s changed", q.Name)
		return answer, nil
	})
}

// altered returns a policy's data with the changes, but for whether it is disabled. Ids that no table has are
// ignored, as Pegasus does. The lock is held.
func (l *leader) altered(data policyData, q *wire.ModifyBackupPolicyRequest) (policyData, bool) {
	changed := false
	apps := slices.Clone(data.Apps)
	data.Names = maps.Clone(data.Names)
	for _, id := range q.Add {
		if t := l.tables[id]; t != nil {
			apps, changed = append(apps, id), true
			if data.Names == nil {
				data.Names = appNames{}
			}
			if _, found := data.Names[id]; !found {
				data.Names[id] = t.info.Name
			}
		}
	}
	for _, id := range q.Remove {
		if id > 0 {
			apps, changed = slices.DeleteFunc(apps, func(a int32) bool { return a == id }), true
		}
	}
	slices.Sort(apps)
	data.Apps = slices.Compact(apps)
	if q.IntervalSeconds != nil && *q.IntervalSeconds > 0 {
		data.Interval, changed = *q.IntervalSeconds, true
	}
	if q.History != nil && *q.History > 0 {
		data.History, changed = *q.History, true
	}
	if q.Start != nil {
		if start, ok := parseStartTime(*q.Start); ok {
			data.Start, changed = start, true
		}
	}
	return data, changed
}

func (l *leader) queryBackupPolicy(_ context.Context, q *wire.QueryBackupPolicyRequest) (wire.Message, error) {
	if !l.cfg.backups {
		return &wire.QueryBackupPolicyResponse{Err: backupsOff}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	names := q.Names
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(l.policies))
	}
	answer := &wire.QueryBackupPolicyResponse{Err: wire.OK}
	var missing []string
	for _, name := range names {
		p := l.policies[name]
		if p == nil {
			missing = append(missing, "invalid policy_name "+name)
			continue
		}
		answer.Policies = append(answer.Policies, p.entry())
		answer.Backups = append(answer.Backups, p.last(q.Count))
	}
	if len(missing) > 0 {
		hint := strings.Join(missing, "\n\t")
		answer.Hint = &hint
	}
	if len(answer.Policies) == 0 && len(names) > 0 {
		answer.Err = wire.ErrInvalidParameters
	}
	return answer, nil
}

// startRestore creates a table with the properties of one that was backed up; its data is not there.
func (l *leader) startRestore(ctx context.Context, q *wire.RestoreRequest) (wire.Message, error) {
	l.mu.Lock()
	t, code := l.beginRestore(q)
	if code != wire.OK {
		defer l.mu.Unlock()
		return &wire.CreateAppResponse{Err: code, AppID: -1}, nil
	}
	info, settled := t.info, t.settled
	l.mu.Unlock()
	l.log.Printf("table %s: restoring as %d from backup %d of policy %s", q.AppName, info.ID, q.BackupID, q.Policy)
	l.group.run(func(ctx context.Context) error { return l.create(ctx, t, info) })
	if !waitFor(ctx, settled) {
		return nil, rpc.ErrNoAnswer
	}
	return &wire.CreateAppResponse{Err: wire.OK, AppID: info.ID}, nil
}

// beginRestore checks a request and enters the new table as CREATING. The lock is held.
func (l *leader) beginRestore(q *wire.RestoreRequest) (*table, wire.ErrorCode) {
	old, name := l.tables[q.AppID], cmp.Or(q.NewName, q.AppName)
	switch {
	case q.Provider != backupProvider:
		return nil, wire.ErrInvalidParameters
	case old == nil || q.Cluster != l.cfg.Cluster || !l.backedUp(q):
		return nil, wire.ErrObjectNotFound
	case l.names[name] != nil:
		return nil, wire.ErrInvalidParameters
	}
	envs := maps.Clone(old.info.Envs)
	if envs == nil {
		envs = map[string]string{}
	}
	maps.Copy(envs, map[string]string{ // source: backup_restore_constant
		"restore.block_service_provider": q.Provider, "restore.cluster_name": q.Cluster, "restore.policy_name": q.Policy,
		"restore.app_name": q.AppName, "restore.app_id": strconv.Itoa(int(q.AppID)), "restore.backup_id": strconv.FormatInt(q.BackupID, 10),
	})
	if q.SkipBad {
		envs["restore.skip_bad_partition"] = "true"
	}
	info := newAppInfo(name, old.info.AppType, old.info.PartitionCount, old.info.MaxReplicaCount, envs)
	info.Status, info.ID, info.CreateSecond = wire.AppCreating, l.nextID(), old.info.CreateSecond
	if !storable(info) {
		return nil, wire.ErrInvalidParameters
	}
	t := newTable(info)
	l.tables[info.ID], l.names[info.Name] = t, t
	return t, wire.OK
}

// backedUp reports whether there is the backup of a table. The lock is held.
func (l *leader) backedUp(q *wire.RestoreRequest) bool {
	p := l.policies[q.Policy]
	if p == nil {
		return false
	}
	backups := p.done
	if p.current != nil && p.stored {
		backups = append(slices.Clone(backups), *p.current)
	}
	return slices.ContainsFunc(backups, func(b backupData) bool {
		return b.ID == q.BackupID && slices.Contains(b.Apps, q.AppID) && b.Names[q.AppID] == q.AppName
	})
}

// restored is the progress of a partition that is restored, in thousandths.
const restored = 1000

// queryRestore says how far the restoring of a table is: a partition with replicas is restored.
func (s *server) queryRestore(_ context.Context, q *wire.QueryRestoreRequest) (wire.Message, error) {
	if !s.tableExists(q.AppID) {
		return &wire.QueryRestoreResponse{Err: wire.ErrInvalidParameters}, nil
	}
	l, code := s.gate()
	if l == nil {
		return &wire.QueryRestoreResponse{Err: code}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.tables[q.AppID]
	if t.info.Status == wire.AppDropped {
		return &wire.QueryRestoreResponse{Err: wire.ErrAppDropped}, nil
	}
	answer := &wire.QueryRestoreResponse{Err: wire.OK}
	for _, p := range t.partitions {
		progress := int32(0)
		if replicaCount(p.config) > 0 {
			progress = restored
		}
		answer.Statuses = append(answer.Statuses, wire.OK)
		answer.Progress = append(answer.Progress, progress)
	}
	return answer, nil
}
