package backup

import (
	"bytes"
	"strings"
	"testing"

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

func lineOf(t *testing.T, r *Record) string {
	t.Helper()
	line, err := r.line()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := encode(&b, line); err != nil {
		t.Fatal(err)
	}
	return b.String()
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
		"controls":  {Path: "/a", Kind: Persistent, Data: []byte("\x01\b\f\r\t\x1f\x7f<>&/"), ACL: open},
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
		line, err := r.line()
		if err != nil {
			f.Fatal(err)
		}
		var b bytes.Buffer
		if err := encode(&b, line); err != nil {
			f.Fatal(err)
		}
		f.Add(b.String())
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
