package migration

import (
	"slices"
	"strings"
	"time"

	"pegashell/internal/message"
	"pegashell/migration"
)

// described is a line of the head.
type described struct {
	key  string
	text message.Text
}

// describeSurvey words what was seen: the leader, other meta servers, and the trees. recalled is zero,
// or what was named earlier in this shell.
func describeSurvey(env Env, s *migration.Survey, recalled message.Text) []described {
	var lines []described
	leaders := 0
	for _, m := range s.Meta {
		if m.State.Leads() {
			leaders++
			lines = append(lines, described{"leader", describeLeader(env, m, s)})
		}
	}
	if leaders == 0 {
		lines = append(lines, described{"leader", message.New("none")})
	}
	if others := describeOthers(s.Meta); !others.IsZero() {
		lines = append(lines, described{"others", others})
	}
	if replicas := describeReplicas(s, leaders); !replicas.IsZero() {
		lines = append(lines, described{"replica", replicas})
	}
	lines = append(lines, described{"old", describeTree(env, s.Source)})
	target := describeTree(env, s.Target)
	if s.Source.Name != "" && s.Target.Name != "" && s.Target.Exists && s.Target.Contents.Doubt == "" {
		target = message.New("%s; %s", target, describeComparison(s.Compared))
	}
	if !recalled.IsZero() {
		target = message.New("%s; %s", target, recalled)
	}
	lines = append(lines, described{"new", target})
	if follow := s.History.Follow; !follow.IsZero() {
		lines = append(lines, described{"follow", follow})
	}
	return lines
}

func describeLeader(env Env, m migration.MetaServer, s *migration.Survey) message.Text {
	where := message.Verbatim(m.Leading.Hosts + m.Leading.Root)
	for _, t := range []struct {
		tree  migration.Tree
		words message.Text
	}{{s.Source, message.New("the old ZooKeeper")}, {s.Target, message.New("the new ZooKeeper")}} {
		if isAt(t.tree, m.Leading.Hosts, m.Leading.Root) {
			where = t.words
		}
	}
	if m.State == migration.ServerRecovering {
		return message.New("%s on %s, in recovery mode: it waits for recover", m.Address, where)
	}
	since := message.New("since when is unknown")
	if !m.Since.IsZero() {
		since = message.New("since %s or earlier", shortTime(env, m.Since))
	}
	return message.New("%s on %s, level %s, %s; %d of %d replica servers alive, %d of %d tables healthy",
		m.Address, where, describeLevel(m.Leading), since, m.Leading.Alive, m.Leading.Nodes, len(m.Leading.Tables)-m.Leading.Unhealthy, len(m.Leading.Tables))
}

// describeLevel is the level that was set, and the effective one where that is another.
func describeLevel(l migration.Leading) message.Text {
	switch {
	case l.Level == 0:
		return unknown()
	case l.Effective != 0 && l.Effective != l.Level:
		return message.New("%s (too few replica servers are alive; it was set to %s)", l.Effective, l.Level)
	}
	return message.Verbatim(l.Level.String())
}

// describeOthers names the meta servers that do not lead, by their states.
func describeOthers(servers []migration.MetaServer) message.Text {
	var parts []message.Text
	for _, m := range servers {
		switch m.State {
		case migration.ServerUnknown:
			parts = append(parts, message.New("%s unknown", m.Address))
		case migration.ServerDown:
			parts = append(parts, message.New("%s down", m.Address))
		case migration.ServerFollower:
			parts = append(parts, message.New("%s follower", m.Address))
		case migration.ServerLoading:
			parts = append(parts, message.New("%s is loading the metadata", m.Address))
		}
	}
	if parts == nil {
		return message.Text{}
	}
	return message.Join(", ", parts...)
}

// describeReplicas says how many replica servers are inactive, where that matters: while nobody
// leads a running cluster.
func describeReplicas(s *migration.Survey, leaders int) message.Text {
	if len(s.Replicas) == 0 || leaders > 0 && !slices.ContainsFunc(s.Meta, func(m migration.MetaServer) bool { return m.State == migration.ServerRecovering }) {
		return message.Text{}
	}
	inactive, silent := 0, 0
	for _, r := range s.Replicas {
		switch {
		case r.Doubt != "":
			silent++
		case r.IsInactive():
			inactive++
		}
	}
	return message.New("%d of %d replica servers are INACTIVE, %d do not answer", inactive, len(s.Replicas), silent)
}

func describeTree(env Env, t migration.Tree) message.Text {
	c := t.Contents
	switch {
	case t.Name == "":
		return unknown()
	case c.Doubt != "":
		return message.New("%s: unknown: %s", t.Name, message.Whole(c.Doubt))
	case !t.Exists:
		return message.New("%s: there is no tree", t.Name)
	}
	use := message.New("no meta server")
	if servers := heldBy(t); servers != "" {
		use = message.New("used by %s", servers)
	} else if len(t.Unlocated) > 0 {
		use = message.New("whether meta servers use it is unknown")
	}
	return message.New("%s: %d znodes, last change %s, %s", t.Name, c.Znodes, shortTime(env, c.LastTime), use)
}

// heldBy are the meta servers that have a lock node for a tree, the leader first.
func heldBy(t migration.Tree) string {
	var servers []string
	for _, cluster := range slices.Concat(t.Clusters, t.Outside) {
		for _, lock := range cluster.Locks {
			if lock.Session != 0 {
				servers = append(servers, lock.Value)
			}
		}
	}
	return strings.Join(servers, ", ")
}

func describeComparison(c migration.Comparison) message.Text {
	switch {
	case c.Doubt != "":
		return message.New("not compared: %s", message.Whole(c.Doubt))
	case c.Equal && c.Deep:
		return message.New("equal to the old tree in every znode")
	case c.Equal && c.Unread > 0:
		return message.New("equal to the old tree as far as it was compared: %d znodes that were written later were not (--deep compares all)", c.Unread)
	case c.Equal:
		return message.New("equal to the old tree")
	}
	text := message.New("not equal to the old tree: %d znodes missing, %d more, %d different", c.Missing, c.Extra, c.Different)
	if len(c.Tables) > 0 {
		return message.New("%s; changed in the new tree: %s", text, message.Join(", ", c.Tables[:min(len(c.Tables), shownTables)]...))
	}
	if len(c.Paths) > 0 {
		return message.New("%s, such as %s", text, c.Paths[0])
	}
	return text
}

// shownTables bounds the changed tables that are named; JSON has more.
const shownTables = 5

// isAt reports whether a tree is at a path on an ensemble. A ZooKeeper server belongs to one
// ensemble, so one server in common is enough.
func isAt(t migration.Tree, hosts, path string) bool {
	names := append(strings.Split(t.Contents.Hosts, ","), t.Contents.Aliases...)
	return t.Name != "" && t.Path == path &&
		slices.ContainsFunc(strings.Split(hosts, ","), func(h string) bool { return slices.Contains(names, h) })
}

// shortTime is a time without the date where that is today's: the status is one screen.
func shortTime(env Env, t time.Time) string {
	text, today := env.Seconds(t.Unix()), env.Seconds(env.Now().Unix())
	date, clock, ok := strings.Cut(text, "_")
	if ok && strings.HasPrefix(today, date+"_") {
		return clock
	}
	return text
}
