package cluster_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pegashell/commands"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
)

// recordedCall is one call of the real shell and its answer, as they stood on the wire.
type recordedCall struct {
	T        float64 `json:"t"` // seconds since 1970
	RPC      string  `json:"rpc"`
	Port     int     `json:"port"` // of the server that answered
	Request  string  `json:"request"`
	Response string  `json:"response"`
}

// scene serves the calls of one recorded command, from servers at the recorded addresses.
type scene struct {
	t              *testing.T
	calls          []recordedCall
	started, ended float64
	metas          []string
	built          *builtAnswers
	follower       bool // the first meta server forwards to the leader, which is not in the list
	blind          bool // it was recorded at level blind
	complete       bool // all calls of the scene were recorded, so that ours must be among them byte for byte

	mu      sync.Mutex
	served  map[string]int // how often a request was answered
	servers map[string]*metatest.Server
}

// leaderOfFollower is who leads where the recorded shell asked a follower.
const leaderOfFollower = "127.0.0.1:34602"

func loadScene(t *testing.T, base string) *scene {
	t.Helper()
	meta := readMeta(t, base+".meta")
	s := &scene{
		t:       t,
		metas:   strings.Split(meta["metas"], ","),
		started: parseFloat(t, meta["started"]),
		served:  map[string]int{},
		servers: map[string]*metatest.Server{},
		built:   newBuiltAnswers(t, base),
	}
	s.ended = s.started + parseFloat(t, meta["seconds"]) + 0.005 // it is rounded to hundredths
	dir := filepath.Dir(base)
	s.follower = strings.HasPrefix(filepath.Base(dir), "07_")
	s.blind = recordedAtBlind(dir, base)
	s.complete = slices.Contains([]string{"06", "11", "12", "15", "35", "37", "38", "39", "40", "43"}, filepath.Base(dir)[:2])
	f, err := os.Open(filepath.Join(dir, "calls.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		return s
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
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
	return s
}

// recordedAtBlind says of a recorded command whether it ran at level blind, or may have.
func recordedAtBlind(dir, base string) bool {
	scene := filepath.Base(dir)[:2]
	return slices.Contains([]string{"31", "38", "43"}, scene) || strings.HasSuffix(base, "_while_blind")
}

// overridden gives a recorded line with what our shell wants to be told before it changes something at level blind.
func (s *scene) overridden(line []string) []string {
	if slices.Contains(blindGuarded, line[0]) && s.blind {
		return append(line, "--override", migration.GuardBlindLevel)
	}
	return line
}

// blindGuarded are the commands that our shell refuses at level blind.
var blindGuarded = func() (names []string) {
	for _, c := range commands.Builtin() {
		if migration.NeedsLevel(c.Name) {
			names = append(names, c.Name)
		}
	}
	return names
}()

// warningLine are lines that only our shell prints: warnings, what an error means, the next steps.
var warningLine = regexp.MustCompile(`(?m)^(?:WARNING|NOTE|Next): .*\n(?:    .*\n)*`)

func readMeta(t *testing.T, file string) map[string]string {
	t.Helper()
	meta := map[string]string{}
	for _, line := range strings.Split(shelltest.ReadIfAny(t, file), "\n") {
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

// dial leads a recorded address to a server of this test that plays the recorded one.
func (s *scene) dial(ctx context.Context, network, address string) (net.Conn, error) {
	s.mu.Lock()
	server := s.servers[address]
	if server == nil {
		server = metatest.Start(s.t, s.play(address))
		s.servers[address] = server
	}
	s.mu.Unlock()
	return (&net.Dialer{}).DialContext(ctx, network, server.Address)
}

// play behaves as the server at the address did.
func (s *scene) play(address string) metatest.Behaviour {
	if call := s.built.calls[address]; call.text != "" && !call.ok {
		return metatest.HangsUp
	}
	follows := metatest.Follower(leaderOfFollower)
	return func(nc net.Conn, q *wire.Request) error {
		if s.follower && q.RPC != wire.RPCRemoteCommand && address == s.metas[0] {
			return follows(nc, q)
		}
		arg := wire.Shapes[q.RPC].Request()
		if err := q.Decode(arg); err != nil {
			return err
		}
		if result, ok := s.recorded(address, q.RPC, arg, true); ok {
			return metatest.Answer(nc, q, wire.OK, result)
		}
		if !s.complete {
			if result, ok := s.built.answer(address, arg); ok {
				return metatest.Answer(nc, q, wire.OK, result)
			}
			if result, ok := s.recorded(address, q.RPC, arg, false); ok {
				return metatest.Answer(nc, q, wire.OK, result)
			}
		}
		if control, ok := arg.(*wire.ControlMetaRequest); ok && s.blind && control.Level == wire.LevelInvalid {
			return metatest.Answer(nc, q, wire.OK, &wire.ControlMetaResponse{Err: wire.OK, OldLevel: wire.LevelBlind})
		}
		if probed, err := metatest.Probe(nc, q); probed {
			return err
		}
		s.t.Errorf("what %s answered to %s %+v was neither recorded nor printed", address, q.RPC, arg)
		return errors.New("not known")
	}
}

// recorded finds the recorded answer to a request: those given while the command ran, in their order, the last
// one again and again; outside of that time the one nearest to it.
func (s *scene) recorded(address, rpc string, arg wire.Message, during bool) (wire.Message, bool) {
	request, err := wire.EncodeField(0, arg) // the real shell's header is followed by field 0
	if err != nil {
		s.t.Error(err)
		return nil, false
	}
	key := rpc + hex.EncodeToString(request)
	s.mu.Lock()
	defer s.mu.Unlock()
	var bodies []string
	nearest, distance := "", math.Inf(1)
	for _, c := range s.calls {
		if c.RPC+c.Request != key || rpc == wire.RPCRemoteCommand && c.Port != serverPort(address) {
			continue
		}
		if c.T >= s.started && c.T <= s.ended {
			bodies = append(bodies, c.Response)
		}
		if d := math.Abs(c.T - s.started); d < distance {
			nearest, distance = c.Response, d
		}
	}
	switch {
	case during && len(bodies) == 0, nearest == "":
		return nil, false
	case rpc == wire.RPCQueryCfg && len(s.built.steps) > 0 && len(bodies) != len(s.built.steps):
		return nil, false // some looks of a waiting command went past the recorder
	case during:
		nearest = bodies[min(s.served[key+address], len(bodies)-1)]
		s.served[key+address]++
	}
	body, err := hex.DecodeString(nearest)
	if err != nil {
		s.t.Error(err)
		return nil, false
	}
	result := wire.Shapes[rpc].Response()
	if err := wire.DecodeField(body, 0, result); err != nil {
		s.t.Error(err)
		return nil, false
	}
	return result, true
}

// serverPort gives a server's own port: the recorder stood in front of the meta servers at 34601 to 34603 with
// ports such as 35601.
func serverPort(address string) int {
	_, port, _ := net.SplitHostPort(address)
	n, _ := strconv.Atoi(port)
	if n%1000/100 == 6 {
		return 34600 + n%100
	}
	return n
}

func (s *scene) client() *metaadmin.Client {
	s.t.Helper()
	client, err := metaadmin.New(s.metas, metaadmin.Options{Dial: s.dial})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { client.Close() })
	return client
}
