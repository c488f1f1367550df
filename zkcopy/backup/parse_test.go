package backup

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"
)

// parsed reads a line as the parser does and as encoding/json does.
func parsed(t *testing.T, text string) (fast, slow *Record) {
	t.Helper()
	var p parser
	fast = p.record([]byte(text))
	if again := p.record([]byte(text)); !cmp.Equal(fast, again) { // with a list that is known
		t.Errorf("%q is read as %+v, then as %+v", text, fast, again)
	}
	var line recordLine
	if err := decode([]byte(text), &line); err == nil {
		slow, _ = line.record()
	}
	return fast, slow
}

// line is what encoding/json makes of a record.
func (r *Record) line() *recordLine {
	l := &recordLine{
		Path: r.Path, Kind: r.Kind, TTL: r.TTL.Milliseconds(), Session: hexID(r.Session),
		ACL: make([]entry, len(r.ACL)),
		Stat: stat{
			hexID(r.Stat.Czxid), hexID(r.Stat.Mzxid), hexID(r.Stat.Pzxid), r.Stat.Ctime, r.Stat.Mtime,
			r.Stat.Version, r.Stat.Cversion, r.Stat.Aversion,
		},
	}
	for i, a := range r.ACL {
		l.ACL[i] = entry{a.Scheme, a.ID, perms(a.Perms)}
	}
	switch {
	case r.Data == nil:
	case utf8.Valid(r.Data):
		text := string(r.Data)
		l.Text = &text
	default:
		l.Base64 = r.Data
	}
	return l
}

func lineOf(t testing.TB, r *Record) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, r.line()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestLinesAreWrittenAsJSONWritesThem(t *testing.T) {
	for name, r := range someRecords() {
		if diff := cmp.Diff(lineOf(t, r), string(appendRecord(nil, r))); diff != "" {
			t.Errorf("%s (-JSON +ours):\n%s", name, diff)
		}
	}
	if err := (&Record{Path: "/\xff"}).checkText(); err == nil {
		t.Error("a path that is not UTF-8 is written")
	}
}

// FuzzAppendText: texts are written as encoding/json writes them.
func FuzzAppendText(f *testing.F) {
	for _, r := range someRecords() {
		f.Add(string(r.Data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		var b bytes.Buffer
		if err := encode(&b, text); err != nil {
			t.Fatal(err)
		}
		if got := string(appendText(nil, text)) + "\n"; got != b.String() {
			t.Errorf("%q is written as %s, by JSON as %s", text, got, &b)
		}
	})
}

// someRecords are of all kinds.
func someRecords() map[string]*Record {
	open := zk.WorldACL(zk.PermAll)
	stat := zk.Stat{Czxid: 1, Mzxid: -1, Pzxid: 0x7fffffffffffffff, Ctime: 1700000000000, Mtime: -5, Version: 3, Cversion: -2, Aversion: 1 << 30}
	return map[string]*Record{
		"plain":     {Path: "/apps/1/2", Kind: Persistent, Data: []byte(`{"status":"app_status::AS_AVAILABLE","envs":{"a\\b":"\n"}}`), ACL: open, Stat: stat},
		"no data":   {Path: "/", Kind: Persistent, ACL: open},
		"empty":     {Path: "/a", Kind: Container, Data: []byte{}, ACL: open},
		"binary":    {Path: "/a", Kind: Persistent, Data: []byte{0, 0xff, 0xfe}, ACL: open, Stat: stat},
		"controls":  {Path: "/a", Kind: Persistent, Data: []byte("\x00\x01\b\f\r\t\x1f\x7f<>&/"), ACL: open},
		"unicode":   {Path: "/ünïcode 日本\"\\", Kind: Persistent, Data: []byte("日本 \u2028\u2029 😀"), ACL: open},
		"ephemeral": {Path: "/lock/e", Kind: Ephemeral, Session: -3, ACL: open, Stat: stat},
		"ttl":       {Path: "/t", Kind: TTL, TTL: 5e9, ACL: open},
		"acls":      {Path: "/x", Kind: Persistent, ACL: append(zk.DigestACL(zk.PermRead, "u", "p"), append(open, zk.ACL{Perms: 1 << 9, Scheme: "x509", ID: "CN=ä,O=\"o\""}, zk.ACL{Scheme: "ip", ID: "::1"})...)},
	}
}

func TestTheParserReadsWhatWasWrittenAsJSONDoes(t *testing.T) {
	for name, r := range someRecords() {
		text := lineOf(t, r)
		fast, slow := parsed(t, text)
		if diff := cmp.Diff(r, slow); diff != "" {
			t.Errorf("%s is not read as it was written:\n%s", name, diff)
		}
		unusual := name == "unicode" || name == "acls" // escapes that are left to JSON
		if fast == nil != unusual {
			t.Errorf("%s: %q is parsed: %v", name, text, fast != nil)
		}
		if diff := cmp.Diff(slow, fast); fast != nil && diff != "" {
			t.Errorf("%s (-JSON +parser):\n%s", name, diff)
		}
	}
}

func TestTheParserLeavesWhatIsWrittenOtherwiseToJSON(t *testing.T) {
	text := lineOf(t, someRecords()["plain"])
	for _, change := range [][2]string{
		{`"kind"`, ` "kind"`}, {`"persistent"`, `"other"`}, {`"0x1"`, `"0x"`}, {`"0x1"`, `"1"`}, {`"0x1"`, `"0x12345678901234567"`}, {`"0x1"`, `"0xg"`}, {`"version":3`, `"version":03`},
		{`"version":3`, `"version":3.0`}, {`"version":3`, `"version":99999999999`}, {`"version":3`, `"version":--3`}, {`"version":3`, `"version":null`}, {"}}\n", "}}"}, {"}}\n", "}} \n"}, {"}}\n", "}}}\n"}, {`"rwcda"`, `"rwx"`},
		{`"acl":[`, `"acl":[],"x":[`}, {`"world"`, "\"wo\trld\""}, {`"world"`, "\"wo\xffrld\""}, {`app_status`, `app\qstatus`}, {`app_status`, `app\u12`}, {`"text":`, `"Text":`},
		{`"text":"`, `"base64":"!`}, {`,"acl"`, `,"base64":"AA==","acl"`},
	} {
		changed := strings.Replace(text, change[0], change[1], 1)
		if changed == text {
			t.Errorf("%q is not in %q", change[0], text)
		}
		if fast, _ := parsed(t, changed); fast != nil {
			t.Errorf("%q is parsed", changed)
		}
	}
}

// FuzzParser: the parser and encoding/json read alike what both accept, and the parser accepts nothing else.
func FuzzParser(f *testing.F) {
	for _, r := range someRecords() {
		f.Add(lineOf(f, r))
	}
	f.Fuzz(func(t *testing.T, text string) {
		fast, _ := parsed(t, text)
		if fast == nil {
			return
		}
		var line recordLine
		if err := decode([]byte(text), &line); err != nil {
			t.Fatalf("%q is parsed, but JSON says %v", text, err)
		}
		slow, slowErr := line.record()
		if err := fast.check(); (err == nil) != (slowErr == nil) {
			t.Fatalf("%q: %v, JSON says %v", text, err, slowErr)
		}
		if diff := cmp.Diff(slow, fast); diff != "" {
			t.Errorf("%q (-JSON +parser):\n%s", text, diff)
		}
	})
}
