package metaadmin

import "context"

type gateKey struct{}

// BeforeChange has gate called before each change that is sent to the leader in this context; its error is that of the
// call, and nothing is sent. So nobody who carries a change out can forget to look first.
func BeforeChange(ctx context.Context, gate func(context.Context) error) context.Context {
	return context.WithValue(ctx, gateKey{}, gate)
}

// passGate asks the gate of a context, if it has one.
func passGate(ctx context.Context, k kind) error {
	gate, ok := ctx.Value(gateKey{}).(func(context.Context) error)
	if k != change || !ok {
		return nil
	}
	return gate(ctx)
}
