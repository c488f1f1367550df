package layout

// FirstSplitIndex is the index from which a partition of the table may have no znode: while a table
// is split its count is doubled already, and the new upper half gets its znodes one by one. A meta
// server that starts takes partitions from there that have none for partitions whose split has not
// finished. It is the partition count of a table that was never split.
func (a App) FirstSplitIndex() int32 {
	if a.InitPartitionCount < 1 || a.InitPartitionCount >= a.PartitionCount {
		return a.PartitionCount
	}
	return max(a.InitPartitionCount, a.PartitionCount/2)
}
