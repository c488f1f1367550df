package metaadmin

import (
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"pegashell/internal/test/metatest"
	"pegashell/metaadmin/wire"
)

// listFrame is an answer to RPC_CM_LIST_APPS.
func listFrame(q *wire.Request) ([]byte, error) {
	return wire.EncodeResponse(wire.OK, q.RPC, q.SeqID, &wire.ListAppsResponse{Err: wire.OK, Infos: []AppInfo{
		{Status: wire.AppAvailable, Name: "users", ID: 1, PartitionCount: 4, Envs: map[string]string{"a": "b"}, MaxReplicaCount: 3},
	}})
}

func TestAnAnswerThatEndsAtAnyByteIsAnError(t *testing.T) {
	var sent atomic.Int32
	server := metatest.Start(t, func(nc net.Conn, q *wire.Request) error {
		frame, err := listFrame(q)
		if err != nil {
			return err
		}
		cut := min(int(sent.Load()), len(frame))
		nc.Write(frame[:cut]) // an error would be that of a client that has gone
		if cut == len(frame) {
			return nil
		}
		return errors.New("hang up")
	})
	client, err := New([]string{server.Address}, Options{Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	cut := 0
	for ; ; cut++ {
		sent.Store(int32(cut))
		apps, err := client.ListApps(t.Context(), wire.AppAvailable)
		if err == nil {
			if len(apps) != 1 || apps[0].Name != "users" {
				t.Errorf("%d bytes: %+v", cut, apps)
			}
			break
		}
		var call *Error
		if !errors.As(err, &call) || apps != nil {
			t.Fatalf("%d bytes: %v, %v", cut, apps, err)
		}
	}
	if cut < 100 {
		t.Errorf("%d bytes were enough", cut)
	}
}

func TestAnAnswerThatDripsEndsWithItsCall(t *testing.T) {
	server := metatest.Start(t, func(nc net.Conn, q *wire.Request) error {
		frame, err := listFrame(q)
		for i := 0; err == nil && i < len(frame); i++ {
			_, err = nc.Write(frame[i : i+1])
			<-time.After(5 * time.Millisecond)
		}
		return err
	})
	client, err := New([]string{server.Address}, Options{Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	apps, err := client.ListApps(t.Context(), wire.AppAvailable)
	if Code(err) != wire.ErrTimeout || apps != nil {
		t.Errorf("%v, %v", apps, err)
	}
}
