package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"pegashell/internal/message"
)

// The mechanisms of SASL.
const (
	DigestMD5 = "DIGEST-MD5"
	GSSAPI    = "GSSAPI"
)

// SASL says how sessions log in to servers that require it (sessionRequireClientSASLAuth), or whose
// ACLs are of the scheme sasl.
type SASL struct {
	// Mechanism is DigestMD5 or GSSAPI.
	Mechanism string
	// Principal is the user: a name, with GSSAPI also NAME@REALM.
	Principal string
	// Password is that of the user with DigestMD5.
	Password []byte
	// Kerberos are the files of GSSAPI.
	Kerberos Kerberos
}

// String leaves the secret out.
func (s SASL) String() string { return s.Mechanism + ":" + s.Principal + ":***" }

// GoString leaves the secret out.
func (s SASL) GoString() string { return fmt.Sprintf("session.SASL(%q)", s.String()) }

// A login is one conversation of a mechanism with a server.
type login interface {
	// first returns what is sent first.
	first() []byte
	// next returns the answer to what the server has sent, and whether nothing more has to be sent.
	next(challenge []byte) (answer []byte, done bool, err error)
}

// Dialer opens connections with another dialer, nil for plain TCP, and logs in on each when a session
// was opened on it, before anything else is sent. Files are read now; the error names the one that
// cannot be used.
func (s SASL) Dialer(inner Dialer) (Dialer, error) {
	if inner == nil {
		inner = (&net.Dialer{}).DialContext
	}
	var begin func(ctx context.Context, server string) (login, error)
	switch s.Mechanism {
	case DigestMD5:
		begin = func(context.Context, string) (login, error) { return newDigestLogin(s.Principal, s.Password), nil }
	case GSSAPI:
		k, err := newKerberos(s.Principal, s.Kerberos)
		if err != nil {
			return nil, err
		}
		begin = k.begin
	default:
		return nil, message.Errorf("SASL: %q is not a mechanism: %s or %s", s.Mechanism, DigestMD5, GSSAPI)
	}
	return func(ctx context.Context, network, server string) (net.Conn, error) {
		login, err := begin(ctx, server) // a ticket is obtained first: a server does not wait for it
		if err != nil {
			return nil, err
		}
		conn, err := inner(ctx, network, server)
		if err != nil {
			return nil, err
		}
		return &saslConn{Conn: conn, scheme: "sasl " + s.Mechanism, server: server, login: login}, nil
	}, nil
}

// saslConn logs in as soon as the server has answered the opening of a session. Whoever reads from it,
// go-zookeeper/zk or a reader, which know nothing of SASL, get that answer afterwards.
type saslConn struct {
	net.Conn
	scheme, server string
	login          login // nil once it has begun
	heard          bytes.Buffer
	failed         error
}

// Read is called by one goroutine at a time. It logs in at the first call.
func (c *saslConn) Read(p []byte) (int, error) {
	if c.login != nil {
		login := c.login
		c.login = nil
		c.failed = c.logIn(login)
	}
	switch {
	case c.failed != nil:
		return 0, c.failed
	case c.heard.Len() > 0:
		return c.heard.Read(p)
	}
	return c.Conn.Read(p)
}

const (
	opSASL = 102
	// xidSASL is that of the requests of a login. Those of the session, which come later, begin at 1.
	xidSASL = 1 << 30
	// longestLogin bounds a frame during the login, and mostRounds the frames of it.
	longestLogin = 1 << 20
	mostRounds   = 10
)

// logIn carries on the conversation. What the server sends besides is kept for who reads next.
func (c *saslConn) logIn(l login) error {
	opened, err := c.opening()
	if err != nil || !opened {
		return err
	}
	token := l.first()
	for range mostRounds {
		if err := c.send(token); err != nil {
			return err
		}
		challenge, err := c.answer()
		if err != nil {
			return err
		}
		var done bool
		if token, done, err = l.next(challenge); err != nil || done {
			return c.refused(err)
		}
	}
	return message.Errorf("SASL: the login does not come to an end")
}

// opening reads up to the answer to the opening of the session, and reports whether there is one.
func (c *saslConn) opening() (bool, error) {
	for {
		frame, err := c.frame()
		if err != nil {
			return false, err
		}
		c.keep(frame)
		if len(frame) > replyHead { // shorter are answers to credentials: see decoder.early
			return int32(big.Uint32(frame[4:])) > 0, nil
		}
	}
}

// answer reads the answer to a request of the login.
func (c *saslConn) answer() ([]byte, error) {
	for {
		frame, err := c.frame()
		if err != nil {
			return nil, err
		}
		if len(frame) < replyHead || int32(big.Uint32(frame)) != xidSASL {
			c.keep(frame)
			continue
		}
		switch code := int32(big.Uint32(frame[12:])); {
		case code == codeAuthFailed, code == codeAuthRequired: // since 3.6
			return nil, c.refused(errors.New(codeText(code)))
		case code != codeOK:
			return nil, fmt.Errorf("SASL: %s", codeText(code))
		}
		body := frame[replyHead:]
		if len(body) < 4 || int32(big.Uint32(body)) <= 0 {
			return nil, nil
		}
		if int(big.Uint32(body)) > len(body)-4 {
			return nil, fmt.Errorf("SASL: %w: a token of %d bytes in %d", errMalformed, big.Uint32(body), len(body)-4)
		}
		return body[4 : 4+big.Uint32(body)], nil
	}
}

// refused is an *AuthError, which ends the opening: another try would fail like this one.
func (c *saslConn) refused(err error) error {
	if err == nil {
		return nil
	}
	return &AuthError{[]string{c.server}, c.scheme, err}
}

func (c *saslConn) send(token []byte) error {
	_, err := c.Conn.Write(appendFrame(nil, func(b []byte) []byte { return appendBytes(appendHead(b, xidSASL, opSASL), token) }))
	return err
}

// frame reads one without its length.
func (c *saslConn) frame() ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(c.Conn, length[:]); err != nil {
		return nil, err
	}
	n := big.Uint32(length[:])
	if n < 4 || n > longestLogin {
		return nil, fmt.Errorf("SASL: %w: a frame of %d bytes", errMalformed, n)
	}
	frame := make([]byte, n)
	_, err := io.ReadFull(c.Conn, frame)
	return frame, err
}

func (c *saslConn) keep(frame []byte) {
	c.heard.Write(appendInt(nil, int32(len(frame))))
	c.heard.Write(frame)
}

// errNoSASL: the server's answer has no challenge.
var errNoSASL = message.Errorf("the server is not configured for SASL (no section Server in its JAAS configuration)")
