package metaadmin

import "context"

type (
	gateKey struct{}
	readKey struct{}
)

// BeforeChange returns a context in which gate is called before each change is sent to the leader.
// If gate returns an error, the call returns it and nothing is sent. So no command can forget to
// check before a change.
func BeforeChange(ctx context.Context, gate func(context.Context) error) context.Context {
	return context.WithValue(ctx, gateKey{}, gate)
}

// PassGate checks the gate of a context before there is anything to send, so that a change which
// would be refused is not begun: the user is not asked to confirm it, no file is written. The
// change that follows passes the gate again.
func PassGate(ctx context.Context) error { return passGate(ctx, change) }

// BeforeRead has begin called before each call to the leader in this context. It may be called by
// several goroutines at once, and must not block.
func BeforeRead(ctx context.Context, begin func()) context.Context {
	return context.WithValue(ctx, readKey{}, begin)
}

// Reading reports to BeforeRead's begin that something is going to be read, whether or not a leader is
// asked for it.
func Reading(ctx context.Context) {
	if begin, ok := ctx.Value(readKey{}).(func()); ok {
		begin()
	}
}

// passGate checks the gate of a context, if it has one.
func passGate(ctx context.Context, k kind) error {
	if k == read {
		Reading(ctx)
	}
	gate, ok := ctx.Value(gateKey{}).(func(context.Context) error)
	if k != change || !ok {
		return nil
	}
	return gate(ctx)
}
