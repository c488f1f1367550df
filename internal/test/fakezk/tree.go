package fakezk

import (
	"encoding/binary"
	"strings"
)

// Operations and codes (ZooKeeper: ZooDefs.OpCode, KeeperException.Code).
const (
	OpCreate      = 1
	OpDelete      = 2
	OpExists      = 3
	OpGetData     = 4
	OpSetData     = 5
	OpGetACL      = 6
	OpGetChildren = 8
	OpSync        = 9
	OpPing        = 11
	// OpGetChildren2 answers with the stat too.
	OpGetChildren2 = 12
	OpMulti        = 14
	OpMultiRead    = 22
	OpAuth         = 100
	OpClose        = -11

	CodeOK            = 0
	CodeUnimplemented = -6
	CodeNoNode        = -101
	CodeAuthFailed    = -115
	// CodeAuthRequired is SESSIONCLOSEDREQUIRESASLAUTH.
	CodeAuthRequired = -124
)

// Znode is one of the tree.
type Znode struct {
	Data []byte
	// Owner is the stat's ephemeralOwner.
	Owner int64
	// Zxid of the last change.
	Zxid int64
}

// Usual is how a server answers that holds the tree: reads and read transactions, and the creation of a
// znode, whose data it forgets.
func (s *Server) Usual(r Request) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	z, found := s.tree[r.Path]
	switch r.Op {
	case OpAuth:
		return Answer{}
	case OpSync:
		return Answer{Body: appendBytes(nil, []byte(r.Path))}
	case OpMultiRead:
		return Answer{Body: s.multiRead(r.Body)}
	case OpCreate:
		s.tree[r.Path] = Znode{Zxid: s.zxid.Add(1)}
		return Answer{Body: appendBytes(nil, []byte(r.Path))}
	}
	if !found {
		return Answer{Code: CodeNoNode}
	}
	switch r.Op {
	case OpExists:
		return Answer{Body: s.stat(nil, r.Path, z)}
	case OpGetData:
		return Answer{Body: s.stat(appendBytes(nil, z.Data), r.Path, z)}
	case OpGetACL:
		acl := appendInt(appendInt(nil, 1), 0x1f)
		acl = appendBytes(appendBytes(acl, []byte("world")), []byte("anyone"))
		return Answer{Body: s.stat(acl, r.Path, z)}
	case OpGetChildren, OpGetChildren2:
		names := s.children(r.Path)
		body := appendInt(nil, int32(len(names)))
		for _, name := range names {
			body = appendBytes(body, []byte(name))
		}
		if r.Op == OpGetChildren2 {
			body = s.stat(body, r.Path, z)
		}
		return Answer{Body: body}
	}
	return Answer{Code: CodeUnimplemented}
}

// children are the names of those that lie right below a path.
func (s *Server) children(path string) (names []string) {
	prefix := strings.TrimSuffix(path, "/") + "/"
	for other := range s.tree {
		if name, below := strings.CutPrefix(other, prefix); below && name != "" && !strings.Contains(name, "/") {
			names = append(names, name)
		}
	}
	return names
}

func (s *Server) stat(b []byte, path string, z Znode) []byte {
	for _, v := range []int64{z.Zxid, z.Zxid, 0, 0} { // czxid, mzxid, ctime, mtime
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	}
	b = appendInt(appendInt(appendInt(b, 0), 0), 0) // versions
	b = binary.BigEndian.AppendUint64(b, uint64(z.Owner))
	b = appendInt(appendInt(b, int32(len(z.Data))), int32(len(s.children(path))))
	return binary.BigEndian.AppendUint64(b, uint64(z.Zxid))
}

// multiRead answers a read transaction of getData requests.
func (s *Server) multiRead(body []byte) (answer []byte) {
	const head = 9 // operation, done, error
	for len(body) > head && body[4] == 0 {
		path, rest := takeText(body[head:])
		if z, found := s.tree[path]; found {
			answer = append(appendInt(answer, OpGetData), 0, 0, 0, 0, 0)
			answer = s.stat(appendBytes(answer, z.Data), path, z)
		} else {
			noNode := int32(CodeNoNode)
			answer = append(appendInt(answer, -1), 0)
			answer = appendInt(appendInt(answer, noNode), noNode)
		}
		if len(rest) == 0 {
			break
		}
		body = rest[1:] // the watch
	}
	return append(appendInt(answer, -1), 1, 0xff, 0xff, 0xff, 0xff)
}

// pathOf is the path that a request begins with.
func pathOf(r Request) string {
	if r.Op == OpMulti || r.Op == OpMultiRead || r.Op == OpAuth {
		return ""
	}
	path, _ := takeText(r.Body)
	return path
}

func takeText(b []byte) (text string, rest []byte) {
	if len(b) < 4 {
		return "", nil
	}
	n := int(int32(binary.BigEndian.Uint32(b)))
	if b = b[4:]; n < 0 || n > len(b) {
		return "", nil
	}
	return string(b[:n]), b[n:]
}
