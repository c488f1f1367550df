package look

import (
	"testing"
	"time"

	"pegashell/metaadmin"
)

func TestTheTransactionIdIsReadFromTheAnswerToSrvr(t *testing.T) {
	for answer, want := range map[string]int64{
		"Zookeeper version: 3.8.0\nLatency: 0\nZxid: 0x1f\nMode: standalone\n": 31,
		"Zxid: 0x500000001\r\n": 0x500000001,
		"This ZooKeeper instance is not currently serving requests": -1,
		"Zxid: unknown\n": -1, "": -1,
	} {
		got, ok := zxidIn(answer)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %d, %v", answer, got, ok)
		}
	}
}

func TestAServerIsKnownUntilItIsStartedAnew(t *testing.T) {
	started := time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC)
	later := started.Add(time.Hour)
	m := NewMemory()
	m.recallServer("a:1", started, later).config = &metaadmin.ServerConfig{HostsList: "x"}
	if m.recallServer("a:1", started, later).config == nil {
		t.Error("it was forgotten")
	}
	if m.recallServer("a:1", started.Add(time.Second), later).config != nil {
		t.Error("it is known though it was started anew")
	}
	m.recallServer("a:1", time.Time{}, later).config = &metaadmin.ServerConfig{}
	if m.recallServer("a:1", time.Time{}, later).config != nil {
		t.Error("it is known though it is not known when it was started")
	}
	// The time has no fractions of a second: another process may have been started in the same one.
	m.recallServer("b:1", started, started.Add(time.Second)).config = &metaadmin.ServerConfig{}
	if m.recallServer("b:1", started, started.Add(time.Second)).config != nil {
		t.Error("it is known though it may have been started anew since")
	}
}
