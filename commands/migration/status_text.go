package migration

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/migration"
)

// writeStatus prints one screen: what there is, what no step expects, the steps, and what to type
// next, each line alone so that it can be copied.
func writeStatus(env Env, s *migration.Survey, book migration.Runbook) error {
	w := &render.StickyWriter{W: env.Out()}
	in := func(t message.Text) string { return t.In(env.Language()) }
	head := &render.Wrapped{}
	for _, line := range describeSurvey(env, s) {
		head.Row(line.key, in(line.text))
	}
	head.WriteText(w)
	for _, situation := range book.Situations {
		fmt.Fprintln(w)
		writeSituation(w, in, situation)
	}
	if len(book.Steps) > 0 {
		fmt.Fprintln(w)
		writeSteps(w, in, book.Steps)
	}
	fmt.Fprintln(w)
	writeNext(w, in, book)
	return w.Err
}

func writeSituation(w io.Writer, in func(message.Text) string, s migration.Situation) {
	mark := "WARNING:"
	if s.Grave {
		mark = "DANGER:"
	}
	text := fmt.Sprintf("%s %s", s.Name+":", in(s.Seen))
	if !s.Matters.IsZero() {
		text += ". " + in(s.Matters)
	}
	grid := &render.Wrapped{}
	grid.Row(mark, text)
	grid.WriteText(w)
}

// writeSteps prints the steps as a grid. Why a later step is not done yet is plain.
func writeSteps(w io.Writer, in func(message.Text) string, steps []migration.Step) {
	grid := &render.Wrapped{Columns: []string{"#", "state", in(message.New("step: why"))}}
	for _, step := range steps {
		text := in(step.What)
		if !step.Why.IsZero() && step.State != migration.StepLater {
			text += ": " + in(step.Why)
		}
		grid.Row(fmt.Sprint(step.Number), string(step.State), text)
	}
	grid.WriteText(w)
}

// writeNext prints the lines to type, or what is to be done by hand.
func writeNext(w io.Writer, in func(message.Text) string, book migration.Runbook) {
	switch {
	case len(book.Next) == 0 && book.Arrived:
		fmt.Fprintln(w, in(message.New("Next: nothing: the cluster is healthy on the new ZooKeeper")))
		return
	case len(book.Next) == 0:
		fmt.Fprintln(w, in(message.New("Next: nothing")))
		return
	}
	fmt.Fprintln(w, in(message.New("Next:")))
	for _, line := range book.Next {
		fmt.Fprintln(w, wordLine(in, line))
	}
}

// wordLine is a line of the runbook as it is printed: a command alone, so that it can be copied, and
// what is done outside of the shell as a comment.
func wordLine(in func(message.Text) string, line migration.Line) string {
	switch {
	case line.Command != "":
		return line.Command
	case line.Wait:
		return "# " + in(message.New("wait a few seconds, then look again"))
	}
	return "# " + strings.Join(render.Wrap(in(line.ByHand), 96), "\n# ")
}

// described is a line of the head.
type described struct {
	key  string
	text message.Text
}

// describeSurvey words what was seen: the leader, other meta servers, and the trees.
func describeSurvey(env Env, s *migration.Survey) []described {
	var lines []described
	leaders := 0
	for _, m := range s.Meta {
		if m.State.Leads() {
			leaders++
			lines = append(lines, described{"leader", describeLeader(env, m, s)})
		}
	}
	if leaders == 0 {
		lines = append(lines, described{"leader", message.New("none of the meta servers says that it leads")})
	}
	if others := describeOthers(s.Meta); !others.IsZero() {
		lines = append(lines, described{"others", others})
	}
	if replicas := describeReplicas(s, leaders); !replicas.IsZero() {
		lines = append(lines, described{"replica", replicas})
	}
	lines = append(lines, described{"old", describeTree(env, s.Source)}, described{"new", describeTree(env, s.Target)})
	if s.Source.Name != "" && s.Target.Name != "" {
		lines = append(lines, described{"compare", describeComparison(s.Compared)})
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
		return message.New("%s, in recovery mode, on %s: it waits for recover", m.Address, where)
	}
	since := message.New("since when is unknown")
	if !m.Since.IsZero() {
		since = message.New("since %s or earlier", env.Seconds(m.Since.Unix()))
	}
	l := m.Leading
	level := unknown()
	if l.Level != 0 {
		level = message.Verbatim(l.Level.String())
	}
	if l.Effective != 0 && l.Level != 0 && l.Effective != l.Level {
		level = message.New("%s (set: %s)", l.Effective, l.Level)
	}
	return message.New("%s on %s (%s), level %s; %d of %d replica servers alive; %d tables, %d not healthy",
		m.Address, where, since, level, l.Alive, l.Nodes, len(l.Tables), l.Unhealthy)
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
		return message.New("%s: %s", t.Name, c.Doubt)
	case !t.Exists:
		return message.New("%s: there is no tree", t.Name)
	}
	held := t.Ephemerals + int64(len(t.HeldOutside()))
	return message.New("%s: %d znodes, %d bytes; last change %s (%s); %d lock nodes of meta servers",
		t.Name, c.Znodes, c.Bytes, env.Seconds(c.LastTime.Unix()), c.LastPath, held)
}

func describeComparison(c migration.Comparison) message.Text {
	how := message.New("by numbers and sums")
	if c.Deep {
		how = message.New("every znode")
	}
	switch {
	case c.Doubt != "":
		return message.New("not compared: %s", c.Doubt)
	case c.Equal:
		return message.New("equal (%s)", how)
	}
	text := message.New("different (%s): %d znodes missing in the new tree, %d more there, %d differ", how, c.Missing, c.Extra, c.Different)
	if len(c.Paths) > 0 {
		text = message.New("%s, such as %s", text, c.Paths[0])
	}
	if len(c.Tables) > 0 {
		text = message.New("%s. Changed in the new tree: %s", text, message.Join(", ", c.Tables...))
	}
	return text
}

// isAt reports whether a tree is at a path on an ensemble. A ZooKeeper server belongs to one
// ensemble, so one server in common is enough.
func isAt(t migration.Tree, hosts, path string) bool {
	names := append(strings.Split(t.Contents.Hosts, ","), t.Contents.Aliases...)
	return t.Name != "" && t.Path == path &&
		slices.ContainsFunc(strings.Split(hosts, ","), func(h string) bool { return slices.Contains(names, h) })
}
