package wire

import (
	"context"
	"sort"

	"github.com/apache/thrift/lib/go/thrift"
)

// Message is a struct of the Pegasus IDL that reads and writes itself field by field.
//
// The messages are written by hand because generated code leaves out an optional field that equals
// its default, while Pegasus servers always write some of them (app_info 12 and 14), so that
// generated code would not reproduce a server's bytes.
type Message interface {
	write(w *writer)
	read(r *reader)
}

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

// bare is a type that is written without the field stop of a struct, though its field header says
// STRUCT: error_code, gpid, rpc_address and host_port (source: the C++ serializers of these types
// in rDSN).
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
	w.rawListBegin(elem, n)
}

// rawListBegin starts a list without the header of a field, as the elements of a list are.
func (w *writer) rawListBegin(elem thrift.TType, n int) {
	if w.err == nil {
		w.err = w.p.WriteListBegin(w.ctx, elem, n)
	}
}

func (w *writer) i32Set(id int16, v []int32) {
	w.header(id, thrift.SET)
	if w.err == nil {
		w.err = w.p.WriteSetBegin(w.ctx, thrift.I32, len(v))
	}
	for _, n := range v {
		w.rawI32(n)
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

// mapBegin starts a map field of n entries; the caller writes keys and values.
func (w *writer) mapBegin(id int16, key, value thrift.TType, n int) {
	w.header(id, thrift.MAP)
	w.rawMapBegin(key, value, n)
}

func (w *writer) rawMapBegin(key, value thrift.TType, n int) {
	if w.err == nil {
		w.err = w.p.WriteMapBegin(w.ctx, key, value, n)
	}
}

func (w *writer) emptyMap(id int16, key, value thrift.TType) { w.mapBegin(id, key, value, 0) }
