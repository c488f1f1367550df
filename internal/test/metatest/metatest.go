// Package metatest serves scripted answers in Pegasus's protocol to tests: captured ones, and
// failures that no healthy server shows. For clusters that behave, use onebox.
package metatest

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"pegashell/metaadmin/wire"
)

// Behaviour treats one request on the connection it came from; an error closes the connection.
type Behaviour func(nc net.Conn, q *wire.Request) error

// Server is a scripted server on a free port.
type Server struct {
	// Address is HOST:PORT.
	Address string
	// Requests counts what has arrived.
	Requests atomic.Int32
}

// Start serves until the test ends.
func Start(t testing.TB, b Behaviour) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Address: l.Addr().String()}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var serving []chan struct{}
		for {
			nc, err := l.Accept()
			if err != nil {
				break
			}
			done := make(chan struct{})
			serving = append(serving, done)
			context.AfterFunc(ctx, func() { nc.Close() })
			go func() {
				defer close(done)
				s.serve(nc, b)
			}()
		}
		for _, done := range serving {
			<-done
		}
	}()
	t.Cleanup(func() {
		l.Close()
		cancel()
		<-ended
	})
	return s
}

const maxRequest = 1 << 20

func (s *Server) serve(nc net.Conn, b Behaviour) {
	defer nc.Close()
	for {
		q, err := wire.ReadRequest(nc, maxRequest)
		if err != nil {
			return
		}
		s.Requests.Add(1)
		if b(nc, q) != nil {
			return
		}
	}
}

// Answer sends the answer to q. A nil result sends a frame without a body, for which code must not
// be ERR_OK.
func Answer(nc net.Conn, q *wire.Request, code wire.ErrorCode, result wire.Message) error {
	frame, err := wire.EncodeResponse(code, q.RPC, q.SeqID, result)
	if err != nil {
		return err
	}
	_, err = nc.Write(frame)
	return err
}

// Follower behaves as a meta server that follows the given leader, "" for an unknown one.
func Follower(leader string) Behaviour {
	return func(nc net.Conn, q *wire.Request) error {
		if q.RPC != wire.RPCQueryCfg {
			return Answer(nc, q, wire.OK, &wire.ErrorResponse{Err: wire.ErrForwardToOthers})
		}
		address, err := wire.ParseAddress(leader)
		if err != nil {
			return err
		}
		return Answer(nc, q, wire.OK, &wire.QueryCfgResponse{
			Err:        wire.ErrForwardToOthers,
			Partitions: []wire.PartitionConfig{{Primary: address}},
		})
	}
}

// Probe answers what our client asks beyond what the real shell asks, and reports whether q was such a
// question: for the meta level, before the calls that followers answer too, as a leader at level steady; for
// the cluster's own words, before a change of the level, as a server that does not lead yet; for the configuration, as a
// server that does not know the command.
func Probe(nc net.Conn, q *wire.Request) (bool, error) {
	if q.RPC == wire.RPCClusterInfo {
		return true, Answer(nc, q, wire.OK, &wire.ClusterInfoResponse{Err: wire.ErrServiceNotActive})
	}
	var remote wire.RemoteCommandRequest
	if q.RPC == wire.RPCRemoteCommand && q.Decode(&remote) == nil && remote.Command == "config-dump" {
		return true, Answer(nc, q, wire.OK, &wire.StringResult{Text: "unknown command 'config-dump'"})
	}
	var arg wire.ControlMetaRequest
	if q.RPC != wire.RPCControlMeta || q.Decode(&arg) != nil || arg.Level != wire.LevelInvalid {
		return false, nil
	}
	return true, Answer(nc, q, wire.OK, &wire.ControlMetaResponse{Err: wire.OK, OldLevel: wire.LevelSteady})
}

// Hangs never answers.
func Hangs(net.Conn, *wire.Request) error { return nil }

// HangsUp closes the connection in place of an answer.
func HangsUp(net.Conn, *wire.Request) error { return errors.New("hang up") }

// Refusing returns an address where nothing listens.
func Refusing(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
