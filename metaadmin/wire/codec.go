package wire

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"github.com/apache/thrift/lib/go/thrift"
)

// Message is a struct of the Pegasus IDL that reads and writes itself field by field.
//
// The messages are written by hand because generated code leaves out an optional field that equals its
// default, while Pegasus servers always write some of them (app_info 12 and 14), so that generated code
// would not give a server's bytes back.
type Message interface {
	write(w *writer)
	read(r *reader)
}

// maxListHint bounds what is allocated ahead for a list or map: a claimed size costs nothing until its
// elements have really arrived.
const maxListHint = 1024

// maxDepth bounds how deep an unknown field may nest before it is refused.
const maxDepth = 64

// ErrMalformed is wrapped by every error about bytes that are not what the IDL says.
var ErrMalformed = errors.New("malformed message")

// writer writes thrift fields; the first error sticks.
type writer struct {
	p   thrift.TProtocol
	ctx context.Context
	err error
}

func (w *writer) do(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) header(id int16, t thrift.TType) {
	if w.err == nil {
		w.err = w.p.WriteFieldBegin(w.ctx, "", t, id)
	}
}

func (w *writer) stop() {
	if w.err == nil {
		w.err = w.p.WriteFieldStop(w.ctx)
	}
}

func (w *writer) i32(id int16, v int32) { w.header(id, thrift.I32); w.rawI32(v) }
func (w *writer) i64(id int16, v int64) { w.header(id, thrift.I64); w.rawI64(v) }
func (w *writer) str(id int16, v string) {
	w.header(id, thrift.STRING)
	w.rawString(v)
}

func (w *writer) boolean(id int16, v bool) {
	w.header(id, thrift.BOOL)
	if w.err == nil {
		w.err = w.p.WriteBool(w.ctx, v)
	}
}

func (w *writer) optBool(id int16, v *bool) {
	if v != nil {
		w.boolean(id, *v)
	}
}

func (w *writer) optString(id int16, v *string) {
	if v != nil {
		w.str(id, *v)
	}
}

func (w *writer) optI32(id int16, v *int32) {
	if v != nil {
		w.i32(id, *v)
	}
}

func (w *writer) optI64(id int16, v *int64) {
	if v != nil {
		w.i64(id, *v)
	}
}

func (w *writer) rawI32(v int32) {
	if w.err == nil {
		w.err = w.p.WriteI32(w.ctx, v)
	}
}

func (w *writer) rawI64(v int64) {
	if w.err == nil {
		w.err = w.p.WriteI64(w.ctx, v)
	}
}

func (w *writer) rawString(v string) {
	if w.err == nil {
		w.err = w.p.WriteString(w.ctx, v)
	}
}

// bare is a type that is written without the field stop of a struct, though its field header says STRUCT:
// error_code, gpid, rpc_address and host_port (source: the C++ serializers of these types in rDSN).
type bare interface {
	write(w *writer)
}

// message writes m as field id.
func (w *writer) message(id int16, m bare) {
	w.header(id, thrift.STRUCT)
	m.write(w)
}

// listBegin starts a list field of n elements; the caller writes the elements.
func (w *writer) listBegin(id int16, elem thrift.TType, n int) {
	w.header(id, thrift.LIST)
	if w.err == nil {
		w.err = w.p.WriteListBegin(w.ctx, elem, n)
	}
}

func (w *writer) strings(id int16, v []string) {
	w.listBegin(id, thrift.STRING, len(v))
	for _, s := range v {
		w.rawString(s)
	}
}

func (w *writer) i32s(id int16, v []int32) {
	w.listBegin(id, thrift.I32, len(v))
	for _, n := range v {
		w.rawI32(n)
	}
}

// stringMap writes the keys in order, as the C++ side's std::map does.
func (w *writer) stringMap(id int16, m map[string]string) {
	w.header(id, thrift.MAP)
	if w.err == nil {
		w.err = w.p.WriteMapBegin(w.ctx, thrift.STRING, thrift.STRING, len(m))
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		w.rawString(k)
		w.rawString(m[k])
	}
}

// writeList writes a list of messages or bare values.
func writeList[T bare](w *writer, id int16, list []T) {
	w.listBegin(id, thrift.STRUCT, len(list))
	for _, m := range list {
		m.write(w)
	}
}

// reader reads thrift fields; the first error sticks. Inside fields, typ is the type that the header of
// the field at hand claims.
type reader struct {
	p   thrift.TProtocol
	ctx context.Context
	typ thrift.TType
	err error
	// rest gives the bytes not read yet.
	rest func() []byte
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %w", ErrMalformed, err)
	}
}

// fields reads a struct: known is called for each field with its id and reads it, or returns false to have
// it skipped.
func (r *reader) fields(known func(id int16) bool) {
	for r.err == nil {
		_, typ, id, err := r.p.ReadFieldBegin(r.ctx)
		if err != nil {
			r.fail(err)
			return
		}
		if typ == thrift.STOP {
			return
		}
		r.typ = typ
		if !known(id) {
			r.skip(typ)
		}
	}
}

func (r *reader) skip(typ thrift.TType) {
	if r.err != nil {
		return
	}
	if err := thrift.Skip(r.ctx, r.p, typ, maxDepth); err != nil {
		r.fail(err)
	}
}

// is reports whether the field at hand has the wanted type; a field of another type is skipped, as thrift
// demands of readers.
func (r *reader) is(want thrift.TType) bool {
	if r.err != nil {
		return false
	}
	if r.typ != want {
		r.skip(r.typ)
		return false
	}
	return true
}

func (r *reader) rawI32() int32 {
	if r.err != nil {
		return 0
	}
	v, err := r.p.ReadI32(r.ctx)
	if err != nil {
		r.fail(err)
	}
	return v
}

func (r *reader) rawI64() int64 {
	if r.err != nil {
		return 0
	}
	v, err := r.p.ReadI64(r.ctx)
	if err != nil {
		r.fail(err)
	}
	return v
}

func (r *reader) rawString() string {
	if r.err != nil {
		return ""
	}
	v, err := r.p.ReadString(r.ctx)
	if err != nil {
		r.fail(err)
	}
	return v
}

func (r *reader) i32(dst *int32) {
	if r.is(thrift.I32) {
		*dst = r.rawI32()
	}
}

func (r *reader) i64(dst *int64) {
	if r.is(thrift.I64) {
		*dst = r.rawI64()
	}
}

func (r *reader) str(dst *string) {
	if r.is(thrift.STRING) {
		*dst = r.rawString()
	}
}

func (r *reader) boolean(dst *bool) {
	if !r.is(thrift.BOOL) {
		return
	}
	v, err := r.p.ReadBool(r.ctx)
	if err != nil {
		r.fail(err)
	}
	*dst = v
}

func (r *reader) optBool(dst **bool) {
	if r.typ == thrift.BOOL {
		*dst = new(bool)
		r.boolean(*dst)
		return
	}
	r.skip(r.typ)
}

func (r *reader) optString(dst **string) {
	if r.typ == thrift.STRING {
		*dst = new(string)
		r.str(*dst)
		return
	}
	r.skip(r.typ)
}

func (r *reader) optI32(dst **int32) {
	if r.typ == thrift.I32 {
		*dst = new(int32)
		r.i32(*dst)
		return
	}
	r.skip(r.typ)
}

func (r *reader) optI64(dst **int64) {
	if r.typ == thrift.I64 {
		*dst = new(int64)
		r.i64(*dst)
		return
	}
	r.skip(r.typ)
}

// bareReader is the reading side of bare.
type bareReader interface {
	read(r *reader)
}

func (r *reader) message(m bareReader) {
	if r.is(thrift.STRUCT) {
		m.read(r)
	}
}

// list reads a list field; each is called once for each element and reads it.
func (r *reader) list(elem thrift.TType, begin func(hint int), each func()) {
	if !r.is(thrift.LIST) {
		return
	}
	typ, n, err := r.p.ReadListBegin(r.ctx)
	if err != nil {
		r.fail(err)
		return
	}
	if typ != elem && n > 0 {
		r.fail(fmt.Errorf("list of type %v where %v was expected", typ, elem))
		return
	}
	begin(min(n, maxListHint))
	for range n {
		if r.err != nil {
			return
		}
		each()
	}
}

func (r *reader) strings(dst *[]string) {
	r.list(thrift.STRING,
		func(hint int) { *dst = make([]string, 0, hint) },
		func() { *dst = append(*dst, r.rawString()) })
}

func (r *reader) i32s(dst *[]int32) {
	r.list(thrift.I32,
		func(hint int) { *dst = make([]int32, 0, hint) },
		func() { *dst = append(*dst, r.rawI32()) })
}

func (r *reader) stringMap(dst *map[string]string) {
	if !r.is(thrift.MAP) {
		return
	}
	kt, vt, n, err := r.p.ReadMapBegin(r.ctx)
	if err != nil {
		r.fail(err)
		return
	}
	if n > 0 && (kt != thrift.STRING || vt != thrift.STRING) {
		r.fail(fmt.Errorf("map of types %v and %v where strings were expected", kt, vt))
		return
	}
	*dst = make(map[string]string, min(n, maxListHint))
	for range n {
		if r.err != nil {
			return
		}
		k := r.rawString()
		(*dst)[k] = r.rawString()
	}
}

// readList reads a list of messages or bare values.
func readList[T any, P interface {
	*T
	bareReader
}](r *reader, dst *[]T) {
	r.list(thrift.STRUCT,
		func(hint int) { *dst = make([]T, 0, hint) },
		func() {
			*dst = append(*dst, *new(T)) // read in place: a value of its own would be moved to the heap
			P(&(*dst)[len(*dst)-1]).read(r)
		})
}

func (w *writer) emptyMap(id int16, key, value thrift.TType) {
	w.header(id, thrift.MAP)
	if w.err == nil {
		w.err = w.p.WriteMapBegin(w.ctx, key, value, 0)
	}
}

// emptyMap refuses a map with entries: a caller must not take what it cannot keep for nothing.
func (r *reader) emptyMap() {
	if !r.is(thrift.MAP) {
		return
	}
	_, _, n, err := r.p.ReadMapBegin(r.ctx)
	if err != nil {
		r.fail(err)
		return
	}
	if n != 0 {
		r.fail(fmt.Errorf("map of %d entries where only an empty one is understood", n))
	}
}
