package session

import "encoding/binary"

// Operations (ZooKeeper: ZooDefs.OpCode) and reserved request ids (ClientCnxn).
const (
	opCreate      = 1
	opDelete      = 2
	opExists      = 3
	opGetData     = 4
	opSetData     = 5
	opGetACL      = 6
	opSetACL      = 7
	opGetChildren = 8
	opSync        = 9
	opPing        = 11
	opMulti       = 14
	opMultiRead   = 22
	opAuth        = 100
	opAddWatch    = 106
	opClose       = -11
	opError       = -1

	xidEvent = -1
	xidPing  = -2
	xidAuth  = -4
)

var big = binary.BigEndian

func appendInt(b []byte, v int32) []byte { return big.AppendUint32(b, uint32(v)) }

func appendLong(b []byte, v int64) []byte { return big.AppendUint64(b, uint64(v)) }

func appendText(b []byte, text string) []byte {
	return append(appendInt(b, int32(len(text))), text...)
}

func appendBytes(b, data []byte) []byte {
	return append(appendInt(b, int32(len(data))), data...)
}

// appendFrame puts a packet's length before what write appends.
func appendFrame(b []byte, write func([]byte) []byte) []byte {
	at := len(b)
	b = write(appendInt(b, 0))
	big.PutUint32(b[at:], uint32(len(b)-at-4))
	return b
}

// appendHead begins a packet, the length of which is still to be set.
func appendHead(b []byte, xid, op int32) []byte { return appendInt(appendInt(b, xid), op) }

// appendConnect opens a session (ConnectRequest). A server that has seen less
// than zxid refuses it, and one without a quorum too unless readOnly.
func appendConnect(b []byte, zxid int64, timeoutMillis int32, readOnly bool) []byte {
	return appendFrame(b, func(b []byte) []byte {
		b = appendInt(b, 0) // protocol
		b = appendLong(b, zxid)
		b = appendInt(b, timeoutMillis)
		b = appendLong(b, 0) // a new session
		b = appendBytes(b, make([]byte, 16))
		if readOnly {
			return append(b, 1)
		}
		return append(b, 0)
	})
}

func appendPing(b []byte) []byte {
	return appendFrame(b, func(b []byte) []byte { return appendHead(b, xidPing, opPing) })
}

func appendClose(b []byte, xid int32) []byte {
	return appendFrame(b, func(b []byte) []byte { return appendHead(b, xid, opClose) })
}

// appendOne writes one request as a packet of its own.
func appendOne(b []byte, xid int32, r *Request) []byte {
	op := [...]int32{GetData: opGetData, GetACL: opGetACL, Exists: opExists, GetChildren: opGetChildren, Sync: opSync}[r.Kind]
	at := len(b)
	b = appendText(appendHead(appendInt(b, 0), xid, op), r.Path)
	if r.Kind != GetACL && r.Kind != Sync {
		b = append(b, 0) // no watch
	}
	big.PutUint32(b[at:], uint32(len(b)-at-4))
	return b
}

// appendMulti writes a read transaction of getData requests.
func appendMulti(b []byte, xid int32, requests []Request) []byte {
	at := len(b)
	b = appendHead(appendInt(b, 0), xid, opMultiRead)
	for i := range requests {
		b = appendMultiHead(b, opGetData, false)
		b = append(appendText(b, requests[i].Path), 0) // no watch
	}
	b = appendMultiHead(b, opError, true)
	big.PutUint32(b[at:], uint32(len(b)-at-4))
	return b
}

func appendMultiHead(b []byte, op int32, done bool) []byte {
	b = appendInt(b, op)
	if done {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	return appendInt(b, -1) // no error
}
