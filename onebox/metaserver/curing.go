package metaserver

import (
	"context"
	"time"

	"pegashell/metaadmin/wire"
)

// curePeriodically checks all partitions at each interval, and sooner when it is woken.
func (l *leader) curePeriodically(ctx context.Context) error {
	ticker := time.NewTicker(l.cfg.cureInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		case <-l.wake:
		}
		l.cureAll()
	}
}

// cureSoon makes the leader check all partitions without waiting for the interval.
func (l *leader) cureSoon() {
	select {
	case l.wake <- struct{}{}:
	default: // it is requested already
	}
}

// cureAll proposes the next step for every partition that needs one; partitions without any
// secondary come first. At level freezed and below nothing is done (Pegasus: check_all_partitions).
func (l *leader) cureAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.effectiveLevel() <= wire.LevelFreezed {
		return
	}
	clear(l.undecided)
	type pending struct {
		t      *table
		p      *partition
		action wire.ProposalAction
	}
	var later []pending
	ill := 0
	for _, t := range l.existing() {
		if t.info.Status != wire.AppAvailable {
			continue
		}
		for _, p := range t.partitions {
			if p.update != nil {
				ill++
				continue
			}
			action, ok := l.cure(t, p)
			if !healthy(p) {
				ill++
			}
			switch {
			case !ok:
			case action.Type == wire.ConfigAddSecondary && len(p.config.Secondaries) > 0:
				later = append(later, pending{t, p, action})
			default:
				l.propose(t, p, action)
			}
		}
	}
	for _, x := range later {
		l.propose(x.t, x.p, x.action)
	}
	if ill == 0 {
		l.checkBalance()
	}
}

// proposalTimeout is the timeout for sending a proposal; a lost one is sent again at the next
// interval.
const proposalTimeout = 5 * time.Second

// propose sends a proposal to the server that must execute it. The lock is held; sending does not
// wait.
func (l *leader) propose(t *table, p *partition, a wire.ProposalAction) {
	request := &wire.ConfigUpdateRequest{Info: t.info, Config: p.config, Type: a.Type, Node: a.Node}
	l.group.run(func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, proposalTimeout)
		defer cancel()
		if err := l.client.Send(ctx, a.Target, wire.RPCConfigProposal, request); err != nil && l.group.ctx.Err() == nil {
			l.log.Printf("propose to %s %s for partition %s: %v", configTypeName(a.Type), a.Node, request.Config.PID, err)
		}
		return nil
	})
}
