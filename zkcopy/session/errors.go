package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Causes that a caller may ask for with errors.Is; the errors that wrap them
// name the path and what was being done to it.
var (
	// ErrNotAuthorized: the session lacks a permission that a znode's ACL asks
	// for. To create and delete, it is the parent's ACL that counts.
	ErrNotAuthorized = errors.New("not authorised by the znode's ACL")
	// ErrInvalidACL: the server does not know a scheme or an id of an ACL.
	ErrInvalidACL = errors.New("the server does not accept the ACL")
	// ErrQuota: a quota on the target is used up.
	ErrQuota = errors.New("quota exceeded")
	// ErrConnectionLost: no server answered for as long as the options allow.
	ErrConnectionLost = errors.New("connection lost")
	// ErrClosed: the client was closed.
	ErrClosed = errors.New("client is closed")
	// ErrBusy: others write to the same znodes so often that no write came
	// through.
	ErrBusy = errors.New("changed by others each time it was written")
	// ErrTooLarge: a packet is larger than the server accepts
	// (jute.maxbuffer, by default 1,048,575 bytes).
	ErrTooLarge = errors.New("larger than the server's jute.maxbuffer")
)

// UnreachableError says that no session could be opened in time.
type UnreachableError struct {
	Servers []string
	// Err is the last cause, by server where it is known.
	Err error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("no session with ZooKeeper %s: %v", strings.Join(e.Servers, ","), e.Err)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// AuthError says that the servers refused credentials. It does not hold them.
type AuthError struct {
	Servers []string
	Scheme  string
	Err     error
}

func (e *AuthError) Error() string {
	return fmt.Sprintf("ZooKeeper %s refuses the credentials of scheme %s: %v", strings.Join(e.Servers, ","), e.Scheme, e.Err)
}

func (e *AuthError) Unwrap() error { return e.Err }

// AuthRequiredError says that the servers accept no session without credentials.
type AuthRequiredError struct{ Servers []string }

func (e *AuthRequiredError) Error() string {
	return fmt.Sprintf("ZooKeeper %s accepts authenticated clients only (SESSIONCLOSEDREQUIRESASLAUTH): "+
		"use credentials that it accepts (--auth, or auth_env in the manifest); SASL is not supported yet", strings.Join(e.Servers, ","))
}

// PathError says what failed on which znode.
type PathError struct {
	Op   string // "read", "create", "set data of", ...
	Path string
	Err  error
}

func (e *PathError) Error() string { return fmt.Sprintf("%s %s: %v", e.Op, e.Path, e.Err) }

func (e *PathError) Unwrap() error { return e.Err }

// WrapPath says what failed on which path; the end of a context is passed on as
// it is.
func WrapPath(op, path string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &PathError{op, path, err}
}

var (
	// errHungUp: a server ended the connection before a session was opened on it.
	errHungUp = errors.New("it closed the connection before a session was opened (not serving yet, TLS required, or too many connections)")
	// errUnanswered: a server went on without answering a request.
	errUnanswered = errors.New("it answers pings, but not a request that was sent before them")
	errNoMulti    = errors.New("the server does not know read transactions")
	// errStale: a server is not part of the ensemble any more, or has fallen out of date.
	errStale = errors.New("its answers are older than those of other servers, or than its own before (has it lost the ensemble's other servers?)")
	// errRefused: the servers bound the connections from one address.
	errRefused = errors.New("the server does not accept another session")
)
