package look

import (
	"cmp"
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// change is what has happened to a table or a partition in the new tree since it was copied.
type change struct {
	id   layout.GPID // of a table the index is -1
	text message.Text
}

// words are the changes in words, those of tables before those of partitions, the first of them: a
// cluster moves many partitions by itself, and they must not hide a table that somebody created.
func words(changes []change) []message.Text {
	slices.SortFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(min(a.id.Index, 0), min(b.id.Index, 0)), cmp.Compare(a.id.AppID, b.id.AppID), cmp.Compare(a.id.Index, b.id.Index))
	})
	var texts []message.Text
	for _, c := range changes[:min(len(changes), mostPaths)] {
		texts = append(texts, c.text)
	}
	return texts
}

// changeOf is what a znode of the target, which was set or created after the copy, says of a table
// or a partition. a is the source's, nil where it has none.
func changeOf(rel string, a, b *tree.Node) (change, bool) {
	below := strings.TrimPrefix(rel, "/")
	switch layout.PlaceOf(below) {
	case layout.TablePlace:
		now, err := layout.DecodeApp(b.Data)
		if err != nil {
			return change{}, false
		}
		return change{layout.GPID{AppID: now.ID, Index: -1}, tableChange(a, now)}, true
	case layout.PartitionPlace:
		if a == nil {
			return change{}, false // its table was created or split, which is said of the table
		}
		before, errA := layout.DecodePartition(a.Data)
		now, errB := layout.DecodePartition(b.Data)
		if errA != nil || errB != nil {
			return change{}, false
		}
		return change{now.ID, partitionChange(before, now)}, true
	}
	return change{}, false
}

func tableChange(a *tree.Node, now layout.App) message.Text {
	if a == nil {
		return tableCreated(now.ID, now.Name, now.Status == layout.AppDropped)
	}
	before, err := layout.DecodeApp(a.Data)
	switch {
	case err != nil:
		return message.New("table %d (%s) changed", now.ID, now.Name)
	case before.Status != now.Status && now.Status == layout.AppDropped:
		return message.New("table %d (%s) dropped", now.ID, now.Name)
	case before.Status != now.Status && before.Status == layout.AppDropped:
		return message.New("table %d (%s) recalled", now.ID, now.Name)
	case before.Status != now.Status:
		return message.New("table %d (%s) is %s, was %s", now.ID, now.Name, now.Status, before.Status)
	case before.Name != now.Name:
		return message.New("table %d renamed from %s to %s", now.ID, before.Name, now.Name)
	case before.PartitionCount != now.PartitionCount:
		return message.New("table %d (%s) split to %d partitions", now.ID, now.Name, now.PartitionCount)
	}
	return message.New("settings of table %d (%s) changed", now.ID, now.Name)
}

// tableCreated says of a table that only the new tree has whether it is still there.
func tableCreated(id int32, name string, dropped bool) message.Text {
	if dropped {
		return message.New("table %d (%s) created, and dropped since", id, name)
	}
	return message.New("table %d (%s) created", id, name)
}

func partitionChange(before, now layout.Partition) message.Text {
	if before.Primary != now.Primary || !sameServers(before.Secondaries, now.Secondaries) {
		return message.New("partition %s moved", now.ID)
	}
	return message.New("partition %s reconfigured", now.ID)
}

func sameServers(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
