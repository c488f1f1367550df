package wire

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/allocated"
)

// valuesPerByte is how much memory the decoded values of an answer may take for each of its bytes,
// with what a decoder throws away: the budget of the reader is a quarter of that.
const valuesPerByte = 64

// FuzzMessages decodes anything as every message. What is accepted must be the same after it was
// encoded and decoded again.
func FuzzMessages(f *testing.F) {
	names := slices.Sorted(maps.Keys(Shapes))
	files, err := filepath.Glob("testdata/rdsn/*.jsonl")
	if err != nil || len(files) == 0 {
		f.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		addRecorded(f, file, names)
	}
	f.Fuzz(func(t *testing.T, at byte, request bool, body []byte) {
		shape := Shapes[names[int(at)%len(names)]]
		make := shape.Response
		if request {
			make = shape.Request
		}
		m := make()
		var err error
		allocated.Check(t, len(body), valuesPerByte, func() { err = DecodeField(body, 0, m) })
		if err != nil {
			return
		}
		again, encoded := make(), encodeField(t, m)
		if err := DecodeField(encoded, 0, again); err != nil {
			t.Fatalf("%+v is encoded as %x, which is refused: %v", m, encoded, err)
		}
		if second := encodeField(t, again); !cmp.Equal(encoded, second) {
			t.Errorf("%x became %x", encoded, second)
		}
	})
}

func encodeField(t *testing.T, m Message) []byte {
	t.Helper()
	b, err := EncodeField(0, m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// addRecorded adds a recorded body of each message, a short one.
func addRecorded(f *testing.F, file string, names []string) {
	f.Helper()
	const short = 2 << 10
	in, err := os.Open(file)
	if err != nil {
		f.Fatal(err)
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 4<<20)
	seen := map[string]bool{}
	for lines.Scan() {
		var rec struct {
			RPC       string `json:"rpc"`
			IsRequest int    `json:"is_request"`
			BodyHex   string `json:"body_hex"`
		}
		if err := json.Unmarshal(lines.Bytes(), &rec); err != nil {
			f.Fatal(err)
		}
		at := slices.Index(names, strings.TrimSuffix(rec.RPC, "_ACK"))
		if at >= 0 && !seen[rec.RPC] && len(rec.BodyHex) < 2*short {
			seen[rec.RPC] = true
			f.Add(byte(at), rec.IsRequest == 1, unhex(f, rec.BodyHex))
		}
	}
	if err := lines.Err(); err != nil {
		f.Fatal(err)
	}
}
