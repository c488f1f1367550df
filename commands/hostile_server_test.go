package commands_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"net"
	"reflect"
	"sync"
	"testing"
	"time"

	cmd "pegashell/commands/command"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

const (
	// callTimeout is that of each call in these tests, and lineTimeout how long a command may take then:
	// several calls, each on two servers.
	callTimeout = 40 * time.Millisecond
	lineTimeout = 10 * time.Second
)

var patient = flag.Bool("patient", false, "try servers that are silent with commands that wait long for them too")

// frameOf is the frame of a good answer.
func frameOf(q *wire.Request, rpc string, seq int32) ([]byte, error) {
	shape, known := wire.Shapes[q.RPC]
	if !known {
		return nil, fmt.Errorf("%q is unknown", q.RPC)
	}
	answer := shape.Response()
	fill(reflect.ValueOf(answer).Elem(), wire.OK)
	return wire.EncodeResponse(wire.OK, rpc, seq, answer)
}

// answering writes what is made of the frame of a good answer, and ends the connection on an error.
func answering(change func(q *wire.Request, frame []byte) (sent []byte, after error)) metatest.Behaviour {
	return func(nc net.Conn, q *wire.Request) error {
		frame, err := frameOf(q, q.RPC, q.SeqID)
		if err != nil {
			return err
		}
		frame, after := change(q, frame)
		if _, err := nc.Write(frame); err != nil {
			return err
		}
		return after
	}
}

var errHangUp = errors.New("hang up")

// hostileServers behave as no server should.
var hostileServers = map[string]metatest.Behaviour{
	"never answers": metatest.Hangs,
	"hangs up":      metatest.HangsUp,
	"ends within the frame": answering(func(_ *wire.Request, frame []byte) ([]byte, error) {
		return frame[:len(frame)/2], errHangUp
	}),
	"stops within the frame": answering(func(_ *wire.Request, frame []byte) ([]byte, error) {
		return frame[:len(frame)/2], nil
	}),
	"another sequence id": func(nc net.Conn, q *wire.Request) error {
		frame, err := frameOf(q, q.RPC, q.SeqID+1000)
		if err == nil {
			_, err = nc.Write(frame)
		}
		return err
	},
	"another RPC's name": func(nc net.Conn, q *wire.Request) error {
		frame, err := frameOf(q, "RPC_CM_NONE_SUCH", q.SeqID)
		if err == nil {
			_, err = nc.Write(frame)
		}
		return err
	},
	"another RPC's body": func(nc net.Conn, q *wire.Request) error {
		return metatest.Answer(nc, q, wire.OK, &wire.StringResult{Text: "something else"})
	},
	"no body": func(nc net.Conn, q *wire.Request) error {
		return metatest.Answer(nc, q, wire.OK, &empty{})
	},
	"a length of 2 GiB": answering(func(_ *wire.Request, frame []byte) ([]byte, error) {
		return hugeLength(frame), nil
	}),
	"noise": answering(func(_ *wire.Request, frame []byte) ([]byte, error) {
		for i := range frame {
			frame[i] ^= byte(i)*31 + 7
		}
		return frame, nil
	}),
	"each answer twice": answering(func(_ *wire.Request, frame []byte) ([]byte, error) {
		return append(frame[:len(frame):len(frame)], frame...), nil
	}),
	"an error of its own": func(nc net.Conn, q *wire.Request) error {
		return metatest.Answer(nc, q, "ERR_NONE_SUCH", nil)
	},
}

// empty is a message without fields.
type empty struct{ wire.StringResult }

// hugeLength sets the body's length in a frame's header (source: Pegasus's thrift header, the length
// of the meta and then that of the body follow the magic and the version).
func hugeLength(frame []byte) []byte {
	const bodyLength = 4 + 4 + 4
	binary.BigEndian.PutUint32(frame[bodyLength:], 1<<31-1)
	return frame
}

// changes are the RPCs that change a cluster, and must not be sent twice.
var changes = map[string]bool{
	wire.RPCCreateApp: true, wire.RPCDropApp: true, wire.RPCRecallApp: true, wire.RPCRenameApp: true, wire.RPCUpdateAppEnv: true,
	wire.RPCSetReplicaCount: true, wire.RPCPropose: true, wire.RPCStartRecovery: true, wire.RPCAddDuplication: true,
	wire.RPCModifyDuplication: true, wire.RPCStartBulkLoad: true, wire.RPCClearBulkLoad: true, wire.RPCControlBulkLoad: true, wire.RPCDetectHotkey: true,
}

// counted counts the changes that are sent.
type counted struct {
	mu   sync.Mutex
	seen map[string]int
}

// dial counts where requests are sent: servers may read them when another line runs already.
func (c *counted) dial(ctx context.Context, network, address string) (net.Conn, error) {
	nc, err := new(net.Dialer).DialContext(ctx, network, address)
	return countedConn{nc, c}, err
}

type countedConn struct {
	net.Conn
	c *counted
}

// Write sends one request: the client writes each frame at once.
func (n countedConn) Write(frame []byte) (int, error) {
	q, err := wire.ReadRequest(bytes.NewReader(frame), len(frame))
	if err != nil {
		return 0, err
	}
	name := q.RPC
	var level wire.ControlMetaRequest
	if name == wire.RPCControlMeta && q.Decode(&level) == nil && level.Level != wire.LevelInvalid {
		name = "a change of the level"
	}
	if changes[q.RPC] || name != q.RPC {
		n.c.mu.Lock()
		n.c.seen[name]++
		n.c.mu.Unlock()
	}
	return n.Conn.Write(frame)
}

// Every command ends in time whatever its servers do, and sends no change a second time.
func TestEveryCommandEndsWithHostileServers(t *testing.T) {
	t.Chdir(t.TempDir())
	refused := metatest.Refusing(t)
	var trying sync.WaitGroup // they wait for most of the time
	for name, behaviour := range hostileServers {
		c := &counted{seen: map[string]int{}}
		first, second := metatest.Start(t, behaviour), metatest.Start(t, behaviour)
		s := shelltest.StartOn(t, metaadmin.Options{Timeout: callTimeout, Dial: c.dial}, first.Address, second.Address)
		trying.Go(func() {
			for _, command := range s.Registry.Commands() {
				for _, line := range linesAgainst(name, command, refused) {
					c.try(s, name, line)
				}
			}
		})
	}
	trying.Wait()
}

// linesAgainst are a command's lines that are tried with a kind of servers.
func linesAgainst(name string, command *cmd.Command, server string) []string {
	endless := map[string]bool{"watch": true, "exit": true, "source": true}
	silent := map[string]bool{"never answers": true, "stops within the frame": true, "another sequence id": true}
	if endless[command.Name] || silent[name] && !*patient && !(command.Plugin == cmd.PluginCluster && command.Reads) {
		return nil // commands that change look at all servers before, and wait seconds for each
	}
	lines := examplesOf(command, server)
	return lines[:min(len(lines), 5)]
}

// try runs a line.
func (c *counted) try(s *shelltest.Session, name, line string) {
	c.mu.Lock()
	clear(c.seen)
	c.mu.Unlock()
	ctx, cancel := context.WithCancel(s.T.Context()) // a deadline would be that of each call
	defer cancel()
	defer time.AfterFunc(lineTimeout, cancel).Stop()
	_, _, err := s.RunIn(ctx, line, "y", "y", "y")
	if ctx.Err() != nil {
		s.T.Errorf("%s, %s: it did not end in time: %v", name, line, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for change, times := range c.seen {
		if times > 1 {
			s.T.Errorf("%s, %s: %s was sent %d times", name, line, change, times)
		}
	}
}
