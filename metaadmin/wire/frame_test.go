package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/allocated"
)

func TestBothHeaderVersionsRoundTrip(t *testing.T) {
	backup := true
	for _, h := range []RequestHeader{
		{Version: 0, PID: GPID{AppID: 3, Index: 5}, TimeoutMS: 1000, PartitionHash: 1 << 63},
		{Version: 1, PID: GPID{AppID: 3, Index: 5}, TimeoutMS: 1000, PartitionHash: 1 << 63},
		{Version: 1, TimeoutMS: 1, Backup: &backup},
	} {
		frame, err := EncodeRequest(h, RPCListNodes, 42, &ListNodesRequest{Status: NodeAlive})
		if err != nil {
			t.Fatal(err)
		}
		q, err := ReadRequest(bytes.NewReader(frame), DefaultMaxFrame)
		if err != nil {
			t.Fatalf("version %d: %v", h.Version, err)
		}
		if diff := cmp.Diff(h, q.RequestHeader); diff != "" || q.SeqID != 42 || q.RPC != RPCListNodes {
			t.Errorf("version %d: %s %d, header (-want +got):\n%s", h.Version, q.RPC, q.SeqID, diff)
		}
	}
}

func TestUnknownHeaderVersionIsRefused(t *testing.T) {
	if _, err := EncodeRequest(RequestHeader{Version: 2}, RPCListNodes, 1, &ListNodesRequest{}); err == nil {
		t.Error("no error for header version 2")
	}
	head := binary.BigEndian.AppendUint32([]byte(magic), 9)
	if _, err := ReadRequest(bytes.NewReader(append(head, make([]byte, 40)...)), DefaultMaxFrame); !errors.Is(err, ErrMalformed) {
		t.Errorf("error = %v, want ErrMalformed", err)
	}
}

func TestClaimedLengthAllocatesNothing(t *testing.T) {
	const claimed = 60 << 20
	frame := binary.BigEndian.AppendUint32(nil, claimed)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := ReadResponse(bytes.NewReader(append(frame, "few bytes"...)), DefaultMaxFrame)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error = %v, want io.ErrUnexpectedEOF", err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were allocated for a frame of 9 bytes that claims %d", n, claimed)
	}
	if _, err := ReadResponse(bytes.NewReader(frame), claimed/2); !errors.Is(err, ErrTooLarge) {
		t.Errorf("error = %v, want ErrTooLarge", err)
	}
}

func TestClaimedSizesInsideABodyAreRefused(t *testing.T) {
	for name, fill := range map[string]func(w *writer){
		"string": func(w *writer) { w.header(2, thrift.STRING); w.rawI32(1 << 30) },
		"list":   func(w *writer) { w.header(2, thrift.LIST); w.do(w.p.WriteListBegin(w.ctx, thrift.STRING, 1<<30)) },
	} {
		body, err := encode(func(w *writer) {
			w.header(0, thrift.STRUCT)
			w.message(1, OK)
			fill(w)
		})
		if err != nil {
			t.Fatal(err)
		}
		var info ClusterInfoResponse
		if err := DecodeField(body, 0, &info); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: error = %v, want ErrMalformed", name, err)
		}
	}
}

func TestUnknownFieldsAreSkipped(t *testing.T) {
	body, err := encode(func(w *writer) {
		w.header(0, thrift.STRUCT)
		w.message(1, OK)
		w.str(90, "new in a later version")
		w.header(91, thrift.STRUCT)
		w.stringMap(1, map[string]string{"a": "b"})
		w.stop()
		w.i32(2, int32(LevelBlind))
		w.stop()
		w.stop()
	})
	if err != nil {
		t.Fatal(err)
	}
	var got ControlMetaResponse
	if err := DecodeField(body, 0, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ControlMetaResponse{Err: OK, OldLevel: LevelBlind}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHostPortTwinIsPreferredAndAddressFallenBackTo(t *testing.T) {
	a, err := ParseAddress("10.0.0.1:34801")
	if err != nil {
		t.Fatal(err)
	}
	twin := HostPort{Host: "replica-1", Port: 60000, Type: 1}
	with := NodeInfo{Status: NodeAlive, Address: a, HP: &twin}
	frame, err := EncodeField(0, &ListNodesResponse{Err: OK, Infos: []NodeInfo{with, {Status: NodeUnalive, Address: a}}})
	if err != nil {
		t.Fatal(err)
	}
	var got ListNodesResponse
	if err := DecodeField(frame, 0, &got); err != nil {
		t.Fatal(err)
	}
	names := []string{got.Infos[0].Name(), got.Infos[1].Name()}
	if diff := cmp.Diff([]string{"replica-1:60000", "10.0.0.1:34801"}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	config := PartitionConfig{Primary: 0, Secondaries: []Address{a}, HPPrimary: &twin, HPSecondaries: []HostPort{twin}}
	if config.PrimaryServer() != "replica-1:60000" || config.SecondaryServers()[0] != "replica-1:60000" {
		t.Errorf("primary %q, secondaries %q; want the host names", config.PrimaryServer(), config.SecondaryServers())
	}
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"127.0.0.1", "host:1", "[::1]:34801", "1.2.3.4:99999"} {
		if a, err := ParseAddress(bad); err == nil {
			t.Errorf("ParseAddress(%q) = %v, want an error", bad, a)
		}
	}
	a, err := ParseAddress("127.0.0.1:34801")
	if err != nil || uint64(a) != 0x7f00000187f10001 || a.String() != "127.0.0.1:34801" {
		t.Errorf("127.0.0.1:34801 = %#x (%v), %v", uint64(a), a, err)
	}
	if none, err := ParseAddress("invalid address"); err != nil || none.Valid() || none.String() != "invalid address" {
		t.Errorf("invalid address = %v, %v", none, err)
	}
}

func FuzzReadRequest(f *testing.F) {
	for version := range uint32(2) {
		frame, err := EncodeRequest(RequestHeader{Version: version}, RPCListApps, 1, &ListAppsRequest{})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(frame)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		allocated.Check(t, len(b), valuesPerByte, func() {
			q, err := ReadRequest(bytes.NewReader(b), 1<<20)
			if err != nil {
				return
			}
			if shape, ok := Shapes[q.RPC]; ok {
				_ = q.Decode(shape.Request()) // must not panic
			}
		})
	})
}

func FuzzReadResponse(f *testing.F) {
	frame, err := EncodeResponse(OK, RPCListNodes, 1, &ListNodesResponse{Err: OK, Infos: []NodeInfo{{Status: NodeAlive}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frame)
	f.Fuzz(func(t *testing.T, b []byte) {
		allocated.Check(t, len(b), valuesPerByte, func() {
			a, err := ReadResponse(bytes.NewReader(b), 1<<20)
			if err != nil || len(a.RPC) < 4 {
				return
			}
			if shape, ok := Shapes[a.RPC[:len(a.RPC)-4]]; ok {
				_ = a.Decode(shape.Response()) // must not panic
			}
		})
	})
}
