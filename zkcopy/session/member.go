package session

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/bytesize"
	"pegashell/internal/message"
)

// A Member is one server of an ensemble, on one connection of its own: what is asked is answered by
// this server alone, where a Client chooses among all. Nothing that is sent here changes a znode.
// It is not safe for concurrent use.
type Member struct {
	conn *connection
	xid  int32
	stop func() bool
	// Server is HOST:PORT.
	Server string
	// ReadOnly: the server has no quorum and only lets clients read.
	ReadOnly bool
	// Login is how long the server took to open the session, once it was connected to. The ensemble
	// agrees on a session as it does on a write, so this is the time of a write.
	Login time.Duration
}

// OpenMember opens a session with one server, also with one that has no quorum, and presents the
// credentials. The session ends at the latest with ctx. The caller closes it.
func OpenMember(ctx context.Context, server string, options Options) (*Member, error) {
	o := options.withDefaults()
	conn, err := dial(ctx, o.Dialer, server)
	if err != nil {
		return nil, reason{server, err}
	}
	m := &Member{Server: server, conn: &connection{Conn: conn, server: server}}
	m.stop = context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	m.conn.decoder.r = bufio.NewReaderSize(m.conn, readAhead)
	if err := m.greet(&o); err != nil {
		m.stop()
		conn.Close()
		return nil, reason{server, err}
	}
	return m, nil
}

func (m *Member) greet(o *Options) error {
	sent := time.Now()
	if _, err := m.conn.Write(appendConnect(nil, 0, int32(o.SessionTimeout.Milliseconds()), true)); err != nil {
		return hungUpOr(err)
	}
	d := &m.conn.decoder
	d.begin()
	m.Login = time.Since(sent)
	if d.left == replyHead && d.err == nil {
		return m.refusal()
	}
	d.int() // protocol
	granted := d.int()
	d.long() // the session
	d.skip(max(0, d.length(1)))
	if d.left > 0 { // servers before 3.4 do not say so
		m.ReadOnly = d.peek(1)[0] != 0
	}
	d.end()
	switch {
	case d.err != nil:
		return hungUpOr(d.err)
	case granted <= 0:
		return message.Errorf("open a session: the server refused it")
	}
	if _, err := m.conn.Write(appendCredentials(nil, o.Auth)); err != nil {
		return hungUpOr(err)
	}
	return d.accepted(&readerOptions{Servers: []string{m.Server}, Auth: o.Auth}, 0)
}

// replyHead is the length of an answer without contents: xid, zxid and code. What opens a session is
// longer.
const replyHead = 16

// refusal reads the answer of a server that could not have the session agreed on.
func (m *Member) refusal() error {
	d := &m.conn.decoder
	d.peek(12)
	switch code := d.int(); {
	case d.err != nil:
		return hungUpOr(d.err)
	case code == codeNotReadOnly:
		return ErrReadOnly
	default:
		return errors.New(codeText(code))
	}
}

// ErrReadOnly: a server has no quorum and only lets clients read, so that it does not open a session
// that the ensemble would have to agree on.
var ErrReadOnly = message.Errorf("it has no quorum and only lets clients read")

func hungUpOr(err error) error {
	if hungUp(err) {
		return errHungUp
	}
	return err
}

// Close ends the session.
func (m *Member) Close() {
	m.stop()
	m.conn.SetDeadline(time.Now().Add(farewell))
	m.conn.Write(appendClose(nil, m.xid+1))
	m.conn.decoder.begin() // the answer, or the end of the connection
	m.conn.Close()
}

// Ping returns the time of a round trip to the server and back, the median of some.
func (m *Member) Ping(times int) (time.Duration, error) {
	var trips []time.Duration
	for range times {
		sent := time.Now()
		if _, err := m.conn.Write(appendPing(nil)); err != nil {
			return 0, hungUpOr(err)
		}
		if _, err := m.answer(); err != nil {
			return 0, err
		}
		trips = append(trips, time.Since(sent))
	}
	slices.Sort(trips)
	return trips[len(trips)/2], nil
}

// answer reads the code of the next answer; what follows it is passed over.
func (m *Member) answer() (code int32, err error) {
	d := &m.conn.decoder
	d.begin()
	d.peek(12) // xid and zxid
	code = d.int()
	d.end()
	return code, d.err
}

// ask sends a request and returns the code of its answer.
func (m *Member) ask(op int32, body func([]byte) []byte) (int32, error) {
	m.xid++
	packet := appendFrame(nil, func(b []byte) []byte { return body(appendHead(b, m.xid, op)) })
	written := make(chan error, 1)
	go func() {
		_, err := m.conn.Write(packet)
		written <- err
	}()
	code, err := m.answer()
	if err != nil { // a server that ends the connection at the length of a packet does not read the rest
		m.conn.SetWriteDeadline(time.Unix(1, 0))
	}
	unwritten := <-written
	switch {
	case err != nil:
		return 0, hungUpOr(err)
	case unwritten != nil:
		return 0, hungUpOr(unwritten)
	case code == codeAuthRequired:
		return code, &AuthRequiredError{[]string{m.Server}}
	}
	return code, nil
}

// Root asks for the stat of the root of all znodes. A server that accepts authenticated clients only
// answers a request with that, but opens the session: *AuthRequiredError.
func (m *Member) Root() (*zk.Stat, error) {
	m.xid++
	if _, err := m.conn.Write(appendOne(nil, m.xid, &Request{Kind: Exists, Path: "/"})); err != nil {
		return nil, hungUpOr(err)
	}
	d := &m.conn.decoder
	d.begin()
	d.peek(12)
	code := d.int()
	var stat zk.Stat
	if code == codeOK {
		d.stat(&stat)
	}
	d.end()
	switch {
	case d.err != nil:
		return nil, hungUpOr(d.err)
	case code == codeAuthRequired:
		return nil, &AuthRequiredError{[]string{m.Server}}
	case code != codeOK:
		return nil, errors.New(codeText(code))
	}
	return &stat, nil
}

// Takes reports whether the server accepts a packet of so many bytes. It asks whether there is a
// znode with a name that fills the packet: a server that accepts the packet answers that there is
// none, and one that does not closes the connection. A read is used, and not a write of a znode that
// does not exist, since a server passes a write on to its leader, which may accept less and would
// end its connection to the server instead. After false the Member is of no more use.
func (m *Member) Takes(bytes int) (bool, error) {
	const around = 8 + 4 + 1 // the head, the length of the path, no watch
	path := "/" + strings.Repeat("x", max(0, bytes-around-1))
	code, err := m.ask(opExists, func(b []byte) []byte { return append(appendText(b, path), 0) })
	switch {
	case errors.Is(err, errHungUp):
		return false, nil
	case err != nil:
		return false, err
	case code != codeNoNode:
		return false, errors.New(codeText(code))
	}
	return true, nil
}

// KnowsACL reports whether the ensemble accepts an access control list: whether it knows its schemes
// and ids. It asks to create a child of a znode that does not exist: servers look at the list
// first, and then do not find the parent, whose name must not be that of a znode.
func (m *Member) KnowsACL(missingParent string, acl []zk.ACL) (bool, error) {
	code, err := m.ask(opCreate, func(b []byte) []byte {
		b = appendBytes(appendText(b, missingParent+"/none"), nil)
		b = appendInt(b, int32(len(acl)))
		for _, entry := range acl {
			b = appendText(appendText(appendInt(b, entry.Perms), entry.Scheme), entry.ID)
		}
		return appendInt(b, 0) // persistent
	})
	switch {
	case err != nil:
		return false, err
	case code == codeInvalidACL:
		return false, nil
	case code == codeNoNode:
		return true, nil
	}
	return false, errors.New(codeText(code))
}

// ErrWordRefused says that a server does not answer a four-letter word: its configuration does not
// allow it (4lw.commands.whitelist).
var ErrWordRefused = message.Errorf("the server does not answer this four-letter word")

// ErrNotServing says that a server answers, but serves no clients.
var ErrNotServing = message.Errorf("it is running but does not serve clients: its ensemble has no quorum, or it is starting")

// mostOfAnswer bounds the answer to a four-letter word: cons has a line of some 250 bytes for each
// connection.
const mostOfAnswer = 16 << 20

// FourLetterWord returns what a server answers to a four-letter word such as srvr, on a connection
// of its own without a session. An answer that is not complete, or longer than 16 MiB, is an error; that of
// a server without a quorum is ErrNotServing.
func FourLetterWord(ctx context.Context, server, word string, options Options) (string, error) {
	conn, err := dial(ctx, options.withDefaults().Dialer, server)
	if err != nil {
		return "", reason{server, err}
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	if _, err := conn.Write([]byte(word)); err != nil {
		return "", reason{server, hungUpOr(err)}
	}
	answer, err := io.ReadAll(io.LimitReader(conn, mostOfAnswer+1))
	text := string(answer)
	switch {
	case err != nil && !hungUp(err) && !errors.Is(err, io.ErrUnexpectedEOF): // of TLS without a farewell
		if text == "" {
			return "", reason{server, err}
		}
		return "", message.Errorf("its answer to %s is not complete: %w", word, reason{server, err})
	case len(answer) > mostOfAnswer:
		return "", message.Errorf("its answer to %s is longer than %s", word, bytesize.String(mostOfAnswer))
	case text == "" || strings.Contains(text, "is not executed because it is not in the whitelist"):
		return "", fmt.Errorf("%s: %w", word, ErrWordRefused)
	case strings.HasPrefix(text, "This ZooKeeper instance is not currently serving requests"):
		return "", ErrNotServing
	}
	return text, nil
}
