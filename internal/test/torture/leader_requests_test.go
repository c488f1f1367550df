package torture

import (
	"bytes"
	"context"
	"maps"
	"net"
	"slices"
	"sync"

	"pegashell/metaadmin/wire"
)

// requests counts what the session sends to the leader, and has a fault begin at one request.
type requests struct {
	metas []string

	mu      sync.Mutex
	hit     string // the server that the fault befell, until the cluster is healed
	leader  string // when it began to count
	at      int    // the request that the fault begins at, from 1; 0 for none
	count   int
	changes map[string]int // changes that were sent and not declined by a follower, by the RPC
	fault   func(server string, pass func())
}

// disturbed is a connection to a meta server.
type disturbed struct {
	net.Conn
	server string
	of     *requests
	sent   map[int32]string // the changes that were sent, by the sequence id; guarded by of.mu
	heard  bytes.Buffer     // the beginning of an answer
}

func (r *requests) dial(ctx context.Context, network, address string) (net.Conn, error) {
	nc, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil || !slices.Contains(r.metas, address) {
		return nc, err
	}
	return &disturbed{Conn: nc, server: address, of: r, sent: map[int32]string{}}, nil
}

// Write sends one request: the client writes each frame at once.
func (d *disturbed) Write(frame []byte) (n int, err error) {
	name, seq := changeIn(frame)
	pass := func() {
		if n, err = d.Conn.Write(frame); n == 0 {
			d.of.take(d, seq) // nothing has left the client
		}
	}
	d.of.mu.Lock()
	fault := d.of.fault
	if d.server == d.of.leader {
		d.of.count++
	}
	if d.server != d.of.leader || d.of.count != d.of.at {
		fault = nil
	}
	if fault != nil {
		d.of.hit = d.server
	}
	if name != "" {
		d.of.changes[name]++
		d.sent[seq] = name
	}
	d.of.mu.Unlock()
	if fault != nil {
		fault(d.server, pass)
	} else {
		pass()
	}
	return n, err
}

// Read takes back what a follower has declined: that was not carried out.
func (d *disturbed) Read(p []byte) (int, error) {
	n, err := d.Conn.Read(p)
	d.heard.Write(p[:n])
	for {
		rest := bytes.NewReader(d.heard.Bytes())
		answer, broken := wire.ReadResponse(rest, wire.DefaultMaxFrame)
		if broken != nil { // or not whole yet
			return n, err
		}
		d.heard.Next(d.heard.Len() - rest.Len())
		d.of.mu.Lock()
		name := d.sent[answer.SeqID]
		d.of.mu.Unlock()
		if name != "" && declined(name, answer) {
			d.of.take(d, answer.SeqID)
		}
	}
}

// healed is the server that a fault befell, and forgets it.
func (r *requests) healed() (hit string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	hit, r.hit = r.hit, ""
	return hit
}

// take counts a change no longer.
func (r *requests) take(d *disturbed, seq int32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if name := d.sent[seq]; name != "" {
		delete(d.sent, seq)
		if r.changes[name]--; r.changes[name] == 0 {
			delete(r.changes, name)
		}
	}
}

// declined reports whether the answer is a follower's.
func declined(rpc string, answer *wire.Response) bool {
	result := wire.Shapes[rpc].Response()
	code := answer.Err
	if r, ok := result.(wire.Result); ok && code == wire.OK && answer.Decode(result) == nil {
		code = r.Code()
	}
	return code == wire.ErrForwardToOthers || code == wire.ErrServiceNotActive
}

// changeIn is the RPC of a request that changes something, and its sequence id; "" for others.
func changeIn(frame []byte) (rpc string, seq int32) {
	q, err := wire.ReadRequest(bytes.NewReader(frame), len(frame))
	if err != nil {
		return "unreadable", 0
	}
	switch q.RPC {
	case wire.RPCCreateApp, wire.RPCDropApp, wire.RPCRecallApp, wire.RPCRenameApp, wire.RPCUpdateAppEnv, wire.RPCSetReplicaCount,
		wire.RPCPropose, wire.RPCStartRecovery:
		return q.RPC, q.SeqID
	case wire.RPCControlMeta:
		var level wire.ControlMetaRequest
		if q.Decode(&level) == nil && level.Level != wire.LevelInvalid {
			return q.RPC, q.SeqID
		}
	}
	return "", 0
}

// begin counts anew; the fault begins at a request, and gets how to pass it on.
func (r *requests) begin(leader string, at int, fault func(server string, pass func())) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leader, r.at, r.count, r.changes, r.fault = leader, at, 0, map[string]int{}, fault
}

func (r *requests) sent() (count int, changes map[string]int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count, maps.Clone(r.changes)
}
