package migration

import (
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/zkcopy/layout"
)

// Return is the way back to the old ZooKeeper, or what makes a new beginning possible after that.
type Return struct {
	By Procedure
	// Chosen is why it is this procedure, where the operator has not named one.
	Chosen message.Text
	// TooLate is why there is no way back; zero while there is one.
	TooLate message.Text
	// Lost is what would be lost on the way, a clause each, and Keep the line that copies it back first;
	// empty where the cluster cannot do that now.
	Lost []message.Text
	Keep Line
	// Situations are what must be mended on the way, the gravest first.
	Situations []Situation
	// Steps are numbered from 1; Next are the lines to type now, in their order.
	Steps []Step
	Next  []Line
	// Done: nothing is left to do but what Next has to begin with.
	Done bool
}

// WayBack says how the cluster gets back to the old ZooKeeper, and what that would lose. by is as in
// NewRunbook.
func WayBack(s *Survey, by Procedure) Return {
	r := Return{By: by}
	if by == "" {
		r.By, r.Chosen = s.choose()
	}
	v := newView(s, r.By, by != "")
	v.right = oldSide
	freeze, fallback := v.backFreeze()
	if r.TooLate = v.tooLate(); !r.TooLate.IsZero() && !fallback {
		r.Next = v.roundabout()
		r.Keep = v.keep()
		return r
	}
	r.TooLate = message.Text{}
	if !fallback { // with one, the first step waits until nothing is
		r.Lost = v.lost()
	}
	if len(r.Lost) > 0 {
		r.Keep = v.keep()
	}
	var situations []trouble
	for _, find := range []func(*view) []trouble{otherZooKeeperSituation, unknownServerSituation, noSourceSituation, unseenOldSituation, staleLockSituation} {
		situations = append(situations, find(v)...)
	}
	r.Situations = shown(append(situations, besides(v)...))
	way := []Step{v.backStop(), v.backConfigure(), v.backStart(), v.backStartOthers()}
	byHand := onlyByHand(way[1])
	if fallback {
		way = append([]Step{freeze}, way...)
	}
	start := len(way) - 1 // the number of the step that starts one server
	r.Steps = held(situations, inOrder(numbered(way...), func(earlier, later int) bool { return later == start && earlier == start-1 && byHand }))
	if r.Done = allDone(r.Steps) && len(situations) == 0; !r.Done {
		r.Next = next(situations, r.Steps)
	}
	return r
}

// besides are situations that do not keep the cluster from going back.
func besides(v *view) []trouble {
	var found []trouble
	if v.phase == ledOnOld {
		found = replicaSituation(v)
	}
	return append(found, slices.DeleteFunc(configurationSituations(v), func(t trouble) bool { return t.Name != SituationUnreadableConfig })...)
}

func allDone(steps []Step) bool {
	for _, s := range steps {
		if s.State != StepDone {
			return false
		}
	}
	return true
}

// onlyByHand reports whether a step has no line of this shell, so that nothing can be seen of it.
func onlyByHand(s Step) bool {
	for _, l := range s.Do {
		if l.Command != "" {
			return false
		}
	}
	return true
}

// tooLate is why there is no way back, zero where there is one.
func (v *view) tooLate() message.Text {
	if v.Source.gone() {
		return message.New("the old tree %s does not exist any more. A backup of it can be restored with zk_restore, if no table was created or split since", v.Source.Name)
	}
	if !v.Source.readable() {
		return message.Text{}
	}
	if newer := v.newerThanOld(); len(newer) > 0 {
		return message.New("replica servers hold tables or partitions that %s does not have: %s. Every meta server that starts on it aborts (gpid ... is not exist on meta server). "+
			"Only a copy of the new tree, or recovery, has all of them", v.Source.Name, listed(newer))
	}
	return message.Text{}
}

// roundabout is the line that begins to move the cluster to the old ZooKeeper as to a new one, with
// all that it has by now.
func (v *view) roundabout() []Line {
	if right, _ := v.rightTree(); right != newSide || !v.Target.readable() || !v.Source.readable() {
		return nil
	}
	return []Line{command("migrate", "status", "--from", v.Target.Name, "--target", v.Source.Name)}
}

// newerThanOld are the tables and partitions that the old tree does not have.
func (v *view) newerThanOld() []message.Text {
	old, _ := v.Source.cluster()
	if v.phase == ledOnOld && v.leader.Leading.IsHealthy() {
		return nil
	}
	held := v.Stored
	if v.phase == ledOnNew {
		held.Tables = append(held.Tables[:len(held.Tables):len(held.Tables)], v.leader.Leading.Tables...)
	}
	if len(held.Tables) == 0 {
		if c, ok := v.Target.cluster(); ok && v.target() == targetUsed {
			for _, t := range c.Tables {
				if t.Status == layout.AppAvailable {
					held.Tables = append(held.Tables, metaadmin.AppInfo{ID: t.ID, Name: t.Name, PartitionCount: t.PartitionCount})
				}
			}
		}
	}
	return held.newerThan(old)
}

// lost is what was changed on the new ZooKeeper alone.
func (v *view) lost() []message.Text {
	if v.Target.named() && v.Target.Contents.Doubt != "" && v.phase != ledOnOld {
		return []message.Text{message.New("what was changed on the new ZooKeeper is not known: %s", message.Whole(v.Target.Contents.Doubt))}
	}
	if !v.Target.hasMetadata() || v.target() != targetUsed && v.phase != ledOnNew {
		return nil
	}
	switch c := v.Compared; {
	case c.Doubt != "":
		return []message.Text{message.New("what was changed on the new ZooKeeper is not known: %s", message.Whole(c.Doubt))}
	case len(c.Tables) > 0:
		return c.Tables
	case !c.Equal:
		return []message.Text{message.New("%d znodes differ, %d are only in the new tree, %d only in the old one", c.Different, c.Extra, c.Missing)}
	}
	return nil
}

// noSourceSituation: it is not known where the old tree is.
func noSourceSituation(v *view) []trouble {
	if v.Source.named() {
		return none
	}
	return one(trouble{first: true, Situation: Situation{
		Name:    SituationNoSource,
		Seen:    message.New("the old ZooKeeper was not named, and no configuration names one"),
		Matters: message.New("the way back leads there"),
		Do:      []Line{{ByHand: message.New("name the old ZooKeeper: migrate rollback --from HOSTS/PATH")}},
	}})
}

func unseenOldSituation(v *view) []trouble {
	if !v.Source.named() || v.Source.Contents.Doubt == "" {
		return none
	}
	return one(trouble{first: true, Situation: Situation{
		Name:    SituationTreeUnseen,
		Seen:    message.New("the old tree %s could not be looked at: %s", v.Source.Name, message.Whole(v.Source.Contents.Doubt)),
		Matters: message.New("no meta server may start on it before it was seen"),
		Do:      wait(),
	}})
}

// keep is the line that makes the old tree as the new one first, while the cluster works on that.
func (v *view) keep() Line {
	if v.phase != ledOnNew || len(v.leaders) > 1 || v.History.Fallback || !v.Source.readable() || v.Source.gone() {
		return Line{}
	}
	return command("zk_copy", "-t", v.Source.Name, "--follow", "--as_fallback")
}

// backFreeze is the first step where a fallback runs: nothing may change any more, and it has to
// have verified both trees. It is false where none runs, or the cluster has left the new ZooKeeper.
func (v *view) backFreeze() (Step, bool) {
	step := Step{What: message.New("freeze the cluster, and wait until zk_copy --as_fallback has verified the old tree"), State: StepNext}
	if !v.History.Fallback || v.phase != ledOnNew || len(v.leaders) > 1 {
		return step, false
	}
	followers := append(running(v.others()), silent(v.others())...)
	switch {
	case len(followers) > 0:
		step.Why = whoRuns(followers)
		step.Do = append(stops(followers), command("set_meta_level", "blind"))
	case !v.blind():
		step.Why = message.New("the level is %s", v.leader.Leading.Level)
		step.Do = []Line{command("set_meta_level", "blind")}
	default:
		step.Why = message.New("zk_copy --as_fallback has not ended yet: it ends by itself once it has verified")
		step.Do = wait()
	}
	return step, true
}

func (v *view) backStop() Step {
	step := Step{What: message.New("stop the meta servers that do not use the old ZooKeeper"), State: StepNext}
	var wrong []MetaServer
	for _, m := range v.followersFirst() {
		if m.State == ServerUnknown || m.State == ServerRecovering || m.State.Runs() && v.sideOfServer(m) != oldSide {
			wrong = append(wrong, m)
		}
	}
	if len(wrong) == 0 {
		return past(step.What, message.New("none runs"))
	}
	step.Why = whoRuns(wrong)
	step.Do = stops(wrong)
	return step
}

// followersFirst are the meta servers in the order in which they are stopped, so that no follower
// leads in between.
func (v *view) followersFirst() []MetaServer {
	return append(which(v.Meta, func(m MetaServer) bool { return !m.State.Leads() }), v.leaders...)
}

// onceBack is what configurations must say on the old ZooKeeper.
func (v *view) onceBack() need { return need{v.settingsFor(oldSide), false} }

func (v *view) backConfigure() Step {
	step := Step{What: message.New("set the old ZooKeeper in the configuration of every meta server"), State: StepNext}
	n := v.onceBack()
	lines, files := v.fileLines(n, oldSide)
	unseen := which(v.unseenFiles(), func(m MetaServer) bool { return v.sideOfServer(m) != oldSide })
	step.Do = lines
	if v.phase != ledOnOld {
		for _, m := range unseen {
			step.Do = append(step.Do, v.byHand(m, n, oldSide)...)
		}
	}
	switch {
	case len(files) > 0:
		step.Why = message.New("to be changed: %s", strings.Join(files, ", "))
	case len(step.Do) > 0:
		step.Why = message.New("cannot be read here: the configuration of %s", addresses(unseen))
	default:
		return past(step.What, message.New("every configuration that can be read here is right"))
	}
	return step
}

func (v *view) backStart() Step {
	step := Step{What: message.New("start one meta server, and check that the cluster is normal"), State: StepNext}
	switch {
	case v.phase == ledOnOld && v.leader.Leading.Level < metaadmin.LevelSteady:
		step.Why = message.New("%s leads on the old ZooKeeper at level %s", v.leader.Address, v.leader.Leading.Level)
		step.Do = []Line{command("set_meta_level", "steady")}
	case v.phase == ledOnOld && !v.leaderIsNormal() && len(v.dead()) == 0:
		step.Why = message.New("%d of %d tables are not healthy yet", v.leader.Leading.Unhealthy, len(v.leader.Leading.Tables))
		step.Do = wait()
	case v.phase == ledOnOld:
		return past(step.What, message.New("%s leads on the old ZooKeeper", v.leader.Address))
	case v.allDown() && len(v.Meta) > 0:
		step.Why = message.New("no known meta server runs")
		step.Do = v.starting(v.firstToStart(), v.onceBack(), oldSide)
	default:
		step.Why = message.New("no meta server leads yet")
		step.Do = wait()
	}
	return step
}

func (v *view) backStartOthers() Step {
	step := Step{What: message.New("start all other meta servers"), State: StepNext}
	if v.phase != ledOnOld {
		return Step{What: step.What, State: StepLater, Why: message.New("no meta server leads on the old ZooKeeper yet")}
	}
	n := v.onceBack()
	var missing []MetaServer
	for _, m := range v.others() {
		if m.State == ServerDown {
			step.Do = append(step.Do, v.starting(m, n, oldSide)...)
			missing = append(missing, m)
		}
	}
	if len(missing) == 0 {
		return past(step.What, message.New("all %d meta servers run on the old ZooKeeper", len(v.Meta)))
	}
	step.Why = message.New("down: %s", addresses(missing))
	return step
}
