package command

import (
	"slices"
	"time"

	"pegashell/migration"
)

// noticeInScript says, after a line of a script, what makes void what the script has done: only what
// the answers that its commands got have shown. At a terminal the prompt looks by itself.
func (e *World) noticeInScript() {
	c := e.Cluster
	if e.Interactive || c == nil || c.Admin == nil {
		return
	}
	known := c.Admin.Known()
	if !slices.Contains(c.Metas, known.Leader) {
		return // it may be one of them by another name
	}
	s := migration.Sighting{Time: e.now(), Leader: known.Leader}
	if known.LevelOf == known.Leader && known.Time.After(e.heard) {
		s.Level = known.Level
	}
	e.heard = known.Time
	if e.noticed != c {
		e.noticed, e.notices = c, migration.Notices{Clock: ClockOf(e.now, e.Location)}
	}
	work := e.Session.Work(c)
	var copied *migration.CopyMade
	if work.Copy != nil {
		copied = &work.Copy.CopyMade
	}
	for _, n := range e.notices.See(s, work.Level, copied) {
		if n.Danger {
			e.Warn("%s", n.Text)
		} else {
			e.Note("%s", n.Text)
		}
	}
}

func (e *World) now() time.Time {
	if e.Now == nil {
		return time.Now()
	}
	return e.Now()
}
