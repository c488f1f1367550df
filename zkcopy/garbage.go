package zkcopy

import (
	"runtime/debug"

	"pegashell/zkcopy/session"
)

const (
	// sessionBuffers are the buffers of one session that writes (go-zookeeper: bufferSize, twice), in
	// MiB. They count as memory in use, though a few pages of them are ever touched.
	sessionBuffers = 3
	// usualHeap is what else a copy uses at a time, in MiB.
	usualHeap = 32
)

// boundGarbage lets garbage take at most a share of the memory in use, in percent, until restore is
// called. A lower bound stays. The bound is that of the process.
func boundGarbage(percent int) (restore func()) {
	before := debug.SetGCPercent(percent)
	if before < 0 || before >= percent {
		return func() { debug.SetGCPercent(before) }
	}
	debug.SetGCPercent(before)
	return func() {}
}

// boundGarbageOf keeps the buffers of more sessions than usual from making room for as much garbage.
func boundGarbageOf(writing *session.Client) (restore func()) {
	more := writing.Connections() - session.DefaultConnections
	if more <= 0 {
		return func() {}
	}
	return boundGarbage(100 * usualHeap / (usualHeap + sessionBuffers*more))
}
