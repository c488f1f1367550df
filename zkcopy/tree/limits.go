package tree

import (
	"cmp"

	"pegashell/zkcopy/session"
)

// Limits bound what a call over a tree may use, for any tree. The zero value is usable.
type Limits struct {
	// Window is how many znodes are being read at the same time.
	Window int
	// DataBytes bounds the data that is held in memory. One znode may exceed
	// it, and then is the only one.
	DataBytes int64
	// ListBytes bounds the lists of children that are held in memory. Lists
	// that lie on the way from the root to one znode may exceed it.
	ListBytes int64
}

// Defaults of Limits.
const (
	DefaultDataBytes = 24 << 20
	DefaultListBytes = 16 << 20
	// windowPerLane znodes being read for each session keep servers busy over a
	// round trip of 20 ms, where a quarter of it halves the speed. How many
	// requests are sent at the same time is a session's own matter.
	windowPerLane = 1024
	// mostWindow and mostHeld bound what more sessions add: no more than a few read, and each znode that
	// waits in line needs memory beside its data.
	mostWindow = 8 * windowPerLane
	mostHeld   = heldPerWindow * session.DefaultConnections * windowPerLane
)

func (l Limits) WithDefaults(clients ...*session.Client) Limits {
	if l.Window <= 0 {
		for _, c := range clients {
			l.Window = max(l.Window, min(windowPerLane*c.Connections(), mostWindow))
		}
	}
	if l.DataBytes <= 0 {
		l.DataBytes = DefaultDataBytes
	}
	if l.ListBytes <= 0 {
		l.ListBytes = DefaultListBytes
	}
	return l
}

// Halved are limits of one of two things that share the memory, such as two trees that are read at the
// same time.
func (l Limits) Halved() Limits {
	l.DataBytes, l.ListBytes = cmp.Or(l.DataBytes, DefaultDataBytes)/2, cmp.Or(l.ListBytes, DefaultListBytes)/2
	return l
}
