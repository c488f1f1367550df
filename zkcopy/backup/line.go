package backup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-zookeeper/zk"
)

// What the first line says of the format.
const (
	Format  = "pegashell znode backup"
	Version = 1
)

// Header is the first line: what was backed up, and when.
type Header struct {
	// Source are the servers, HOST:PORT,..., and Root the tree's root on them.
	Source string
	Root   string
	// Time is when the backup began, to the second; Zxid is the last transaction that the servers
	// had reported at that time.
	Time time.Time
	Zxid int64
}

// Kind is what a znode is besides its data.
type Kind string

// Kinds of znodes.
const (
	Persistent Kind = "persistent"
	Ephemeral  Kind = "ephemeral"
	Container  Kind = "container"
	TTL        Kind = "ttl"
)

// Record is one znode.
type Record struct {
	// Path is relative to the root of the tree, which is / itself.
	Path string
	Kind Kind
	// TTL, in whole milliseconds, is what a TTL znode has; Session what holds
	// an ephemeral one.
	TTL     time.Duration
	Session int64
	// Data is nil where the znode has none, and empty where it has data of
	// length zero.
	Data []byte
	ACL  []zk.ACL
	// Stat is as the server reported it. Owner, length and number of children are not written to a
	// file: the other fields contain them.
	Stat zk.Stat
}

// Changes says which znodes were changed by others while they were backed up.
type Changes struct {
	Total int64
	Paths []string // the first few, below the root as in a Record
}

// The lines as they are written. The first key of each names its kind.
type (
	headerLine struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
		Source  string `json:"source"`
		Root    string `json:"root"`
		Time    string `json:"time"`
		Zxid    hexID  `json:"zxid"`
	}
	recordLine struct {
		Path    string  `json:"path"`
		Kind    Kind    `json:"kind"`
		TTL     int64   `json:"ttl_ms,omitempty"`
		Session hexID   `json:"session,omitempty"`
		Text    *string `json:"text,omitempty"`
		Base64  []byte  `json:"base64,omitempty"`
		ACL     []entry `json:"acl"`
		Stat    stat    `json:"stat"`
	}
	entry struct {
		Scheme string `json:"scheme"`
		ID     string `json:"id"`
		Perms  perms  `json:"perms"`
	}
	stat struct {
		Czxid    hexID `json:"czxid"`
		Mzxid    hexID `json:"mzxid"`
		Pzxid    hexID `json:"pzxid"`
		Ctime    int64 `json:"ctime"`
		Mtime    int64 `json:"mtime"`
		Version  int32 `json:"version"`
		Cversion int32 `json:"cversion"`
		Aversion int32 `json:"aversion"`
	}
	changesLine struct {
		Changed int64    `json:"changed"`
		Paths   []string `json:"paths"`
	}
	trailerLine struct {
		Znodes int64  `json:"znodes"`
		SHA256 string `json:"sha256"`
	}
)

// Beginnings of the lines.
var (
	headerStart  = []byte(`{"format":`)
	recordStart  = []byte(`{"path":`)
	changesStart = []byte(`{"changed":`)
	trailerStart = []byte(`{"znodes":`)
)

// hexID is a transaction or session id, written as ZooKeeper's own tools do:
// JSON numbers are too narrow for it.
type hexID int64

func (id hexID) MarshalText() ([]byte, error) {
	return strconv.AppendUint([]byte("0x"), uint64(id), 16), nil
}

func (id *hexID) UnmarshalText(text []byte) error {
	digits, found := strings.CutPrefix(string(text), "0x")
	n, err := strconv.ParseUint(digits, 16, 64)
	if !found || err != nil {
		return fmt.Errorf("%q is not an id of the form 0x1f", text)
	}
	*id = hexID(n)
	return nil
}

// perms are an ACL entry's permissions: the letters that ZooKeeper's own shell
// uses, or a decimal number where there are bits without a letter.
type perms int32

const permLetters = "rwcda" // by bit, from the lowest

func (p perms) MarshalText() ([]byte, error) {
	if p < 0 || p >= 1<<len(permLetters) {
		return strconv.AppendInt(nil, int64(p), 10), nil
	}
	text := []byte{}
	for i := range len(permLetters) {
		if p&(1<<i) != 0 {
			text = append(text, permLetters[i])
		}
	}
	return text, nil
}

func (p *perms) UnmarshalText(text []byte) error {
	if n, err := strconv.ParseInt(string(text), 10, 32); err == nil {
		*p = perms(n)
		return nil
	}
	*p = 0
	for _, letter := range text {
		i := strings.IndexByte(permLetters, letter)
		if i < 0 {
			return fmt.Errorf("%q is not a set of permissions (letters of %s)", text, permLetters)
		}
		*p |= 1 << i
	}
	return nil
}

// encode writes a line. The buffer is reused.
func encode(b *bytes.Buffer, line any) error {
	b.Reset()
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	return e.Encode(line) // with a line feed
}

// decode reads a line and accepts nothing but what it is to hold.
func decode(text []byte, line any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(line); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object")
	}
	return nil
}

func (h Header) line() headerLine {
	return headerLine{Format, Version, h.Source, h.Root, h.Time.UTC().Format(time.RFC3339), hexID(h.Zxid)}
}

func (l headerLine) header() (Header, error) {
	t, err := time.Parse(time.RFC3339, l.Time)
	if err != nil {
		return Header{}, fmt.Errorf("time %q: %w", l.Time, err)
	}
	return Header{Source: l.Source, Root: l.Root, Time: t, Zxid: int64(l.Zxid)}, nil
}

// checkText returns an error for a record that JSON cannot hold.
func (r *Record) checkText() error {
	if !utf8.ValidString(r.Path) {
		return fmt.Errorf("%q: the path is not UTF-8", r.Path)
	}
	for _, a := range r.ACL {
		if !utf8.ValidString(a.Scheme) || !utf8.ValidString(a.ID) {
			return fmt.Errorf("%s: the ACL is not UTF-8", r.Path)
		}
	}
	return nil
}

func (l *recordLine) record() (*Record, error) {
	r := &Record{
		Path: l.Path, Kind: l.Kind, TTL: time.Duration(l.TTL) * time.Millisecond, Session: int64(l.Session),
		Data: l.Base64, ACL: make([]zk.ACL, len(l.ACL)),
		Stat: zk.Stat{
			Czxid: int64(l.Stat.Czxid), Mzxid: int64(l.Stat.Mzxid), Pzxid: int64(l.Stat.Pzxid), Ctime: l.Stat.Ctime,
			Mtime: l.Stat.Mtime, Version: l.Stat.Version, Cversion: l.Stat.Cversion, Aversion: l.Stat.Aversion,
		},
	}
	for i, a := range l.ACL {
		r.ACL[i] = zk.ACL{Scheme: a.Scheme, ID: a.ID, Perms: int32(a.Perms)}
	}
	if l.Text != nil {
		if l.Base64 != nil {
			return nil, fmt.Errorf("%s has both text and base64", l.Path)
		}
		r.Data = []byte(*l.Text)
	}
	return r, r.check()
}

// maxTTL is the longest life that a server can keep (ZooKeeper: EphemeralType).
const maxTTL = (1<<40 - 1) * time.Millisecond

// check returns an error for a record that contradicts itself.
func (r *Record) check() error {
	switch r.Kind {
	case Persistent, Container, TTL, Ephemeral:
	default:
		return fmt.Errorf("%s has the unknown kind %q", r.Path, r.Kind)
	}
	switch {
	case len(r.ACL) == 0:
		return fmt.Errorf("%s has no ACL", r.Path)
	case r.Kind != TTL && r.TTL != 0 || r.TTL < 0 || r.TTL > maxTTL:
		return fmt.Errorf("%s is %s with a time to live of %d ms", r.Path, r.Kind, r.TTL.Milliseconds())
	case (r.Kind == Ephemeral) != (r.Session != 0):
		return fmt.Errorf("%s is %s with the session %#x", r.Path, r.Kind, r.Session)
	}
	return nil
}
