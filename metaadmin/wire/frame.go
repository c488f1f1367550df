package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/thrift/lib/go/thrift"
)

// Layout of the THFT header (rDSN: thrift_message_parser). All numbers are big-endian.
const (
	magic         = "THFT"
	headerSizeV0  = 48
	headerSizeV1  = 16
	maxMetaLength = 4096 // request_meta has 5 small fields
)

// DefaultMaxFrame bounds, in bytes, what one frame may claim to be. The largest honest answers are
// those of remote commands, such as the metrics of a server with many replicas; a list of 100,000
// tables has 20 MiB.
const DefaultMaxFrame = 64 << 20

// ErrTooLarge is returned for a frame that claims more bytes than the limit; nothing was allocated
// for it.
var ErrTooLarge = errors.New("frame is larger than allowed")

// RequestHeader is what a request's header carries besides lengths. TimeoutMS is the client's
// timeout.
type RequestHeader struct {
	Version       uint32 // 0 or 1
	PID           GPID
	TimeoutMS     int32
	PartitionHash uint64
	Backup        *bool // only version 1 has a place for it
}

// threadHash is the header field that picks a server thread (version 0 only).
func (h *RequestHeader) threadHash() int32 { return h.PID.AppID*7919 + h.PID.Index }

// Request is a request as it came from the wire: Body is the argument struct, still encoded.
type Request struct {
	RequestHeader
	RPC   string
	SeqID int32
	Body  []byte
}

// Response is an answer as it came from the wire. Err is the frame's error: why the request was not
// executed, or ERR_OK. Body is the result struct, still encoded; it may be empty where Err is not
// ERR_OK.
type Response struct {
	Err   ErrorCode
	RPC   string // with the suffix _ACK
	SeqID int32
	Body  []byte
}

// Field ids of the one field in an argument and in a result struct.
const (
	argumentField = 1
	resultField   = 0
)

// EncodeRequest returns the whole frame of a call.
func EncodeRequest(h RequestHeader, rpc string, seq int32, arg Message) ([]byte, error) {
	body, err := encodeCall(rpc, thrift.CALL, seq, argumentField, arg)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", rpc, err)
	}
	var head []byte
	be := binary.BigEndian
	switch h.Version {
	case 0:
		head = append(head, magic...)
		head = be.AppendUint32(head, 0)
		head = be.AppendUint32(head, headerSizeV0)
		head = be.AppendUint32(head, 0) // header crc32: none
		head = be.AppendUint32(head, uint32(len(body)))
		head = be.AppendUint32(head, 0) // body crc32: none
		head = be.AppendUint32(head, uint32(h.PID.AppID))
		head = be.AppendUint32(head, uint32(h.PID.Index))
		head = be.AppendUint32(head, uint32(h.TimeoutMS))
		head = be.AppendUint32(head, uint32(h.threadHash()))
		head = be.AppendUint64(head, h.PartitionHash)
	case 1:
		meta, err := encode(func(w *writer) { (*requestMeta)(&h).write(w) })
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", rpc, err)
		}
		head = append(head, magic...)
		head = be.AppendUint32(head, 1)
		head = be.AppendUint32(head, uint32(len(meta)))
		head = be.AppendUint32(head, uint32(len(body)))
		head = append(head, meta...)
	default:
		return nil, fmt.Errorf("encode %s: no THFT header version %d", rpc, h.Version)
	}
	return append(head, body...), nil
}

// EncodeResponse returns the whole frame of an answer; rpc is the request's name without suffix. A
// nil result makes a frame without a body, as servers send it for ERR_HANDLER_NOT_FOUND.
func EncodeResponse(code ErrorCode, rpc string, seq int32, result Message) ([]byte, error) {
	b, err := encode(func(w *writer) {
		w.rawString(string(code))
		w.do(w.p.WriteMessageBegin(w.ctx, rpc+"_ACK", thrift.REPLY, seq))
		if result != nil {
			w.header(resultField, kindOf(result))
			result.write(w)
			w.stop()
		}
	})
	if err != nil {
		return nil, fmt.Errorf("encode answer to %s: %w", rpc, err)
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(b)), uint32(4+len(b)))
	return append(frame, b...), nil
}

// ReadRequest reads one request of at most maxFrame bytes. io.EOF means that the peer closed the
// connection between frames.
func ReadRequest(r io.Reader, maxFrame int) (*Request, error) {
	head := make([]byte, headerSizeV1)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	if string(head[:4]) != magic {
		return nil, fmt.Errorf("%w: header begins with %q instead of %q", ErrMalformed, head[:4], magic)
	}
	be := binary.BigEndian
	var q Request
	var bodyLength uint32
	switch q.Version = be.Uint32(head[4:]); q.Version {
	case 0:
		if n := be.Uint32(head[8:]); n != headerSizeV0 {
			return nil, fmt.Errorf("%w: header length %d instead of %d", ErrMalformed, n, headerSizeV0)
		}
		rest := make([]byte, headerSizeV0-headerSizeV1)
		if _, err := io.ReadFull(r, rest); err != nil {
			return nil, midFrame(err)
		}
		bodyLength = be.Uint32(rest)
		q.PID = GPID{AppID: int32(be.Uint32(rest[8:])), Index: int32(be.Uint32(rest[12:]))}
		q.TimeoutMS = int32(be.Uint32(rest[16:]))
		q.PartitionHash = be.Uint64(rest[24:])
	case 1:
		metaLength := be.Uint32(head[8:])
		bodyLength = be.Uint32(head[12:])
		meta, err := readBounded(r, metaLength, maxMetaLength)
		if err != nil {
			return nil, err
		}
		version := q.Version
		if err := decode(meta, func(d *reader) { (*requestMeta)(&q.RequestHeader).read(d) }); err != nil {
			return nil, err
		}
		q.Version = version
	default:
		return nil, fmt.Errorf("%w: no THFT header version %d", ErrMalformed, q.Version)
	}
	body, err := readBounded(r, bodyLength, maxFrame)
	if err != nil {
		return nil, err
	}
	q.RPC, q.SeqID, q.Body, err = splitMessage(body, thrift.CALL)
	return &q, err
}

// ReadResponse reads one answer of at most maxFrame bytes. io.EOF means that the peer closed the
// connection between frames.
func ReadResponse(r io.Reader, maxFrame int) (*Response, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n < 4 {
		return nil, fmt.Errorf("%w: frame length %d", ErrMalformed, n)
	}
	frame, err := readBounded(r, n-4, maxFrame)
	if err != nil {
		return nil, err
	}
	var a Response
	var rest []byte
	err = decode(frame, func(d *reader) {
		a.Err = ErrorCode(d.rawString())
		rest = d.rest()
	})
	if err != nil {
		return nil, err
	}
	a.RPC, a.SeqID, a.Body, err = splitMessage(rest, thrift.REPLY)
	return &a, err
}

// Decode reads the request's argument into arg.
func (q *Request) Decode(arg Message) error {
	if err := DecodeField(q.Body, argumentField, arg); err != nil {
		return fmt.Errorf("decode %s: %w", q.RPC, err)
	}
	return nil
}

// Decode reads the answer's result into result.
func (a *Response) Decode(result Message) error {
	if err := DecodeField(a.Body, resultField, result); err != nil {
		return fmt.Errorf("decode %s: %w", a.RPC, err)
	}
	return nil
}

// EncodeField returns a struct whose only field, with the given id, is m. (The RDSN header of the
// real shell is followed by such a struct too, with id 0 both ways.)
func EncodeField(id int16, m Message) ([]byte, error) {
	return encode(func(w *writer) {
		w.header(id, kindOf(m))
		m.write(w)
		w.stop()
	})
}

// DecodeField reads m from a struct that has it as its field id, and refuses bytes left over.
func DecodeField(body []byte, id int16, m Message) error {
	found := false
	var left []byte
	err := decode(body, func(r *reader) {
		r.fields(func(got int16) bool {
			if got != id || r.typ != kindOf(m) {
				return false
			}
			found = true
			m.read(r)
			return true
		})
		left = r.rest()
		if result, ok := m.(Result); ok && found && r.err == nil {
			if err := lacks(result, r.seen[1]); err != nil {
				r.fail(err)
			}
		}
	})
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("%w: no field %d of type %v", ErrMalformed, id, kindOf(m))
	case len(left) > 0:
		return fmt.Errorf("%w: %d bytes after the end", ErrMalformed, len(left))
	}
	return nil
}

// kindOf is the type in the field header of a message: STRUCT, but for results that are bare
// strings.
func kindOf(m Message) thrift.TType {
	if k, ok := m.(interface{ kind() thrift.TType }); ok {
		return k.kind()
	}
	return thrift.STRUCT
}

// requestMeta is version 1's header struct (idl: request_meta).
type requestMeta RequestHeader

func (h *requestMeta) write(w *writer) {
	w.i32(1, h.PID.AppID)
	w.i32(2, h.PID.Index)
	w.i32(3, h.TimeoutMS)
	w.i64(4, int64(h.PartitionHash))
	w.optBool(5, h.Backup)
	w.stop()
}

func (h *requestMeta) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.i32(&h.PID.AppID)
		case 2:
			r.i32(&h.PID.Index)
		case 3:
			r.i32(&h.TimeoutMS)
		case 4:
			var hash int64
			r.i64(&hash)
			h.PartitionHash = uint64(hash)
		case 5:
			r.optBool(&h.Backup)
		default:
			return false
		}
		return true
	})
}

func encodeCall(rpc string, kind thrift.TMessageType, seq int32, id int16, m Message) ([]byte, error) {
	return encode(func(w *writer) {
		w.do(w.p.WriteMessageBegin(w.ctx, rpc, kind, seq))
		w.header(id, kindOf(m))
		m.write(w)
		w.stop()
	})
}

func splitMessage(b []byte, want thrift.TMessageType) (rpc string, seq int32, body []byte, err error) {
	err = decode(b, func(r *reader) {
		name, kind, id, err := r.p.ReadMessageBegin(r.ctx)
		if err != nil {
			r.fail(err)
			return
		}
		if kind != want {
			r.fail(fmt.Errorf("message %s has type %d instead of %d", name, kind, want))
			return
		}
		rpc, seq, body = name, id, r.rest()
	})
	return rpc, seq, body, err
}

// readBounded reads n bytes, growing as they arrive: a claimed length alone allocates nothing.
func readBounded(r io.Reader, n uint32, limit int) ([]byte, error) {
	if uint64(n) > uint64(limit) {
		return nil, fmt.Errorf("%w: %d bytes claimed, %d allowed", ErrTooLarge, n, limit)
	}
	const first = 64 << 10
	buf := make([]byte, min(int(n), first))
	for read := 0; ; {
		got, err := io.ReadFull(r, buf[read:])
		if read += got; err != nil {
			return nil, midFrame(err)
		}
		if read == int(n) {
			return buf, nil
		}
		larger := make([]byte, min(2*len(buf), int(n)))
		copy(larger, buf)
		buf = larger
	}
}

// midFrame distinguishes a connection closed inside a frame from one closed between frames.
func midFrame(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func encode(fill func(*writer)) ([]byte, error) {
	buf := thrift.NewTMemoryBufferLen(256)
	w := &writer{p: thrift.NewTBinaryProtocolConf(buf, configuration(0)), ctx: context.Background()}
	fill(w)
	if w.err == nil {
		w.err = w.p.Flush(w.ctx)
	}
	return buf.Bytes(), w.err
}

func decode(b []byte, fill func(*reader)) error {
	buf := &thrift.TMemoryBuffer{Buffer: bytes.NewBuffer(b)}
	r := &reader{p: thrift.NewTBinaryProtocolConf(buf, configuration(len(b))), ctx: context.Background()}
	r.rest = buf.Buffer.Bytes
	r.budget = memoryFree + memoryRatio*len(b)
	fill(r)
	return r.err
}

// configuration makes thrift refuse any size that is larger than the frame that contains it.
func configuration(size int) *thrift.TConfiguration {
	strict := true
	return &thrift.TConfiguration{
		MaxMessageSize:     int32(max(size, 1)),
		TBinaryStrictRead:  &strict,
		TBinaryStrictWrite: &strict,
	}
}
