package backup

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-zookeeper/zk"
)

// parser reads lines of znodes as a Writer writes them: keys in their order, no blanks. It does not
// know why another line is not one of these, and leaves it to decode. What both accept they read
// alike.
type parser struct {
	rest []byte
	bad  bool
	// text and acl are the last list that was read: most znodes of a tree have the same.
	text []byte
	acl  []zk.ACL
}

// record parses a line with its line feed; nil if it is not written so.
func (p *parser) record(line []byte) *Record {
	p.rest, p.bad = line, false
	r := &Record{}
	p.take(`{"path":`)
	r.Path = string(p.quoted())
	p.take(`,"kind":`)
	r.Kind = p.kind()
	if p.has(`,"ttl_ms":`) {
		ms := p.number(64)
		r.TTL = time.Duration(ms) * time.Millisecond
		p.bad = p.bad || ms == 0
	}
	if p.has(`,"session":`) {
		r.Session = p.id()
	}
	switch {
	case p.has(`,"text":`):
		r.Data = p.quoted()
	case p.has(`,"base64":`):
		r.Data = p.base64()
	}
	p.take(`,"acl":`)
	r.ACL = p.list()
	p.take(`,"stat":{"czxid":`)
	r.Stat.Czxid = p.id()
	p.take(`,"mzxid":`)
	r.Stat.Mzxid = p.id()
	p.take(`,"pzxid":`)
	r.Stat.Pzxid = p.id()
	p.take(`,"ctime":`)
	r.Stat.Ctime = p.number(64)
	p.take(`,"mtime":`)
	r.Stat.Mtime = p.number(64)
	p.take(`,"version":`)
	r.Stat.Version = int32(p.number(32))
	p.take(`,"cversion":`)
	r.Stat.Cversion = int32(p.number(32))
	p.take(`,"aversion":`)
	r.Stat.Aversion = int32(p.number(32))
	p.take("}}\n")
	if p.bad || len(p.rest) > 0 {
		return nil
	}
	return r
}

// has takes a text if that comes next.
func (p *parser) has(text string) bool {
	if len(p.rest) < len(text) || string(p.rest[:len(text)]) != text {
		return false
	}
	p.rest = p.rest[len(text):]
	return true
}

// take takes a text that must come next.
func (p *parser) take(text string) {
	if !p.has(text) {
		p.bad = true
	}
}

// raw takes a JSON string and returns what is between its quotes, a part of the line, and how long it
// is without escapes.
func (p *parser) raw() (text []byte, length int) {
	if p.bad || len(p.rest) == 0 || p.rest[0] != '"' {
		p.bad = true
		return nil, 0
	}
	in := p.rest[1:]
	for i := 0; i < len(in); i++ {
		switch c := in[i]; {
		case c == '"':
			text, p.rest = in[:i], in[i+1:]
			p.bad = !utf8.Valid(text)
			return text, length
		case c == '\\':
			if i++; i < len(in) && in[i] == 'u' {
				i += 4 // quoted sees whether these are digits
			}
		case c < ' ':
			p.bad = true
			return nil, 0
		}
		length++
	}
	p.bad = true
	return nil, 0
}

// plain takes a JSON string without escapes.
func (p *parser) plain() []byte {
	text, length := p.raw()
	p.bad = p.bad || length != len(text)
	return text
}

// escapes are what may follow a backslash, besides u, and what it means.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// quoted takes a JSON string and returns a copy of its content, never nil.
func (p *parser) quoted() []byte {
	in, length := p.raw()
	out := make([]byte, 0, length)
	for len(in) > 0 {
		n := bytes.IndexByte(in, '\\')
		if n < 0 {
			return append(out, in...)
		}
		out, in = append(out, in[:n]...), in[n:]
		c, size := escapes[in[1]], 2
		known := c != 0
		if in[1] == 'u' {
			c, known = asciiEscape(in)
			size = 6
		}
		if !known {
			p.bad = true
			return nil
		}
		out, in = append(out, c), in[size:]
	}
	return out
}

// asciiEscape returns the ASCII character that \u00 and two digits at the beginning of a text mean.
func asciiEscape(text []byte) (c byte, ok bool) {
	if len(text) < 6 || text[2] != '0' || text[3] != '0' {
		return 0, false
	}
	for _, digit := range text[4:6] {
		switch {
		case digit >= '0' && digit <= '9':
			c = c<<4 | digit - '0'
		case digit >= 'a' && digit <= 'f':
			c = c<<4 | digit - 'a' + 10
		default:
			return 0, false
		}
	}
	return c, c < utf8.RuneSelf
}

// kind takes the name of a kind.
func (p *parser) kind() Kind {
	text := p.plain()
	for _, kind := range []Kind{Persistent, Ephemeral, Container, TTL} {
		if string(text) == string(kind) {
			return kind
		}
	}
	p.bad = true
	return ""
}

// base64 takes data that is not text.
func (p *parser) base64() []byte {
	text := p.plain()
	data := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(data, text)
	p.bad = p.bad || err != nil || n == 0
	return data[:n]
}

// number takes an integer.
func (p *parser) number(bits int) int64 {
	end := 0
	for end < len(p.rest) && (p.rest[end] == '-' || p.rest[end] >= '0' && p.rest[end] <= '9') {
		end++
	}
	text := p.rest[:end]
	p.rest = p.rest[end:]
	digits := bytes.TrimPrefix(text, []byte("-"))
	n, err := strconv.ParseInt(string(text), 10, bits)
	p.bad = p.bad || err != nil || len(digits) > 1 && digits[0] == '0'
	return n
}

// id takes a transaction or session id.
func (p *parser) id() int64 {
	p.take(`"0x`)
	var n uint64
	digits := 0
	for digits < len(p.rest) && p.rest[digits] != '"' {
		c := p.rest[digits]
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | uint64(c-'0')
		case c >= 'a' && c <= 'f':
			n = n<<4 | uint64(c-'a'+10)
		default:
			p.bad = true
		}
		digits++
	}
	p.bad = p.bad || digits == 0 || digits > 16
	p.rest = p.rest[digits:]
	p.take(`"`)
	return int64(n)
}

// list takes an access control list. It is shared between znodes and must not be changed.
func (p *parser) list() []zk.ACL {
	if len(p.text) > 0 && bytes.HasPrefix(p.rest, p.text) {
		p.rest = p.rest[len(p.text):]
		return p.acl
	}
	all := p.rest
	var acl []zk.ACL
	p.take("[")
	for more := true; more && !p.bad; more = p.has(",") {
		p.take(`{"scheme":`)
		a := zk.ACL{Scheme: string(p.plain())}
		p.take(`,"id":`)
		a.ID = string(p.plain())
		p.take(`,"perms":`)
		var allowed perms
		if err := allowed.UnmarshalText(p.plain()); err != nil {
			p.bad = true
		}
		a.Perms = int32(allowed)
		p.take("}")
		acl = append(acl, a)
	}
	p.take("]")
	if p.bad {
		return nil
	}
	p.text, p.acl = append(p.text[:0], all[:len(all)-len(p.rest)]...), acl
	return acl
}
