package session

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/message"
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
	codeInvalidACL       = -114
	codeAuthFailed       = -115
	codeSessionMoved     = -118
	codeNotReadOnly      = -119
	codeAuthRequired     = -124
	codeQuotaExceeded    = -125
	codeThrottled        = -127
)

// codeNames are all of a server's codes, and what they mean.
var codeNames = map[int32]string{
	codeOK:               "OK",
	-1:                   "SYSTEMERROR: an error of the server itself",
	-2:                   "RUNTIMEINCONSISTENCY: the server found its own state inconsistent",
	-3:                   "DATAINCONSISTENCY: the server found its data inconsistent",
	codeConnectionLoss:   "CONNECTIONLOSS: the server lost its connection to the ensemble",
	-5:                   "MARSHALLINGERROR: the server could not read the request",
	codeUnimplemented:    "UNIMPLEMENTED: the server does not know the request",
	codeOperationTimeout: "OPERATIONTIMEOUT: the ensemble did not carry it out in time",
	-8:                   "BADARGUMENTS: the server does not accept the request's arguments",
	-12:                  "UNKNOWNSESSION: the server does not know the session",
	-13:                  "NEWCONFIGNOQUORUM: no quorum for a new configuration of the ensemble",
	-14:                  "RECONFIGINPROGRESS: the ensemble is being reconfigured",
	-100:                 "APIERROR: the server does not accept the request",
	codeNoNode:           "NONODE: no such znode",
	codeNoAuth:           "NOAUTH: not authorised by the znode's ACL",
	-103:                 "BADVERSION: the znode has another version",
	-108:                 "NOCHILDRENFOREPHEMERALS: an ephemeral znode cannot have children",
	-110:                 "NODEEXISTS: there is such a znode already",
	-111:                 "NOTEMPTY: the znode has children",
	codeSessionExpired:   "SESSIONEXPIRED: the server let the session expire",
	-113:                 "INVALIDCALLBACK: the server does not accept the callback",
	codeInvalidACL:       "INVALIDACL: the server does not accept the ACL",
	codeAuthFailed:       "AUTHFAILED: the server does not accept the credentials",
	codeSessionMoved:     "SESSIONMOVED: the session is on another server now",
	codeNotReadOnly:      "NOTREADONLY: the server has no quorum and only lets clients read",
	-120:                 "EPHEMERALONLOCALSESSION: a local session cannot own ephemeral znodes",
	-121:                 "NOWATCHER: the server does not know the watcher",
	-122:                 "REQUESTTIMEOUT: the request was not carried out in time",
	-123:                 "RECONFIGDISABLED: reconfiguration of the ensemble is disabled",
	codeAuthRequired:     "SESSIONCLOSEDREQUIRESASLAUTH: session closed: the server requires authenticated clients",
	codeQuotaExceeded:    "QUOTAEXCEEDED: a quota is used up",
	codeThrottled:        "THROTTLEDOP: the server has too many requests and did not carry out this one",
}

// codeText names a code.
func codeText(code int32) string {
	if name, known := codeNames[code]; known {
		return fmt.Sprintf("the server answered %s (%d)", name, code)
	}
	return fmt.Sprintf("the server answered with error code %d", code)
}

// ErrUnimplemented: the server does not know the request, because it is older than the request
// or because its configuration turns it off.
var ErrUnimplemented = message.Errorf("the server does not support this request")

// explain turns errors of the library into those of this package. An error that is not an answer of
// the server becomes ErrConnectionLost: the request may have been carried out or not.
func explain(err error) error {
	var unreachable *UnreachableError
	var refused *AuthError
	switch {
	case errors.As(err, &unreachable), errors.As(err, &refused):
		return err
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
		return message.Errorf("%w: the session expired", ErrConnectionLost)
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
		return fmt.Errorf("%w: %s", ErrConnectionLost, codeText(int32(code)))
	}
	return errors.New(codeText(int32(code)))
}

// isAnswer distinguishes errors with which a server answers a request from those of a connection.
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
