package metaadmin

import (
	"errors"
	"fmt"
	"strings"

	"pegashell/internal/message"
	"pegashell/metaadmin/wire"
)

// Error is why a call failed.
type Error struct {
	// Code is the Pegasus error: the server's own, or ERR_NETWORK_FAILURE or ERR_TIMEOUT when no
	// leader answered. ERR_SERVICE_NOT_ACTIVE of a leader that is still loading the metadata at the
	// deadline is the server's own.
	Code wire.ErrorCode
	// RPC is the call's name, as RPC_CM_LIST_APPS.
	RPC string
	// Server is the one that answered, or that was tried last, HOST:PORT.
	Server string
	// Hint is the server's text for people; empty for most errors.
	Hint string
	// Uncertain is set for a change that was sent and not answered: it may have been carried out.
	Uncertain bool
	// SwitchedOff is set where the leader runs without the feature that the call belongs to.
	SwitchedOff bool
	// Attempts holds the result of each server that was tried, when none answered as leader.
	Attempts []Attempt
	// Cause is the error of the network or the context that led to Code, nil when a server
	// answered.
	Cause error
}

func (e *Error) Unwrap() error { return e.Cause }

// Answered reports whether the code is a leader's own answer to the call. Otherwise no leader answered.
func (e *Error) Answered() bool {
	return e.Code == wire.ErrServiceNotActive || e.Cause == nil && len(e.Attempts) == 0
}

// Attempt is one server that was tried without success.
type Attempt struct {
	Server string
	// Err is nil for a server that answered that it is not the leader.
	Err error
}

// Text describes the result of the attempt.
func (a Attempt) Text() message.Text {
	if a.Err == nil {
		return message.New("%s is a follower", a.Server)
	}
	return message.New("%s: %v", a.Server, a.Err)
}

func (e *Error) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *Error) In(l message.Language) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s", e.RPC)
	if e.Server != "" {
		fmt.Fprintf(&b, " on %s", e.Server)
	}
	fmt.Fprintf(&b, ": %s", e.Code)
	if e.Hint != "" {
		fmt.Fprintf(&b, ": %s", strings.TrimSpace(e.Hint))
	}
	if detail := e.Detail(); !detail.IsZero() {
		fmt.Fprintf(&b, " (%s)", detail.In(l))
	}
	return b.String()
}

// Detail says what is known beyond the error code, for people: which servers were tried, with the
// result of each, whether a change may have been carried out, and whether the leader runs without the
// feature. Empty for other answers of the leader.
func (e *Error) Detail() message.Text {
	var parts []message.Text
	if e.Uncertain {
		parts = append(parts, message.New("the request was sent to %s, which did not answer: it may have been carried out, so check before you repeat it", e.Server))
	}
	if e.SwitchedOff {
		parts = append(parts, features[e.RPC])
	}
	for _, a := range e.Attempts {
		parts = append(parts, a.Text())
	}
	return message.Join("; ", parts...)
}

// Code returns the Pegasus error code of err: ERR_OK for nil, ERR_NETWORK_FAILURE for errors of
// other kinds.
func Code(err error) wire.ErrorCode {
	if err == nil {
		return wire.OK
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return wire.ErrNetworkFailure
}
