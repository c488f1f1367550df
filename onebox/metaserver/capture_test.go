package metaserver

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

const capturedRoot = "/pegasus/onebox/127.0.0.1"

type recordedCall struct {
	request, response []byte
}

// recorded reads a call that was recorded from Pegasus 2.5.0.
func recorded(t *testing.T, name string) recordedCall {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("../../metaadmin/wire/testdata/thft", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		RequestHex  string `json:"request_hex"`
		ResponseHex string `json:"response_hex"`
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return recordedCall{request: unhex(t, c.RequestHex), response: unhex(t, c.ResponseHex)}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// exchange sends request bytes and returns the answer's bytes.
func exchange(t *testing.T, to wire.Address, request []byte) []byte {
	t.Helper()
	c, err := net.Dial("tcp4", to.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write(request); err != nil {
		t.Fatal(err)
	}
	length := make([]byte, 4)
	if _, err := io.ReadFull(c, length); err != nil {
		t.Fatalf("no answer: %v", err)
	}
	answer := make([]byte, binary.BigEndian.Uint32(length))
	copy(answer, length)
	if _, err := io.ReadFull(c, answer[4:]); err != nil {
		t.Fatal(err)
	}
	return answer
}

// mustAnswer replays recorded calls in order and wants the recorded bytes.
func mustAnswer(t *testing.T, to wire.Address, names ...string) {
	t.Helper()
	for _, name := range names {
		c := recorded(t, name)
		if got := exchange(t, to, c.request); !bytes.Equal(got, c.response) {
			t.Errorf("%s: answered\n%q\nrecorded was\n%q", name, got, c.response)
		}
	}
}

// withAddress returns a recorded answer with another server instead of the recorded one.
func withAddress(t *testing.T, answer []byte, old, new wire.Address) []byte {
	t.Helper()
	from, to := binary.BigEndian.AppendUint64(nil, uint64(old)), binary.BigEndian.AppendUint64(nil, uint64(new))
	if !bytes.Contains(answer, from) {
		t.Fatalf("no %s in the recorded answer", old)
	}
	return bytes.ReplaceAll(answer, from, to)
}

func TestLeaderAnswersAsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	mustAnswer(t, b.metas[0],
		"leader_list_apps", "leader_query_cfg", "leader_query_cfg_missing", "leader_list_nodes", "leader_v1_list_nodes",
		"leader_create_app_exist", "leader_drop_missing", "leader_start_recovery", "leader_unknown_rpc",
		"leader_cli_help", "leader_cli_unknown",
		"leader_control_meta_query", "leader_control_meta_set_lively", "leader_control_meta_set_steady",
		"leader_control_meta_bad", "leader_control_meta_q", "leader_control_meta_set_steady2")
}

func TestLeaderShowsTheClusterAsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	c := recorded(t, "leader_cluster_info")
	want, err := wire.ReadResponse(bytes.NewReader(c.response), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var info wire.ClusterInfoResponse
	if err := want.Decode(&info); err != nil {
		t.Fatal(err)
	}
	info.Values[0] = strings.Join(addressTexts(b.metas), ",")
	info.Values[1] = b.metas[0].String()
	info.Values[2] = b.zkHosts
	info.Values[3] = b.root
	frame, err := wire.EncodeResponse(wire.OK, wire.RPCClusterInfo, want.SeqID, &info)
	if err != nil {
		t.Fatal(err)
	}
	if got := exchange(t, b.metas[0], c.request); !bytes.Equal(got, frame) {
		t.Errorf("answered\n%q\nwanted is\n%q", got, frame)
	}
}

func TestFollowerAnswersAsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	follower := b.meta(1)
	eventually(t, "the follower waits", func() bool { return strings.Contains(follower.log.String(), "follower: ") })
	mustAnswer(t, b.metas[1],
		"nonleader_list_apps", "nonleader_list_nodes", "nonleader_v1_list_nodes", "nonleader_cluster_info",
		"nonleader_control_meta_query", "nonleader_create_app_exist", "nonleader_drop_missing", "nonleader_start_recovery",
		"nonleader_cli_help", "nonleader_cli_unknown")
	recordedLeader := address(t, 34602)
	for _, name := range []string{"nonleader_query_cfg", "nonleader_query_cfg_missing"} {
		c := recorded(t, name)
		want := withAddress(t, c.response, recordedLeader, b.metas[0])
		if got := exchange(t, b.metas[1], c.request); !bytes.Equal(got, want) {
			t.Errorf("%s: answered\n%q\nwanted is\n%q", name, got, want)
		}
	}
}

func TestLeaderInRecoveryAnswersAsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	p := b.meta(0, "recover_from_replica_server = true")
	eventually(t, "it leads in recovery", func() bool { return strings.Contains(p.log.String(), "start_recovery") })
	mustAnswer(t, b.metas[0],
		"recmode_list_apps", "recmode_list_nodes", "recmode_cluster_info", "recmode_control_meta", "recmode_create_app",
		"recmode_query_cfg")
}

func TestServersWithoutALeaderAnswerAsRecorded(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.plant("24_stale_lock_of_gone_meta.json", "/pegasus/rec3")
	p := b.meta(0)
	eventually(t, "it waits for the server that is gone", func() bool {
		return strings.Contains(p.log.String(), "127.0.0.1:34999 leads")
	})
	mustAnswer(t, b.metas[0], "stale_lock_list_nodes", "stale_lock_query_cfg")
}

// Nothing that a client can ask with empty fields stops a server, whatever it is at the time.
func TestEmptyRequestsOfAllKindsAreSurvived(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.plant("01_after_create_3_drop_1.json", capturedRoot)
	b.leader()
	follower := b.meta(1)
	eventually(t, "the follower waits", func() bool { return strings.Contains(follower.log.String(), "follower: ") })
	b.root += "-empty"
	b.metas = append(b.metas, addressesOn(t, 1)...)
	recovering := b.meta(2, "recover_from_replica_server = true")
	eventually(t, "one is in recovery", func() bool { return strings.Contains(recovering.log.String(), "start_recovery") })
	for i := range b.metas {
		for name, shape := range wire.Shapes {
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			err := b.client.Call(ctx, b.metas[i], name, shape.Request(), shape.Response())
			cancel()
			if errors.Is(err, rpc.ErrUnreachable) {
				t.Errorf("%s at server %d: %v", name, i, err)
			}
		}
	}
	if !b.leads(0) || b.leads(1) {
		t.Error("the leader does not lead any more")
	}
}
