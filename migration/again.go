package migration

import "pegashell/internal/message"

// Again says how to begin anew after going back: what has to be done with the tree that the earlier
// attempt has left on the new ZooKeeper.
func Again(s *Survey, by Procedure) Return {
	r := Return{By: by}
	if by == "" {
		r.By, r.Chosen = s.choose()
	}
	v := newView(s, r.By, by != "")
	if v.phase == ledOnNew && v.right == newSide && len(v.leaders) == 1 {
		r.TooLate = message.New("%s leads on the new ZooKeeper: there is nothing to begin again. To go back first: migrate rollback", v.leader.Address)
		return r
	}
	situations := noTargetSituation(v)
	r.Situations = shown(situations)
	r.Steps = numbered(v.againBack(), v.againRemove())
	r.Steps = inOrder(r.Steps, func(int, int) bool { return false })
	r.Done = allDone(r.Steps) && len(situations) == 0
	begin := Step{Number: 3, What: message.New("begin again"), State: StepLater}
	if r.Done {
		begin.State, begin.Do = StepNext, []Line{v.switchTo(r.By)}
	}
	r.Steps = append(r.Steps, begin)
	r.Next = next(situations, r.Steps)
	return r
}

// againBack: the cluster has to be back on the old ZooKeeper.
func (v *view) againBack() Step {
	step := Step{What: message.New("be back on the old ZooKeeper"), State: StepNext}
	switch {
	case v.right == newSide:
		step.State, step.Why = StepBlocked, message.New("the new tree is the right one: %s", v.why)
		return step
	case v.phase == ledOnOld && len(v.leaders) == 1:
		return past(step.What, message.New("%s leads there", v.leader.Address))
	case v.allDown():
		return past(step.What, message.New("no known meta server runs, and the old tree is the right one"))
	}
	step.Why = message.New("no meta server leads there")
	step.Do = []Line{v.again("rollback")}
	return step
}

// againRemove: what the earlier attempt has left has to be removed, unless it is a copy that can be
// completed.
func (v *view) againRemove() Step {
	step := Step{What: message.New("remove what the earlier attempt has left on the new ZooKeeper"), State: StepNext}
	state := v.target()
	switch {
	case state == targetUnnamed, state == targetUnseen:
		step.State, step.Why = StepBlocked, message.New("the new tree is not known, or could not be looked at")
	case state == targetEmpty:
		return past(step.What, message.New("there is no tree %s", v.Target.Name))
	case v.right == newSide:
		step.State, step.Why = StepBlocked, message.New("%s is the right tree", v.Target.Name)
	case (state == targetEqual || state == targetPartial) && v.by == ByCopy && len(v.extraTables()) == 0:
		return past(step.What, message.New("%s was not used by meta servers: zk_copy writes only what differs", v.Target.Name))
	default:
		t := v.removeTarget("", message.New("meta servers have used %s, or it has tables that are not wanted", v.Target.Name), message.Text{})
		if state == targetForeign {
			t.Do = usedTargetSituation(v)[0].Do
		}
		step.Do = t.Do
		step.Why = message.New("%s is in the way: zk_copy refuses to write over it, and recovery needs an empty place", v.Target.Name)
	}
	return step
}
