package session

import (
	"context"
	"errors"
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

// authenticate presents the credentials on a session that writes; the library
// repeats them after each reconnection. Those that read present them when they
// are opened (see connection.greet).
func (l *Lane) authenticate(ctx context.Context) error {
	for _, auth := range l.client.options.Auth {
		retry := newRetry(l.patience)
		for {
			_, err := send(ctx, l, 0, func(conn *zk.Conn) (struct{}, error) {
				return struct{}{}, conn.AddAuth(auth.Scheme, auth.Data)
			})
			if err == nil {
				break
			}
			if errors.Is(err, zk.ErrAuthFailed) {
				return &AuthError{l.link.servers, auth.Scheme, errors.New(codeText(codeAuthFailed))}
			}
			if err = explain(err); !errors.Is(err, ErrConnectionLost) || !retry.Failed() {
				return err
			}
			if err := retry.Wait(ctx); err != nil {
				return err
			}
		}
	}
	return nil
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

// early reads the answers to credentials that came before the answer to the opening of the session,
// whose packet has begun when it returns, and reports how many there were. A server that speaks TLS can
// answer in this order: another of its threads opens the session, and allows the next packet before its
// own answer is sent (ZooKeeper: NettyServerCnxn.enableRecv).
func (d *decoder) early(o *readerOptions) (n int, err error) {
	for n < len(o.Auth) && d.left == replyHead {
		if err := d.credentials(o.Servers, o.Auth[n]); err != nil {
			return n, err
		}
		n++
		d.begin()
	}
	return n, nil
}

// accepted reads the answers to credentials that were presented, but for the first ones, which were
// read already. An *AuthError is for those that the server refused; other failures say nothing about
// them.
func (d *decoder) accepted(o *readerOptions, read int) error {
	for _, auth := range o.Auth[read:] {
		d.begin()
		if err := d.credentials(o.Servers, auth); err != nil {
			return err
		}
	}
	return nil
}

// credentials reads the rest of the packet that answers them.
func (d *decoder) credentials(servers []string, auth Auth) error {
	xid := d.int()
	d.long() // zxid
	code := d.int()
	d.end()
	err := d.failure("present credentials")
	switch {
	case err != nil:
		return err
	case xid != xidAuth:
		return fmt.Errorf("present credentials: %w: to the request %d", errMalformed, xid)
	case code == codeAuthFailed:
		return &AuthError{servers, auth.Scheme, errors.New(codeText(code))}
	case code != codeOK:
		return fmt.Errorf("present credentials: %s", codeText(code))
	}
	return nil
}
