package wire

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// ErrorCode is a Pegasus error by its name, as ERR_OK; numbers never cross the wire.
type ErrorCode string

// The error codes that a caller decides on; servers send many more.
const (
	OK                    ErrorCode = "ERR_OK"
	ErrTimeout            ErrorCode = "ERR_TIMEOUT"
	ErrNetworkFailure     ErrorCode = "ERR_NETWORK_FAILURE"
	ErrForwardToOthers    ErrorCode = "ERR_FORWARD_TO_OTHERS"
	ErrHandlerNotFound    ErrorCode = "ERR_HANDLER_NOT_FOUND"
	ErrUnderRecovery      ErrorCode = "ERR_UNDER_RECOVERY"
	ErrServiceNotActive   ErrorCode = "ERR_SERVICE_NOT_ACTIVE"
	ErrServiceRunning     ErrorCode = "ERR_SERVICE_ALREADY_RUNNING"
	ErrTryAgain           ErrorCode = "ERR_TRY_AGAIN"
	ErrInvalidParameters  ErrorCode = "ERR_INVALID_PARAMETERS"
	ErrInvalidState       ErrorCode = "ERR_INVALID_STATE"
	ErrInvalidVersion     ErrorCode = "ERR_INVALID_VERSION"
	ErrStateFreezed       ErrorCode = "ERR_STATE_FREEZED"
	ErrObjectNotFound     ErrorCode = "ERR_OBJECT_NOT_FOUND"
	ErrAppExist           ErrorCode = "ERR_APP_EXIST"
	ErrAppNotExist        ErrorCode = "ERR_APP_NOT_EXIST"
	ErrBusyCreating       ErrorCode = "ERR_BUSY_CREATING"
	ErrBusyDropping       ErrorCode = "ERR_BUSY_DROPPING"
	ErrIgnoreBadData      ErrorCode = "ERR_IGNORE_BAD_DATA"
	ErrAppDropped         ErrorCode = "ERR_APP_DROPPED"
	ErrInactiveState      ErrorCode = "ERR_INACTIVE_STATE"
	ErrOperationDisabled  ErrorCode = "ERR_OPERATION_DISABLED"
	ErrInvalidData        ErrorCode = "ERR_INVALID_DATA"
	ErrReplicationFailure ErrorCode = "ERR_REPLICATION_FAILURE"
	ErrNotImplemented     ErrorCode = "ERR_NOT_IMPLEMENTED"
)

func (e ErrorCode) write(w *writer) { w.rawString(string(e)) }
func (e *ErrorCode) read(r *reader) { *e = ErrorCode(r.rawString()) }

// GPID names a partition: table id and partition index.
type GPID struct {
	AppID, Index int32
}

// String returns APP_ID.INDEX, as 1.0.
func (g GPID) String() string { return fmt.Sprintf("%d.%d", g.AppID, g.Index) }

func (g GPID) write(w *writer) {
	w.rawI64(int64(uint64(uint32(g.AppID)) | uint64(uint32(g.Index))<<32))
}
func (g *GPID) read(r *reader) {
	v := r.rawI64()
	g.AppID, g.Index = int32(uint32(v)), int32(uint32(v>>32))
}

// Address is rDSN's rpc_address: IPv4 << 32 | port << 16 | type. The zero value is the invalid
// address.
type Address uint64

// addressIPv4 is rpc_address's type for an IPv4 address; 0 is invalid, 2 a group (never on the
// wire).
const addressIPv4 = 1

// NewAddress returns the address of an IPv4 address and port; an IPv6 one has no rpc_address.
func NewAddress(ap netip.AddrPort) (Address, error) {
	ip := ap.Addr().Unmap()
	if !ip.Is4() {
		return 0, fmt.Errorf("%s is not an IPv4 address: rpc_address holds no other", ap)
	}
	b := ip.As4()
	v := uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
	return Address(v<<32 | uint64(ap.Port())<<16 | addressIPv4), nil
}

// ParseAddress reads IP:PORT; "invalid address" and the empty string return the invalid address.
func ParseAddress(s string) (Address, error) {
	if s == "" || s == invalidAddress {
		return 0, nil
	}
	ap, err := netip.ParseAddrPort(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not IP:PORT", s)
	}
	return NewAddress(ap)
}

const invalidAddress = "invalid address"

// Valid reports whether the address names a server.
func (a Address) Valid() bool { return a&3 == addressIPv4 }

// AddrPort returns the address's parts; it is only meaningful when the address is valid.
func (a Address) AddrPort() netip.AddrPort {
	ip := uint32(a >> 32)
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{byte(ip >> 24), byte(ip >> 16), byte(ip >> 8), byte(ip)}), uint16(a>>16))
}

// String returns IP:PORT, or the server's own text for an invalid one.
func (a Address) String() string {
	if !a.Valid() {
		return invalidAddress
	}
	return a.AddrPort().String()
}

func (a Address) write(w *writer) { w.rawI64(int64(a)) }
func (a *Address) read(r *reader) { *a = Address(r.rawI64()) }

// HostPort is rDSN's host_port: a server by its host name. Type 1 is a host, 0 invalid.
type HostPort struct {
	Host string
	Port uint16
	Type int8
}

// ParseHostPort reads HOST:PORT.
func ParseHostPort(s string) (HostPort, error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil || host == "" {
		return HostPort{}, fmt.Errorf("%q is not HOST:PORT", s)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return HostPort{}, fmt.Errorf("%q has no port between 1 and 65535", s)
	}
	return HostPort{Host: host, Port: uint16(n), Type: 1}, nil
}

// Valid reports whether the value names a server.
func (h HostPort) Valid() bool { return h.Type == 1 && h.Host != "" }

// String returns HOST:PORT, or the server's own text for an invalid one.
func (h HostPort) String() string {
	if !h.Valid() {
		return "invalid host_port"
	}
	return net.JoinHostPort(strings.Trim(h.Host, "[]"), strconv.Itoa(int(h.Port)))
}

func (h HostPort) write(w *writer) {
	w.rawString(h.Host)
	if w.err == nil {
		w.err = w.p.WriteI16(w.ctx, int16(h.Port))
	}
	if w.err == nil {
		w.err = w.p.WriteByte(w.ctx, h.Type)
	}
}

func (h *HostPort) read(r *reader) {
	h.Host = r.rawString()
	if r.err != nil {
		return
	}
	port, err := r.p.ReadI16(r.ctx)
	if err != nil {
		r.fail(err)
		return
	}
	h.Port = uint16(port)
	if h.Type, err = r.p.ReadByte(r.ctx); err != nil {
		r.fail(err)
	}
}

// optHostPort is for the optional hp_ twins of addresses.
func (w *writer) optHostPort(id int16, h *HostPort) {
	if h != nil {
		w.message(id, *h)
	}
}

func (r *reader) optHostPort(dst **HostPort) {
	*dst = new(HostPort)
	r.message(*dst)
}

// Server is a server's name as people see it: the host name if the answer has one, otherwise the
// IPv4 address, or "" for no server.
func Server(a Address, h *HostPort) string {
	switch {
	case h != nil && h.Valid():
		return h.String()
	case a.Valid():
		return a.String()
	}
	return ""
}
