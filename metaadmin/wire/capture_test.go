package wire

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The files in testdata/thft are calls recorded from Pegasus 2.5.0, those in testdata/rdsn the
// distinct bodies of the real shell's own traffic with it.

type call struct {
	RPC         string `json:"rpc"`
	RequestHex  string `json:"request_hex"`
	ResponseHex string `json:"response_hex"`
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCapturedCallsGiveTheSameBytesBack(t *testing.T) {
	files, err := filepath.Glob("testdata/thft/*.json")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d captured calls, %v; want at least 40", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c call
			if err := json.Unmarshal(raw, &c); err != nil {
				t.Fatal(err)
			}
			checkRequest(t, c)
			checkResponse(t, c)
		})
	}
}

func checkRequest(t *testing.T, c call) {
	t.Helper()
	want := unhex(t, c.RequestHex)
	q, err := ReadRequest(bytes.NewReader(want), DefaultMaxFrame)
	if err != nil {
		t.Fatalf("read request: %v", err)
	}
	if q.RPC != c.RPC || q.SeqID != 7 || q.TimeoutMS != 5000 && q.TimeoutMS != 10_000 {
		t.Errorf("request = %s, sequence id %d, timeout %d ms; want %s, 7, 5000 or 10000 ms", q.RPC, q.SeqID, q.TimeoutMS, c.RPC)
	}
	shape, known := Shapes[q.RPC]
	if !known {
		shape = Shapes[RPCClusterInfo] // an empty argument, as the unknown RPC was called with
	}
	arg := shape.Request()
	if err := q.Decode(arg); err != nil {
		if q.RPC == "RPC_CM_NOSUCH" { // its argument struct is empty: there is no message in it
			return
		}
		t.Fatal(err)
	}
	got, err := EncodeRequest(q.RequestHeader, q.RPC, q.SeqID, arg)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("request encodes to\n%x\nrecorded was\n%x", got, want)
	}
}

func checkResponse(t *testing.T, c call) {
	t.Helper()
	want := unhex(t, c.ResponseHex)
	a, err := ReadResponse(bytes.NewReader(want), DefaultMaxFrame)
	if err != nil {
		t.Fatalf("read response: %v", err)
	}
	if a.RPC != c.RPC+"_ACK" || a.SeqID != 7 {
		t.Errorf("response = %s, sequence id %d; want %s_ACK, 7", a.RPC, a.SeqID, c.RPC)
	}
	var result Message
	if len(a.Body) > 0 {
		result = Shapes[c.RPC].Response()
		if err := a.Decode(result); err != nil {
			t.Fatal(err)
		}
	} else if a.Err == OK {
		t.Error("no body though the frame says ERR_OK")
	}
	got, err := EncodeResponse(a.Err, c.RPC, a.SeqID, result)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("response encodes to\n%x\nrecorded was\n%x", got, want)
	}
}

// The request of this recording was made up by its recorder, with an empty map of another type than
// servers send.
func TestAnswerWithTheProgressOfDuplicationsGivesTheSameBytesBack(t *testing.T) {
	raw, err := os.ReadFile("testdata/duplication_sync.json")
	if err != nil {
		t.Fatal(err)
	}
	var c call
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	checkResponse(t, c)
}

func TestBodiesOfTheRealShellsTrafficGiveTheSameBytesBack(t *testing.T) {
	files, err := filepath.Glob("testdata/rdsn/*.jsonl")
	if err != nil || len(files) != 6 {
		t.Fatalf("%d files, %v; want 6", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			lines := bufio.NewScanner(f)
			lines.Buffer(nil, 4<<20)
			n := 0
			for lines.Scan() {
				n++
				checkBody(t, lines.Bytes())
			}
			if err := lines.Err(); err != nil || n == 0 {
				t.Errorf("%d bodies, %v", n, err)
			}
		})
	}
}

func checkBody(t *testing.T, line []byte) {
	t.Helper()
	var rec struct {
		RPC       string    `json:"rpc"`
		ErrorName ErrorCode `json:"error_name"`
		IsRequest int       `json:"is_request"`
		BodyHex   string    `json:"body_hex"`
	}
	if err := json.Unmarshal(line, &rec); err != nil {
		t.Fatal(err)
	}
	shape, known := Shapes[strings.TrimSuffix(rec.RPC, "_ACK")]
	if !known {
		t.Errorf("no messages for %s", rec.RPC)
		return
	}
	m := shape.Response()
	switch {
	case rec.IsRequest == 1:
		m = shape.Request()
	case rec.ErrorName == ErrForwardToOthers: // the body is the leader's address
		m = new(Address)
	}
	want := unhex(t, rec.BodyHex)
	if err := DecodeField(want, 0, m); err != nil {
		t.Errorf("%s: %v", rec.RPC, err)
		return
	}
	got, err := EncodeField(0, m)
	if err != nil {
		t.Errorf("%s: %v", rec.RPC, err)
		return
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s encodes to\n%x\nrecorded was\n%x", rec.RPC, got, want)
	}
}
