package figures

import (
	"bufio"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/release"
	"pegashell/onebox/rpc"
)

// recorded is a remote command that a server of Pegasus 2.5.0 was asked, and its answer.
type recorded struct {
	port    int
	command wire.RemoteCommandRequest
	answer  string
}

const recordings = "../../commands/cluster/testdata/replay/"

// recordedCommands reads the remote commands of the recorded scene about figures.
func recordedCommands(t *testing.T) []recorded {
	t.Helper()
	f, err := os.Open(recordings + "35_wire/calls.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []recorded
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var call struct {
			RPC, Request, Response string
			Port                   int
		}
		if err := json.Unmarshal(lines.Bytes(), &call); err != nil {
			t.Fatal(err)
		}
		if call.RPC != wire.RPCRemoteCommand {
			continue
		}
		r := recorded{port: call.Port}
		var answer wire.StringResult
		decode(t, call.Request, &r.command)
		decode(t, call.Response, &answer)
		r.answer = answer.Text
		all = append(all, r)
	}
	if err := lines.Err(); err != nil || len(all) == 0 {
		t.Fatalf("%d recorded commands, %v", len(all), err)
	}
	return all
}

// decode reads a body of the real shell's own header.
func decode(t *testing.T, text string, m wire.Message) {
	t.Helper()
	body, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := wire.DecodeField(body, 0, m); err != nil {
		t.Fatal(err)
	}
}

// recordedTables are the names of the tables of the recorded cluster, by id.
var recordedTables = []string{1: "temp", 2: "stat", 3: "doomed", 4: "env_table", 5: "two", 6: "odd", 7: "wire_table"}

// recordedHoldings are the replicas that a recorded server had, by the names of its counters.
func recordedHoldings(t *testing.T, all []recorded, port int) func() Holdings {
	t.Helper()
	pids := make(map[wire.GPID]bool)
	for _, r := range all {
		if r.port != port || r.command.Command != "perf-counters" {
			continue
		}
		for _, c := range listed(t, r.answer) {
			var pid wire.GPID
			if _, err := fmt.Sscanf(c.Name, "replica*app.pegasus*get_qps@%d.%d", &pid.AppID, &pid.Index); err == nil {
				pids[pid] = true
			}
		}
	}
	var have Holdings
	for pid := range pids {
		have.Replicas = append(have.Replicas, Replica{PID: pid, Table: recordedTables[pid.AppID], Status: wire.ReplicaPrimary})
	}
	slices.SortFunc(have.Replicas, func(a, b Replica) int {
		return cmp.Or(cmp.Compare(a.PID.AppID, b.PID.AppID), cmp.Compare(a.PID.Index, b.PID.Index))
	})
	if len(have.Replicas) == 0 {
		t.Fatalf("the recorded server %d has no replicas", port)
	}
	return func() Holdings { return have }
}

type listedCounter struct {
	Name, Type string
	Value      float64
}

func listed(t *testing.T, answer string) []listedCounter {
	t.Helper()
	var list struct {
		Result   string
		Counters []listedCounter
	}
	if err := json.Unmarshal([]byte(answer), &list); err != nil || list.Result != "OK" {
		t.Fatalf("%v in %.200s", err, answer)
	}
	return list.Counters
}

// ask has a server carry out a remote command.
func ask(t *testing.T, s *Server, command string, args ...string) string {
	t.Helper()
	c := rpc.NewCommands(time.Now(), s.Release, "")
	c.Add(s.Commands()...)
	answer, err := c.Answer(context.Background(), &wire.RemoteCommandRequest{Command: command, Arguments: args})
	if err != nil {
		t.Fatal(err)
	}
	return answer.(*wire.StringResult).Text
}

// form is an answer without its numbers.
func form(answer string) string { return numbers.ReplaceAllString(answer, "$1 N") }

var numbers = regexp.MustCompile(`("timestamp":|"timestamp_str":|"value":|=)(\d+(\.\d+)?|"[-0-9: ]+")`)

// signatures are the counters by name and type, in the order of their names. The recorded servers
// had no private log of the replicas that were just closed.
func signatures(t *testing.T, answer string) []string {
	var all []string
	for _, c := range listed(t, answer) {
		if !strings.Contains(c.Name, "private.log.size") {
			all = append(all, c.Name+" "+c.Type)
		}
	}
	slices.Sort(all)
	return all
}

func TestRemoteCommandsAreAnsweredAsRecorded(t *testing.T) {
	all := recordedCommands(t)
	for _, r := range all {
		s := &Server{Release: release.V25, Leads: func() bool { return true }}
		if r.port != 34601 {
			s.Holdings = recordedHoldings(t, all, r.port)
		}
		got := ask(t, s, r.command.Command, r.command.Arguments...)
		name := fmt.Sprint(r.port, " ", r.command.Command, " ", r.command.Arguments)
		if !strings.HasPrefix(r.command.Command, "perf-counters") || strings.Contains(fmt.Sprint(r.command.Arguments), "latency") {
			// The order of the names too.
			if diff := gocmp.Diff(form(r.answer), form(got)); diff != "" {
				t.Errorf("%s (-recorded +got):\n%s", name, diff)
			}
			continue
		}
		if diff := gocmp.Diff(signatures(t, r.answer), signatures(t, got)); diff != "" {
			t.Errorf("%s (-recorded +got):\n%s", name, diff)
		}
		// A real server lists in the order of its hash table; the frame and each entry have a form.
		if want, have := form(r.answer)[:80], form(got)[:80]; want[:strings.Index(want, `"name"`)] != have[:strings.Index(have, `"name"`)] {
			t.Errorf("%s begins with %s, recorded was %s", name, have, want)
		}
		if entry := regexp.MustCompile(`^\{"name":"[^"]+","type":"[A-Z_]+","value":\d+\.\d\}$`); !entry.MatchString(lastEntry(got)) || !entry.MatchString(lastEntry(r.answer)) {
			t.Errorf("%s ends with %s, recorded was %s", name, lastEntry(got), lastEntry(r.answer))
		}
	}
}

func lastEntry(answer string) string {
	return strings.TrimSuffix(answer[strings.LastIndexByte(answer, '{'):], "]}")
}

// printed returns what the recorded shell printed of a server's answer, by the role and the port.
func printed(t *testing.T, file, role, port string) string {
	t.Helper()
	text, err := os.ReadFile(recordings + file)
	if err != nil {
		t.Fatal(err)
	}
	begin := "CALL [" + role + "] [127.0.0.1:" + port + "] succeed: "
	for line := range strings.Lines(string(text)) {
		if answer, ok := strings.CutPrefix(line, begin); ok {
			return strings.TrimSuffix(answer, "\n")
		}
	}
	t.Fatalf("%s of %s is not in %s", role, port, file)
	return ""
}

func TestFollowerOf25HasNoCountersAsRecorded(t *testing.T) {
	s := &Server{Release: release.V25, Leads: func() bool { return false }}
	want := printed(t, "33_metrics_and_diagnose/server_stat.err", "meta-server", "34602")
	if diff := gocmp.Diff(want, ask(t, s, "server-stat")); diff != "" {
		t.Errorf("(-recorded +got):\n%s", diff)
	}
}

func TestCountersBySubstringAreListedAsRecorded(t *testing.T) {
	s := &Server{Release: release.V25, Holdings: func() Holdings { return Holdings{} }}
	want := printed(t, "33_metrics_and_diagnose/remote_perf_substr.err", "user-specified", "34801")
	if diff := gocmp.Diff(form(want), form(ask(t, s, "perf-counters-by-substr", "memused"))); diff != "" {
		t.Errorf("(-recorded +got):\n%s", diff)
	}
}
