package cluster_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

// diagnosed is a partition that lost both its replicas. What its diagnosis looks like is known from the original's
// source: 2.5.0 never gave one to the recorder.
func diagnosed(t *testing.T) wire.DiagnosedPartition {
	t.Helper()
	nodes := shelltest.NodesAnswer(t, wire.NodeAlive, "127.0.0.1:34801", "127.0.0.1:34802")
	a, b := nodes[0].Address, nodes[1].Address
	return wire.DiagnosedPartition{
		Config: wire.PartitionConfig{PID: wire.GPID{AppID: 1, Index: 2}, Ballot: 5, LastCommittedDecree: 100, LastDrops: []wire.Address{a, b}},
		Dropped: []wire.DroppedNode{
			{Node: a, DropTime: 1795392041007, Alive: true, Collected: true, Ballot: 5, LastCommittedDecree: 120, LastPreparedDecree: 121},
			{Node: b, DropTime: 1795392042500, Alive: false, Collected: false},
		},
		Reason: "none is alive",
	}
}

const diagnosedHead = `Total 1 ddd partitions:

(1) 1.2
    config: ballot(5), last_committed(100)
    ----
    dropped[0]: node(127.0.0.1:34801), drop_time(2026-11-23 00:00:41.7), alive(true), collected(true), ballot(5), last_committed(120), last_prepared(121)  <== the secondary latest
    dropped[1]: node(127.0.0.1:34802), drop_time(2026-11-23 00:00:42.500), alive(false), collected(false), ballot(0), last_committed(0), last_prepared(0)  <== the latest
    ----
    last_drops[0]: node(127.0.0.1:34801)  <== the secondary latest
    last_drops[1]: node(127.0.0.1:34802)  <== the latest
    ----
    ddd_reason: none is alive
`

const (
	questionRecommended = "    > Are you sure to use the recommend primary? [y/n/s(skip)]: "
	questionPrimary     = "    > Please input the primary node: "
	recommended         = "    ----\n    recommend_primary: 127.0.0.1:34801  <== the secondary latest\n"
	proposedA           = "    propose_request: propose -g 1.2 -p ASSIGN_PRIMARY -t 127.0.0.1:34801 -n 127.0.0.1:34801\n    propose_response: ERR_OK\n"
	proposedB           = "    propose_request: propose -g 1.2 -p ASSIGN_PRIMARY -t 127.0.0.1:34802 -n 127.0.0.1:34802\n    propose_response: ERR_OK\n"
	proposedNone        = "    propose_request: none\n"
	oneProposed         = "\nProposed count: 1/1\n\n"
	noneProposed        = "\nProposed count: 0/1\n\n"
	diagnosisDone       = "Diagnose ddd done.\n"
)

func TestDiagnosisProposesWhatTheOperatorChooses(t *testing.T) {
	for name, c := range map[string]struct {
		line    string
		answers []string
		want    string
		failed  bool
	}{
		"only listed":        {"ddd_diagnose -g 1", nil, noneProposed + diagnosisDone, false},
		"recommended, yes":   {"ddd_diagnose -g 1.2 -d", []string{"", "what", "y"}, recommended + strings.Repeat(questionRecommended, 3) + proposedA + oneProposed + diagnosisDone, false},
		"recommended, other": {"ddd_diagnose -g 1 -d", []string{"n", "x", "127.0.0.1:34802"}, recommended + questionRecommended + questionPrimary + "    > Sorry, you have input an invalid node address.\n" + questionPrimary + proposedB + oneProposed + diagnosisDone, false},
		"skipped":            {"ddd_diagnose -g 1 -d", []string{"s"}, recommended + questionRecommended + "    > You have choosed to skip diagnosing this partition.\n" + proposedNone + noneProposed + diagnosisDone, false},
		"automatic":          {"ddd_diagnose -g 1 -d -a", nil, recommended + proposedA + oneProposed + diagnosisDone, false},
		"nothing asked":      {"ddd_diagnose -g 1 -d -s", nil, recommended + proposedA + oneProposed + diagnosisDone, false},
		"nobody answers":     {"ddd_diagnose -g 1 -d", nil, recommended + questionRecommended + proposedNone + noneProposed, true},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			var proposals []*wire.ProposeRequest
			s := shelltest.Start(t, shelltest.Answers{
				wire.RPCDiagnose: shelltest.Always(&wire.DiagnoseResponse{Err: wire.OK, Partitions: []wire.DiagnosedPartition{diagnosed(t)}}),
				wire.RPCPropose: func(arg wire.Message) wire.Message {
					mu.Lock()
					defer mu.Unlock()
					proposals = append(proposals, arg.(*wire.ProposeRequest))
					return &wire.ErrorResponse{Err: wire.OK}
				},
			}.Behave)
			out, _, err := s.Run(c.line, c.answers...)
			if (err != nil) != c.failed {
				t.Errorf("error = %v", err)
			}
			if diff := cmp.Diff(diagnosedHead+c.want, out); diff != "" {
				t.Errorf("standard output (-want +got):\n%s", diff)
			}
			mu.Lock()
			defer mu.Unlock()
			if want := strings.Count(c.want, "propose_response"); len(proposals) != want {
				t.Errorf("%d proposals, want %d", len(proposals), want)
			}
			for _, p := range proposals {
				if p.PID != (wire.GPID{AppID: 1, Index: 2}) || p.Actions[0].Type != wire.ConfigAssignPrimary || p.Actions[0].Target != p.Actions[0].Node {
					t.Errorf("proposal %+v", p)
				}
			}
		})
	}
}

func TestDiagnosisInAFileAsksOnTheScreen(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCDiagnose: shelltest.Always(&wire.DiagnoseResponse{Err: wire.OK, Partitions: []wire.DiagnosedPartition{diagnosed(t)}}),
		wire.RPCPropose:  shelltest.Always(&wire.ErrorResponse{Err: wire.ErrInvalidParameters}),
	}.Behave)
	file := filepath.Join(t.TempDir(), "result")
	out, _, err := s.Run("ddd_diagnose -g 1 -d -o "+file, "y")
	if err == nil || out != questionRecommended+diagnosisDone {
		t.Errorf("error = %v, output %q", err, out)
	}
	if want := diagnosedHead + recommended + strings.Replace(proposedA, "ERR_OK", "ERR_INVALID_PARAMETERS", 1) + oneProposed; shelltest.ReadIfAny(t, file) != want {
		t.Errorf("file (-want +got):\n%s", cmp.Diff(want, shelltest.ReadIfAny(t, file)))
	}
}

const diagnosedJSON = `{
    "partitions": [
        {
            "gpid": "1.2",
            "reason": "none is alive",
            "ballot": 5,
            "last_committed": 100,
            "dropped": [
                {
                    "node": "127.0.0.1:34801",
                    "drop_time": "2026-11-23T00:00:41.007Z",
                    "alive": true,
                    "collected": true,
                    "ballot": 5,
                    "last_committed": 120,
                    "last_prepared": 121
                },
                {
                    "node": "127.0.0.1:34802",
                    "drop_time": "2026-11-23T00:00:42.5Z",
                    "alive": false,
                    "collected": false,
                    "ballot": 0,
                    "last_committed": 0,
                    "last_prepared": 0
                }
            ],
            "last_drops": [
                "127.0.0.1:34801",
                "127.0.0.1:34802"
            ],
            "recommended_primary": "127.0.0.1:34801",
            "proposed_primary": null,
            "answer": null
        }
    ]
}
`

func TestADiagnosisAsJSONAsksNothing(t *testing.T) {
	answer := wire.OK
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCDiagnose: shelltest.Always(&wire.DiagnoseResponse{Err: wire.OK, Partitions: []wire.DiagnosedPartition{diagnosed(t)}}),
		wire.RPCPropose:  func(wire.Message) wire.Message { return &wire.ErrorResponse{Err: answer} },
	}.Behave)
	if out, _, err := s.Run("ddd_diagnose -g 1 --json"); err != nil || out != diagnosedJSON {
		t.Errorf("error = %v (-want +got):\n%s", err, cmp.Diff(diagnosedJSON, out))
	}
	proposed := func(answer string) string {
		return strings.Replace(diagnosedJSON, "\"proposed_primary\": null,\n            \"answer\": null",
			"\"proposed_primary\": \"127.0.0.1:34801\",\n            \"answer\": \""+answer+"\"", 1)
	}
	file := filepath.Join(t.TempDir(), "result")
	if out, _, err := s.Run("ddd_diagnose -d -s --json -o " + file); err != nil || out != "" || shelltest.ReadIfAny(t, file) != proposed("ERR_OK") {
		t.Errorf("error = %v, %q (-want +got):\n%s", err, out, cmp.Diff(proposed("ERR_OK"), shelltest.ReadIfAny(t, file)))
	}
	answer = wire.ErrInvalidParameters
	if out, _, err := s.Run("ddd_diagnose -d -s -a --json"); err == nil || out != proposed("ERR_INVALID_PARAMETERS") {
		t.Errorf("error = %v (-want +got):\n%s", err, cmp.Diff(proposed("ERR_INVALID_PARAMETERS"), out))
	}
	if out, diagnostics, err := s.Run("ddd_diagnose -d -a --json"); err == nil || strings.Contains(out, "gpid\"") || !strings.Contains(diagnostics, "--json asks nothing, so -d needs -s with it") {
		t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
	}
}

func TestNoPrimaryIsRecommendedThatMayHaveLostData(t *testing.T) {
	for name, c := range map[string]struct {
		change func(p *wire.DiagnosedPartition)
		want   string
	}{
		"the latest, with the higher ballot": {func(p *wire.DiagnosedPartition) {
			p.Dropped[1].Alive, p.Dropped[1].Collected, p.Dropped[1].LastCommittedDecree, p.Dropped[1].Ballot = true, true, 120, 6
		}, "127.0.0.1:34802  <== the latest"},
		"the one that committed more": {func(p *wire.DiagnosedPartition) {
			p.Dropped[1].Alive, p.Dropped[1].Collected, p.Dropped[1].LastCommittedDecree, p.Dropped[1].Ballot = true, true, 119, 9
		}, "127.0.0.1:34801  <== the secondary latest"},
		"none that committed enough": {func(p *wire.DiagnosedPartition) { p.Config.LastCommittedDecree = 121 }, "none"},
		"none that is alive":         {func(p *wire.DiagnosedPartition) { p.Dropped[0].Alive = false }, "none"},
		"none of one alone":          {func(p *wire.DiagnosedPartition) { p.Config.LastDrops = p.Config.LastDrops[:1] }, "none"},
		"none of unknown ones":       {func(p *wire.DiagnosedPartition) { p.Dropped = nil }, "none"},
	} {
		t.Run(name, func(t *testing.T) {
			p := diagnosed(t)
			c.change(&p)
			s := shelltest.Start(t, shelltest.Answers{
				wire.RPCDiagnose: shelltest.Always(&wire.DiagnoseResponse{Err: wire.OK, Partitions: []wire.DiagnosedPartition{p}}),
				wire.RPCPropose:  shelltest.Always(&wire.ErrorResponse{Err: wire.OK}),
			}.Behave)
			out, _, err := s.Run("ddd_diagnose -d -s")
			if err != nil || !strings.Contains(out, "    recommend_primary: "+c.want+"\n") {
				t.Errorf("error = %v, output:\n%s", err, out)
			}
		})
	}
}
