package backup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/allocated"
)

var (
	header = Header{
		Source: "10.0.0.1:2181,10.0.0.2:2181", Root: "/pegasus/c1",
		Time: time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC), Zxid: 0x1000000a2,
	}
	open = zk.WorldACL(zk.PermAll)
)

// everyKind has a record of every kind, with every form of data, in order.
func everyKind() []*Record {
	return []*Record{
		{Path: "/", Kind: Persistent, Data: []byte{}, ACL: open, Stat: zk.Stat{
			Czxid: 1, Mzxid: 2, Pzxid: 0x7fffffffffffffff, Ctime: 1700000000001, Mtime: 1700000000002, Version: -1, Cversion: 7, Aversion: 3,
		}},
		{Path: "/apps", Kind: Persistent, Data: []byte("unlock"), ACL: open},
		{Path: "/apps/1", Kind: Persistent, Data: []byte("{\"a\":\"<&>\u2028\x00\ufffd\"}\n"), ACL: zk.DigestACL(zk.PermRead|zk.PermAdmin, "u", "p")},
		{Path: "/apps/1/0", Kind: Container, ACL: []zk.ACL{{Perms: 0, Scheme: "ip", ID: "127.0.0.1"}, {Perms: 63, Scheme: "x509", ID: "CN=ü"}, {Perms: -1, Scheme: "sasl", ID: "a"}}},
		{Path: "/apps 2", Kind: TTL, TTL: maxTTL, Data: []byte{0xff, 0, 1}, ACL: open},
		{Path: "/apps!", Kind: TTL, ACL: open},
		{Path: "/lock", Kind: Persistent, ACL: open},
		{Path: "/lock/n-0000000001", Kind: Ephemeral, Session: -2 << 56, Data: []byte("host:1"), ACL: open},
		{Path: "/ünï 日本", Kind: Persistent, ACL: open, Data: bytes.Repeat([]byte{'\n'}, 100<<10)},
	}
}

func write(t testing.TB, changes Changes, records ...*Record) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, header)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := w.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(changes); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read returns what a file holds up to its end or an error.
func read(file []byte) (*Reader, []*Record, error) {
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, nil, err
	}
	var records []*Record
	for {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r, records, nil
		}
		if err != nil {
			return r, records, err
		}
		records = append(records, record)
	}
}

func TestEveryRecordIsReadAsItWasWritten(t *testing.T) {
	want := everyKind()
	for _, changes := range []Changes{{}, {Total: 3, Paths: []string{"/apps/1", "/ünï 日本"}}} {
		r, got, err := read(write(t, changes, want...))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(header, r.Header()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(changes, r.Changes()); diff != "" {
			t.Error(diff)
		}
		if r.Znodes() != int64(len(want)) {
			t.Errorf("%d znodes", r.Znodes())
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("after the end: %v", err)
		}
	}
}

func TestAFileLooksAsItIsDocumented(t *testing.T) {
	file := string(write(t, Changes{}, everyKind()[:2]...))
	want := `{"format":"pegashell znode backup","version":1,"source":"10.0.0.1:2181,10.0.0.2:2181","root":"/pegasus/c1","time":"2026-11-23T03:00:00Z","zxid":"0x1000000a2"}
{"path":"/","kind":"persistent","text":"","acl":[{"scheme":"world","id":"anyone","perms":"rwcda"}],"stat":{"czxid":"0x1","mzxid":"0x2","pzxid":"0x7fffffffffffffff","ctime":1700000000001,"mtime":1700000000002,"version":-1,"cversion":7,"aversion":3}}
{"path":"/apps","kind":"persistent","text":"unlock","acl":[{"scheme":"world","id":"anyone","perms":"rwcda"}],"stat":{"czxid":"0x0","mzxid":"0x0","pzxid":"0x0","ctime":0,"mtime":0,"version":0,"cversion":0,"aversion":0}}
{"znodes":2,"sha256":"4fbb3d6fcd73f28130ba19ebce44155ffa993e1d984bdbc9c51acca396325222"}
`
	if diff := cmp.Diff(want, file); diff != "" {
		t.Error(diff)
	}
}

func TestTheOrderIsThatOfAWalkWithSortedSiblings(t *testing.T) {
	inOrder := []string{"/", "/a", "/a/x", "/a/x/y", "/a/z", "/a b", "/a!/x", "/a.b", "/a0", "/b", "/日本"}
	for i, a := range inOrder {
		for j, b := range inOrder {
			if got, want := Compare(a, b), min(max(i-j, -1), 1); got != want {
				t.Errorf("Compare(%q, %q) = %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestTheWriterRefusesWhatTheReaderWould(t *testing.T) {
	for name, test := range map[string]struct {
		records []*Record
		says    string
	}{
		"no root":           {[]*Record{{Path: "/a", Kind: Persistent, ACL: open}}, "not the root"},
		"twice":             {[]*Record{{Path: "/a", Kind: Persistent, ACL: open}, {Path: "/a", Kind: Persistent, ACL: open}}, "not in order"},
		"order":             {[]*Record{{Path: "/b", Kind: Persistent, ACL: open}, {Path: "/a", Kind: Persistent, ACL: open}}, "not in order"},
		"no parent":         {[]*Record{{Path: "/a/b", Kind: Persistent, ACL: open}}, "without its parent /a"},
		"parent's sibling":  {[]*Record{{Path: "/a", Kind: Persistent, ACL: open}, {Path: "/ab/c", Kind: Persistent, ACL: open}}, "without its parent /ab"},
		"relative":          {[]*Record{{Path: "/a/..", Kind: Persistent, ACL: open}}, `".." as a name`},
		"not absolute":      {[]*Record{{Path: "a", Kind: Persistent, ACL: open}}, "does not begin"},
		"empty name":        {[]*Record{{Path: "/a//b", Kind: Persistent, ACL: open}}, `"" as a name`},
		"not UTF-8":         {[]*Record{{Path: "/\xff", Kind: Persistent, ACL: open}}, "not UTF-8"},
		"ACL not UTF-8":     {[]*Record{{Path: "/a", Kind: Persistent, ACL: []zk.ACL{{ID: "\xff"}}}}, "not UTF-8"},
		"no ACL":            {[]*Record{{Path: "/a", Kind: Persistent}}, "no ACL"},
		"no kind":           {[]*Record{{Path: "/a", ACL: open}}, "unknown kind"},
		"TTL of another":    {[]*Record{{Path: "/a", Kind: Persistent, TTL: time.Second, ACL: open}}, "time to live"},
		"TTL too long":      {[]*Record{{Path: "/a", Kind: TTL, TTL: maxTTL + time.Millisecond, ACL: open}}, "time to live"},
		"session of none":   {[]*Record{{Path: "/a", Kind: Persistent, Session: 1, ACL: open}}, "session"},
		"ephemeral of none": {[]*Record{{Path: "/a", Kind: Ephemeral, ACL: open}}, "session"},
		"too long":          {[]*Record{{Path: "/a", Kind: Persistent, Data: make([]byte, MaxLine/6), ACL: open}}, "/a: the line is longer"},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := NewWriter(io.Discard, header)
			if err != nil {
				t.Fatal(err)
			}
			records := test.records
			if name != "no root" {
				records = append([]*Record{{Path: "/", Kind: Persistent, ACL: open}}, records...)
			}
			for _, r := range records {
				err = w.Add(r)
			}
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error is %v, want %q in it", err, test.says)
			}
		})
	}
}

// damaged checks that a file is refused, and returns the line that is blamed.
func damaged(t *testing.T, what string, file []byte) *DamageError {
	t.Helper()
	_, _, err := read(file)
	var damage *DamageError
	if !errors.As(err, &damage) {
		t.Errorf("%s: error is %v", what, err)
		return &DamageError{}
	}
	return damage
}

func TestAFileThatWasCutOffAnywhereIsRefused(t *testing.T) {
	file := write(t, Changes{1, []string{"/"}}, everyKind()[:5]...)
	for length := range file {
		damage := damaged(t, fmt.Sprint("first ", length), file[:length])
		if want := int64(bytes.Count(file[:length], []byte("\n")) + 1); damage.Line != want {
			t.Errorf("first %d bytes: line %d is blamed, want %d", length, damage.Line, want)
		}
		if length > len(headerStart) && !errors.Is(damage, ErrCutOff) {
			t.Errorf("first %d bytes: %v", length, damage)
		}
	}
}

func TestAFileWithAnyBitFlippedIsRefused(t *testing.T) {
	file := write(t, Changes{1, []string{"/"}}, everyKind()[:5]...)
	for i := range 8 * len(file) {
		flipped := slices.Clone(file)
		flipped[i/8] ^= 1 << (i % 8)
		damaged(t, fmt.Sprint("bit ", i), flipped)
	}
}

func TestDamageIsToldWithItsLine(t *testing.T) {
	records := everyKind()[:8]
	whole := string(write(t, Changes{}, records...))
	lines := strings.SplitAfter(whole, "\n")
	lines = lines[:len(lines)-1]
	edit := func(change func(l []string) []string) string {
		return strings.Join(change(slices.Clone(lines)), "")
	}
	replace := func(i int, old, new string) string {
		return edit(func(l []string) []string { l[i] = strings.Replace(l[i], old, new, 1); return l })
	}
	for name, test := range map[string]struct {
		file string
		line int64
		says string
	}{
		"empty":            {"", 1, "empty"},
		"foreign":          {"app_id  status\n1  AVAILABLE\n", 1, "not a backup of znodes"},
		"foreign JSON":     {`{"path":"/"}` + "\n", 1, "not a backup of znodes"},
		"binary":           {strings.Repeat("\x00\xff", 100<<10), 1, "not a backup of znodes"},
		"newer":            {replace(0, `"version":1`, `"version":2`), 1, "version is 2"},
		"time":             {replace(0, "2026-11-23T", "yesterday "), 1, "yesterday"},
		"reordered":        {edit(func(l []string) []string { l[2], l[5] = l[5], l[2]; return l }), 4, "/apps/1 comes after /apps 2"},
		"swapped siblings": {edit(func(l []string) []string { l[5], l[6] = l[6], l[5]; return l }), 7, "not in order"},
		"line left out":    {edit(func(l []string) []string { return slices.Delete(l, 7, 8) }), 8, "without its parent /lock"},
		"leaf left out":    {edit(func(l []string) []string { return slices.Delete(l, 6, 7) }), 9, "counts 8 znodes, but the file has 7"},
		"doubled":          {edit(func(l []string) []string { return slices.Insert(l, 3, l[2]) }), 4, "not in order"},
		"other data":       {replace(2, "unlock", "locked"), 10, "checksum"},
		"no JSON":          {replace(3, `"stat":`, `"stat"`), 4, "invalid character"},
		"unknown key":      {replace(3, `"kind":`, `"kinds":`), 4, `unknown field "kinds"`},
		"blank line":       {edit(func(l []string) []string { return slices.Insert(l, 4, "\n") }), 5, "neither a znode nor the trailer"},
		"two objects":      {replace(4, "}}\n", "}}{}\n"), 5, "something follows"},
		"permissions":      {replace(1, "rwcda", "rwx"), 2, "not a set of permissions"},
		"id":               {replace(1, `"0x1"`, `"12"`), 2, "is not an id"},
		"text and base64":  {replace(5, `"base64"`, `"text":"","base64"`), 6, "both text and base64"},
		"base64":           {replace(5, `"base64":"`, `"base64":"?`), 6, "base64"},
		"trailer twice":    {whole + lines[9], 11, "something follows the trailer"},
		"something behind": {whole + "\n", 11, "something follows the trailer"},
		"trailer's form":   {replace(9, `{"znodes":8,`, `{"znodes": 8,`), 10, "the trailer was changed"},
		"no znode":         {lines[0] + `{"znodes":0,"sha256":""}` + "\n", 2, "no znode"},
		"no trailer":       {edit(func(l []string) []string { return l[:9] }), 10, "cut off"},
		"no changes":       {edit(func(l []string) []string { l[9] = `{"changed":0,"paths":[]}` + "\n"; return l }), 10, "changed znodes is 0"},
		"changes in front": {edit(func(l []string) []string { return slices.Insert(l, 3, `{"changed":1,"paths":[]}`+"\n") }), 5, "neither"},
	} {
		t.Run(name, func(t *testing.T) {
			damage := damaged(t, name, []byte(test.file))
			if damage.Line != test.line || !strings.Contains(damage.Error(), test.says) {
				t.Errorf("error is %q, want line %d and %q in it", damage, test.line, test.says)
			}
		})
	}
}

func TestALineWithoutEndIsNotReadWhole(t *testing.T) {
	endless := &endless{}
	_, err := NewReader(endless)
	if !errors.Is(err, errTooLong) {
		t.Errorf("error is %v", err)
	}
	if endless.read > 2*MaxLine {
		t.Errorf("%d bytes were read", endless.read)
	}
}

type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	clear(p)
	e.read += len(p)
	return len(p), nil
}

func TestFailuresOfReadingAndWritingAreTold(t *testing.T) {
	file := write(t, Changes{}, everyKind()...)
	broken := errors.New("broken")
	for _, length := range []int{0, 10, len(file) / 2, len(file)} {
		r, err := NewReader(io.MultiReader(bytes.NewReader(file[:length]), failing{broken}))
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", length, err)
		}
	}
	if _, err := NewWriter(failing{broken}, header); !errors.Is(err, broken) {
		t.Errorf("error is %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestCompressedStreamsInARowAreReadAsOne(t *testing.T) {
	file := write(t, Changes{}, everyKind()...)
	for _, name := range []string{"b.zkb", "b.zkb.gz", "b.zkb.zst"} {
		var b bytes.Buffer
		for _, part := range [][]byte{file[:len(file)/2], file[len(file)/2:]} {
			c, err := Compress(&b, name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Write(part); err != nil {
				t.Fatal(err)
			}
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if compressed := b.Len() < len(file)/2; compressed == strings.HasSuffix(name, ".zkb") {
			t.Errorf("%s: %d bytes of %d", name, b.Len(), len(file))
		}
		got, err := decompress(b.Bytes())
		if err != nil || !bytes.Equal(got, file) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), len(file), err)
		}
		if strings.HasSuffix(name, ".zkb") {
			continue
		}
		for _, length := range []int{1, b.Len() / 2, b.Len() - 1} {
			got, err := decompress(b.Bytes()[:length])
			if _, _, readErr := read(got); err == nil && readErr == nil {
				t.Errorf("%s: the first %d bytes are taken for whole", name, length)
			}
		}
	}
}

func decompress(file []byte) ([]byte, error) {
	in, err := Decompress(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(in)
}

// FuzzReader has the parser read anything. What it takes for whole must be read
// the same after it was written again.
func FuzzReader(f *testing.F) {
	// Short ones: a fuzzer spends its time on making them shorter.
	f.Add(write(f, Changes{}, &Record{Path: "/", Kind: Persistent, ACL: open}))
	f.Add([]byte(`{"format":"` + Format + `","version":1,"time":"2026-11-23T03:00:00Z"}` + "\n" + `{"changed":1}` + "\n"))
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		var r *Reader
		var records []*Record
		var err error
		allocated.Check(t, len(file), 64, func() { r, records, err = read(file) })
		var damage *DamageError
		if err != nil {
			if !errors.As(err, &damage) {
				t.Fatalf("error is %v", err)
			}
			return
		}
		var b bytes.Buffer
		w, err := NewWriter(&b, r.Header())
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records {
			if err := w.Add(record); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Finish(r.Changes()); err != nil {
			t.Fatal(err)
		}
		again, back, err := read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(records, back); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(r.Header(), again.Header()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzLine has one znode's line be anything, which a fuzzer cannot get past the
// checksum.
func FuzzLine(f *testing.F) {
	for _, line := range strings.SplitAfter(string(write(f, Changes{}, everyKind()[:8]...)), "\n")[1:9] {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var line recordLine
		var refused error
		allocated.Check(t, len(text), 64, func() { refused = decode(text, &line) })
		if refused != nil {
			return
		}
		record, err := line.record()
		if err != nil {
			return
		}
		if record.checkText() != nil {
			return
		}
		out := appendRecord(nil, record)
		if want := lineOf(t, record); string(out) != want {
			t.Fatalf("it is written as %q, by JSON as %q", out, want)
		}
		var again recordLine
		if err := decode(out, &again); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		back, err := again.record()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(record, back); diff != "" {
			t.Fatal(diff)
		}
	})
}
