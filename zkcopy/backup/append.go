package backup

import (
	"encoding/base64"
	"slices"
	"strconv"
	"unicode/utf8"
)

// appendRecord appends the line of a znode with its line feed: what encode writes of Record.line, which
// it must be after Record.check.
func appendRecord(b []byte, r *Record) []byte {
	b = appendText(append(b, `{"path":`...), r.Path)
	b = append(append(append(b, `,"kind":"`...), r.Kind...), '"')
	if ms := r.TTL.Milliseconds(); ms != 0 {
		b = strconv.AppendInt(append(b, `,"ttl_ms":`...), ms, 10)
	}
	if r.Session != 0 {
		b = appendID(append(b, `,"session":`...), r.Session)
	}
	switch {
	case r.Data == nil:
	case utf8.Valid(r.Data):
		b = appendText(append(b, `,"text":`...), r.Data)
	default:
		b = base64.StdEncoding.AppendEncode(append(b, `,"base64":"`...), r.Data)
		b = append(b, '"')
	}
	b = append(b, `,"acl":[`...)
	for i, a := range r.ACL {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(b, `{"scheme":`...), a.Scheme)
		b = appendText(append(b, `,"id":`...), a.ID)
		letters, _ := perms(a.Perms).MarshalText() // it never fails
		b = append(append(append(b, `,"perms":"`...), letters...), `"}`...)
	}
	b = appendID(append(b, `],"stat":{"czxid":`...), r.Stat.Czxid)
	b = appendID(append(b, `,"mzxid":`...), r.Stat.Mzxid)
	b = appendID(append(b, `,"pzxid":`...), r.Stat.Pzxid)
	b = strconv.AppendInt(append(b, `,"ctime":`...), r.Stat.Ctime, 10)
	b = strconv.AppendInt(append(b, `,"mtime":`...), r.Stat.Mtime, 10)
	b = strconv.AppendInt(append(b, `,"version":`...), int64(r.Stat.Version), 10)
	b = strconv.AppendInt(append(b, `,"cversion":`...), int64(r.Stat.Cversion), 10)
	b = strconv.AppendInt(append(b, `,"aversion":`...), int64(r.Stat.Aversion), 10)
	return append(b, "}}\n"...)
}

func appendID(b []byte, id int64) []byte {
	return append(strconv.AppendUint(append(b, `"0x`...), uint64(id), 16), '"')
}

// short are the control characters with an escape of two characters, and what that is.
var short = [' ']byte{'\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

// appendText appends UTF-8 as a JSON string.
func appendText[T string | []byte](b []byte, text T) []byte {
	const hex = "0123456789abcdef"
	b = append(slices.Grow(b, len(text)+2), '"')
	from := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"' || c == '\\':
			b = append(append(b, text[from:i]...), '\\', c)
		case c < ' ' && short[c] != 0:
			b = append(append(b, text[from:i]...), '\\', short[c])
		case c < ' ':
			b = append(append(b, text[from:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c == 0xe2 && i+2 < len(text) && text[i+1] == 0x80 && text[i+2]&^1 == 0xa8: // U+2028 and U+2029
			b = append(append(b, text[from:i]...), '\\', 'u', '2', '0', '2', hex[text[i+2]&15])
			i += 2
		default:
			continue
		}
		from = i + 1
	}
	return append(append(b, text[from:]...), '"')
}
