package metaadmin

import (
	"context"

	"pegashell/metaadmin/wire"
)

// DetectHotkey starts, stops or queries the detection of hotkeys in a replica of a replica server, and
// returns the key that was found, "" for none. A refusal has the server's hint. To start or to stop counts
// as a change: it is not sent again where no answer came.
func (c *Client) DetectHotkey(ctx context.Context, server string, request wire.DetectHotkeyRequest) (key string, err error) {
	k := change
	if request.Action == wire.HotkeyQuery {
		k = read
	}
	if err := passGate(ctx, k); err != nil {
		return "", err
	}
	ctx, cancel := bound(ctx, c.options.Timeout)
	defer cancel()
	var answer wire.DetectHotkeyResponse
	code, sent, err := c.callOne(ctx, k, 1, server, wire.RPCDetectHotkey, &request, &answer)
	switch {
	case err != nil:
		return "", &Error{Code: failureCode(err), RPC: wire.RPCDetectHotkey, Server: server, Uncertain: k == change && sent,
			Attempts: []Attempt{{server, plain(err)}}, Cause: err}
	case code != wire.OK:
		return "", &Error{Code: code, RPC: wire.RPCDetectHotkey, Server: server, Hint: hint(&answer)}
	case answer.Key == nil:
		return "", nil
	}
	return *answer.Key, nil
}
