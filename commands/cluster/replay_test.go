package cluster_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/internal/message"
	"pegashell/internal/test/shelltest"
	"pegashell/internal/words"
)

// The scenes in testdata/replay were recorded from the shell and the servers of Pegasus 2.5.0 (see the README
// there). Here the recorded answers are served to our commands, which must print the same bytes. Where a call
// went past the recorder, the answer is built from the tree in ZooKeeper and from what the real shell printed.

// notReplayed are recorded commands that cannot be the same here, with the reason.
var notReplayed = map[string]string{
	"02_read/help":                                    "lists the commands of the shell at hand",
	"02_read/version":                                 "names the version of the shell at hand",
	"02_read/wrong_command":                           "lists the commands of the shell at hand",
	"02_read/ls_then_bogus":                           "lists the commands of the shell at hand",
	"10_before_recovery/data_set":                     "reads and writes data, which this shell does not",
	"32_table_admin/cc_missing":                       "the real shell takes a cluster that it does not know; here it is an error",
	"32_table_admin/ls_m":                             "-p and -m are options of the main branch, which are understood here",
	"18_all_metas_dead/all_metas_dead_ls":             "the real shell gave up after 10 s with ERR_TIMEOUT though it was refused at once, here as at the other commands",
	"21_just_after_leader_killed/ls":                  "the real shell stopped at the first server that it lost; here an election is waited for",
	"21_just_after_leader_killed/nodes":               "as ls",
	"21_just_after_leader_killed/cluster_info":        "in TestDeadServersAreToldAsByTheRealShell",
	"18_all_metas_dead/all_metas_dead_get_meta_level": "in TestDeadServersAreToldAsByTheRealShell",
	"38_duplication/start_bad_id":                     "the real shell aborts",
	"39_bulk_load/query_bad_index":                    "the real shell aborts",
	"18_all_metas_dead/all_metas_dead_cluster_info":   "in TestDeadServersAreToldAsByTheRealShell",
	"37_backup/restore_bad_id":                        "the real shell aborts",
	"37_backup/query_restore_bad":                     "the real shell aborts",
}

// failsSilently are recorded commands that failed without a word.
var failsSilently = []string{"37_backup/query_restore_missing"}

func TestOutputEqualsTheRealShells(t *testing.T) {
	registry := commands.NewRegistry(nil)
	ran := eachScene(t, func(t *testing.T, base string, lines []string) { replay(t, registry, base, lines) })
	if want := 494; ran < want {
		t.Errorf("%d recorded commands were replayed, want at least %d", ran, want)
	}
}

// What the real shell prints is the same in every language; what is printed besides is not.
func TestOutputIsTheSameInEveryLanguage(t *testing.T) {
	registry := commands.NewRegistry(nil)
	translated := 0
	eachScene(t, func(t *testing.T, base string, lines []string) {
		got := carryOutScene(t, registry, base, lines, func(w *command.World) { w.Language, w.LanguageNamed = message.Chinese, true })
		if diff := cmp.Diff(shelltest.RecordedOutput(t, base+".out"), got.out); diff != "" {
			t.Errorf("standard output (-recorded +ours):\n%s", diff)
		}
		if diff := cmp.Diff(shelltest.ReadIfAny(t, base+".file"), got.file); diff != "" {
			t.Errorf("file (-recorded +ours):\n%s", diff)
		}
		for line := range strings.Lines(shelltest.ReadIfAny(t, base+".err")) {
			if !strings.Contains(got.err, line) {
				t.Errorf("standard error %q is without the recorded %q", got.err, line)
			}
		}
		if strings.ContainsFunc(got.err, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			translated++
		}
	})
	if translated == 0 {
		t.Error("nothing was printed in Chinese")
	}
}

// eachScene runs a test for every recorded command that can be the same here, and counts them.
func eachScene(t *testing.T, run func(t *testing.T, base string, lines []string)) (ran int) {
	t.Helper()
	recordings, err := filepath.Abs(filepath.Join("testdata", "replay")) // the commands run in other folders
	if err != nil {
		t.Fatal(err)
	}
	inputs, err := filepath.Glob(filepath.Join(recordings, "*", "*.in"))
	if err != nil {
		t.Fatal(err)
	}
	for _, input := range inputs {
		base := strings.TrimSuffix(input, ".in")
		name := filepath.Base(filepath.Dir(input)) + "/" + filepath.Base(base)
		lines := shelltest.ReadLines(t, input)
		if notReplayed[name] != "" || !haveWords(lines) {
			continue
		}
		ran++
		t.Run(name, func(t *testing.T) { run(t, base, lines) })
	}
	return ran
}

// haveWords reports whether every line has words: the others are the loop's business and tested with it.
func haveWords(lines []string) bool {
	for _, line := range lines {
		if parts, err := words.Split(line); err != nil || len(parts) == 0 {
			return false
		}
	}
	return len(lines) > 0
}

// nodeLists are the files that the recorded commands named, written anew from what was printed of them.
var nodeLists = map[string]string{
	"recover_node_list":   "127.0.0.1:34801\n127.0.0.1:34802\n127.0.0.1:34803\n",
	"recover_node_list_4": "127.0.0.1:34801\n127.0.0.1:34802\n127.0.0.1:34803\n127.0.0.1:34804\n",
	"recover_dup":         "127.0.0.1:34801\n127.0.0.1:34802\n127.0.0.1:34803\n127.0.0.1:34801\n",
	"bad_list":            "# nodes\n\n127.0.0.1:34801\n127.0.0.1:34802\n127.0.0.1:34803\nnot_an_address\n",
	"empty_list":          "# none\n\n",
}

func replay(t *testing.T, registry *command.Registry, base string, lines []string) {
	got := carryOutScene(t, registry, base, lines, func(*command.World) {})
	wantOut, wantErr, wantFile := shelltest.RecordedOutput(t, base+".out"), shelltest.ReadIfAny(t, base+".err"), shelltest.ReadIfAny(t, base+".file")
	silently := slices.ContainsFunc(failsSilently, func(name string) bool { return strings.HasSuffix(base, name) })
	if failed := silently || toldOfFailure(wantOut+wantErr); failed != (got.failure != nil) {
		t.Errorf("error = %v, though the real shell told of success: %v", got.failure, !failed)
	}
	if diff := cmp.Diff(wantOut, got.out); diff != "" {
		t.Errorf("standard output (-recorded +ours):\n%s", diff)
	}
	if diff := cmp.Diff(wantErr, got.err); diff != "" {
		t.Errorf("standard error (-recorded +ours):\n%s", diff)
	}
	if diff := cmp.Diff(wantFile, got.file); diff != "" {
		t.Errorf("file (-recorded +ours):\n%s", diff)
	}
}

// replayed is what came of a recorded command here.
type replayed struct {
	out, err, file string
	failure        error
}

// carryOutScene carries a recorded command out before the recorded answers; adjust changes the environment.
func carryOutScene(t *testing.T, registry *command.Registry, base string, lines []string, adjust func(*command.World)) (got replayed) {
	t.Helper()
	s := loadScene(t, base)
	t.Chdir(t.TempDir())
	for name, content := range nodeLists {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out, diagnostics bytes.Buffer
	env := &command.World{
		Out: &out, Err: &diagnostics,
		Cluster:    &command.Cluster{Name: "onebox", Metas: s.metas, Admin: s.client()},
		Location:   time.UTC,
		Now:        shelltest.NewClock(),
		CreatePoll: time.Millisecond,
		Resolver:   shelltest.Localhost{},
	}
	env.Ask = func(_ context.Context, question string) (string, error) {
		io.WriteString(&out, question)
		if len(lines) == 0 {
			return "", io.EOF
		}
		line := lines[0]
		lines = lines[1:]
		return line, nil
	}
	adjust(env)
	for len(lines) > 0 {
		line, err := words.Split(lines[0])
		if err != nil {
			t.Fatal(err)
		}
		lines = lines[1:]
		got.failure = errors.Join(got.failure, registry.Execute(context.Background(), env, s.overridden(line)))
	}
	got.out, got.err, got.file = out.String(), warningLine.ReplaceAllString(diagnostics.String(), ""), shelltest.ReadIfAny(t, "outfile")
	return got
}

// toldOfFailure reads out of what the real shell printed whether the command failed, which its exit code does
// not say.
func toldOfFailure(printed string) bool {
	if _, result, ok := strings.Cut(printed, "Recover result: "); ok {
		return !strings.HasPrefix(result, "ERR_OK")
	}
	for _, sign := range []string{"failed", "USAGE", "got error", "chosen NO", "should", "no node specified", "balance proposal result: ERR_INV",
		"recover complete with err = ERR_TRY"} {
		if strings.Contains(printed, sign) && !strings.Contains(printed, "Failed count: 0") && !strings.Contains(printed, "the overall progress of restore") {
			return true
		}
	}
	return false
}
