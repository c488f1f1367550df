package metaadmin

import "context"

type gateKey struct{}

// BeforeChange returns a context in which gate is called before each change is sent to the leader.
// If gate returns an error, the call returns it and nothing is sent. So no command can forget to
// check before a change.
func BeforeChange(ctx context.Context, gate func(context.Context) error) context.Context {
	return context.WithValue(ctx, gateKey{}, gate)
}

// passGate calls the gate of a context, if it has one.
func passGate(ctx context.Context, k kind) error {
	gate, ok := ctx.Value(gateKey{}).(func(context.Context) error)
	if k != change || !ok {
		return nil
	}
	return gate(ctx)
}
