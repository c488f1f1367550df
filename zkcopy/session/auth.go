package session

import (
	"context"
	"fmt"

	"github.com/go-zookeeper/zk"
)

// Auth is what a session presents to pass ACLs: for scheme digest the data is
// USER:PASSWORD.
type Auth struct {
	Scheme string
	Data   []byte
}

// String leaves the secret out.
func (a Auth) String() string { return a.Scheme + ":***" }

// GoString leaves the secret out.
func (a Auth) GoString() string { return fmt.Sprintf("session.Auth(%q)", a.String()) }

// authenticate presents the credentials on all sessions that write; those that
// read present them when they are opened (see connection.greet).
func (c *Client) authenticate(ctx, limited context.Context) error {
	for _, auth := range c.options.Auth {
		for _, l := range c.lanes {
			if err := l.authenticate(limited, auth); err != nil {
				if ctx.Err() != nil {
					return fmt.Errorf("connect to ZooKeeper %s: %w", c.endpoint.Hosts(), ctx.Err())
				}
				return &AuthError{c.endpoint.Servers, auth.Scheme, explain(err)}
			}
		}
	}
	return nil
}

// authenticate presents credentials; the library repeats them after each
// reconnection.
func (l *Lane) authenticate(ctx context.Context, auth Auth) error {
	_, err := ask(ctx, l, 0, func(conn *zk.Conn) (struct{}, error) {
		return struct{}{}, conn.AddAuth(auth.Scheme, auth.Data)
	})
	return err
}

// appendCredentials presents credentials in the packets that follow the opening
// of a session.
func appendCredentials(b []byte, all []Auth) []byte {
	for _, auth := range all {
		b = appendAuth(b, auth)
	}
	return b
}

func appendAuth(b []byte, a Auth) []byte {
	return appendFrame(b, func(b []byte) []byte {
		b = appendHead(b, xidAuth, opAuth)
		b = appendInt(b, 0)
		return appendBytes(appendText(b, a.Scheme), a.Data)
	})
}

// accepted takes the answers to credentials that were presented.
func (d *decoder) accepted(all []Auth) error {
	for range all {
		d.begin()
		d.peek(12) // xid and zxid
		code := d.int()
		d.end()
		switch {
		case d.err != nil:
			return fmt.Errorf("present credentials: %w", d.err)
		case code != codeOK:
			return fmt.Errorf("present credentials: the server answered %d", code)
		}
	}
	return nil
}
