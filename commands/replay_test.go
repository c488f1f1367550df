package commands_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands"
	"pegashell/internal/metatest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/repl"
)

// The scenes in testdata/replay were recorded from the shell and the servers of Pegasus 2.5.0: NAME.in was
// piped into the real shell, NAME.out, NAME.err and NAME.file are what it printed and wrote, calls.jsonl what
// crossed the wire meanwhile. Here the recorded answers are served and our commands must print the same
// bytes.

// recordedCall is one call of the real shell and its answer, as they stood on the wire.
type recordedCall struct {
	T        float64 `json:"t"` // seconds since 1970
	RPC      string  `json:"rpc"`
	Request  string  `json:"request"`
	Response string  `json:"response"`
}

// scene serves the calls of a recorded command.
type scene struct {
	calls          []recordedCall
	started, ended float64
	mu             sync.Mutex
	served         map[string]int // how often a request was answered
}

func loadScene(t *testing.T, dir, name string) *scene {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "calls.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := &scene{served: map[string]int{}}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var c recordedCall
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		s.calls = append(s.calls, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	meta := readMeta(t, filepath.Join(dir, name+".meta"))
	s.started = parseFloat(t, meta["started"])
	s.ended = s.started + parseFloat(t, meta["seconds"])
	return s
}

func readMeta(t *testing.T, file string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	meta := map[string]string{}
	for _, line := range strings.Split(string(b), "\n") {
		if key, value, ok := strings.Cut(line, "="); ok {
			meta[key] = value
		}
	}
	return meta
}

func parseFloat(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// answer finds the recorded answer to a request: those recorded while the command ran, in their order; for
// a call that went past the recorder, the one nearest in time to an equal request.
func (s *scene) answer(rpc, request string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var during []string
	nearest, distance := "", math.Inf(1)
	for _, c := range s.calls {
		if c.RPC != rpc || c.Request != request {
			continue
		}
		if c.T >= s.started && c.T <= s.ended {
			during = append(during, c.Response)
		}
		if d := math.Abs(c.T - s.started); d < distance {
			nearest, distance = c.Response, d
		}
	}
	key := rpc + request
	if len(during) > 0 {
		n := min(s.served[key], len(during)-1)
		s.served[key]++
		return during[n], true
	}
	return nearest, nearest != ""
}

// serve answers as the recorded leader.
func (s *scene) serve(t *testing.T) metatest.Behaviour {
	return func(nc net.Conn, q *wire.Request) error {
		arg := wire.Shapes[q.RPC].Request()
		if err := q.Decode(arg); err != nil {
			return err
		}
		request, err := wire.EncodeField(0, arg) // the real shell's header is followed by field 0
		if err != nil {
			return err
		}
		recorded, ok := s.answer(q.RPC, hex.EncodeToString(request))
		if !ok {
			t.Errorf("the real shell never sent %s %x", q.RPC, request)
			return errors.New("not recorded")
		}
		body, err := hex.DecodeString(recorded)
		if err != nil {
			return err
		}
		result := wire.Shapes[q.RPC].Response()
		if err := wire.DecodeField(body, 0, result); err != nil {
			return err
		}
		return metatest.Answer(nc, q, wire.OK, result)
	}
}

// replayed are the scenes whose commands all exist here; skip names the files of commands that do not.
var replayed = []string{"00_empty", "01_create", "02_read", "05_levels", "06_wire_via_leader", "11_in_recovery_mode", "12_recover", "15_recover_bad_nodes", "35_wire"}

func TestOutputEqualsTheRealShells(t *testing.T) {
	registry := commands.NewRegistry(nil)
	ran := 0
	for _, name := range replayed {
		dir := filepath.Join("testdata", "replay", name)
		inputs, err := filepath.Glob(filepath.Join(dir, "*.in"))
		if err != nil || len(inputs) == 0 {
			t.Fatalf("%s: %d inputs, %v", dir, len(inputs), err)
		}
		for _, input := range inputs {
			lines := readLines(t, input)
			if !covered(registry, lines) {
				continue
			}
			ran++
			t.Run(name+"/"+strings.TrimSuffix(filepath.Base(input), ".in"), func(t *testing.T) { replay(t, registry, input, lines) })
		}
	}
	if ran < 70 {
		t.Errorf("%d recorded commands were replayed, want at least 70", ran)
	}
}

func readLines(t *testing.T, file string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

// covered reports whether every line is a command that we have and whose output can be compared: help and
// version name this program's own commands and version.
func covered(registry *commands.Registry, lines []string) bool {
	for _, line := range lines {
		words, err := repl.Split(line)
		if err != nil || len(words) == 0 {
			return false // the loop's business, tested with it
		}
		if _, ok := registry.Lookup(words[0]); !ok || words[0] == "help" || words[0] == "version" {
			return false
		}
	}
	return len(lines) > 0
}

func replay(t *testing.T, registry *commands.Registry, input string, lines []string) {
	base := strings.TrimSuffix(input, ".in")
	s := loadScene(t, filepath.Dir(input), filepath.Base(base))
	server := metatest.Start(t, s.serve(t))
	admin, err := metaadmin.New([]string{server.Address}, metaadmin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()

	wantOut := recordedOutput(t, base+".out")
	wantErr, err := os.ReadFile(base + ".err")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	wantFile, err := os.ReadFile(base + ".file")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var out, diagnostics bytes.Buffer
	env := &commands.Env{
		Out: &out, Err: &diagnostics,
		Cluster:    &commands.Cluster{Name: "onebox", Metas: []string{server.Address}, Admin: admin},
		Location:   time.UTC,
		Now:        newClock(),
		CreatePoll: time.Millisecond,
		Resolver:   localhost{},
	}
	for _, line := range lines {
		words, err := repl.Split(line)
		if err != nil {
			t.Fatal(err)
		}
		err = registry.Execute(context.Background(), env, words)
		if failed := strings.Contains(wantOut, "fail") || strings.Contains(wantOut, "USAGE") || strings.Contains(wantOut, "got error"); failed != (err != nil) && len(lines) == 1 {
			t.Errorf("%s: error = %v, though the real shell told of success: %v", line, err, !failed)
		}
	}
	if diff := cmp.Diff(wantOut, out.String()); diff != "" {
		t.Errorf("standard output (-recorded +ours):\n%s", diff)
	}
	if diff := cmp.Diff(string(wantErr), diagnostics.String()); diff != "" {
		t.Errorf("standard error (-recorded +ours):\n%s", diff)
	}
	gotFile, err := os.ReadFile("outfile")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(wantFile), string(gotFile)); diff != "" {
		t.Errorf("file (-recorded +ours):\n%s", diff)
	}
}

// bannerLines is how many lines the real shell prints before the first command.
const bannerLines = 7

// recordedOutput gives what the real shell printed between its banner and its last line.
func recordedOutput(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for range bannerLines {
		_, rest, ok := strings.Cut(text, "\n")
		if !ok {
			t.Fatalf("%s has no banner", file)
		}
		text = rest
	}
	text, ok := strings.CutSuffix(text, "dsn exit with code 0\n")
	if !ok {
		t.Fatalf("%s lacks the last line", file)
	}
	return text
}

// newClock gives a clock that goes on by a step of the real shell's waiting at each look, so that waiting
// commands tell of every look as the original does.
func newClock() func() time.Time {
	now := time.Unix(0, 0)
	return func() time.Time {
		now = now.Add(2 * time.Second)
		return now
	}
}

// localhost resolves as the recording machine did.
type localhost struct{}

func (localhost) LookupAddr(_ context.Context, address string) ([]string, error) {
	if address != "127.0.0.1" {
		return nil, fmt.Errorf("no name for %s", address)
	}
	return []string{"localhost"}, nil
}
