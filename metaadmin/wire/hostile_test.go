package wire

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"
)

// resultOf is the body of an answer whose result has these fields.
func resultOf(t *testing.T, fields func(w *writer)) []byte {
	t.Helper()
	body, err := encode(func(w *writer) {
		w.header(resultField, thrift.STRUCT)
		fields(w)
		w.stop()
		w.stop()
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestAnAnswerWithoutItsErrorCodeIsNotTakenForOne(t *testing.T) {
	for name, body := range map[string][]byte{
		"no fields":            resultOf(t, func(*writer) {}),
		"a list of tables":     resultOf(t, func(w *writer) { emptyStructs(w, 2, 0) }),
		"a code and no tables": resultOf(t, func(w *writer) { w.message(1, OK); w.i32(7, 1) }),
	} {
		var tables ListAppsResponse
		if err := DecodeField(body, resultField, &tables); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: error %v, want ErrMalformed", name, err)
		}
	}
	var tables ListAppsResponse
	body := resultOf(t, func(w *writer) { w.message(1, ErrorCode("ERR_TIMEOUT")) })
	if err := DecodeField(body, resultField, &tables); err != nil || tables.Err != "ERR_TIMEOUT" {
		t.Errorf("a failure needs no tables: %v, %q", err, tables.Err)
	}
}

// emptyStructs writes a list of empty structs as a field.
func emptyStructs(w *writer, id int16, n int) {
	w.header(id, thrift.LIST)
	w.do(w.p.WriteListBegin(w.ctx, thrift.STRUCT, n))
	for range n {
		w.stop()
	}
}

func TestASmallAnswerDoesNotFillTheMemory(t *testing.T) {
	const structs = 2 << 20 // a byte each
	body := resultOf(t, func(w *writer) {
		w.message(1, OK)
		emptyStructs(w, 2, structs)
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var tables ListAppsResponse
	err := DecodeField(body, resultField, &tables)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "in memory") {
		t.Errorf("error %v", err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("%d bytes of memory were used for %d", used, len(body))
	}
}
