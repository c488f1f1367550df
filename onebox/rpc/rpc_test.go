package rpc

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/release"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second

// serve runs a server with these handlers until the test ends.
func serve(t *testing.T, handlers map[string]Handler) (wire.Address, func()) {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a, err := wire.NewAddress(netip.MustParseAddrPort(ln.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	s := &Server{Handlers: handlers, Log: log.New(io.Discard, "", 0)}
	wg.Go(func() {
		if err := s.Serve(ctx, ln); err != nil {
			t.Error(err)
		}
	})
	stop := sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(stop)
	return a, stop
}

func client(t *testing.T) *Client {
	c := NewClient()
	t.Cleanup(c.Close)
	return c
}

// level answers RPC_CM_CONTROL_META with the level that was asked for.
var level = Handle(func(_ context.Context, q *wire.ControlMetaRequest) (wire.Message, error) {
	return &wire.ControlMetaResponse{Err: wire.OK, OldLevel: q.Level}, nil
})

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func dial(t *testing.T, a wire.Address) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp4", a.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c
}

func request(t *testing.T, version uint32, rpc string, seq int32, arg wire.Message) []byte {
	t.Helper()
	frame, err := wire.EncodeRequest(wire.RequestHeader{Version: version}, rpc, seq, arg)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func TestSlowRequestDelaysNoOtherOfTheConnection(t *testing.T) {
	release := make(chan struct{})
	a, _ := serve(t, map[string]Handler{
		wire.RPCControlMeta: level,
		wire.RPCClusterInfo: Handle(func(ctx context.Context, _ *wire.ClusterInfoRequest) (wire.Message, error) {
			select {
			case <-release:
			case <-ctx.Done():
			}
			return &wire.ClusterInfoResponse{Err: wire.OK}, nil
		}),
	})
	c := dial(t, a)
	// The slow one first, then one of each header version.
	frames := append(request(t, 0, wire.RPCClusterInfo, 1, &wire.ClusterInfoRequest{}),
		append(request(t, 1, wire.RPCControlMeta, 2, &wire.ControlMetaRequest{Level: 2}),
			request(t, 0, wire.RPCControlMeta, 3, &wire.ControlMetaRequest{Level: 3})...)...)
	if _, err := c.Write(frames); err != nil {
		t.Fatal(err)
	}
	seen := map[int32]bool{}
	for range 2 {
		answer, err := wire.ReadResponse(c, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		var level wire.ControlMetaResponse
		if err := answer.Decode(&level); err != nil || int32(level.OldLevel) != answer.SeqID {
			t.Errorf("answer %d says %d, %v", answer.SeqID, level.OldLevel, err)
		}
		seen[answer.SeqID] = true
	}
	close(release)
	answer, err := wire.ReadResponse(c, 1<<20)
	if err != nil || answer.SeqID != 1 || !seen[2] || !seen[3] {
		t.Errorf("last answer = %+v, %v; before it %v", answer, err, seen)
	}
}

func TestHostileBytesCloseTheConnectionAndNothingElse(t *testing.T) {
	a, _ := serve(t, map[string]Handler{wire.RPCControlMeta: level, wire.RPCConfigSync: Handle(
		func(context.Context, *wire.ConfigSyncRequest) (wire.Message, error) { return nil, ErrNoAnswer })})
	good := request(t, 0, wire.RPCControlMeta, 1, &wire.ControlMetaRequest{})
	long := bytes.Clone(good)
	binary.BigEndian.PutUint32(long[16:], 1<<31)
	badBody := bytes.Clone(good)
	badBody[48] = 0
	sync := request(t, 0, wire.RPCConfigSync, 1, &wire.ConfigSyncRequest{Stored: []wire.ReplicaInfo{{}}})
	i := bytes.Index(sync, []byte{0x0f, 0, 2, 0x0c, 0, 0, 0, 1}) // the list of replicas
	binary.BigEndian.PutUint32(sync[i+4:], 1<<31-1)
	cases := map[string][]byte{
		"another protocol":           []byte("GET /meta/cluster HTTP/1.1\r\nHost: x\r\n\r\n"),
		"unknown version":            append([]byte("THFT\x00\x00\x00\x07"), make([]byte, 60)...),
		"body of 2 GiB":              long,
		"body that is no message":    badBody,
		"list of 2 billion elements": sync,
	}
	for name, frame := range cases {
		c := dial(t, a)
		if _, err := c.Write(frame); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(make([]byte, 1)); n != 0 || errors.Is(err, context.DeadlineExceeded) || err == nil {
			t.Errorf("%s: read %d bytes, %v; want the connection closed", name, n, err)
		}
	}
	var answer wire.ControlMetaResponse
	if err := client(t).Call(within(t), a, wire.RPCControlMeta, &wire.ControlMetaRequest{Level: 5}, &answer); err != nil || answer.OldLevel != 5 {
		t.Errorf("after all that: %+v, %v", answer, err)
	}
}

func TestUnknownRPCIsRefusedInTheFrame(t *testing.T) {
	a, _ := serve(t, nil)
	err := client(t).Call(within(t), a, wire.RPCListApps, &wire.ListAppsRequest{}, new(wire.ListAppsResponse))
	var refused FrameError
	if !errors.As(err, &refused) || refused.Code != wire.ErrHandlerNotFound {
		t.Errorf("unknown RPC: %v", err)
	}
}

func TestCallsOfManyShareAConnection(t *testing.T) {
	a, _ := serve(t, map[string]Handler{wire.RPCControlMeta: level})
	c := client(t)
	var wg sync.WaitGroup
	for i := range 500 {
		wg.Go(func() {
			var answer wire.ControlMetaResponse
			err := c.Call(within(t), a, wire.RPCControlMeta, &wire.ControlMetaRequest{Level: wire.MetaLevel(i)}, &answer)
			if err != nil || answer.OldLevel != wire.MetaLevel(i) {
				t.Errorf("call %d: %+v, %v", i, answer, err)
			}
		})
	}
	wg.Wait()
}

func TestClientConnectsAgainAfterTheServerWasRestarted(t *testing.T) {
	a, stop := serve(t, map[string]Handler{wire.RPCControlMeta: level})
	c := client(t)
	call := func() error {
		return c.Call(within(t), a, wire.RPCControlMeta, &wire.ControlMetaRequest{}, new(wire.ControlMetaResponse))
	}
	if err := call(); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := call(); !errors.Is(err, ErrUnreachable) {
		t.Errorf("call of a stopped server: %v", err)
	}
	ln, err := net.Listen("tcp4", a.String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		(&Server{Handlers: map[string]Handler{wire.RPCControlMeta: level}, Log: log.New(io.Discard, "", 0)}).Serve(ctx, ln)
	})
	defer func() { cancel(); wg.Wait() }()
	deadline := time.Now().Add(patience)
	for err = call(); err != nil && time.Now().Before(deadline); err = call() {
		time.Sleep(time.Millisecond)
	}
	if err != nil {
		t.Errorf("call of the restarted server: %v", err)
	}
}

func TestCallGivesUpWithItsContext(t *testing.T) {
	a, _ := serve(t, map[string]Handler{wire.RPCControlMeta: Handle(
		func(ctx context.Context, _ *wire.ControlMetaRequest) (wire.Message, error) {
			<-ctx.Done() // ends with the client's timeout: the server holds nothing for a client that is gone
			return nil, ErrNoAnswer
		})})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err := client(t).Call(ctx, a, wire.RPCControlMeta, &wire.ControlMetaRequest{}, new(wire.ControlMetaResponse))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("call without an answer: %v", err)
	}
}

func TestRemoteCommands(t *testing.T) {
	c := NewCommands(time.Date(2026, 11, 22, 23, 59, 56, 0, time.Local), release.V25, "[meta_server]\n")
	value := int64(65)
	c.Add(Command{Names: []string{"percentage"}, Help: "percentage [num | DEFAULT]",
		Run: c.Number("percentage", 0, 65, func() int64 { return value }, func(n int64) { value = n })})
	ask := func(command string, args ...string) string {
		m, err := c.Answer(context.Background(), &wire.RemoteCommandRequest{Command: command, Arguments: args})
		if err != nil {
			t.Fatal(err)
		}
		return m.(*wire.StringResult).Text
	}
	for _, step := range []struct {
		command string
		args    []string
		want    string
	}{
		{"server-info", nil, "Pegasus Server 2.5.0 (0ca31b70eac7321bb17fb034105695597245d47b) Release, Started at 2026-11-22 23:59:56"},
		{"no.such.command", nil, "unknown command 'no.such.command'"},
		{"flush-log", nil, "Flush done."},
		{"engine", nil, "command 'engine' is not simulated"},
		{"help", []string{"repeat"}, "repeat: repeat|Repeat|r|R interval_seconds max_count command - execute command periodically\n" +
			"repeat|Repeat|r|R interval_seconds max_count command - execute command every interval seconds, to the max count as max_count (0 for infinite)\n"},
		{"config-dump", nil, "[meta_server]\n"},
		{"config-dump", []string{"../config.ini"}, "config dump to file ../config.ini is not simulated: nothing was written"},
		{"help", []string{"config-dump"}, "config-dump: config-dump - dump configuration\nconfig-dump [to-this-config-file]\n"},
		{"help", []string{"nosuch"}, "cannot find command 'nosuch'"},
		{"percentage", nil, "65"},
		{"percentage", []string{"0"}, "OK"},
		{"percentage", nil, "0"},
		{"percentage", []string{"abc"}, "ERR: invalid arguments"},
		{"percentage", []string{"DEFAULT"}, "OK"},
		{"percentage", nil, "65"},
	} {
		if got := ask(step.command, step.args...); got != step.want {
			t.Errorf("%s %v = %q, want %q", step.command, step.args, got, step.want)
		}
	}
}
