package cluster

import (
	"context"
	"fmt"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// noPartition is a gpid that is missing.
var noPartition = wire.GPID{AppID: -1, Index: -1}

// addAction adds to a request that target, "" for the leader's choice, changes what node is for the
// partition.
func addAction(ctx context.Context, admin *metaadmin.Client, request *wire.ProposeRequest, target, node string, kind wire.ConfigType) error {
	action := wire.ProposalAction{Type: kind}
	var err error
	if action.Node, action.HPNode, err = admin.Resolve(ctx, node); err != nil {
		return message.Errorf("node %s: %w", node, err)
	}
	if target != "" {
		if action.Target, action.HPTarget, err = admin.Resolve(ctx, target); err != nil {
			return message.Errorf("target %s: %w", target, err)
		}
	}
	request.Actions = append(request.Actions, action)
	return nil
}

// propose sends a proposal and reports the leader's answer.
func propose(ctx context.Context, env Env, admin *metaadmin.Client, request *wire.ProposeRequest, what string) error {
	env.Evidence("partition", fmt.Sprintf("%d.%d", request.PID.AppID, request.PID.Index))
	err := admin.Propose(ctx, request)
	env.Evidence("result", string(metaadmin.Code(err)))
	if err != nil {
		return fail(env, err, "%s: %s", what, metaadmin.Code(err))
	}
	fmt.Fprintf(env.Out(), "%s: %s\n", what, wire.OK)
	return nil
}
