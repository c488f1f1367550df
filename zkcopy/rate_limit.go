package zkcopy

import (
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// evenly narrows what a call with a bounded rate has under way at the same time
// to what it may do in a quarter of a second: all of it waits in one line, in
// which reads must not get far ahead of the writes that they lead to.
func evenly(perSecond int, target *session.Client, l tree.Limits, b session.Batching) (tree.Limits, session.Batching) {
	if perSecond <= 0 {
		return l, b
	}
	const least = 8
	l.Window = min(l.Window, max(least, perSecond/4))
	if b.BatchOps <= 0 {
		b.BatchOps = min(session.DefaultBatchOps, session.Burst(perSecond))
	}
	if b.InFlight <= 0 {
		b.InFlight = min(b.WithDefaults(target).InFlight, max(2, perSecond/4/b.BatchOps))
	}
	return l, b
}
