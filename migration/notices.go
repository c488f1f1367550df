package migration

import (
	"cmp"
	"time"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

// LevelSet is a meta level that a shell has set. It is in the memory of the leader alone, so that a
// restart or another leader ends it.
type LevelSet struct {
	Level metaadmin.MetaLevel
	Time  time.Time
	// Server is the leader that it was set on, as the shell has reached it.
	Server string
}

// CopyMade is a verified copy of the connected cluster's tree that a shell has made.
type CopyMade struct {
	Time time.Time
	// Source and Target are the trees, as they are printed.
	Source, Target string
	// Zxid is the transaction of the source's servers up to which it was as it was copied.
	Zxid int64
}

// Sighting is what a cluster said of its leader at a moment.
type Sighting struct {
	Time time.Time
	// Leader is HOST:PORT, "" where nobody leads, or several do.
	Leader string
	// Started is what the leader says of its start, and ZooKeeper where it says that the metadata
	// lies, HOSTS/PATH; "" where that is not known.
	Started, ZooKeeper string
	// Level is the one that was set; 0 where it is not known.
	Level metaadmin.MetaLevel
}

// Notice is something that a person has to know of, though no command has asked for it.
type Notice struct {
	Text message.Text
	// Danger: it is a warning; otherwise something has only gone on.
	Danger bool
}

// Notices finds what makes void what a shell has done, by what it sees of the cluster one time after
// the other. It notices each thing once.
type Notices struct {
	// Clock prints a time.
	Clock func(time.Time) string

	last Sighting
	set  *LevelSet
	// confirmed is the last sighting of a leader with the level that was set.
	confirmed Sighting
	lost      bool
}

// See compares what is seen with what was seen before. set is the level that the shell has set last
// and copied the copy that it has made last; nil for none.
func (n *Notices) See(s Sighting, set *LevelSet, copied *CopyMade) []Notice {
	if n.set != set {
		n.set, n.confirmed, n.lost = set, Sighting{}, false
	}
	if s.Leader == "" {
		return nil
	}
	var found []Notice
	before := n.last
	if n.last = s; before.Leader != "" {
		found = n.leaderChanged(before, s)
	}
	if set == nil || n.lost || s.Time.Before(set.Time) {
		return found
	}
	if s.Level == 0 {
		led := n.confirmed.Leader
		if led == "" || led == s.Leader {
			return found // nothing is known of the level
		}
		n.lost = true
		return append(found, Notice{Danger: set.Level == metaadmin.LevelBlind, Text: message.New("the level %s that was set here at %s is gone with the leader %s: "+
			"%s leads now and began with the level of its configuration (meta_function_level_on_start)%s", set.Level, n.Clock(set.Time), led, s.Leader, n.advice(copied))})
	}
	if s.Level == set.Level {
		started := n.confirmed.Started
		if n.confirmed.Leader != s.Leader {
			started = ""
		}
		n.confirmed = s
		n.confirmed.Started = cmp.Or(s.Started, started)
		return found
	}
	n.lost = true
	return append(found, n.levelLost(s, copied))
}

// Confirmed is the last sighting of a leader with a level that the shell has set; zero for none.
func (n *Notices) Confirmed(set *LevelSet) Sighting {
	if n.set != set {
		return Sighting{}
	}
	return n.confirmed
}

// LostLevel reports whether a level that the shell has set was seen to be gone.
func (n *Notices) LostLevel(set *LevelSet) bool { return n.set == set && n.lost }

// leaderChanged says that another server leads, or that the leader uses another ZooKeeper.
func (n *Notices) leaderChanged(before, s Sighting) []Notice {
	moved := movedFrom(before, s)
	switch {
	case before.Leader != s.Leader && moved:
		return []Notice{{Text: message.New("The leader is %s on ZooKeeper %s (seen at %s); until %s at least it was %s on ZooKeeper %s",
			s.Leader, s.ZooKeeper, n.Clock(s.Time), n.Clock(before.Time), before.Leader, before.ZooKeeper)}}
	case before.Leader != s.Leader:
		return []Notice{{Danger: true, Text: message.New("the leader changed: %s leads (seen at %s); %s led until %s at least",
			s.Leader, n.Clock(s.Time), before.Leader, n.Clock(before.Time))}}
	case moved:
		return []Notice{{Text: message.New("The leader %s uses ZooKeeper %s now (seen at %s); before it was %s",
			s.Leader, s.ZooKeeper, n.Clock(s.Time), before.ZooKeeper)}}
	}
	return nil
}

// movedFrom reports whether the leader uses another tree than the one before.
func movedFrom(before, s Sighting) bool {
	return before.ZooKeeper != "" && s.ZooKeeper != "" && before.ZooKeeper != s.ZooKeeper
}

// levelLost says that the level which was set is gone, why, as far as that is known, and what to do.
func (n *Notices) levelLost(s Sighting, copied *CopyMade) Notice {
	set := n.set
	if movedFrom(n.confirmed, s) {
		return Notice{Text: message.New("The level %s that was set here at %s ended with that: the leader has %s, as after every start",
			set.Level, n.Clock(set.Time), s.Level)}
	}
	gone := message.New("the level %s that was set here at %s is gone: the leader %s has %s, %s",
		set.Level, n.Clock(set.Time), s.Leader, s.Level, n.whyLost(s))
	return Notice{Danger: true, Text: message.New("%s%s", gone, n.advice(copied))}
}

// advice says what to do about a level blind that is gone.
func (n *Notices) advice(copied *CopyMade) message.Text {
	switch set := n.set; {
	case set.Level != metaadmin.LevelBlind:
		return message.Verbatim("")
	case copied != nil && copied.Time.After(set.Time):
		return message.New(". The copy of %s may be out of date: run set_meta_level blind, then zk_copy again", n.Clock(copied.Time))
	default:
		return message.New(". Before a copy, run set_meta_level blind again")
	}
}

// whyLost says what ended the level, as far as that is known.
func (n *Notices) whyLost(s Sighting) message.Text {
	switch before := n.confirmed; {
	case before.Leader != "" && before.Leader != s.Leader:
		return message.New("because it took over from %s", before.Leader)
	case before.Leader == "" || before.Started == "" || s.Started == "":
		return message.New("because it was restarted, another server led meanwhile, another shell set it, or a bulk load was started")
	case before.Started != s.Started:
		return message.New("because it was restarted since")
	}
	return message.New("though it was not restarted: another shell set it, or a bulk load was started")
}

// CopyOutdated says that a tree was written after it was copied. leader is where the leader's
// metadata lies now, "" where that is not known.
func CopyOutdated(clock func(time.Time) string, copied CopyMade, c *zkcopy.Changes, leader string) Notice {
	what := message.New("%d znodes of %s were written after they had been copied", c.Total, copied.Source)
	if c.Total == 1 {
		what = message.New("%s was written after it had been copied", copied.Source)
	}
	last := message.New("the last one is %s", c.Last.Path)
	switch {
	case c.Last.Kind == zkcopy.ChildRemoved:
		last = message.New("a znode below %s was removed", c.Last.Path)
	case !c.Last.Time.IsZero():
		last = message.New("the last one is %s, at %s", c.Last.Path, clock(c.Last.Time))
	}
	if leader != "" && leader != copied.Source {
		return Notice{Danger: true, Text: message.New("%s: %s. The leader uses %s now, so something else writes to the old tree, "+
			"such as a meta server that still uses the old ZooKeeper: zk_check %s shows living_meta_servers", what, last, leader, copied.Source)}
	}
	return Notice{Danger: true, Text: message.New("%s: %s. The copy of %s is no longer equal: before you move the meta servers to %s, run zk_copy again",
		what, last, clock(copied.Time), copied.Target)}
}

// CopyGone says that a tree that was copied is there no more. A leader that uses another one by now
// needs neither: nothing is said then.
func CopyGone(clock func(time.Time) string, copied CopyMade, leader string) (Notice, bool) {
	if leader != "" && leader != copied.Source {
		return Notice{}, false
	}
	return Notice{Danger: true, Text: message.New("%s does not exist any more; it was copied to %s at %s", copied.Source, copied.Target, clock(copied.Time))}, true
}
