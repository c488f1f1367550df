package zkcopy

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// PegasusNode says what a znode of a cluster's tree belongs to.
type PegasusNode struct {
	// Table is the table's name, "" for a znode that belongs to none or whose table cannot be read; ID is
	// the table's id.
	Table string
	ID    int32
	// Partition is the partition's index, -1 for the table's own znode.
	Partition int32
}

// tableNote remembers the table that was read last: in the order of a comparison its partitions follow.
type tableNote struct {
	path  string
	table PegasusNode
}

// note returns what a znode belongs to; either side may be nil.
func (t *tableNote) note(at string, a, b *tree.Node) PegasusNode {
	if id, ok := tableID(at); ok {
		*t = tableNote{path: at, table: PegasusNode{ID: id, Partition: -1}}
		for _, n := range []*tree.Node{a, b} {
			if n == nil || t.table.Table != "" {
				continue
			}
			if app, err := layout.DecodeApp(n.Data); err == nil {
				t.table.Table = app.Name
			}
		}
		return t.table
	}
	index, ok := layout.ParsePartitionName(at[strings.LastIndexByte(at, '/')+1:])
	if !ok || t.path == "" || tree.ParentPath(at) != t.path {
		return PegasusNode{}
	}
	of := t.table
	of.Partition = index
	return of
}

// FieldDifference is a field of a JSON object that two znodes have differently; "" for one that is not
// there.
type FieldDifference struct{ Name, A, B string }

// Fields are the fields in which the data of a table or a partition differs; none where one side has no
// such data. Those of an object in the object are named as envs.KEY.
func (e *DiffEntry) Fields() []FieldDifference {
	if e.A == nil || e.B == nil || e.Kind != DataDiffers {
		return nil
	}
	return fieldDifferences("", e.A.Data, e.B.Data)
}

func fieldDifferences(within string, a, b []byte) []FieldDifference {
	var inA, inB map[string]json.RawMessage
	if json.Unmarshal(a, &inA) != nil || json.Unmarshal(b, &inB) != nil {
		return nil
	}
	all := maps.Clone(inA)
	if all == nil {
		all = map[string]json.RawMessage{}
	}
	maps.Copy(all, inB)
	var found []FieldDifference
	for _, key := range slices.Sorted(maps.Keys(all)) {
		valueA, valueB := string(inA[key]), string(inB[key])
		if valueA == valueB {
			continue
		}
		if deeper := fieldDifferences(within+key+".", inA[key], inB[key]); len(deeper) > 0 {
			found = append(found, deeper...)
			continue
		}
		found = append(found, FieldDifference{within + key, valueA, valueB})
	}
	return found
}
