package session

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-zookeeper/zk"
)

var errMalformed = errors.New("malformed answer")

// decoder reads answers from the stream. The first error stays: every call after it returns zeros.
type decoder struct {
	r    *bufio.Reader
	left int // bytes of the packet that are not read
	err  error
	// lists are the access control lists seen last, by how they were written:
	// most znodes have the same few.
	lists [4]knownACL
	next  int
}

type knownACL struct {
	raw  []byte
	list []zk.ACL
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// failure is why an answer was not read, in words of what was being done; nil where it was.
func (d *decoder) failure(doing string) error {
	switch {
	case d.err == nil:
		return nil
	case hungUp(d.err):
		return errHungUp
	case isTimeout(d.err):
		return d.err
	}
	return fmt.Errorf("%s: %w", doing, d.err)
}

// begin starts a packet.
func (d *decoder) begin() {
	d.left = 4
	n := d.int()
	if d.err == nil && n < 0 {
		d.fail(fmt.Errorf("%w: length %d", errMalformed, n))
	}
	d.left = int(n)
}

// skip passes over bytes.
func (d *decoder) skip(n int) {
	if n > d.left {
		d.fail(fmt.Errorf("%w: it ends too soon", errMalformed))
	}
	if d.err != nil {
		return
	}
	d.left -= n
	if _, err := d.r.Discard(n); err != nil {
		d.fail(err)
	}
}

// end passes over what is left of a packet.
func (d *decoder) end() { d.skip(d.left) }

// none is returned for what could not be read.
var none [statLength]byte

// peek returns the next n bytes, at most statLength, until the next call.
func (d *decoder) peek(n int) []byte {
	if n > d.left {
		d.fail(fmt.Errorf("%w: it ends too soon", errMalformed))
	}
	if d.err != nil {
		return none[:n]
	}
	b, err := d.r.Peek(n)
	if err != nil {
		d.fail(err)
		return none[:n]
	}
	d.left -= n
	d.r.Discard(n) // they are in the buffer
	return b
}

func (d *decoder) int() int32 { return int32(big.Uint32(d.peek(4))) }

func (d *decoder) long() int64 { return int64(big.Uint64(d.peek(8))) }

// length reads a count of items of at least a number of bytes each; -1 is none.
func (d *decoder) length(each int) int {
	n := int(d.int())
	if n < -1 || n*each > d.left {
		d.fail(fmt.Errorf("%w: a length of %d with %d bytes to come", errMalformed, n, d.left))
		return -1
	}
	return n
}

const statLength = 68

func (d *decoder) stat(s *zk.Stat) {
	b := d.peek(statLength)
	s.Czxid, s.Mzxid = int64(big.Uint64(b)), int64(big.Uint64(b[8:]))
	s.Ctime, s.Mtime = int64(big.Uint64(b[16:])), int64(big.Uint64(b[24:]))
	s.Version, s.Cversion, s.Aversion = int32(big.Uint32(b[32:])), int32(big.Uint32(b[36:])), int32(big.Uint32(b[40:]))
	s.EphemeralOwner = int64(big.Uint64(b[44:]))
	s.DataLength, s.NumChildren = int32(big.Uint32(b[52:])), int32(big.Uint32(b[56:]))
	s.Pzxid = int64(big.Uint64(b[60:]))
}

// bytes reads what may be long: memory is allocated as it arrives, not as the packet claims.
func (d *decoder) bytes(n int) []byte {
	const atOnce = 1 << 20
	if d.err != nil {
		return nil
	}
	if n <= atOnce {
		b := make([]byte, n)
		d.left -= n
		if _, err := io.ReadFull(d.r, b); err != nil {
			d.fail(err)
			return nil // what has not arrived is no data
		}
		return b
	}
	var buf bytes.Buffer
	if _, err := io.CopyN(&buf, d.r, int64(n)); err != nil {
		d.fail(err)
	}
	d.left -= n
	return buf.Bytes()
}

// data reads a znode's data, nil where it has none or more than there is room
// for, and its length.
func (d *decoder) data(room int) []byte {
	switch n := d.length(1); {
	case n < 0:
		return nil
	case n > room:
		d.skip(n)
		return nil
	default:
		return d.bytes(n)
	}
}

// acl reads an access control list. It looks first for one that it knows.
func (d *decoder) acl() []zk.ACL {
	for i := range d.lists {
		known := &d.lists[i]
		if n := len(known.raw); n > 0 && n <= d.left {
			if head, err := d.r.Peek(n); err == nil && bytes.Equal(head, known.raw) {
				d.skip(n)
				return known.list
			}
		}
	}
	const (
		shortest = 12
		atOnce   = 64 // more are allocated as they arrive
	)
	n := d.length(shortest)
	raw := appendInt(nil, int32(n))
	list := make([]zk.ACL, 0, min(max(n, 0), atOnce))
	for range n {
		perms := d.int()
		scheme, id := d.bytes(max(0, d.length(1))), d.bytes(max(0, d.length(1)))
		if d.err != nil {
			return nil
		}
		raw = appendBytes(appendBytes(appendInt(raw, perms), scheme), id)
		list = append(list, zk.ACL{Perms: perms, Scheme: string(scheme), ID: string(id)})
	}
	const short = 256
	if d.err == nil && n > 0 && len(raw) <= short {
		d.lists[d.next] = knownACL{raw, list}
		d.next = (d.next + 1) % len(d.lists)
	}
	return slices.Clip(list)
}

// names reads a list of children. All names share one piece of memory.
func (d *decoder) names() []string {
	n := d.length(4)
	if n <= 0 {
		return nil
	}
	text := string(d.bytes(d.left))
	names := make([]string, 0, min(n, len(text)/4)) // what the packet claims may not have arrived
	for range n {
		if len(text) < 4 {
			d.fail(fmt.Errorf("%w: a list ends too soon", errMalformed))
			return nil
		}
		length := int(int32(big.Uint32([]byte(text[:4]))))
		if text = text[4:]; length < 0 || length > len(text) {
			d.fail(fmt.Errorf("%w: a name of length %d", errMalformed, length))
			return nil
		}
		names, text = append(names, text[:length]), text[length:]
	}
	return names
}

// one reads the answer to one request that the server did not refuse.
func (d *decoder) one(r *Request) {
	switch r.Kind {
	case GetData:
		r.Data = d.data(r.Room)
		d.stat(&r.Stat)
	case GetACL:
		r.ACL = d.acl()
		d.stat(&r.Stat)
	case Exists:
		d.stat(&r.Stat)
	case GetChildren:
		r.Names = d.names()
	case Sync:
	}
}

// multi reads the answer to a read transaction. Each request of it may have
// been refused by itself.
func (d *decoder) multi(requests []Request) {
	for i := range requests {
		r := &requests[i]
		op, done, _ := d.multiHead()
		switch {
		case d.err != nil:
			return
		case done:
			d.fail(fmt.Errorf("%w: %d of %d answers", errMalformed, i, len(requests)))
		case op == opError:
			if r.Code = d.int(); r.Code == codeOK {
				d.fail(fmt.Errorf("%w: an error without a code", errMalformed))
			}
		case op == opGetData:
			d.one(r)
		default:
			d.fail(fmt.Errorf("%w: operation %d", errMalformed, op))
		}
		if d.err != nil {
			return
		}
		r.Answered = true
	}
}

func (d *decoder) multiHead() (op int32, done bool, code int32) {
	b := d.peek(9)
	return int32(big.Uint32(b)), b[4] != 0, int32(big.Uint32(b[5:]))
}
