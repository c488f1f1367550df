package migration

import (
	"cmp"
	"strings"

	"pegashell/internal/message"
)

// recoverySteps are the eight documented steps of a migration by recovery.
func (v *view) recoverySteps() []Step {
	steps := numbered(v.recoveryTables(), v.recoveryServers(), v.recoveryStop(), v.recoveryConfigure(), v.recoveryStart(), v.recoveryRecover(), v.recoveryEnd(), v.startOthers())
	byHand := onlyByHand(steps[3])
	return inOrder(steps, func(earlier, later int) bool {
		switch {
		case later <= 3:
			return true // lists cannot be made any more once the servers are stopped, and need not be
		case earlier <= 2:
			return true
		case earlier == 3 && later == 4:
			return v.allDown() // only the replica servers are waited for
		}
		return earlier == 4 && later == 5 && byHand
	})
}

// recovered reports whether the metadata was rebuilt on the new ZooKeeper already.
func (v *view) recovered() (message.Text, bool) {
	if why, ok := v.moved(); ok {
		return why, true
	}
	if v.phase == nobodyLeads && v.right == newSide {
		return message.New("%s has tables, and meta servers have used it", v.Target.Name), true
	}
	return message.Text{}, false
}

// begun is recovered, or the leader waits for `recover`, or a server starts in recovery mode.
func (v *view) begun() (message.Text, bool) {
	if v.phase == recovering {
		return message.New("%s is in recovery", v.leader.Address), true
	}
	starting := which(v.Meta, func(m MetaServer) bool {
		return v.phase == nobodyLeads && m.State.Runs() && v.sideOfServer(m) == newSide && v.becomesRight(m, newSide)
	})
	if len(starting) > 0 {
		return message.New("%s starts in recovery mode", addresses(starting)), true
	}
	return v.recovered()
}

func (v *view) recoveryTables() Step {
	what := message.New("save the list of tables")
	if v.phase == ledOnOld {
		return Step{What: what, State: StepNext, Do: v.lists("available"),
			Why: message.New("recover --expect compares with it")}
	}
	if v.phase == ledOnNew {
		return past(what, message.New("%s leads on the new ZooKeeper", v.leader.Address))
	}
	return past(what, message.New("no meta server can list them now"))
}

func (v *view) recoveryServers() Step {
	what := message.New("save the list of replica servers")
	if v.phase == ledOnOld {
		return Step{What: what, State: StepNext, Do: []Line{command("recover_list", "-o", cmp.Or(v.History.ServersFile, "recover_node_list"))},
			Why: message.New("the leader %s knows %d replica servers", v.leader.Address, len(v.Replicas))}
	}
	return past(what, message.New("%d replica servers are known %s", len(v.Replicas), v.replicaOrigin()))
}

func (v *view) recoveryStop() Step {
	what := message.New("stop all meta servers, and wait until every replica server is INACTIVE")
	serving := v.serving()
	if v.phase == recovering && len(serving) > 0 {
		return Step{What: what, State: StepUndone, Do: stops(append(running(v.others()), *v.leader)),
			Why: message.New("%s was started in recovery before these were INACTIVE: %s. It does not accept replicas that still serve", v.leader.Address, strings.Join(serving, ", "))}
	}
	if why, ok := v.begun(); ok {
		return past(what, why)
	}
	step := Step{What: what, State: StepNext}
	alive := append(running(v.others()), silent(v.others())...)
	if v.leader != nil {
		alive = append(alive, *v.leader) // last, so that no follower leads after it
	}
	if len(alive) > 0 {
		step.Why = whoRuns(alive)
		step.Do = stops(alive)
		return step
	}
	switch {
	case len(serving) > 0:
		step.Why = message.New("not INACTIVE yet: %s", strings.Join(serving, ", "))
		step.Do = wait()
	case len(v.Replicas) == 0:
		return past(what, message.New("no known meta server runs. Which replica servers there are is not known: make sure that the log of each says INACTIVE"))
	default:
		return past(what, message.New("no known meta server runs, and all %d replica servers are INACTIVE", len(v.Replicas)))
	}
	return step
}

// replicaOrigin says from where the replica servers are known while no leader names them.
func (v *view) replicaOrigin() message.Text {
	if v.leader != nil && v.phase != recovering {
		return message.New("from the leader")
	}
	for _, at := range []side{oldSide, newSide} {
		if v.hasTables(at) && v.tree(at).readable() {
			return message.New("from the partitions in %s", v.tree(at).Name)
		}
	}
	if v.History.ServersFile != "" {
		return message.New("from the list %s, which was saved before", v.History.ServersFile)
	}
	return message.New("from a leader that was asked before")
}

// serving are the replica servers that answer and are not INACTIVE.
func (v *view) serving() []string {
	var found []string
	for _, r := range v.Replicas {
		if r.Doubt == "" && !r.IsInactive() {
			found = append(found, r.Address)
		}
	}
	return found
}

// duringRecovery is what configurations must say from step 4 to step 6.
func (v *view) duringRecovery() need { return need{v.settingsFor(newSide), true} }

func (v *view) recoveryConfigure() Step {
	what := message.New("set the new ZooKeeper and recover_from_replica_server = true in the configuration of every meta server")
	if why, ok := v.begun(); ok {
		return past(what, why)
	}
	return v.configure(what, v.duringRecovery())
}

func (v *view) recoveryStart() Step {
	what := message.New("start one meta server, which becomes the leader in recovery")
	if v.phase == recovering {
		return past(what, message.New("%s is in recovery", v.leader.Address))
	}
	if why, ok := v.recovered(); ok {
		return past(what, why)
	}
	step := Step{What: what, State: StepNext, Why: message.New("no known meta server runs"), Do: wait()}
	if v.allDown() && len(v.Meta) > 0 {
		first := v.firstToStart()
		step.Do = []Line{first.start()}
		if v.hasTables(newSide) {
			step.State, step.Why = StepBlocked, message.New("%s has tables already", v.Target.Name)
		}
	}
	return step
}

func (v *view) recoveryRecover() Step {
	what := message.New("recover: rebuild the metadata from the replica servers; dropped tables come back")
	if why, ok := v.recovered(); ok {
		return past(what, why)
	}
	step := Step{What: what, State: StepNext, Why: message.New("no leader is in recovery")}
	if v.phase != recovering {
		step.State = StepLater
		return step
	}
	var servers []string
	for _, r := range v.Replicas {
		servers = append(servers, r.Address)
	}
	switch {
	case len(servers) > 0:
		step.Do = []Line{command("recover", "-s", strings.Join(servers, ","))}
		step.Why = message.New("%s waits for it; %d replica servers are known %s", v.leader.Address, len(servers), v.replicaOrigin())
	case v.History.ServersFile != "":
		step.Do = []Line{command("recover", "-f", v.History.ServersFile)}
		step.Why = message.New("%s waits for it; the replica servers are those of %s, saved before", v.leader.Address, v.History.ServersFile)
	default:
		step.Do = []Line{{ByHand: message.New("type recover -s with all replica servers: HOST:PORT,HOST:PORT,...")}}
		step.Why = message.New("%s waits for it; which replica servers there are is not known", v.leader.Address)
	}
	if v.History.TablesFile != "" && len(step.Do) == 1 && step.Do[0].Command != "" {
		step.Do[0].Command += " " + command("--expect", v.History.TablesFile).Command
	}
	return step
}

func (v *view) recoveryEnd() Step {
	what := message.New("set recover_from_replica_server = false in the configuration of every meta server, and restart the leader")
	step := Step{What: what, State: StepNext}
	if why, ok := v.recovered(); !ok {
		return Step{What: what, State: StepLater, Why: message.New("nothing was recovered yet")}
	} else if v.phase == nobodyLeads {
		return v.startRecovered(step, why)
	}
	n := v.afterwards()
	lines, files := v.fileLines(n, newSide)
	stale := v.recoveredJustNow()
	switch {
	case len(lines) > 0:
		step.Why = message.New("to be changed: %s", strings.Join(files, ", "))
		step.Do = lines
	case stale:
		step.Why = message.New("%s still runs with recover_from_replica_server = true", v.leader.Address)
		for _, m := range v.unseenFiles() {
			step.Do = append(step.Do, v.byHand(m, n, newSide)...)
		}
		step.Do = append(step.Do, v.leader.restart()...)
	default:
		return v.checkLeader(step)
	}
	return step
}

// startRecovered goes on where the metadata was recovered and no meta server runs.
func (v *view) startRecovered(step Step, why message.Text) Step {
	n := v.afterwards()
	lines, files := v.fileLines(n, newSide)
	switch {
	case len(lines) > 0:
		step.Why = message.New("to be changed: %s", strings.Join(files, ", "))
		step.Do = lines
	case v.allDown() && len(v.Meta) > 0:
		step.Why = message.New("no known meta server runs; %s", why)
		step.Do = v.starting(v.firstToStart(), n, newSide)
	default:
		step.Why = message.New("no meta server leads yet")
		step.Do = wait()
	}
	return step
}
