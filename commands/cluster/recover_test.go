package cluster_test

import (
	"context"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// nextLines is what recover prints last.
var nextLines = regexp.MustCompile(`(?m)^Next: .*\n(?:    .*\n)*`)

const recoverHead = `Skip bad nodes: false
Skip lost partitions: false
Node list:
=============================
127.0.0.1:34801
=============================
`

func TestRecoverTellsEachSecondThatItWaits(t *testing.T) {
	s := shelltest.Start(t, metatest.Hangs)
	out, diagnostics, err := s.Run("recover -s 127.0.0.1:34801 -w 3")
	want := "Wait seconds: 3\n" + recoverHead + `Wait recovery for 0 seconds
Wait recovery for 1 seconds
Wait recovery for 2 seconds
Wait recovery failed, administrator should check the meta for progress
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("standard output (-want +got):\n%s", diff)
	}
	if err == nil || !strings.Contains(diagnostics, "may have been carried out") {
		t.Errorf("error = %v, standard error = %q; want to be told that the change may have been carried out", err, diagnostics)
	}
}

func TestRecoverTakesALateAnswer(t *testing.T) {
	release := make(chan struct{})
	s := shelltest.Start(t, func(nc net.Conn, q *wire.Request) error {
		<-release
		return metatest.Answer(nc, q, wire.OK, &wire.HintResponse{Err: wire.OK, Hint: "WARNING: one\n"})
	})
	s.Env.Second = 20 * time.Millisecond
	time.AfterFunc(50*time.Millisecond, func() { close(release) })
	out, _, err := s.Run("recover -s 127.0.0.1:34801")
	if err != nil {
		t.Errorf("error = %v", err)
	}
	if !strings.Contains(out, "Wait recovery for 0 seconds\n") || !strings.HasSuffix(out, "Recover result: ERR_OK\n"+
		"=============================\nWARNING: one\n=============================\n") {
		t.Errorf("standard output:\n%s", out)
	}
}

func TestInterruptedRecoverSaysThatTheServerGoesOn(t *testing.T) {
	for name, line := range map[string]string{
		"on the screen": "recover -s 127.0.0.1:34801",
		"in a file":     "recover -s 127.0.0.1:34801 -o " + filepath.Join(t.TempDir(), "result"),
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			s := shelltest.Start(t, func(net.Conn, *wire.Request) error { cancel(); return nil })
			out, _, err := s.RunIn(ctx, line)
			if err == nil || !strings.Contains(out, "the meta server goes on with the recovery") {
				t.Errorf("error = %v, standard output:\n%s", err, out)
			}
			if file, ok := strings.CutPrefix(line, "recover -s 127.0.0.1:34801 -o "); ok && !strings.Contains(shelltest.ReadIfAny(t, file), "goes on") {
				t.Errorf("the file has %q", shelltest.ReadIfAny(t, file))
			}
		})
	}
}

func TestRecoverIsNotStartedWhenItsFilesCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	list := shelltest.WriteFile(t, "apps.list", "no list")
	server := metatest.Start(t, metatest.HangsUp)
	s := shelltest.StartOn(t, metaadmin.Options{}, server.Address)
	for _, line := range []string{
		"recover -s 127.0.0.1:34801 -o " + dir,
		"recover -s 127.0.0.1:34801 -o " + filepath.Join(dir, "missing", "file"),
		"recover -s 127.0.0.1:34801 --expect " + filepath.Join(dir, "missing"),
		"recover -s 127.0.0.1:34801 --expect " + list,
	} {
		out, diagnostics, err := s.Run(line)
		if err == nil || out != "" || !strings.HasPrefix(diagnostics, "ERROR: ") {
			t.Errorf("%s: error = %v, output %q, %q", line, err, out, diagnostics)
		}
	}
	if n := server.Requests.Load(); n != 0 {
		t.Errorf("the server was asked %d times", n)
	}
}

func TestNodeListsAreReadAsTheOriginalReadsThem(t *testing.T) {
	var asked atomic.Pointer[wire.RecoveryRequest]
	s := shelltest.Start(t, shelltest.Answers{wire.RPCStartRecovery: func(arg wire.Message) wire.Message {
		asked.Store(arg.(*wire.RecoveryRequest))
		return &wire.HintResponse{Err: wire.OK}
	}}.Behave)
	for name, c := range map[string]struct {
		content string
		nodes   []string
		told    string
	}{
		"comments and blank lines": {"# a\n; b\n\n  127.0.0.1:1  \n\t127.0.0.1:2\n", []string{"127.0.0.1:1", "127.0.0.1:2"}, ""},
		"CRLF":                     {"127.0.0.1:1\r\n127.0.0.1:2\r\n", []string{"127.0.0.1:1", "127.0.0.1:2"}, ""},
		"no line end":              {"127.0.0.1:1", []string{"127.0.0.1:1"}, ""},
		"duplicates":               {"127.0.0.1:1\n127.0.0.1:2\n127.0.0.1:1\n", []string{"127.0.0.1:1", "127.0.0.1:2"}, "duplicate replica node 127.0.0.1:1, just ingore it\n"},
	} {
		t.Run(name, func(t *testing.T) {
			asked.Store(nil)
			out, diagnostics, err := s.Run("recover -f " + shelltest.WriteFile(t, "list", c.content))
			if err != nil || nextLines.ReplaceAllString(diagnostics, "") != "" || !strings.HasPrefix(out, c.told+"Wait seconds: 100\n") {
				t.Errorf("error = %v, output:\n%s%s", err, out, diagnostics)
			}
			q := asked.Load()
			if q == nil {
				t.Fatal("nothing was asked")
			}
			var nodes []string
			for _, a := range q.Nodes {
				nodes = append(nodes, a.String())
			}
			if diff := cmp.Diff(c.nodes, nodes); diff != "" || q.HPNodes != nil {
				t.Errorf("nodes (-want +got), twins %v:\n%s", q.HPNodes, diff)
			}
		})
	}
}

func TestNodesNamedByHostAreSentWithTheirTwins(t *testing.T) {
	var asked atomic.Pointer[wire.RecoveryRequest]
	s := shelltest.Start(t, shelltest.Answers{wire.RPCStartRecovery: func(arg wire.Message) wire.Message {
		asked.Store(arg.(*wire.RecoveryRequest))
		return &wire.HintResponse{Err: wire.OK}
	}}.Behave)
	if _, diagnostics, err := s.Run("recover -s localhost:34801,127.0.0.1:34802"); err != nil {
		t.Fatal(err, diagnostics)
	}
	want := []wire.HostPort{{Host: "localhost", Port: 34801, Type: 1}, {Host: "127.0.0.1", Port: 34802, Type: 1}}
	q := asked.Load()
	if diff := cmp.Diff(want, q.HPNodes); diff != "" || q.Nodes[0].String() != "127.0.0.1:34801" {
		t.Errorf("%v, twins (-want +got):\n%s", q.Nodes, diff)
	}
}

const savedList = `[general_info]
app_id  status     app_name  app_type  partition_count  replica_count  is_stateful  create_time          drop_time  drop_expire  envs_count  
1       AVAILABLE  temp      pegasus   8                3              true         2026-11-23_00:00:41  -          -            0           
2       AVAILABLE  stat      pegasus   4                3              true         2026-11-23_00:01:07  -          -            0           
3       DROPPED    doomed    pegasus   2                3              true         2026-11-23_00:01:37  -          -            0           

[summary]
total_app_count  : 2

`

const savedJSON = `{"general_info":{"1":{"app_id":"1","status":"AVAILABLE","app_name":"temp","partition_count":"8"},
"2":{"app_id":"2","status":"AVAILABLE","app_name":"stat","partition_count":"4"}},"summary":{"total_app_count":"2"}}`

const savedCSV = `[general_info]
app_id,status,app_name,app_type,partition_count
1,AVAILABLE,temp,"a,b c",8
2,AVAILABLE,stat,pegasus,4
3,DROPPED,doomed,pegasus,2

[summary]
key,value
total_app_count,2
`

func TestRecoverHoldsTheTablesAgainstTheSavedList(t *testing.T) {
	app := func(id int32, name string, partitions int32) wire.AppInfo {
		return wire.AppInfo{Status: wire.AppAvailable, ID: id, Name: name, PartitionCount: partitions}
	}
	for name, c := range map[string]struct {
		apps   []wire.AppInfo
		told   string
		failed bool
	}{
		"all there": {[]wire.AppInfo{app(1, "temp", 8), app(2, "stat", 4)}, "All 2 expected tables are there, 0 came back.\n", false},
		"a dropped table came back": {
			[]wire.AppInfo{app(1, "temp", 8), app(2, "stat", 4), app(3, "doomed", 2)},
			"WARNING: table doomed (id 3) came back: it was not available before; drop it again if you do not need it\n" +
				"All 2 expected tables are there, 1 came back.\n", false,
		},
		"one is missing": {[]wire.AppInfo{app(1, "temp", 8)}, "WARNING: table stat (id 2) is missing\n", true},
		"one is dropped": {
			[]wire.AppInfo{app(1, "temp", 8), {Status: wire.AppDropped, ID: 2, Name: "__drop_holder__2"}},
			"WARNING: table stat (id 2) is missing\n", true,
		},
		"one got another name": {
			[]wire.AppInfo{app(1, "temp__1", 8), app(2, "stat", 4), app(4, "temp", 8)},
			"WARNING: table temp (id 1) is now named temp__1\n" +
				"WARNING: table temp (id 4) came back: it was not available before; drop it again if you do not need it\n", true,
		},
		"one has another size": {[]wire.AppInfo{app(1, "temp", 8), app(2, "stat", 2)}, "WARNING: table stat (id 2) has 2 partitions, not 4\n", true},
	} {
		for form, content := range map[string]string{"text": savedList, "JSON": savedJSON, "CSV": savedCSV} {
			t.Run(name+", "+form, func(t *testing.T) {
				s := shelltest.Start(t, shelltest.Answers{
					wire.RPCStartRecovery: shelltest.Always(&wire.HintResponse{Err: wire.OK}),
					wire.RPCListApps:      shelltest.Always(&wire.ListAppsResponse{Err: wire.OK, Infos: c.apps}),
				}.Behave)
				out, diagnostics, err := s.Run("recover -s 127.0.0.1:34801 --expect " + shelltest.WriteFile(t, "apps.list", content))
				if !strings.HasSuffix(out, "Recover result: ERR_OK\n") || (err != nil) != c.failed {
					t.Errorf("error = %v, output:\n%s", err, out)
				}
				if diff := cmp.Diff(c.told, nextLines.ReplaceAllString(diagnostics, "")); diff != "" {
					t.Errorf("standard error (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestListsThatLsDidNotWriteAreRefused(t *testing.T) {
	s := shelltest.Start(t, metatest.HangsUp)
	for name, content := range map[string]string{
		"empty":                   "",
		"cut short":               savedList[:len(savedList)/2],
		"another command":         "[details]\naddress  status  \n\n",
		"JSON of another":         `{"details":{}}`,
		"JSON cut short":          savedJSON[:20],
		"CSV cut short":           savedCSV[:100],
		"CSV, a cell too few":     "[general_info]\napp_id,status,app_name\n1,temp\n\n",
		"CSV with a lone quote":   "[general_info]\napp_id,status,app_name\n1,\"temp,x\n\n",
		"lines":                   "[general_info]\n┌────────┐\n│ app_id │\n└────────┘\n\n",
		"a cell too few":          "[general_info]\napp_id  status  app_name  \n1  temp  \n\n",
		"no names":                "[general_info]\napp_id  status  \n1  AVAILABLE  \n\n",
		"an id that is no number": "[general_info]\napp_id  status  app_name  \nx  AVAILABLE  t  \n\n",
	} {
		_, diagnostics, err := s.Run("recover -s 127.0.0.1:34801 --expect " + shelltest.WriteFile(t, "apps.list", content))
		if err == nil || !strings.Contains(diagnostics, "is not a list written by ls -o") {
			t.Errorf("%s: error = %v, %q", name, err, diagnostics)
		}
	}
}

func TestRecoverListGivesTheLivingServers(t *testing.T) {
	list := func(infos ...[]wire.NodeInfo) *shelltest.Session {
		r := &wire.ListNodesResponse{Err: wire.OK}
		for _, i := range infos {
			r.Infos = append(r.Infos, i...)
		}
		return shelltest.Start(t, shelltest.Answers{wire.RPCListNodes: shelltest.Always(r)}.Behave)
	}
	alive := shelltest.NodesAnswer(t, wire.NodeAlive, "127.0.0.1:34802", "127.0.0.1:34801")
	dead := shelltest.NodesAnswer(t, wire.NodeUnalive, "127.0.0.1:34803")
	const want = "127.0.0.1:34801\n127.0.0.1:34802\n"

	out, _, err := list(alive).Run("recover_list")
	if err != nil || out != want {
		t.Errorf("all alive: error = %v, output %q", err, out)
	}
	file := filepath.Join(t.TempDir(), "list")
	if out, _, err := list(alive).Run("recover_list -o " + file); err != nil || out != "" || shelltest.ReadIfAny(t, file) != want {
		t.Errorf("to a file: error = %v, output %q, file %q", err, out, shelltest.ReadIfAny(t, file))
	}
	out, diagnostics, err := list(alive, dead).Run("recover_list")
	if err == nil || out != "" || !strings.Contains(diagnostics, "1 of 3 replica servers are not alive: 127.0.0.1:34803") {
		t.Errorf("one dead: error = %v, output %q, %q", err, out, diagnostics)
	}
	out, diagnostics, err = list(alive, dead).Run("recover_list --alive_only")
	if err != nil || out != want || !strings.Contains(diagnostics, "127.0.0.1:34803") {
		t.Errorf("--alive_only: error = %v, output %q, %q", err, out, diagnostics)
	}
	for _, nodes := range [][]wire.NodeInfo{nil, dead} {
		if _, diagnostics, err := list(nodes).Run("recover_list --alive_only"); err == nil || !strings.Contains(diagnostics, "no replica server is alive") {
			t.Errorf("none alive: error = %v, %q", err, diagnostics)
		}
	}
}
