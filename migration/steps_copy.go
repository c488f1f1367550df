package migration

import (
	"cmp"
	"strings"

	"pegashell/internal/message"
)

// copySteps are the seven documented steps of a migration by copying.
func (v *view) copySteps() []Step {
	steps := numbered(v.copyStopFollowers(), v.copyBlind(), v.copyTree(), v.copyConfigure(), v.copyRestart(), v.startOthers(), v.removeOld())
	byHand := onlyByHand(steps[3])
	return inOrder(steps, func(earlier, later int) bool {
		return earlier == 1 && later == 2 || earlier == 4 && later == 5 && byHand
	})
}

// moved reports whether the leader is on the new ZooKeeper, and why that ends the steps before it.
func (v *view) moved() (message.Text, bool) {
	if _, needed := v.needsRecovery(); v.phase == ledOnNew && !needed {
		return message.New("%s leads on the new ZooKeeper", v.leader.Address), true
	}
	return message.Text{}, false
}

// past is a step that needs nothing because of what was reached after it.
func past(what, why message.Text) Step { return Step{What: what, State: StepDone, Why: why} }

func (v *view) copyStopFollowers() Step {
	what := message.New("stop all follower meta servers, and save the lists of tables and servers")
	if why, ok := v.moved(); ok {
		return past(what, why)
	}
	alive, quiet := running(v.others()), silent(v.others())
	step := Step{What: what}
	switch {
	case v.right == oldSide && (v.phase == nobodyLeads && v.allDown() || v.phase == ledOnOld && len(alive)+len(quiet) == 0) && len(v.lingering()) > 0:
		step.State, step.Do = StepNext, wait()
		step.Why = message.New("stopped, but the session still holds a lock node, and ends after timeout_ms of section [zookeeper]: %s", strings.Join(v.lingering(), ", "))
	case v.phase == nobodyLeads && v.allDown():
		return past(what, message.New("no known meta server runs"))
	case v.phase != ledOnOld:
		step.State, step.Why = StepBlocked, message.New("no meta server leads on the old ZooKeeper")
	case len(alive)+len(quiet) == 0:
		return past(what, message.New("no known meta server runs besides the leader %s", v.leader.Address))
	default:
		step.State = StepNext
		step.Why = whoRuns(append(alive, quiet...))
		if v.right == oldSide {
			step.Do = append(v.lists("all"), v.serverList()...)
		}
		step.Do = append(step.Do, stops(append(alive, quiet...))...)
	}
	return step
}

// whoRuns says why servers are to be stopped: they run, or it is not known that they are down.
func whoRuns(servers []MetaServer) message.Text {
	alive, quiet := addresses(running(servers)), addresses(silent(servers))
	switch {
	case quiet == "":
		return message.New("still running: %s", alive)
	case alive == "":
		return message.New("not known to be down: %s", quiet)
	}
	return message.New("still running: %s; not known to be down: %s", alive, quiet)
}

// lingering are the holders of lock nodes of the old tree besides the leader, whose node is the
// first. Servers may have other names in a list, so names are not compared.
func (v *view) lingering() []string {
	held := v.held(oldSide)
	if v.phase == ledOnOld && len(held) > 0 {
		held = held[1:]
	}
	var holders []string
	for _, l := range held {
		holders = append(holders, l.Value)
	}
	return holders
}

// serverList saves the list of replica servers.
func (v *view) serverList() []Line {
	return []Line{command("nodes", "-d", "-o", cmp.Or(v.History.ServersFile, "nodes.list"))}
}

func (v *view) copyBlind() Step {
	what := message.New("set the meta level blind, so that the leader changes nothing by itself")
	if why, ok := v.moved(); ok {
		return past(what, why)
	}
	switch {
	case v.allDown():
		return past(what, message.New("no known meta server runs, so nothing changes the tree"))
	case v.right == newSide:
		return past(what, message.New("nothing is copied: %s", v.why))
	case v.blind():
		return past(what, message.New("the level of %s is blind", v.leader.Address))
	case v.phase != ledOnOld:
		return Step{What: what, State: StepLater, Why: message.New("no meta server leads on the old ZooKeeper")}
	}
	step := Step{What: what, State: StepNext, Do: []Line{command("set_meta_level", "blind")},
		Why: message.New("the level of %s is %s", v.leader.Address, v.leader.Leading.Level)}
	if v.levelForgotten() {
		step.State = StepUndone
	}
	return step
}

func (v *view) copyTree() Step {
	what := message.New("copy the tree to the new ZooKeeper")
	if why, ok := v.moved(); ok {
		return past(what, why)
	}
	if v.right == newSide {
		return past(what, message.New("nothing is copied: %s", v.why))
	}
	if !v.Source.named() {
		return Step{What: what, State: StepBlocked, Why: message.New("the old ZooKeeper was not named")}
	}
	step := Step{What: what, State: StepNext, Do: []Line{v.copying()}}
	state := v.target()
	switch state {
	case targetUnnamed:
		step.State, step.Why = StepBlocked, message.New("the new ZooKeeper was not named")
	case targetUnseen:
		step.State, step.Why = StepBlocked, message.New("%s could not be looked at", v.Target.Name)
	case targetForeign, targetUsed:
		step.State, step.Why = StepBlocked, message.New("%s is in the way", v.Target.Name)
	case targetEmpty:
		step.Why = message.New("%s does not exist yet", v.Target.Name)
	case targetPartial:
		step.Why = message.New("%d znodes are missing from %s, %d are only there, %d differ", v.Compared.Missing, v.Target.Name, v.Compared.Extra, v.Compared.Different)
		switch {
		case v.Compared.Doubt != "":
			step.Why = message.New("the trees could not be compared: %s", message.Whole(v.Compared.Doubt))
		case v.Compared.Equal: // as far as it was read
			step.Why = message.New("%d znodes were written after they had been copied", v.Compared.Unread)
		}
	case targetEqual:
		step.State, step.Why = StepDone, message.New("%s is equal to the old tree (%d znodes), and nothing changes that", v.Target.Name, v.Target.Contents.Znodes)
	}
	if !v.quiet() && (state == targetEqual || step.State == StepNext) {
		step.State = StepLater
		if state == targetEqual {
			step.Why = message.New("%s is equal now, but not final: the leader may still change its tree", v.Target.Name)
		}
	}
	return step
}

func (v *view) copyConfigure() Step {
	return v.configure(message.New("set the new ZooKeeper in the configuration of every meta server"), v.afterwards())
}

// configure is the step that has every configuration name the new ZooKeeper.
func (v *view) configure(what message.Text, n need) Step {
	step := Step{What: what, State: StepNext}
	if !v.Target.named() {
		step.State = StepLater
		return step
	}
	lines, files := v.fileLines(n, newSide)
	unseen := which(v.unseenFiles(), func(m MetaServer) bool { return v.sideOfServer(m) != newSide })
	if len(lines) > 0 && v.phase == ledOnNew {
		step.State = StepUndone
	}
	step.Do = lines
	if v.phase != ledOnNew {
		for _, m := range unseen {
			step.Do = append(step.Do, v.byHand(m, n, newSide)...)
		}
	}
	switch {
	case len(files) > 0:
		step.Why = message.New("to be changed: %s", strings.Join(files, ", "))
	case len(step.Do) > 0:
		step.Why = message.New("cannot be read here: the configuration of %s", addresses(unseen))
	case len(unseen) > 0:
		return past(what, message.New("every configuration that can be read here is right; that of %s cannot", addresses(unseen)))
	default:
		return past(what, message.New("every configuration is right"))
	}
	return step
}

func (v *view) copyRestart() Step {
	what := message.New("restart the leader, and check that the cluster is normal")
	step := Step{What: what, State: StepNext}
	switch {
	case v.phase == ledOnNew:
		return v.checkLeader(step)
	case v.phase == ledOnOld:
		step.Why = message.New("%s leads on the old ZooKeeper", v.leader.Address)
		step.Do = v.leader.restart()
	case v.allDown() && len(v.Meta) > 0:
		first := v.firstToStart()
		step.Why = message.New("no known meta server runs")
		step.Do = []Line{first.start()}
		if v.right == newSide || v.target() == targetEqual {
			step.Do = v.starting(first, v.afterwards(), newSide)
		}
	default:
		step.State, step.Why = StepLater, message.New("no meta server leads")
	}
	return step
}

// checkLeader ends the step that has brought the leader to the new ZooKeeper.
func (v *view) checkLeader(step Step) Step {
	l := v.leader.Leading
	switch {
	case v.leader.Running != nil && v.leader.Running.Recovery:
		step.Why = message.New("%s runs with recover_from_replica_server = true", v.leader.Address)
		step.Do = v.restarting(*v.leader, v.afterwards(), newSide)
	case !v.leaderIsNormal() && len(v.dead()) == 0:
		step.Why = message.New("%s leads on the new ZooKeeper at level %s, and %d of %d tables are not healthy yet", v.leader.Address, l.Effective, l.Unhealthy, len(l.Tables))
		step.Do = wait()
	default:
		step.State = StepDone
		step.Why = message.New("%s leads on the new ZooKeeper at level %s (tables: %d)", v.leader.Address, l.Effective, len(l.Tables))
	}
	return step
}

// firstToStart is the meta server that is started alone: one whose configuration can be read here.
func (v *view) firstToStart() MetaServer {
	for _, m := range v.Meta {
		if m.State == ServerDown && !v.isUnseen(m) {
			return m
		}
	}
	return down(v.Meta)[0]
}

// startOthers is the last step of both procedures that changes the meta servers.
func (v *view) startOthers() Step {
	step := Step{What: message.New("start all other meta servers"), State: StepNext}
	if v.phase != ledOnNew || v.right != newSide {
		step.State, step.Why = StepLater, message.New("no meta server leads on the new ZooKeeper yet")
		return step
	}
	n := v.afterwards()
	var missing []MetaServer
	for _, m := range v.others() {
		switch {
		case m.State == ServerDown:
			step.Do = append(step.Do, v.starting(m, n, newSide)...)
			missing = append(missing, m)
		case m.State == ServerUnknown || v.sideOfServer(m) == unknownSide:
			step.Do = append(step.Do, Line{Wait: true})
			missing = append(missing, m)
		case m.Running != nil && m.Running.Recovery:
			step.Do = append(step.Do, v.restarting(m, n, newSide)...)
			missing = append(missing, m)
		case v.sideOfServer(m) != newSide: // that it does not stay there is mended first
			missing = append(missing, m)
		}
	}
	if len(missing) > 0 {
		step.Do = lastWait(step.Do)
		step.Why = message.New("not seen on the new ZooKeeper yet: %s", addresses(missing))
		return step
	}
	step.State = StepDone
	step.Why = message.New("all %d meta servers run on the new ZooKeeper", len(v.Meta))
	return step
}

// removeOld is the last step, which is optional: it ends the way back.
func (v *view) removeOld() Step {
	step := Step{What: message.New("remove the old tree, when it is not needed any more"), State: StepLater, Optional: true}
	switch {
	case v.phase == ledOnNew && v.Source.gone():
		step.State, step.Why = StepDone, message.New("%s does not exist", v.Source.Name)
	case !v.arrived():
		step.Why = message.New("the cluster has not arrived on the new ZooKeeper yet")
	case !v.Source.readable():
		step.Why = message.New("the old tree is not known, or could not be looked at")
	case v.History.Fallback:
		step.Why = message.New("zk_copy --as_fallback keeps it current, so that going back loses nothing: end that first (Ctrl-C in its shell)")
	default:
		step.State = StepNext
		step.Do = []Line{v.removal(v.Source, "old")}
		step.Why = message.New("no meta server holds a lock there now; one that was forgotten gets it 20 to 40 s after the move. Only while the tree exists can there be a way back: migrate rollback")
	}
	return step
}
