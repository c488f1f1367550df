package metaserver

import (
	"context"
	"slices"

	"pegashell/metaadmin/wire"
)

// diagnose lists the partitions that wait for an operator's decision. Like 2.5.0 it does not
// support "all tables".
func (s *server) diagnose(_ context.Context, q *wire.DiagnoseRequest) (wire.Message, error) {
	if !s.tableExists(q.PID.AppID) {
		return &wire.DiagnoseResponse{Err: wire.ErrInvalidParameters}, nil
	}
	l, code := s.gate()
	if l == nil {
		return &wire.DiagnoseResponse{Err: code}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	answer := &wire.DiagnoseResponse{Err: wire.OK}
	pids := make(map[wire.GPID]struct{})
	for pid := range l.undecided {
		pids[pid] = struct{}{}
	}
	for _, pid := range sortedPIDs(pids) {
		if pid.AppID == q.PID.AppID && (q.PID.Index == -1 || q.PID.Index == pid.Index) {
			answer.Partitions = append(answer.Partitions, l.undecided[pid])
		}
	}
	return answer, nil
}

// proposeByHand handles an operator's proposals for a partition: it sends them at once if forced,
// and otherwise registers them as the partition's next steps, if it has none.
func (s *server) proposeByHand(_ context.Context, q *wire.ProposeRequest) (wire.Message, error) {
	if !s.tableExists(q.PID.AppID) {
		return &wire.ErrorResponse{Err: wire.ErrInvalidParameters}, nil
	}
	l, code := s.gate()
	if l == nil {
		return &wire.ErrorResponse{Err: code}, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t, p := l.partition(q.PID)
	if t == nil || t.info.Status != wire.AppAvailable {
		return &wire.ErrorResponse{Err: wire.ErrInvalidParameters}, nil
	}
	actions := slices.Clone(q.Actions)
	for i := range actions {
		if !actions[i].Target.Valid() { // the sender may not know the primary
			actions[i].Target = p.config.Primary
		}
	}
	if q.Force != nil && *q.Force {
		for _, a := range actions {
			l.propose(t, p, a)
		}
		return &wire.ErrorResponse{Err: wire.OK}, nil
	}
	invalid := func(a wire.ProposalAction) bool { return !a.Target.Valid() }
	if len(p.actions.list) > 0 || slices.ContainsFunc(actions, invalid) {
		return &wire.ErrorResponse{Err: wire.ErrInvalidParameters}, nil
	}
	p.actions = proposals{list: actions, balancer: true}
	return &wire.ErrorResponse{Err: wire.OK}, nil
}
