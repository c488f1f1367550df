package session

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-zookeeper/zk"
)

// Codes with which a server answers (ZooKeeper: KeeperException.Code).
const (
	codeOK               = 0
	codeConnectionLoss   = -4
	codeUnimplemented    = -6
	codeOperationTimeout = -7
	codeNoNode           = -101
	codeNoAuth           = -102
	codeSessionExpired   = -112
	codeSessionMoved     = -118
	codeQuotaExceeded    = -125
	codeThrottled        = -127
)

// ErrUnimplemented: the server does not know the request, as for TTL nodes
// where zookeeper.extendedTypesEnabled is off.
var ErrUnimplemented = errors.New("the server does not offer this")

// explain gives the errors of the library the meaning they have here. An error
// that is none of the server's answers becomes ErrConnectionLost: the request
// may have been carried out or not.
func explain(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, zk.ErrNoAuth):
		return ErrNotAuthorized
	case errors.Is(err, zk.ErrInvalidACL):
		return ErrInvalidACL
	case errors.Is(err, zk.ErrClosing), errors.Is(err, ErrClosed):
		return ErrClosed
	case errors.Is(err, zk.ErrShortBuffer):
		return ErrTooLarge
	case isAnswer(err):
		return err
	case errors.Is(err, zk.ErrSessionExpired):
		return fmt.Errorf("%w: the session expired", ErrConnectionLost)
	}
	text, found := strings.CutPrefix(err.Error(), "unknown error: ")
	code, parseErr := strconv.Atoi(text)
	if !found || parseErr != nil {
		return fmt.Errorf("%w: %w", ErrConnectionLost, err)
	}
	switch {
	case code == codeQuotaExceeded:
		return ErrQuota
	case code == codeUnimplemented:
		return ErrUnimplemented
	case isLoss(int32(code)):
		return fmt.Errorf("%w: the server answered %d", ErrConnectionLost, code)
	}
	return fmt.Errorf("the server answered with error code %d", code)
}

// isAnswer tells errors with which a server answers a request from those of a
// connection.
func isAnswer(err error) bool {
	for _, answer := range []error{
		zk.ErrNoNode, zk.ErrBadVersion, zk.ErrNodeExists, zk.ErrNotEmpty, zk.ErrNoChildrenForEphemerals,
		zk.ErrAPIError, zk.ErrBadArguments, zk.ErrAuthFailed, zk.ErrInvalidPath, zk.ErrInvalidFlags,
	} {
		if errors.Is(err, answer) {
			return true
		}
	}
	return false
}
