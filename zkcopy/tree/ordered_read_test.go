package tree

import (
	"context"
	"errors"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/zkcopy/session"
)

// lineOf has the root of a tree in line, read but for its data.
func lineOf(t *testing.T, length int32) (*Ordered, *item) {
	t.Helper()
	o := newLine(Tree{Client: &session.Client{}, Path: "/r"}, OrderedOptions{Want: WantAll, Limits: Limits{Window: 8, DataBytes: 100, ListBytes: 100}})
	it := o.choose()[0]
	o.headCame(it, &session.Request{Kind: session.GetACL, Path: "/r", Answered: true, Stat: zk.Stat{Czxid: 1, DataLength: length}})
	if got := o.choose(); len(got) != 1 || got[0] != it || it.stage != toReadData || o.bytes != int64(length) {
		t.Fatalf("%v is next, %d bytes are held", got, o.bytes)
	}
	return o, it
}

func TestAZnodeWhoseACLChangedMeanwhileIsReadAnew(t *testing.T) {
	o, it := lineOf(t, 4)
	for range session.ConflictPatience - 1 {
		o.dataCame(it, &session.Request{Kind: session.GetData, Path: "/r", Room: 4, Data: []byte("data"), Stat: zk.Stat{Czxid: 1, Aversion: 1, DataLength: 4}})
		if got := o.choose(); len(got) != 1 || got[0] != it || it.stage != toRead || o.bytes != 0 {
			t.Fatalf("%v is next, %d bytes are held", got, o.bytes)
		}
		o.headCame(it, &session.Request{Kind: session.GetACL, Path: "/r", Stat: zk.Stat{Czxid: 1, DataLength: 4}})
		o.choose()
	}
	o.dataCame(it, &session.Request{Kind: session.GetData, Path: "/r", Stat: zk.Stat{Czxid: 2}})
	if _, _, err := o.Next(context.Background()); !errors.Is(err, session.ErrBusy) {
		t.Errorf("error is %v", err)
	}
}

func TestDataThatGrewMeanwhileWaitsForRoomAgain(t *testing.T) {
	o, it := lineOf(t, 4)
	o.dataCame(it, &session.Request{Kind: session.GetData, Path: "/r", Room: 4, Stat: zk.Stat{Czxid: 1, DataLength: 60}})
	if o.bytes != 0 {
		t.Errorf("%d bytes are held", o.bytes)
	}
	if got := o.choose(); len(got) != 1 || got[0] != it || o.bytes != 60 {
		t.Fatalf("%v is next, %d bytes are held", got, o.bytes)
	}
	o.dataCame(it, &session.Request{Kind: session.GetData, Path: "/r", Room: 60, Data: make([]byte, 60), Stat: zk.Stat{Czxid: 1, DataLength: 60}})
	if _, n, err := o.Next(context.Background()); err != nil || len(n.Data) != 60 || o.bytes != 0 {
		t.Errorf("%v, %v; %d bytes are held", n, err, o.bytes)
	}
}

func TestWhatWaitsInLineDoesNotGrowWithTheSessions(t *testing.T) {
	held := func(sessions int) int {
		return newLine(Tree{Client: &session.Client{}, Path: "/r"}, OrderedOptions{Limits: Limits{Window: sessions * windowPerLane}}).maxHeld
	}
	if few, many := held(session.DefaultConnections), held(32); many > few {
		t.Errorf("%d znodes wait with few sessions, %d with many", few, many)
	}
}
