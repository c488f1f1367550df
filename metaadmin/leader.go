package metaadmin

import (
	"context"
	"errors"
	"slices"
	"time"

	"pegashell/metaadmin/wire"
)

// electionPause is how long to wait before asking again when every server that answers is a
// follower: a new leader is being elected.
const electionPause = 200 * time.Millisecond

// order returns the servers to try: the last leader first.
func (c *Client) order() []string {
	leader := c.Leader()
	servers := make([]string, 0, len(c.metas)+1)
	if leader != "" {
		servers = append(servers, leader)
	}
	for _, m := range c.metas {
		if m != leader {
			servers = append(servers, m)
		}
	}
	return servers
}

// kind says whether a call may be repeated on another server.
type kind int

const (
	// read changes nothing: it continues with the next server after any failure.
	read kind = iota
	// change continues only while it is certain that no server has accepted it.
	change
)

// onLeader carries out one call on the leader, wherever it is. fresh makes an empty answer for each
// server that is tried; the leader's answer is returned, together with the error when it is a
// refusal.
func (c *Client) onLeader(ctx context.Context, k kind, rpc string, arg wire.Message, fresh func() wire.Result) (wire.Result, error) {
	if err := passGate(ctx, k); err != nil {
		return nil, err
	}
	ctx, cancel := bound(ctx, c.options.Timeout)
	defer cancel()
	if answeredByFollowers[rpc] {
		if err := c.findLeader(ctx); err != nil {
			return nil, err
		}
	}
	servers := c.order()
	for {
		out := c.round(ctx, servers, k, rpc, arg, fresh)
		if out.final || !out.electing {
			return out.result, out.err
		}
		// There is no leader, but a server answers as a follower: its leader may not be in the
		// list, or an election is running. Where no server can be reached, waiting would only hide
		// that.
		if leader := c.leaderKnownTo(ctx, out.followers); leader != "" && !slices.Contains(servers, leader) {
			servers = append([]string{leader}, servers...)
			continue
		}
		if !pause(ctx, electionPause) {
			return nil, out.err
		}
		servers = c.order()
	}
}

// answeredByFollowers are the calls that followers of 2.5.0 refuse with an error of their own
// before they check whether they are the leader: only an answer of the leader has a meaning, so it
// has to be found first.
var answeredByFollowers = map[string]bool{
	wire.RPCRecallApp: true, wire.RPCDiagnose: true, wire.RPCPropose: true, wire.RPCQueryRestore: true,
}

// findLeader makes sure that the server which is tried first is the leader. A refusal shows the
// leader too.
func (c *Client) findLeader(ctx context.Context) error {
	_, err := c.onLeader(ctx, read, wire.RPCControlMeta, &wire.ControlMetaRequest{Level: wire.LevelInvalid},
		func() wire.Result { return new(wire.ControlMetaResponse) })
	var refusal *Error
	if errors.As(err, &refusal) && refusal.Server != "" {
		return nil
	}
	return err
}

// leaderKnownTo asks a follower, if there is one, for the leader. Of all answers only that to a
// partition query names the leader, as the primary of the first partition.
func (c *Client) leaderKnownTo(ctx context.Context, followers []string) string {
	if len(followers) == 0 {
		return ""
	}
	var answer wire.QueryCfgResponse
	code, _, err := c.callOne(ctx, read, 1, followers[0], wire.RPCQueryCfg, &wire.QueryCfgRequest{}, &answer)
	if err != nil || code != wire.ErrForwardToOthers || len(answer.Partitions) == 0 {
		return ""
	}
	return answer.Partitions[0].PrimaryServer()
}

// bound returns a context with a deadline: its own, or the default from now on.
func bound(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, timeout)
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// outcome is the result of a round over the servers. Unless it is final, none was the leader and
// another round may find one.
type outcome struct {
	final     bool
	result    wire.Result
	err       error
	followers []string
	// electing: a server answered that will be the leader, or knows it.
	electing bool
}

// round tries each server once.
func (c *Client) round(ctx context.Context, servers []string, k kind, rpc string, arg wire.Message, fresh func() wire.Result) outcome {
	var attempts []Attempt
	var out outcome
	var loading bool // a leader answered that has not loaded the metadata yet
	for i, server := range servers {
		left := len(servers) - i
		attemptCtx, cancel := share(ctx, left)
		if k == change { // it is sent to no other server, so it gets all the time that is left; dialing does not
			cancel()
			attemptCtx, cancel = context.WithCancel(ctx)
		} else {
			left = 1
		}
		result, code, sent, off, err := c.callFeature(attemptCtx, k, left, server, rpc, arg, fresh)
		cancel()
		switch {
		case err != nil:
			attempts = append(attempts, Attempt{server, plain(err)})
			if k == change && sent {
				return outcome{final: true, err: &Error{Code: failureCode(err), RPC: rpc, Server: server, Uncertain: true, Attempts: attempts, Cause: err}}
			}
		case code == wire.ErrForwardToOthers:
			attempts = append(attempts, Attempt{Server: server})
			out.followers = append(out.followers, server)
			out.electing = true
		case off:
			c.setLeader(server)
			return outcome{final: true, result: result, err: &Error{Code: code, RPC: rpc, Server: server, Hint: hint(result), SwitchedOff: true}}
		case notAccepted[code] != "":
			attempts = append(attempts, Attempt{server, &Error{Code: code, RPC: rpc, Server: server, Hint: notAccepted[code]}})
			loading = loading || code == wire.ErrServiceNotActive
			out.electing = out.electing || loading
		case code != wire.OK:
			c.setLeader(server)
			return outcome{final: true, result: result, err: &Error{Code: code, RPC: rpc, Server: server, Hint: hint(result)}}
		default:
			c.setLeader(server)
			return outcome{final: true, result: result}
		}
		if ctx.Err() != nil {
			break
		}
	}
	failure := &Error{Code: wire.ErrTimeout, RPC: rpc, Attempts: attempts, Cause: ctx.Err()}
	switch {
	case loading:
		failure.Code = wire.ErrServiceNotActive
	case !out.electing && ctx.Err() == nil:
		failure.Cause = attempts[len(attempts)-1].Err
		failure.Code = failureCode(failure.Cause)
	}
	out.err, out.final = failure, ctx.Err() != nil
	return out
}

// notAccepted are the refusals after which another server may accept the request, with what they
// mean. A server that answers with one has not carried the request out.
var notAccepted = map[wire.ErrorCode]string{
	wire.ErrServiceNotActive: "the leader is still loading the metadata",
	wire.ErrHandlerNotFound:  "the server does not know this call: is it a meta server?",
}
