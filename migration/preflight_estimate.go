package migration

import (
	"fmt"
	"math"
	"time"

	"pegashell/internal/message"
)

// What a copy costs besides reading the old tree, measured on servers beside this program: the parts
// of the time that reading takes. Writing goes on at the same time as reading.
const (
	// checking is the part of the time to read data and ACLs that it takes to read the data back.
	checking = 0.55
	// writing is the time of a server to create a znode.
	writing = 20 * time.Microsecond
	// transactionZnodes and transactionsUnderWay are those of a copy with its defaults.
	transactionZnodes, transactionsUnderWay = 256, 8
	// settling is what connecting, looking and comparing take besides, whatever the size.
	settling = 300 * time.Millisecond
)

// What a restart takes on a cluster with the defaults of Pegasus: 20 to 40 s were recorded until a
// restarted meta server led and every table was healthy.
const (
	restarting = 30 * time.Second
	// inactive is how long replica servers need at most until they are INACTIVE without meta
	// servers (config_sync_interval_ms).
	inactive = 30 * time.Second
)

// znodes is how many the old tree has, as far as that is known.
func (f *PreflightFacts) znodes() int64 {
	if f.Scan.Whole {
		return f.Scan.Znodes
	}
	return max(f.Scan.Znodes, f.Features.Partitions)
}

// Estimate is how long something takes, by a sample.
type Estimate struct {
	// Copy is the time of a copy, Freeze how long nothing may be changed in the cluster. Freeze
	// leaves out what the operator needs to type.
	Copy, Freeze time.Duration
	// Znodes are those that the copy is for.
	Znodes int64
}

// EstimateOf estimates the times of a migration; known is false where the sample is too small.
func EstimateOf(f *PreflightFacts) (e Estimate, known bool) {
	if f.By == ByRecovery {
		return Estimate{Freeze: inactive + 2*restarting}, true
	}
	s := f.Scan
	if s.Znodes == 0 || s.Took <= 0 {
		return Estimate{}, false
	}
	n := float64(f.znodes())
	reading := time.Duration(n * float64(s.Took) / float64(s.Znodes))
	ping, login := f.slowest()
	created := time.Duration(n) * writing
	created += time.Duration(math.Ceil(n/transactionZnodes/transactionsUnderWay)) * login
	back := time.Duration(checking*float64(reading)) + ping
	if s.Ping > 0 && ping > s.Ping { // the new servers are farther away
		back += time.Duration(math.Ceil(n/transactionZnodes/transactionsUnderWay)) * (ping - s.Ping)
	}
	e = Estimate{Copy: max(reading, created) + back + settling, Znodes: f.znodes()}
	e.Freeze = e.Copy + restarting
	return e, true
}

// slowest are the longest round trip and login of the new servers.
func (f *PreflightFacts) slowest() (ping, login time.Duration) {
	for _, m := range f.Ensemble.Members {
		ping, login = max(ping, m.Ping), max(login, m.Login)
	}
	return ping, login
}

// about rounds a time to what an estimate can say.
func about(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 1:
		return "1 s"
	case s < 10:
		return fmt.Sprintf("%.0f s", s)
	default:
		return fmt.Sprintf("%.0f s", math.Round(s/5)*5)
	}
}

func checkCopyTime(f *PreflightFacts) (Result, message.Text, message.Text) {
	e, known := EstimateOf(f)
	if !known {
		return warn(message.New("unknown: nothing could be read of the old tree"), message.New("see source_tree"))
	}
	ping, login := f.slowest()
	if ping == 0 {
		return warn(message.New("about %s for %d znodes, by the old ZooKeeper alone: the new one does not answer", about(e.Copy), e.Znodes), doReachable())
	}
	return pass("about %s for %d znodes: %d were read in %.1f s, a round trip to the new ZooKeeper takes %s, a session %s",
		about(e.Copy), e.Znodes, f.Scan.Znodes, f.Scan.Took.Seconds(), milliseconds(ping), milliseconds(login))
}

func checkFreezeTime(f *PreflightFacts) (Result, message.Text, message.Text) {
	e, known := EstimateOf(f)
	switch {
	case !known:
		return warn(message.New("unknown: nothing could be read of the old tree"), message.New("see source_tree"))
	case f.By == ByRecovery:
		return pass("about %s and what you need to type, without meta servers or in recovery mode: %s until the replica servers are INACTIVE, and two restarts of about %s",
			about(e.Freeze), about(inactive), about(restarting))
	}
	return pass("about %s and what you need to type, from set_meta_level blind to the restarted leader: the copy (%s) and a restart of about %s. Shorter with a copy before: then the one at level blind only compares",
		about(e.Freeze), about(e.Copy), about(restarting))
}
