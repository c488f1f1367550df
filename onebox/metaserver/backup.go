package metaserver

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/metaadmin/wire"
	"pegashell/zkcopy/layout"
)

// Backup policies and their backups are in the tree:
//
//	ROOT/backup/POLICY             JSON of the policy
//	ROOT/backup/POLICY/BACKUP_ID   JSON of a backup
//
// No data is backed up here: a backup ends after a while, at every meta level. Old backups are not removed.

// policyData is the data of a policy's node, and backupData that of a backup's, in the order of their fields.
// Booleans are 0 and 1, times are ms since 1970.
type policyData struct {
	Name     string    `json:"policy_name"`
	Provider string    `json:"backup_provider_type"`
	Apps     []int32   `json:"app_ids"`   // in order
	Names    appNames  `json:"app_names"` // those of removed tables stay
	Interval int64     `json:"backup_interval_seconds"`
	History  int32     `json:"backup_history_count_to_keep"`
	Disabled int       `json:"is_disable"`
	Start    startTime `json:"start_time"`
}

type backupData struct {
	ID      int64    `json:"backup_id"`
	StartMS int64    `json:"start_time_ms"`
	EndMS   int64    `json:"end_time_ms"`
	Apps    []int32  `json:"app_ids"`
	Names   appNames `json:"app_names"`
	Status  int      `json:"info_status"` // 1 while the backup is kept
}

// appNames are names of tables by their ids.
type appNames map[int32]string

// MarshalJSON writes the names in the order of the ids, as Pegasus does.
func (n appNames) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, id := range slices.Sorted(maps.Keys(n)) {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(n[id])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, `"%d":%s`, id, name)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// startTime is the time of day at which backups begin; only its hour counts. Hour 24 is any time.
type startTime struct {
	Hour   int `json:"hour"`
	Minute int `json:"minute"`
}

// anyTime is the start time of a policy that names none.
var anyTime = startTime{Hour: 24}

func (s startTime) String() string { return fmt.Sprintf("%02d:%02d", s.Hour, s.Minute) }

// parseStartTime reads a time as Pegasus does (backup_start_time::parse_from).
func parseStartTime(text string) (startTime, bool) {
	s := anyTime
	if n, _ := fmt.Sscanf(text, "%d:%d", &s.Hour, &s.Minute); n != 2 {
		return s, false
	}
	if s.Hour > 24 || s.Minute >= 60 || s.Hour == 24 && s.Minute != 0 {
		return anyTime, false
	}
	return s, true
}

// policy is a backup policy. The leader's lock guards what changes; slices and maps are never changed in
// place.
type policy struct {
	data policyData
	// current is under way, nil for none. Without a table that is there it is only in memory, and never ends.
	current *backupData
	stored  bool         // whether current is in ZooKeeper
	done    []backupData // by id
}

// last are the last backups, at most so many, the newest first.
func (p *policy) last(count int32) []wire.Backup {
	var all []backupData
	if p.current != nil {
		all = append(all, *p.current)
	}
	for _, b := range slices.Backward(p.done) {
		all = append(all, b)
	}
	list := []wire.Backup{}
	for _, b := range all[:min(len(all), int(max(count, 0)))] {
		list = append(list, wire.Backup{ID: b.ID, StartMS: b.StartMS, EndMS: b.EndMS, Apps: b.Apps})
	}
	return list
}

func (p *policy) entry() wire.BackupPolicy {
	return wire.BackupPolicy{
		Name: p.data.Name, Provider: p.data.Provider, Interval: strconv.FormatInt(p.data.Interval, 10), Apps: p.data.Apps,
		History: p.data.History, Start: p.data.Start.String(), Disabled: p.data.Disabled != 0,
	}
}

// due reports whether a backup should begin (Pegasus: policy_context::should_start_backup_unlocked).
func (p *policy) due(now time.Time) bool {
	start := p.data.Start
	inHour := start.Hour == anyTime.Hour || now.Hour() == start.Hour
	if len(p.done) == 0 {
		return inHour
	}
	last := time.UnixMilli(p.done[len(p.done)-1].StartMS).In(now.Location())
	next := last.Add(time.Duration(p.data.Interval) * time.Second)
	if start.Hour != anyTime.Hour {
		late := time.Duration(last.Hour()-start.Hour)*time.Hour + time.Duration(last.Minute()-start.Minute)*time.Minute
		next = next.Add(-max(late, 0))
	}
	return !next.After(now) && inHour
}

func (s *store) policyPath(name string) string {
	return layout.Join(layout.Join(s.root, layout.BackupName), name)
}

func (s *store) backupPath(policy string, id int64) string {
	return layout.Join(s.policyPath(policy), strconv.FormatInt(id, 10))
}

// write creates a node with JSON, or sets that of an existing one.
func (s *store) write(ctx context.Context, node string, exists bool, value any) error {
	data, err := json.Marshal(value)
	switch {
	case err != nil:
		return err
	case exists:
		return s.set(ctx, node, data)
	}
	return s.create(ctx, node, data)
}

// loadPolicies reads all policies with their backups.
func (s *store) loadPolicies(ctx context.Context) (map[string]*policy, error) {
	policies := make(map[string]*policy)
	names, err := s.children(ctx, layout.Join(s.root, layout.BackupName))
	if errors.Is(err, zk.ErrNoNode) {
		return policies, nil
	}
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if policies[name], err = s.loadPolicy(ctx, name); err != nil {
			return nil, err
		}
	}
	return policies, nil
}

func (s *store) loadPolicy(ctx context.Context, name string) (*policy, error) {
	p := &policy{data: policyData{Start: anyTime}}
	node := s.policyPath(name)
	if err := s.decode(ctx, node, &p.data); err != nil {
		return nil, err
	}
	ids, err := s.children(ctx, node)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		var b backupData
		if err := s.decode(ctx, layout.Join(node, id), &b); err != nil {
			return nil, err
		}
		if b.EndMS > 0 {
			p.done = append(p.done, b)
		} else {
			p.current, p.stored = &b, true
		}
	}
	slices.SortFunc(p.done, func(a, b backupData) int { return cmp.Compare(a.ID, b.ID) })
	return p, nil
}

// decode reads a node's JSON. A Pegasus server aborts if it cannot.
func (s *store) decode(ctx context.Context, node string, value any) error {
	data, err := s.get(ctx, node)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, value); err != nil {
		return fmt.Errorf("abort: %s: %w", node, err)
	}
	return nil
}

// retryBackup is after what time a backup without tables is tried again.
const retryBackup = 5 * time.Minute

// backupClock is the time by which backups begin and end.
func (l *leader) backupClock() time.Time {
	if l.cfg.now != nil {
		return l.cfg.now()
	}
	return time.Now()
}

// backUpPeriodically begins and ends backups.
func (l *leader) backUpPeriodically(ctx context.Context) error {
	for pause(ctx, l.cfg.backupInterval) == nil {
		if err := l.backUp(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (l *leader) backUp(ctx context.Context) error {
	l.extras.Lock()
	defer l.extras.Unlock()
	l.mu.Lock()
	policies := maps.Clone(l.policies)
	l.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(policies)) {
		if err := l.advance(ctx, policies[name], l.backupClock()); err != nil {
			return err
		}
	}
	return nil
}

// advance ends a policy's backup that has taken long enough, or begins one that is due. Only the holder of
// extras changes policies, so what is read here stays true while ZooKeeper is written.
func (l *leader) advance(ctx context.Context, p *policy, now time.Time) error {
	switch {
	case p.current == nil && p.data.Disabled == 0 && p.due(now),
		p.current != nil && !p.stored && now.Sub(time.UnixMilli(p.current.StartMS)) >= retryBackup:
		return l.beginBackup(ctx, p, now)
	case p.current == nil || !p.stored || now.Sub(time.UnixMilli(p.current.StartMS)) < l.cfg.backupTime:
		return nil
	}
	ended := *p.current
	ended.EndMS = now.UnixMilli()
	if err := l.store.write(ctx, l.store.backupPath(p.data.Name, ended.ID), true, ended); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	p.done, p.current = append(slices.Clone(p.done), ended), nil
	l.log.Printf("backup %d of policy %s is done", ended.ID, p.data.Name)
	return nil
}

// beginBackup begins a backup of a policy. It is stored only if one of the tables is there.
func (l *leader) beginBackup(ctx context.Context, p *policy, now time.Time) error {
	b := backupData{ID: now.UnixMilli(), StartMS: now.UnixMilli(), Apps: p.data.Apps, Names: p.data.Names, Status: 1}
	l.mu.Lock()
	stored := slices.ContainsFunc(b.Apps, func(id int32) bool {
		t := l.tables[id]
		return t != nil && t.info.Status == wire.AppAvailable
	})
	l.mu.Unlock()
	if stored {
		if err := l.store.write(ctx, l.store.backupPath(p.data.Name, b.ID), false, b); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	p.current, p.stored = &b, stored
	l.log.Printf("backup %d of policy %s begins", b.ID, p.data.Name)
	return nil
}
