package session

import (
	"bufio"
	"bytes"
	"errors"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/allocated"
)

// answers are packets with answers to requests of one kind each.
func FuzzAnswers(f *testing.F) {
	acl := appendFrame(nil, func(b []byte) []byte {
		b = appendText(appendText(appendInt(appendInt(b, 1), 31), "world"), "anyone")
		return append(b, make([]byte, statLength)...)
	})
	list := appendFrame(nil, func(b []byte) []byte { return appendText(appendText(appendInt(b, 2), "a"), "bc") })
	multi := appendFrame(nil, func(b []byte) []byte {
		b = appendBytes(appendMultiHead(b, opGetData, false), []byte("data"))
		b = append(b, make([]byte, statLength)...)
		b = appendInt(appendMultiHead(b, opError, false), -101)
		return appendMultiHead(b, opError, true)
	})
	for _, seed := range [][]byte{acl, list, multi, {0xff, 0xff, 0xff, 0xff}, {0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff}} {
		for kind := range byte(Sync + 2) {
			f.Add(kind, seed)
		}
	}
	f.Add(byte(GetData), []byte("0000\x00\x00\x000")) // a packet that ends before its data
	f.Fuzz(func(t *testing.T, kind byte, input []byte) {
		d := &decoder{r: bufio.NewReaderSize(bytes.NewReader(input), 256)}
		for range 3 {
			requests := []Request{{Kind: RequestKind(kind % byte(Sync+1)), Room: 100}, {Kind: GetData, Room: 2}}
			allocated.Check(t, len(input), 64, func() {
				d.begin()
				if kind > byte(Sync) {
					requests[0].Kind = GetData
					d.multi(requests)
				} else {
					d.one(&requests[0])
				}
				d.end()
			})
			for _, r := range requests {
				if len(r.Data) > r.Room || len(r.Data) > len(input) || len(r.Names)*4 > len(input) || len(r.ACL)*12 > len(input) {
					t.Errorf("%+v of %d bytes", r, len(input))
				}
			}
		}
	})
}

func TestAnErrorWithoutACodeIsNoAnswer(t *testing.T) {
	stream := appendFrame(nil, func(b []byte) []byte { return appendInt(appendMultiHead(b, opError, false), codeOK) })
	d := &decoder{r: bufio.NewReader(bytes.NewReader(stream))}
	requests := []Request{{Kind: GetData}}
	d.begin()
	d.multi(requests)
	if !errors.Is(d.err, errMalformed) || requests[0].Answered {
		t.Errorf("%+v, %v", requests[0], d.err)
	}
}

func TestManyAccessControlListsAreToldApart(t *testing.T) {
	var stream, one []byte
	var want [][]zk.ACL
	for i := range int32(12) {
		id := string(rune('a' + i%6))
		one = appendFrame(nil, func(b []byte) []byte {
			b = appendText(appendText(appendInt(appendInt(b, 1), i), "digest"), id)
			return append(b, make([]byte, statLength)...)
		})
		stream = append(append(stream, one...), one...)
		want = append(want, []zk.ACL{{Perms: i, Scheme: "digest", ID: id}}, []zk.ACL{{Perms: i, Scheme: "digest", ID: id}})
	}
	d := &decoder{r: bufio.NewReader(bytes.NewReader(stream))}
	var got [][]zk.ACL
	for range want {
		r := Request{Kind: GetACL}
		d.begin()
		d.one(&r)
		d.end()
		got = append(got, r.ACL)
	}
	if diff := cmp.Diff(want, got); diff != "" || d.err != nil {
		t.Errorf("%v\n%s", d.err, diff)
	}
}
