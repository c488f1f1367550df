package cluster_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

// refusals are how the recorded shell printed what a replica server refuses.
var refusals = regexp.MustCompile(`performed failed, in \S+ error_hint:(ERR_\w+) (.*)\n`)

// Recorded in testdata/hotkey: NAME.in was piped into the real shell, which asked a replica server past the
// recorder; the server's answers are those that it printed.
func TestHotkeysAreToldAsByTheRealShell(t *testing.T) {
	inputs, err := filepath.Glob(filepath.Join("testdata", "hotkey", "*.in"))
	if err != nil || len(inputs) < 18 {
		t.Fatalf("%d recordings, %v", len(inputs), err)
	}
	for _, input := range inputs {
		base := strings.TrimSuffix(input, ".in")
		t.Run(filepath.Base(base), func(t *testing.T) {
			wantOut, wantErr := shelltest.RecordedOutput(t, base+".out"), shelltest.ReadIfAny(t, base+".err")
			answer := &wire.DetectHotkeyResponse{Err: wire.OK}
			if found := refusals.FindStringSubmatch(wantErr); found != nil {
				answer.Err, answer.Hint = wire.ErrorCode(found[1]), &found[2]
			}
			server := metatest.Start(t, shelltest.Answers{
				wire.RPCListNodes:    shelltest.Always(&wire.ListNodesResponse{Err: wire.OK, Infos: shelltest.NodesAnswer(t, wire.NodeAlive, "127.0.0.1:34801", "127.0.0.1:34802")}),
				wire.RPCDetectHotkey: shelltest.Always(answer),
			}.Behave)
			s := shelltest.StartOn(t, wireTo(server.Address), server.Address)
			line, err := os.ReadFile(input)
			if err != nil {
				t.Fatal(err)
			}
			out, diagnostics, err := s.Run(strings.TrimSpace(string(line)))
			if failed := wantErr != ""; failed != (err != nil) {
				t.Errorf("error = %v", err)
			}
			if diff := cmp.Diff([]string{wantOut, wantErr}, []string{out, diagnostics}); diff != "" {
				t.Errorf("(-recorded +ours):\n%s", diff)
			}
		})
	}
}

func TestAHotkeyThatWasFoundIsShown(t *testing.T) {
	key := "a hot key"
	server := metatest.Start(t, shelltest.Answers{
		wire.RPCListNodes:    shelltest.Always(&wire.ListNodesResponse{Err: wire.OK, Infos: shelltest.NodesAnswer(t, wire.NodeAlive, "127.0.0.1:34801")}),
		wire.RPCDetectHotkey: shelltest.Always(&wire.DetectHotkeyResponse{Err: wire.OK, Key: &key}),
	}.Behave)
	s := shelltest.StartOn(t, wireTo(server.Address), server.Address)
	for line, want := range map[string]string{
		"detect_hotkey -a 7 -p 0 -t read -c query -d 127.0.0.1:34801":    "Find read hotkey in 7.0 result:a hot key\n",
		"detect_hotkey -a 0x7 -p 00 -t Read -c QUERY -d=127.0.0.1:34801": "Find Read hotkey in 7.0 result:a hot key\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d 127.0.0.1:34809":    "invalid ip:port=127.0.0.1:34809, can't find it in the cluster\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d localhost:34801":    "Find read hotkey in 7.0 result:a hot key\n",
		"detect_hotkey -a 7 -p 0 -t read -c start -d localhost:34801": "Hotkey detection is starting, " +
			"using 'detect_hotkey -a 7 -p 0 -t read -c query -d localhost:34801' to get the result later\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d 127.0.0.1:+34801":       "Find read hotkey in 7.0 result:a hot key\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d localhost:34809":        "invalid ip:port=localhost:34809, can't find it in the cluster\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d 127.0.0.1:0":            "invalid ip:port=127.0.0.1:0, can't find it in the cluster\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d foo:34801":              "invalid ip:port=foo:34801, can't transform it into rpc_address\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d [::1]:34801":            "invalid ip:port=[::1]:34801, can't transform it into rpc_address\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d LOCALHOST:34801":        "invalid ip:port=LOCALHOST:34801, can't transform it into rpc_address\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d 127.0.0.1:034801":       "invalid ip:port=127.0.0.1:034801, can't transform it into rpc_address\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d 127.0.0.1:-34801":       "invalid ip:port=127.0.0.1:-34801, can't transform it into rpc_address\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d 127.0.0.1:++34801":      "invalid ip:port=127.0.0.1:++34801, can't transform it into rpc_address\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d ::ffff:127.0.0.1:34801": "invalid ip:port=::ffff:127.0.0.1:34801, can't transform it into rpc_address\n",
		"detect_hotkey -a 7 -p 0 -t read -c begin -d 127.0.0.1:34801":        "\"begin\" is an invalid hotkey detect action (should be 'start' or 'stop')\n",
		"detect_hotkey -":         "unknown flag -\n",
		"detect_hotkey -a 1 -- x": "unknown param -- = x\n",
		"detect_hotkey -a 7 -p 0 -t read -d 127.0.0.1:34801 -c":            "missing value of c\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d 127.0.0.1:34801 -z":   "unknown flag z\n",
		"detect_hotkey -a 7 -p 0 -t read -c query -d 127.0.0.1:34801 -a 8": "Find read hotkey in 7.0 result:a hot key\n",
	} {
		if out, diagnostics, _ := s.Run(line); !strings.HasPrefix(out+diagnostics, want) && !strings.Contains(diagnostics, want) {
			t.Errorf("%s: printed %q and %q, want %q", line, out, diagnostics, want)
		}
	}
}
