package zkcopy

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// checkedTable is what is known of a table while its partitions are read.
type checkedTable struct {
	app  layout.App
	path string
	// seen has a bit for each partition that is there; nil for a table whose
	// data cannot be read.
	seen []uint64
}

func (c *checker) table(n *tree.Node) {
	id, _ := layout.ParseAppName(path.Base(n.Path))
	t := &checkedTable{path: n.Path}
	c.tables[id] = t
	app, err := layout.DecodeApp(n.Data)
	if err != nil {
		c.find(Fault, n.Path, message.New("restore it from a backup or another copy of the tree"), "is not the description of a table: %v", err)
		return
	}
	t.app = app
	switch app.Status {
	case layout.AppAvailable:
		c.result.Available++
	case layout.AppDropped:
		c.result.Dropped++
	default:
		c.result.Other++
		c.find(Warning, n.Path, message.New("wait until it is done, with the meta level at steady, before the tree is moved"),
			"table %s is %s: a change of it is not finished", app.Name, app.Status)
	}
	if app.BulkLoading {
		c.find(Warning, n.Path, message.New("let it finish and clear it before the tree is moved; starting one sets the meta level back to steady"),
			"table %s has a bulk load that is running, or was not cleared", app.Name)
	}
	if app.ID != id {
		c.find(Fault, n.Path, message.New("restore it from a backup or another copy of the tree"), "describes the table with id %d", app.ID)
	}
	if app.PartitionCount < 1 || app.PartitionCount > maxPartitions {
		c.find(Fault, n.Path, message.New("restore it from a backup or another copy of the tree"), "says that the table has %d partitions", app.PartitionCount)
		return
	}
	t.seen = make([]uint64, (app.PartitionCount+63)/64)
}

// maxPartitions bounds what a table's description is believed.
const maxPartitions = 1 << 20

func (c *checker) partition(n *tree.Node) {
	id, _ := layout.ParseAppName(path.Base(tree.ParentPath(n.Path)))
	index, _ := layout.ParsePartitionName(path.Base(n.Path))
	c.result.Partitions++
	t := c.tables[id]
	if t == nil || t.seen == nil {
		return // the table's own fault is reported
	}
	if index >= t.app.PartitionCount {
		c.find(Warning, n.Path, message.New("it remains from a split that was cancelled, or belongs to another tree"), "table %s has %d partitions, this is number %d", t.app.Name, t.app.PartitionCount, index)
		return
	}
	t.seen[index/64] |= 1 << (index % 64)
	p, err := layout.DecodePartition(n.Data)
	if err != nil {
		c.find(Fault, n.Path, message.New("restore it from a backup or another copy of the tree"), "is not the configuration of a partition: %v", err)
		return
	}
	if p.ID.AppID != id || p.ID.Index != index {
		c.find(Fault, n.Path, message.New("restore it from a backup or another copy of the tree"), "describes partition %s", p.ID)
	}
	if t.app.Status == layout.AppAvailable && p.Primary == layout.InvalidAddress && (p.HPPrimary == nil || *p.HPPrimary == layout.InvalidHostPort) {
		c.find(Warning, n.Path, message.New("look at it with app and ddd_diagnose before the tree is moved"), "partition %s of table %s has no primary", p.ID, t.app.Name)
	}
}

// finishTables looks at what only all tables show.
func (c *checker) finishTables() {
	names := map[string]int32{}
	for _, id := range slices.Sorted(maps.Keys(c.tables)) {
		t := c.tables[id]
		c.missingPartitions(t)
		if t.seen == nil || t.app.Status != layout.AppAvailable {
			continue
		}
		if other, ok := names[t.app.Name]; ok {
			c.find(Fault, t.path, message.New("rename one of them"), "table %d has the name %s of table %d", id, t.app.Name, other)
		}
		names[t.app.Name] = id
	}
}

// missingPartitions reports a table's partitions that are not there. Those of the upper half of a
// table that is being split come one by one.
func (c *checker) missingPartitions(t *checkedTable) {
	if t.seen == nil {
		return
	}
	half := t.app.FirstSplitIndex()
	if total, list := t.missing(0, half); total > 0 {
		c.find(Fault, t.path, message.New("the tree is incomplete: copy it again, or restore it from a backup"), "table %s lacks %d of %d partitions: %s", t.app.Name, total, t.app.PartitionCount, list)
	}
	if total, list := t.missing(half, t.app.PartitionCount); total > 0 {
		c.result.Splitting++
		c.find(Warning, t.path, message.New("finish or cancel the split before the tree is moved; app shows how far it is"),
			"table %s is being split: %d of %d partitions have no znode yet: %s", t.app.Name, total, t.app.PartitionCount, list)
	}
}

// missing counts the partitions from an index up to another that are not there, and names the first
// few.
func (t *checkedTable) missing(from, to int32) (total int, list string) {
	const shown = 5
	var missing []string
	for i := from; i < to; i++ {
		if t.seen[i/64]&(1<<(i%64)) != 0 {
			continue
		}
		if total++; total <= shown {
			missing = append(missing, fmt.Sprint(i))
		}
	}
	list = strings.Join(missing, ", ")
	if total > shown {
		list += ", ..."
	}
	return total, list
}
