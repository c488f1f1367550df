package zkcopy

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pegashell/internal/message"
	"pegashell/zkcopy/layout"
)

// StoredTable is a table as its znodes describe it.
type StoredTable struct {
	Path       string // on the servers
	App        layout.App
	Partitions []StoredPartition // those that have a znode, by their index
}

// StoredPartition is a partition as its znode describes it.
type StoredPartition struct {
	Index int32
	layout.Partition
	// Unreadable says why the znode's data is not a partition's; all but Index is empty then.
	Unreadable error
}

// NoTableError says that a cluster's tree has no table of a name or an id.
type NoTableError struct {
	Tree fmt.Stringer
	Name string
}

func (e *NoTableError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *NoTableError) In(l message.Language) string {
	return message.New("%s has no table %q", e.Tree, e.Name).In(l)
}

// AmbiguousTableError says that several tables of a name were dropped, and that none is available.
type AmbiguousTableError struct {
	Name string
	IDs  []string
}

func (e *AmbiguousTableError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *AmbiguousTableError) In(l message.Language) string {
	return message.New("several tables were named %q: choose one by its id: %s", e.Name, strings.Join(e.IDs, ", ")).In(l)
}

// ReadTable reads the znodes of a table of the cluster whose tree this is, by the table's name or id. Of
// several tables of a name it is the one that was not dropped. A tree that does not exist is a
// *tree.NotFoundError.
func ReadTable(ctx context.Context, cluster Tree, name string) (*StoredTable, error) {
	table, err := findTable(ctx, cluster, name)
	if err != nil {
		return nil, err
	}
	at := Tree{Client: cluster.Client, Path: table.Path, Role: cluster.Role}
	err = List(ctx, at, ListOptions{Data: true}, func(e Entry) error {
		index, ok := layout.ParsePartitionName(e.Name)
		if !ok {
			return nil // its duplications
		}
		p := StoredPartition{Index: index}
		p.Partition, p.Unreadable = layout.DecodePartition(e.Data)
		table.Partitions = append(table.Partitions, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(table.Partitions, func(a, b StoredPartition) int { return cmp.Compare(a.Index, b.Index) })
	return table, nil
}

// findTable finds a table's own znode.
func findTable(ctx context.Context, cluster Tree, name string) (*StoredTable, error) {
	apps := Tree{Client: cluster.Client, Path: layout.Join(cluster.Path, layout.AppsName), Role: cluster.Role}
	var found []StoredTable
	id, err := strconv.ParseInt(name, 10, 32)
	byID := err == nil
	err = List(ctx, apps, ListOptions{Data: true}, func(e Entry) error {
		number, ok := layout.ParseAppName(e.Name)
		if !ok {
			return nil
		}
		app, err := layout.DecodeApp(e.Data)
		switch {
		case byID && int64(number) == id && err != nil:
			return fmt.Errorf("%s: %w", e.Path, err)
		case err == nil && (app.Name == name || byID && int64(number) == id):
			found = append(found, StoredTable{Path: e.Path, App: app})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range found {
		if found[i].App.Name == name && found[i].App.Status != layout.AppDropped {
			return &found[i], nil
		}
		ids = append(ids, strconv.Itoa(int(found[i].App.ID)))
	}
	for i := range found {
		if byID && int64(found[i].App.ID) == id {
			return &found[i], nil
		}
	}
	switch len(found) {
	case 0:
		return nil, &NoTableError{cluster.Endpoint(), name}
	case 1:
		return &found[0], nil
	}
	return nil, &AmbiguousTableError{name, ids}
}
