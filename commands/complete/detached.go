package complete

import "context"

// flight is a look-up that cannot be cancelled.
type flight struct {
	landed chan struct{} // closed when value and err are there
	value  any
	err    error
}

// Detached returns what look returns, or the error of ctx if that ends first. It is for calls that
// no context can cancel, such as reading a file on a server that does not answer. Then look
// continues and nothing waits for it, not even Close. Until it returns, other callers with the same
// name wait for it too, so that at most one call hangs for each name.
func Detached[T any](ctx context.Context, c *Catalog, name string, look func() (T, error)) (T, error) {
	f := c.fly(name, func() (any, error) { return look() })
	select {
	case <-f.landed:
		value, _ := f.value.(T)
		return value, f.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

func (c *Catalog) fly(name string, look func() (any, error)) *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.flights[name]; ok {
		return f
	}
	f := &flight{landed: make(chan struct{})}
	c.flights[name] = f
	go func() {
		f.value, f.err = look()
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.flights, name)
		close(f.landed)
	}()
	return f
}
