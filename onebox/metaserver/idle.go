package metaserver

import (
	"context"
	"fmt"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// Partition splits are not simulated: a leader answers that there are none.

// idleHandlers answers what concerns them.
func (s *server) idleHandlers() map[string]rpc.Handler {
	return map[string]rpc.Handler{
		wire.RPCQuerySplit: gated(s, (*leader).querySplit, func(e wire.ErrorCode) wire.Message {
			return &wire.QuerySplitResponse{Err: e}
		}),
	}
}

func (l *leader) querySplit(_ context.Context, q *wire.AppNameRequest) (wire.Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	code, hint := wire.ErrInvalidState, fmt.Sprintf("app(%s) is not splitting", q.AppName)
	if l.available(q.AppName) == nil {
		code, hint = wire.ErrAppNotExist, fmt.Sprintf("app(%s) not existed", q.AppName)
	}
	return &wire.QuerySplitResponse{Err: code, Hint: &hint}, nil
}
