package metaserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"

	"pegashell/metaadmin/wire"
	"pegashell/zkcopy/layout"
)

// A table's duplications are below its node, where the leader stores the progress of each:
//
//	ROOT/apps/7/duplication/DUP_ID      JSON of the duplication
//	ROOT/apps/7/duplication/DUP_ID/0    the confirmed decree of partition 7.0, as a decimal number
//
// Nothing is sent to the other cluster here: the leader acts as if it confirmed one mutation after
// the other.

// duplication is one duplication of a table. The leader's lock guards what changes.
type duplication struct {
	id       int32
	remote   string
	createMS int64
	status   wire.DuplicationStatus
	failMode wire.DuplicationFailMode
	// confirmed are the decrees as they are in ZooKeeper, by partition; one without a node yet is
	// missing.
	confirmed map[int32]int64
}

// duplicationData is the data of a duplication's node, in the order of its fields.
type duplicationData struct {
	Remote   string `json:"remote"`
	Status   string `json:"status"`
	CreateMS int64  `json:"create_timestamp_ms"`
	FailMode string `json:"fail_mode"`
}

func (d *duplication) encode() ([]byte, error) {
	return json.Marshal(duplicationData{d.remote, d.status.String(), d.createMS, d.failMode.String()})
}

func decodeDuplication(id int32, data []byte) (*duplication, error) {
	var in duplicationData
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, err
	}
	d := &duplication{id: id, remote: in.Remote, createMS: in.CreateMS, confirmed: make(map[int32]int64)}
	var err error
	if d.status, err = wire.ParseDuplicationStatus(in.Status); err != nil {
		return nil, err
	}
	d.failMode, err = wire.ParseDuplicationFailMode(in.FailMode)
	return d, err
}

// entry describes the duplication; with its progress for replica servers, without it for the shell.
func (d *duplication) entry(progress bool) wire.Duplication {
	e := wire.Duplication{ID: d.id, Status: d.status, Remote: d.remote, CreateMS: d.createMS, FailMode: d.failMode}
	if progress {
		e.Progress = maps.Clone(d.confirmed)
	}
	return e
}

// mayBecome reports whether the status may change (Pegasus: duplication_info::is_valid_alteration).
func (d *duplication) mayBecome(to wire.DuplicationStatus) bool {
	switch to {
	case d.status:
		return true
	case wire.DuplicationApp:
		return d.status == wire.DuplicationPrepare
	case wire.DuplicationLog:
		return d.status == wire.DuplicationApp || d.status == wire.DuplicationPause
	case wire.DuplicationPause:
		return d.status == wire.DuplicationLog
	case wire.DuplicationRemoved:
		return true
	}
	return false
}

// duplicationsName is the child of a table's node below which its duplications are.
const duplicationsName = "duplication"

func (s *store) duplicationsPath(appID int32) string {
	return layout.Join(layout.AppPath(s.root, appID), duplicationsName)
}

func (s *store) duplicationPath(appID, id int32) string {
	return layout.Join(s.duplicationsPath(appID), strconv.Itoa(int(id)))
}

func (s *store) confirmedPath(appID, id, index int32) string {
	return layout.Join(s.duplicationPath(appID, id), strconv.Itoa(int(index)))
}

// loadDuplications reads the duplications of a table. What cannot be read is reported and not
// changed, as Pegasus does.
func (s *store) loadDuplications(ctx context.Context, appID int32) (list []*duplication, faults []error, err error) {
	names, err := s.children(ctx, s.duplicationsPath(appID))
	if errors.Is(err, zk.ErrNoNode) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		node := layout.Join(s.duplicationsPath(appID), name)
		data, err := s.get(ctx, node)
		if err != nil {
			return nil, nil, err
		}
		id, err := strconv.ParseInt(name, 10, 32)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %q is not the id of a duplication", node, name))
			continue
		}
		d, err := decodeDuplication(int32(id), data)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", node, err))
			continue
		}
		if err := s.loadConfirmed(ctx, appID, d); err != nil {
			return nil, nil, err
		}
		list = append(list, d)
	}
	return list, faults, nil
}

func (s *store) loadConfirmed(ctx context.Context, appID int32, d *duplication) error {
	names, err := s.children(ctx, s.duplicationPath(appID, d.id))
	if err != nil {
		return err
	}
	for _, name := range names {
		index, ok := layout.ParsePartitionName(name)
		if !ok {
			continue
		}
		data, err := s.get(ctx, s.confirmedPath(appID, d.id, index))
		if err != nil {
			return err
		}
		if decree, err := strconv.ParseInt(string(data), 10, 64); err == nil {
			d.confirmed[index] = decree
		}
	}
	return nil
}

// createDuplication writes a new duplication's node; its parent stays when the last one is removed.
func (s *store) createDuplication(ctx context.Context, appID int32, d *duplication) error {
	data, err := d.encode()
	if err != nil {
		return err
	}
	if err := s.ensure(ctx, s.duplicationsPath(appID)); err != nil {
		return err
	}
	return s.create(ctx, s.duplicationPath(appID, d.id), data)
}

func (s *store) setDuplication(ctx context.Context, appID int32, d *duplication) error {
	data, err := d.encode()
	if err != nil {
		return err
	}
	return s.set(ctx, s.duplicationPath(appID, d.id), data)
}

// setConfirmed writes the confirmed decree of a partition, for the first time or again.
func (s *store) setConfirmed(ctx context.Context, p progress) error {
	node, data := s.confirmedPath(p.appID, p.id, p.index), []byte(strconv.FormatInt(p.decree, 10))
	if p.first {
		return s.create(ctx, node, data)
	}
	return s.set(ctx, node, data)
}

// progress is a confirmed decree that is being written to ZooKeeper.
type progress struct {
	appID, id, index int32
	decree           int64
	first            bool
}

// confirmPeriodically advances the duplications and writes their progress, at every meta level. A
// paused one stays where it is.
func (l *leader) confirmPeriodically(ctx context.Context) error {
	for pause(ctx, l.cfg.confirmInterval) == nil {
		if err := l.confirm(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (l *leader) confirm(ctx context.Context) error {
	l.extras.Lock()
	defer l.extras.Unlock()
	l.mu.Lock()
	next := l.nextProgress()
	l.mu.Unlock()
	g, writing := errgroup.WithContext(ctx)
	g.SetLimit(parallelRequests)
	for _, p := range next {
		g.Go(func() error { return l.store.setConfirmed(writing, p) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range next {
		l.tables[p.appID].duplications[p.id].confirmed[p.index] = p.decree
	}
	return nil
}

// nextProgress returns what must be written. Primaries report progress: without one a partition
// stays where it is. One that prepares has the decree of its checkpoint. The lock is held.
func (l *leader) nextProgress() []progress {
	var list []progress
	for _, t := range l.existing() {
		if t.info.Status != wire.AppAvailable {
			continue
		}
		for _, id := range slices.Sorted(maps.Keys(t.duplications)) {
			d := t.duplications[id]
			for _, p := range t.partitions {
				index := p.config.PID.Index
				decree, found := d.confirmed[index]
				switch {
				case !l.nodeAlive(p.config.Primary), d.status == wire.DuplicationPause, found && d.status != wire.DuplicationLog:
					continue
				case found:
					decree++
				default:
					decree = p.config.LastCommittedDecree
				}
				list = append(list, progress{appID: t.info.ID, id: id, index: index, decree: decree, first: !found})
			}
		}
	}
	return list
}

// adoptDuplications adds a table's loaded duplications to the state in memory. One to a cluster
// that the configuration does not know is ignored, as Pegasus does. The lock is held.
func (l *leader) adoptDuplications(t *table, lt loadedTable) {
	for _, fault := range lt.faults {
		l.log.Printf("duplication ignored: %v", fault)
	}
	for _, d := range lt.duplications {
		if hint := l.cfg.remoteHint(d.remote); hint != "" {
			l.log.Printf("duplication %d of table %d ignored: %s", d.id, t.info.ID, hint)
			continue
		}
		t.duplications[d.id] = d
	}
	if len(lt.duplications) > 0 {
		t.refreshDuplicating()
	}
}

// refreshDuplicating makes the table report whether it is duplicated. It is stored in ZooKeeper
// when the table's node is written for another reason, as with Pegasus.
func (t *table) refreshDuplicating() {
	duplicating := len(t.duplications) > 0
	t.info.Duplicating = &duplicating
}

// newDuplicationID returns the id of a new duplication: the time in seconds, or the next that is
// free.
func (t *table) newDuplicationID(now time.Time) int32 {
	id := int32(now.Unix())
	for t.duplications[id] != nil {
		id++
	}
	return id
}
