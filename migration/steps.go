package migration

import (
	"slices"

	"pegashell/internal/message"
	"pegashell/metaadmin"
)

// NewRunbook says where a migration is and what comes next, from what was seen. by is the procedure
// that the operator has named, "" to choose one by what is there.
func NewRunbook(s *Survey, by Procedure) Runbook {
	book := Runbook{By: by}
	if by == "" {
		book.By, book.Chosen = s.choose()
	}
	v := newView(s, book.By, by != "")
	situations := v.situations()
	book.Situations = shown(situations)
	if book.By == ByRecovery {
		book.Steps = held(situations, v.recoverySteps())
	} else {
		book.Steps = held(situations, v.copySteps())
	}
	if book.Arrived = v.arrived(); !book.Arrived {
		book.Next = next(situations, book.Steps)
	}
	return book
}

// shown are situations as they are printed.
func shown(all []trouble) []Situation {
	var situations []Situation
	for _, t := range all {
		situations = append(situations, t.Situation)
	}
	return situations
}

// held has the steps wait for a situation that must be mended first.
func held(situations []trouble, steps []Step) []Step {
	waits := slices.ContainsFunc(situations, func(t trouble) bool { return t.first && len(t.Do) > 0 })
	for i := range steps {
		if s := &steps[i]; waits && s.State == StepNext {
			s.State, s.Do = StepBlocked, nil
		}
	}
	return steps
}

// choose is the procedure where the operator has not named one.
func (s *Survey) choose() (Procedure, message.Text) {
	for _, m := range s.Meta {
		if m.State == ServerRecovering {
			return ByRecovery, message.New("%s is in recovery", m.Address)
		}
		if m.Running != nil && m.Running.Recovery {
			return ByRecovery, message.New("%s runs with recover_from_replica_server = true", m.Address)
		}
	}
	v := newView(s, ByCopy, false)
	for _, f := range s.allFiles() {
		if f.Known() && f.Config.Recovery && !v.hasCopy() {
			return ByRecovery, message.New("%s has recover_from_replica_server = true", f.Name)
		}
	}
	if why, needed := v.needsRecovery(); needed {
		return ByRecovery, why
	}
	switch {
	case s.History.By != "":
		return s.History.By, message.New("it is the procedure that was begun here last")
	case s.Source.readable(), s.Source.gone(), v.right == newSide, !s.Source.named():
		return ByCopy, message.New("the old tree can be read")
	}
	return ByRecovery, message.New("the old tree cannot be read: %s", message.Whole(s.Source.Contents.Doubt))
}

// hasCopy reports whether a copy of the old tree is on the new ZooKeeper, and has not been moved to: a
// recovery would need an empty place, so a flag for it is a mistake.
func (v *view) hasCopy() bool {
	switch v.target() {
	case targetPartial, targetEqual:
		return v.hasTables(newSide)
	case targetUsed:
		return v.phase == nobodyLeads && v.Compared.Doubt == "" && v.Compared.Equal
	}
	return false
}

// next are the lines to type: those that mend the gravest situation that must be mended first, else
// those of the steps whose turn it is, else those of any situation.
func next(situations []trouble, steps []Step) []Line {
	for _, t := range situations {
		if t.first && len(t.Do) > 0 {
			return t.Do
		}
	}
	var lines []Line
	for _, s := range steps {
		if !s.Optional && (s.State == StepNext || s.State == StepUndone) {
			lines = append(lines, s.Do...)
		}
	}
	if len(lines) > 0 {
		return lastWait(lines)
	}
	for _, t := range situations {
		if len(t.Do) > 0 {
			return t.Do
		}
	}
	return wait()
}

// lastWait keeps one wait, at the end, and of what is done by hand each once.
func lastWait(lines []Line) []Line {
	var kept []Line
	said := map[string]bool{}
	waits := false
	for _, l := range lines {
		hand := l.ByHand.String()
		switch {
		case l.Wait && l.Command == "" && hand == "":
			waits = true
		case l.Command == "" && said[hand]:
		default:
			said[hand] = true
			kept = append(kept, l)
		}
	}
	if waits {
		kept = append(kept, Line{Wait: true})
	}
	return kept
}

// arrived reports whether the cluster is healthy on the new ZooKeeper, and every meta server runs
// there and would start there.
func (v *view) arrived() bool {
	if v.phase != ledOnNew || len(v.leaders) != 1 || v.right != newSide || !v.leaderIsNormal() || v.Target.gone() {
		return false
	}
	need := v.afterwards()
	for _, m := range v.Meta {
		if !m.State.Runs() || v.sideOfServer(m) != newSide || m.Running != nil && m.Running.Recovery || m.Running != nil && lockOf(*m.Running) != lockOf(need.config()) && need.lockRoot != "" {
			return false
		}
	}
	if lines, _ := v.fileLines(need, newSide); len(lines) > 0 {
		return false
	}
	return len(v.dead()) == 0 && len(v.held(oldSide)) == 0
}

// leaderIsNormal is what the documents call a normal cluster: level steady, every table healthy. A
// cluster with fewer replica servers than min_live_node_count_for_unfreeze is always freezed.
func (v *view) leaderIsNormal() bool {
	l := v.leader.Leading
	complete := l.Alive > 0 && l.Alive == l.Nodes
	return l.Level >= metaadmin.LevelSteady && (l.Effective >= metaadmin.LevelSteady || complete) && l.Unhealthy == 0
}

// afterwards is what configurations must say when the migration has ended.
func (v *view) afterwards() need { return need{v.settingsFor(newSide), false} }

// lists are the lines that save what is compared later; only a leader knows it.
func (v *view) lists(tables string) []Line {
	if v.phase != ledOnOld || v.right != oldSide {
		return nil
	}
	name := "apps.list"
	if v.History.TablesFile != "" {
		name = v.History.TablesFile
	}
	if tables == "all" {
		return []Line{command("ls", "-a", "-o", name)}
	}
	return []Line{command("ls", "-o", name)}
}

// numbered gives steps their numbers, and takes the lines from those that are not to be done now.
func numbered(steps ...Step) []Step {
	for i := range steps {
		steps[i].Number = i + 1
		if steps[i].State != StepNext && steps[i].State != StepUndone {
			steps[i].Do = nil
		}
	}
	return steps
}

// inOrder makes steps wait for those before them: once one is not done, those after it that are
// next become later, unless they are allowed together with it.
func inOrder(steps []Step, together func(earlier, later int) bool) []Step {
	for i := range steps {
		if steps[i].State != StepNext && steps[i].State != StepUndone {
			continue
		}
		for k := range i {
			if steps[k].State != StepDone && !steps[k].Optional && !together(k+1, i+1) {
				steps[i].State = StepLater
				steps[i].Do = nil
				break
			}
		}
	}
	return steps
}

// NotBegun reports whether the first step is next and nothing was copied, so that it is time for a
// preflight.
func NotBegun(s *Survey, book Runbook) bool {
	if len(book.Steps) == 0 || book.Steps[0].State != StepNext {
		return false
	}
	return book.By == ByRecovery || !s.Target.Exists && s.Target.Contents.Doubt == ""
}
