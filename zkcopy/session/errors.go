package session

import (
	"context"
	"errors"
	"strings"

	"pegashell/internal/message"
)

// Causes that a caller may ask for with errors.Is; the errors that wrap them
// name the path and what was being done to it.
var (
	// ErrNotAuthorized: the session lacks a permission that a znode's ACL asks
	// for. To create and delete, it is the parent's ACL that counts.
	ErrNotAuthorized = message.Errorf("not authorised by the znode's ACL")
	// ErrInvalidACL: the server does not know a scheme or an id of an ACL.
	ErrInvalidACL = message.Errorf("the server does not accept the ACL")
	// ErrQuota: a quota on the target is used up.
	ErrQuota = message.Errorf("quota exceeded")
	// ErrConnectionLost: no server answered for as long as the options allow.
	ErrConnectionLost = message.Errorf("connection lost")
	// ErrClosed: the client was closed.
	ErrClosed = message.Errorf("client is closed")
	// ErrBusy: others write to the same znodes so often that no write came
	// through.
	ErrBusy = message.Errorf("changed by others each time it was written")
	// ErrTooLarge: a packet is larger than the server accepts
	// (jute.maxbuffer, by default 1,048,575 bytes).
	ErrTooLarge = message.Errorf("larger than the server's jute.maxbuffer")
)

// UnreachableError says that no session could be opened in time.
type UnreachableError struct {
	Servers []string
	// Err is the last cause, by server where it is known.
	Err error
}

func (e *UnreachableError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *UnreachableError) In(l message.Language) string {
	return message.New("no session with ZooKeeper %s: %v", strings.Join(e.Servers, ","), e.Err).In(l)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// AuthError says that the servers refused credentials. It does not hold them.
type AuthError struct {
	Servers []string
	Scheme  string
	Err     error
}

func (e *AuthError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *AuthError) In(l message.Language) string {
	return message.New("ZooKeeper %s refuses the credentials of scheme %s: %v", strings.Join(e.Servers, ","), e.Scheme, e.Err).In(l)
}

func (e *AuthError) Unwrap() error { return e.Err }

// AuthRequiredError says that the servers accept no session without credentials.
type AuthRequiredError struct{ Servers []string }

func (e *AuthRequiredError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *AuthRequiredError) In(l message.Language) string {
	return message.New("ZooKeeper %s accepts authenticated clients only (SESSIONCLOSEDREQUIRESASLAUTH): "+
		"use credentials that it accepts: sasl, or auth_env, in its [zookeepers.NAME] of plugins.toml, or --auth", strings.Join(e.Servers, ",")).In(l)
}

// PathError says what failed on which znode.
type PathError struct {
	Op   string // one that Doing knows
	Path string
	Err  error
}

func (e *PathError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *PathError) In(l message.Language) string {
	return message.New("%s: %v", Doing(e.Op, e.Path), e.Err).In(l)
}

// Doing says what is done to a znode, by the name of the operation.
func Doing(op, path string) message.Text {
	switch op {
	case "read":
		return message.New("read %s", path)
	case "read the ACL of":
		return message.New("read the ACL of %s", path)
	case "list":
		return message.New("list %s", path)
	case "watch":
		return message.New("watch %s", path)
	case "synchronise":
		return message.New("synchronise %s", path)
	case "create":
		return message.New("create %s", path)
	case "create children of":
		return message.New("create children of %s", path)
	case "write":
		return message.New("write %s", path)
	case "set data of":
		return message.New("set data of %s", path)
	case "set ACL of":
		return message.New("set ACL of %s", path)
	case "copy":
		return message.New("copy %s", path)
	case "move":
		return message.New("move %s", path)
	case "remove":
		return message.New("remove %s", path)
	}
	return message.New("%s %s", op, path)
}

func (e *PathError) Unwrap() error { return e.Err }

// WrapPath says what failed on which path; the end of a context is passed on as
// it is.
func WrapPath(op, path string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &PathError{op, path, err}
}

// lateAnswer is the end of a context while the answer to a write that was sent was waited for.
type lateAnswer struct{ error }

func (e lateAnswer) Unwrap() error { return e.error }

// MayBeDone reports whether a write that failed with err may have been carried out.
func MayBeDone(err error) bool {
	var late lateAnswer
	return errors.Is(err, ErrConnectionLost) || errors.As(err, &late)
}

var (
	// errHungUp: a server ended the connection before a session was opened on it.
	errHungUp = message.Errorf("it closed the connection before a session was opened (not serving yet, TLS required, or too many connections)")
	// errUnanswered: a server went on without answering a request.
	errUnanswered = message.Errorf("it answers pings, but not a request that was sent before them")
	errNoMulti    = message.Errorf("the server does not know read transactions")
	// errStale: a server is not part of the ensemble any more, or has fallen out of date.
	errStale = message.Errorf("its answers are older than those of other servers, or than its own before (has it lost the ensemble's other servers?)")
	// errRefused: the servers bound the connections from one address.
	errRefused = message.Errorf("the server does not accept another session")
)
