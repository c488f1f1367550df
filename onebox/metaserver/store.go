package metaserver

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sync/errgroup"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/release"
	"pegashell/zkcopy/layout"
)

// store keeps the cluster's metadata in ZooKeeper. Each of its writes is complete when it returns;
// without a connection it waits.
type store struct {
	session *session
	root    string          // [meta_server] cluster_root
	release release.Release // the release whose data it writes
}

// parallelRequests is how many znodes are read or created at a time.
const parallelRequests = 64

// errNoTables is what loading returns for a tree without tables: no apps node, or an empty one.
var errNoTables = errors.New("there are no tables in ZooKeeper")

// ensurePath creates a node and its parents, all empty, unless they exist.
func (s *store) ensurePath(ctx context.Context, path string) error {
	for i := 1; i <= len(path); i++ {
		if i < len(path) && path[i] != '/' || path == "/" {
			continue
		}
		if err := s.ensure(ctx, path[:i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) ensure(ctx context.Context, node string) error {
	return s.create(ctx, node, nil)
}

// create creates a node; an existing one is not changed.
func (s *store) create(ctx context.Context, node string, data []byte) error {
	err := retry(ctx, s.session, func() error {
		_, err := s.session.create(node, data, 0)
		return err
	})
	if err != nil && !errors.Is(err, zk.ErrNodeExists) {
		return fmt.Errorf("create %s in ZooKeeper: %w", node, err)
	}
	return nil
}

func (s *store) set(ctx context.Context, node string, data []byte) error {
	err := retry(ctx, s.session, func() error { return s.session.set(node, data) })
	if err != nil {
		return fmt.Errorf("write %s in ZooKeeper: %w", node, err)
	}
	return nil
}

// remove removes a node; it is not an error if the node does not exist.
func (s *store) remove(ctx context.Context, node string) error {
	err := retry(ctx, s.session, func() error { return s.session.remove(node) })
	if err != nil && !errors.Is(err, zk.ErrNoNode) {
		return fmt.Errorf("remove %s in ZooKeeper: %w", node, err)
	}
	return nil
}

// removeWithChildren removes a node and its children, which have none; it is not an error if one
// does not exist.
func (s *store) removeWithChildren(ctx context.Context, node string) error {
	names, err := s.children(ctx, node)
	if errors.Is(err, zk.ErrNoNode) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.remove(ctx, layout.Join(node, name)); err != nil {
			return err
		}
	}
	return s.remove(ctx, node)
}

func (s *store) get(ctx context.Context, node string) ([]byte, error) {
	var data []byte
	err := retry(ctx, s.session, func() error {
		var err error
		data, err = s.session.get(node)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %s in ZooKeeper: %w", node, err)
	}
	return data, nil
}

func (s *store) children(ctx context.Context, node string) ([]string, error) {
	var children []string
	err := retry(ctx, s.session, func() error {
		var err error
		children, err = s.session.children(node)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the children of %s in ZooKeeper: %w", node, err)
	}
	return children, nil
}

// createTable writes a new table's node; status is its status in ZooKeeper.
func (s *store) createTable(ctx context.Context, info wire.AppInfo, status wire.AppStatus) error {
	info.Status = status
	return s.create(ctx, layout.AppPath(s.root, info.ID), s.tableData(info))
}

// setTable writes a table's node; status is its status in ZooKeeper.
func (s *store) setTable(ctx context.Context, info wire.AppInfo, status wire.AppStatus) error {
	info.Status = status
	return s.set(ctx, layout.AppPath(s.root, info.ID), s.tableData(info))
}

func (s *store) createPartition(ctx context.Context, c wire.PartitionConfig) error {
	return s.create(ctx, layout.PartitionPath(s.root, layout.GPID(c.PID)), s.partitionData(c))
}

func (s *store) setPartition(ctx context.Context, c wire.PartitionConfig) error {
	return s.set(ctx, layout.PartitionPath(s.root, layout.GPID(c.PID)), s.partitionData(c))
}

// lock and unlock are called before and after the writing of a whole tree: a server that finds it
// locked when it starts refuses to start.
func (s *store) lock(ctx context.Context) error {
	return s.create(ctx, layout.AppsPath(s.root), []byte(layout.Locked))
}

func (s *store) unlock(ctx context.Context) error {
	return s.set(ctx, layout.AppsPath(s.root), []byte(layout.Unlocked))
}

// loadedTable is a table as it is in ZooKeeper. A partition whose node is missing is nil.
type loadedTable struct {
	info         wire.AppInfo
	partitions   []*wire.PartitionConfig
	duplications []*duplication
	faults       []error // duplications that cannot be read
}

// load reads all tables. It returns errNoTables when there is none.
func (s *store) load(ctx context.Context) ([]loadedTable, error) {
	apps := layout.AppsPath(s.root)
	value, err := s.get(ctx, apps)
	switch {
	case errors.Is(err, zk.ErrNoNode):
		return nil, errNoTables
	case err != nil:
		return nil, err
	case len(value) > 0 && string(value) != layout.Unlocked:
		return nil, fmt.Errorf("abort: %s says %q: the tree was not completely written", apps, value)
	}
	children, err := s.children(ctx, apps)
	if err != nil {
		return nil, err
	}
	if len(children) == 0 {
		return nil, errNoTables
	}
	tables := make([]loadedTable, len(children))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelRequests)
	for i, name := range children {
		g.Go(func() error {
			var err error
			tables[i], err = s.loadTable(ctx, layout.Join(apps, name))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return tables, s.loadPartitions(ctx, tables)
}

func (s *store) loadTable(ctx context.Context, node string) (loadedTable, error) {
	data, err := s.get(ctx, node)
	if err != nil {
		return loadedTable{}, err
	}
	app, err := layout.DecodeApp(data)
	if err != nil {
		return loadedTable{}, fmt.Errorf("abort: %s: %w", node, err)
	}
	if app.Status != layout.AppAvailable && app.Status != layout.AppDropped {
		return loadedTable{}, fmt.Errorf("abort: %s: a table with the status %s", node, app.Status)
	}
	if app.PartitionCount <= 0 || app.PartitionCount > maxPartitionCount {
		return loadedTable{}, fmt.Errorf("abort: %s: a table of %d partitions", node, app.PartitionCount)
	}
	t := loadedTable{info: s.known(decodeTable(app)), partitions: make([]*wire.PartitionConfig, app.PartitionCount)}
	t.duplications, t.faults, err = s.loadDuplications(ctx, app.ID)
	return t, err
}

func (s *store) loadPartitions(ctx context.Context, tables []loadedTable) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelRequests)
	for _, t := range tables {
		for i := range t.partitions {
			g.Go(func() error {
				c, err := s.loadPartition(ctx, layout.GPID{AppID: t.info.ID, Index: int32(i)})
				t.partitions[i] = c
				return err
			})
		}
	}
	return g.Wait()
}

func (s *store) loadPartition(ctx context.Context, pid layout.GPID) (*wire.PartitionConfig, error) {
	node := layout.PartitionPath(s.root, pid)
	data, err := s.get(ctx, node)
	if errors.Is(err, zk.ErrNoNode) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p, err := layout.DecodePartition(data)
	if err != nil {
		return nil, fmt.Errorf("abort: %s: %w", node, err)
	}
	if p.ID != pid {
		return nil, fmt.Errorf("abort: %s: holds partition %s", node, p.ID)
	}
	c, err := decodePartition(p)
	if err != nil {
		return nil, fmt.Errorf("abort: %s: %w", node, err)
	}
	return &c, nil
}

func encodeTable(info wire.AppInfo) []byte {
	return layout.App{
		Status:             layout.AppStatus(info.Status),
		Type:               info.AppType,
		Name:               info.Name,
		ID:                 info.ID,
		PartitionCount:     info.PartitionCount,
		Envs:               info.Envs,
		Stateful:           info.Stateful,
		MaxReplicaCount:    info.MaxReplicaCount,
		ExpireSecond:       info.ExpireSecond,
		CreateSecond:       info.CreateSecond,
		DropSecond:         info.DropSecond,
		Duplicating:        info.Duplicating != nil && *info.Duplicating,
		InitPartitionCount: info.InitPartitionCount,
		BulkLoading:        info.BulkLoading != nil && *info.BulkLoading,
		AtomicIdempotent:   info.AtomicIdempotent,
	}.Encode()
}

// maxTableData bounds a table's data, in bytes: ZooKeeper accepts no packet above 1 MiB.
const maxTableData = 1_000_000

// storable reports whether a table with these names and variables can be written and read back: a
// request must not leave metadata with which no meta server starts.
func storable(info wire.AppInfo) bool {
	info.Status = wire.AppAvailable
	data := encodeTable(info)
	if len(data) > maxTableData {
		return false
	}
	_, err := layout.DecodeApp(data)
	return err == nil
}

func decodeTable(a layout.App) wire.AppInfo {
	info := newAppInfo(a.Name, a.Type, a.PartitionCount, a.MaxReplicaCount, maps.Clone(a.Envs))
	info.Status = wire.AppStatus(a.Status)
	info.ID = a.ID
	info.Stateful = a.Stateful
	info.ExpireSecond, info.CreateSecond, info.DropSecond = a.ExpireSecond, a.CreateSecond, a.DropSecond
	info.InitPartitionCount = a.InitPartitionCount
	info.Duplicating, info.BulkLoading, info.AtomicIdempotent = &a.Duplicating, &a.BulkLoading, a.AtomicIdempotent
	return info
}

// newAppInfo returns a table's description with the fields that Pegasus always fills.
func newAppInfo(name, kind string, partitions, replicas int32, envs map[string]string) wire.AppInfo {
	if envs == nil {
		envs = map[string]string{}
	}
	return wire.AppInfo{
		AppType: kind, Name: name, PartitionCount: partitions, Envs: envs, Stateful: true,
		MaxReplicaCount: replicas, Duplicating: new(bool), InitPartitionCount: partitions, BulkLoading: new(bool),
	}
}

func encodePartition(c wire.PartitionConfig) []byte {
	p := layout.Partition{
		ID:                  layout.GPID(c.PID),
		Ballot:              c.Ballot,
		MaxReplicaCount:     c.MaxReplicaCount,
		Primary:             c.Primary.String(),
		Secondaries:         addressTexts(c.Secondaries),
		LastDrops:           addressTexts(c.LastDrops),
		LastCommittedDecree: c.LastCommittedDecree,
		Flags:               c.PartitionFlags,
	}
	if c.HPPrimary != nil {
		primary := c.HPPrimary.String()
		p.HPPrimary, p.HPSecondaries, p.HPLastDrops = &primary, addressTexts(c.HPSecondaries), addressTexts(c.HPLastDrops)
	}
	return p.Encode()
}

func decodePartition(p layout.Partition) (wire.PartitionConfig, error) {
	c := wire.PartitionConfig{
		PID:                 wire.GPID(p.ID),
		Ballot:              p.Ballot,
		MaxReplicaCount:     p.MaxReplicaCount,
		LastCommittedDecree: p.LastCommittedDecree,
		PartitionFlags:      p.Flags,
	}
	var err error
	if c.Primary, err = wire.ParseAddress(p.Primary); err != nil {
		return c, err
	}
	if c.Secondaries, err = addresses(p.Secondaries); err != nil {
		return c, err
	}
	c.LastDrops, err = addresses(p.LastDrops)
	return c, err
}

func addressTexts[A fmt.Stringer](list []A) []string {
	texts := make([]string, 0, len(list))
	for _, a := range list {
		texts = append(texts, a.String())
	}
	return texts
}

// addresses reads a list of servers; an invalid one among them is not what a Pegasus server writes.
func addresses(texts []string) ([]wire.Address, error) {
	var list []wire.Address
	for _, text := range texts {
		a, err := wire.ParseAddress(text)
		if err == nil && !a.Valid() {
			err = errors.New("an invalid address in a list of servers")
		}
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}
