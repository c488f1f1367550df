package prompt

import (
	"context"
	"time"

	"pegashell/commands/command"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
	"pegashell/zkcopy"
)

// sight returns what the answer of the only leader shows. Only where the shell has set a level, the
// leader may be asked more: for the level that was set, where the effective one is another, and for
// its start.
func (s *Status) sight(ctx context.Context, q question, info metaadmin.ClusterInfo, began time.Time) migration.Sighting {
	sighting := command.SightingOf(info, began)
	set := q.work.Level
	if set == nil || s.notices.LostLevel(set) {
		return sighting
	}
	admin := q.cluster.Admin
	effective, _ := info.Get("meta_function_level")
	if level, err := wire.ParseMetaLevel(effective); err == nil && level == set.Level {
		sighting.Level = level
	} else if level, err := admin.MetaLevel(ctx); err == nil {
		sighting.Level = level
	}
	if sighting.Level != set.Level || s.notices.Confirmed(set).Started == "" {
		// An error leaves it unknown.
		sighting.Started, _ = admin.RemoteCommand(ctx, admin.Leader(), "server-info", nil)
	}
	return sighting
}

// learn takes an answer over and returns what the person has to hear of.
func (s *Status) learn(q question, a answer) (notices []migration.Notice, news bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known != q.cluster || s.ctx.Err() != nil {
		return nil, false
	}
	before := s.shown()
	if len(a.leaders) > 1 && len(s.leaders) < 2 {
		notices = append(notices, migration.Notice{Text: migration.TwoLeaders(a.leaders), Danger: true})
	}
	s.leaders = a.leaders
	if a.err != nil {
		notices = append(notices, s.failed(q, a)...)
		return notices, s.shown() != before
	}
	s.name, _ = a.info.Get("cluster_name")
	s.level, _ = a.info.Get("meta_function_level")
	s.seen, s.state = s.o.Now(), answers
	s.zooKeeper = a.sighting.ZooKeeper
	if s.round == q.round { // a command may have changed all of it meanwhile
		var copied *migration.CopyMade
		if q.work.Copy != nil {
			copied = &q.work.Copy.CopyMade
		}
		notices = append(notices, s.notices.See(a.sighting, q.work.Level, copied)...)
	}
	return notices, s.shown() != before
}

// failed takes over that the cluster could not be asked.
func (s *Status) failed(q question, a answer) (notices []migration.Notice) {
	now := silent
	if metaadmin.Code(a.err) == wire.ErrUnderRecovery {
		now = recovering
	}
	// A command that has begun meanwhile will report it, and two leaders were warned of already.
	if s.state != now && s.cluster == q.cluster && len(a.leaders) < 2 {
		notices = append(notices, migration.Notice{Text: unanswered(q.cluster.Metas, a.err), Danger: true})
		s.state = now
	}
	s.level, s.zooKeeper = "", ""
	return notices
}

// shown is what the prompt depends on.
type shown struct {
	name, level, zooKeeper string
	leaders                int
	recovering             bool
}

func (s *Status) shown() shown {
	return shown{s.name, s.level, s.zooKeeper, max(1, len(s.leaders)), s.state == recovering}
}

// treeNotice says that a tree was written, or removed, after it was copied; changes is nil for
// removed.
func (s *Status) treeNotice(copied *command.Copied, changes *zkcopy.Changes) {
	s.mu.Lock()
	leader := s.zooKeeper
	s.mu.Unlock()
	clock := command.ClockOf(s.o.Now, s.o.Location)
	if changes != nil {
		s.notice(migration.CopyOutdated(clock, copied.CopyMade, changes, leader))
	} else if n, matters := migration.CopyGone(clock, copied.CopyMade, leader); matters {
		s.notice(n)
	}
}
