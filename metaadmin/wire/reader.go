package wire

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/apache/thrift/lib/go/thrift"
)

// maxListHint bounds what is allocated ahead for a list or map: a claimed size costs nothing until
// its elements have really arrived.
const maxListHint = 1024

// maxDepth bounds how deep an unknown field may nest before it is refused.
const maxDepth = 64

// ErrMalformed is wrapped by every error about bytes that are not what the IDL says.
var ErrMalformed = errors.New("malformed message")

// reader reads thrift fields; the first error sticks. Inside fields, typ is the type that the
// header of the current field claims.
type reader struct {
	p   thrift.TProtocol
	ctx context.Context
	typ thrift.TType
	err error
	// rest returns the bytes not read yet.
	rest func() []byte
	// budget is how many bytes of memory the values may still take.
	budget int
	// id is the current field, depth how many structs are open; seen are the fields below 64 of the
	// outer two structs that had the expected type.
	id    int16
	depth int
	seen  [2]uint64
}

// A message's values may take memoryRatio bytes of memory for each byte of it, and memoryFree beyond
// that. Partitions and tables take 2 for 1 at most, as servers write all their fields; an element
// without fields is one byte in a message, and up to 200 in memory.
const (
	memoryRatio = 4
	memoryFree  = 64 << 10
)

// take counts n bytes of memory that are going to be used for a value.
func (r *reader) take(n int) {
	if r.budget -= n; r.budget < 0 {
		r.fail(errMemory)
	}
}

// errMemory keeps one small answer from filling the memory.
var errMemory = fmt.Errorf("its values take more than %d times its size in memory", memoryRatio)

// size is how many bytes a T takes, without what it points to.
func size[T any]() int { return int(reflect.TypeFor[T]().Size()) }

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %w", ErrMalformed, err)
	}
}

// fields reads a struct: known is called for each field with its id and reads it, or returns false
// to have it skipped.
func (r *reader) fields(known func(id int16) bool) {
	r.depth++
	defer func() { r.depth-- }()
	for r.err == nil {
		_, typ, id, err := r.p.ReadFieldBegin(r.ctx)
		if err != nil {
			r.fail(err)
			return
		}
		if typ == thrift.STOP {
			return
		}
		r.typ, r.id = typ, id
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

// is reports whether the current field has the expected type; a field of another type is skipped,
// as thrift demands of readers.
func (r *reader) is(want thrift.TType) bool {
	if r.err != nil {
		return false
	}
	if r.typ != want {
		r.skip(r.typ)
		return false
	}
	if r.depth <= len(r.seen) && r.id >= 0 && r.id < 64 {
		r.seen[r.depth-1] |= 1 << r.id
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
	r.take(len(v))
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

// element is how an element of a list is read, and how many bytes of memory it takes.
type element struct {
	memory int
	read   func()
}

// list reads a list field; each is called once for each element and reads it.
func (r *reader) list(elem thrift.TType, begin func(hint int), each element) {
	if r.is(thrift.LIST) {
		r.rawList(elem, begin, each)
	}
}

// rawList reads a list without the header of a field, as the elements of a list are.
func (r *reader) rawList(elem thrift.TType, begin func(hint int), each element) {
	if r.err != nil {
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
		if r.take(each.memory); r.err != nil {
			return
		}
		each.read()
	}
}

func (r *reader) strings(dst *[]string) {
	r.list(thrift.STRING,
		func(hint int) { *dst = make([]string, 0, hint) },
		element{size[string](), func() { *dst = append(*dst, r.rawString()) }})
}

func (r *reader) i32s(dst *[]int32) {
	r.list(thrift.I32,
		func(hint int) { *dst = make([]int32, 0, hint) },
		element{size[int32](), func() { *dst = append(*dst, r.rawI32()) }})
}

func (r *reader) i32Set(dst *[]int32) {
	if !r.is(thrift.SET) {
		return
	}
	typ, n, err := r.p.ReadSetBegin(r.ctx)
	if err != nil {
		r.fail(err)
		return
	}
	if typ != thrift.I32 && n > 0 {
		r.fail(fmt.Errorf("set of type %v where numbers were expected", typ))
		return
	}
	*dst = make([]int32, 0, min(n, maxListHint))
	for range n {
		if r.err != nil {
			return
		}
		*dst = append(*dst, r.rawI32())
	}
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
		if r.take(2 * size[string]()); r.err != nil {
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
		element{size[T](), func() {
			*dst = append(*dst, *new(T)) // read in place: a value of its own would be moved to the heap
			P(&(*dst)[len(*dst)-1]).read(r)
		}})
}

// mapEntry is how many bytes of memory an entry of a map takes at least.
const mapEntry = 16

// mapField reads a map field; each is called once for each entry and reads key and value.
func (r *reader) mapField(key, value thrift.TType, each func()) {
	if r.is(thrift.MAP) {
		r.rawMap(key, value, each)
	}
}

// rawMap reads a map without the header of a field, as the values of a map are.
func (r *reader) rawMap(key, value thrift.TType, each func()) {
	if r.err != nil {
		return
	}
	kt, vt, n, err := r.p.ReadMapBegin(r.ctx)
	if err != nil {
		r.fail(err)
		return
	}
	if n > 0 && (kt != key || vt != value) {
		r.fail(fmt.Errorf("map of types %v and %v where %v and %v were expected", kt, vt, key, value))
		return
	}
	for range n {
		if r.take(mapEntry); r.err != nil {
			return
		}
		each()
	}
}

// emptyMap refuses a map with entries: a caller must not treat entries that it cannot keep as none.
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
