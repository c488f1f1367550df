package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"pegashell/internal/metatest"
	"pegashell/internal/screentest"
	"pegashell/metaadmin/wire"
)

// siteManifest has commands that need a terminal. Its cluster is where the tests' meta server listens.
const siteManifest = `default_cluster = "site"
[clusters.site]
meta_servers = ["ADDRESS"]
[commands]
drop = false
[defaults]
echo = []
[[command]]
name = "spoil"
summary = "leave the terminal raw"
program = "sh"
arguments = ["-c", "stty raw -echo; echo spoilt; exit 3"]
[[command]]
name = "hang"
program = "sh"
arguments = ["-c", "stty raw -echo; echo hanging; sleep 600"]
[[command]]
name = "restart_meta"
summary = "restart a meta server"
usage = "<HOST>"
program = "sh"
arguments = ["-c", 'echo "restarting $1 of $PEGASHELL_CLUSTER"; read answer; echo "<$answer>"', "sh"]
words = ["host1", "host2"]
confirm = true
`

// onTerminal starts the shell on a terminal with a manifest and a meta server at that level; stop has it answer
// no more.
func onTerminal(t *testing.T, manifest, level string, env ...string) (s *screentest.Terminal, server *atomic.Value) {
	t.Helper()
	server = &atomic.Value{}
	server.Store(level)
	address := metatest.Start(t, func(nc net.Conn, q *wire.Request) error {
		return metatest.Answer(nc, q, wire.OK, &wire.ClusterInfoResponse{
			Err:    wire.OK,
			Keys:   []string{"meta_servers", "meta_function_level", "cluster_name"},
			Values: []string{"a:1", server.Load().(string), "onebox"},
		})
	}).Address
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "m.toml"), []byte(strings.ReplaceAll(manifest, "ADDRESS", address)), 0o600); err != nil {
		t.Fatal(err)
	}
	env = append(env, asProgram+"=1", "GORACE=atexit_sleep_ms=0", "TZ=UTC")
	s = screentest.Start(t, screentest.Options{Rows: 20, Columns: 70, Env: env, Dir: dir}, os.Args[0], "-c", "m.toml")
	s.Mask(address, "ADDRESS")
	s.Mask(programVersion(), "VERSION")
	return s, server
}

func leave(t *testing.T, s *screentest.Terminal, want int) {
	t.Helper()
	if code := s.Wait(); code != want {
		t.Errorf("exit code %d, want %d", code, want)
	}
	s.CheckStty()
}

func TestThePromptShowsTheClusterAndItsDanger(t *testing.T) {
	s, level := onTerminal(t, siteManifest, "steady")
	s.WaitFor("onebox >>>")
	level.Store("blind")
	s.Send("echo a\r")
	s.Golden("prompt_danger")
	level.Store("lively")
	s.Send("echo b\r")
	s.Golden("prompt_lively")
	s.Send("\x04")
	leave(t, s, 0)

	plain, _ := onTerminal(t, siteManifest+"[shell]\nprompt = \"plain\"\n", "blind")
	plain.WaitFor(">>>")
	plain.Send("echo a\r")
	plain.Golden("prompt_plain")
	plain.Send("exit\r")
	leave(t, plain, 0)
}

// The prompt is there before the cluster was asked, and what is typed stays whole.
func TestAClusterThatDoesNotAnswerIsToldOfAboveTheLine(t *testing.T) {
	silence := make(chan struct{})
	address := metatest.Start(t, func(net.Conn, *wire.Request) error {
		<-silence
		return net.ErrClosed
	}).Address
	s := screentest.Start(t, screentest.Options{Rows: 20, Columns: 70, Env: []string{asProgram + "=1", "GORACE=atexit_sleep_ms=0"}},
		os.Args[0], "-m", address)
	s.Mask(programVersion(), "VERSION")
	s.Mask(address, "ADDRESS")
	s.WaitFor(">>>")
	s.Send("echo half a line")
	s.Golden("silent_cluster_typing")
	close(silence)
	s.Golden("silent_cluster_told")
	s.Send("\r")
	s.Golden("silent_cluster_told_once")
	s.Send("\x04")
	leave(t, s, 0)
}

func TestOutputIsPagedOnATerminal(t *testing.T) {
	s, _ := onTerminal(t, siteManifest, "steady", "PAGER=cat; echo '(END)'; read key < /dev/tty; echo \"key $key\"")
	s.WaitFor("onebox >>>")
	s.Send("cluster_info |\r")
	s.WaitFor("(END)")
	s.Send("q\r")
	s.Golden("paged")
	s.Send("\x0ccluster_info | grep level > kept\recho more >> kept\r\x0cecho kept: | cat - kept\r")
	s.Golden("redirected")
	s.Send("\x04")
	leave(t, s, 0)
}

func TestWatchIsDrawnInPlace(t *testing.T) {
	s, level := onTerminal(t, siteManifest, "steady")
	s.MaskPattern(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`, "TIME")
	s.WaitFor("onebox >>>")
	s.Send("watch 0.1 cluster_info\r")
	s.WaitFor("steady")
	level.Store("freezed")
	s.Golden("watch")
	s.Send("\x03")
	s.WaitFor("onebox [freezed] >>>")
	s.Send("\x04")
	leave(t, s, 0)
}

func TestProgramsOfTheSiteHaveTheTerminal(t *testing.T) {
	s, _ := onTerminal(t, siteManifest, "steady")
	s.WaitFor("onebox >>>")
	s.Send("\x0crestart_meta h\t")
	s.Golden("site_words")
	s.Send("\x15restart_meta host1\r")
	s.WaitFor("[y/n]:")
	s.Send("y\r")
	s.WaitFor("restarting host1")
	s.Send("an answer\r")
	s.Golden("site_command")
	s.Send("\x0cspoil\r")
	s.Golden("site_spoiled")
	s.Send("\x04")
	leave(t, s, 0)
}

func TestASignalEndsAProgramAndTheShellAndRestoresTheTerminal(t *testing.T) {
	s, _ := onTerminal(t, siteManifest, "steady")
	s.WaitFor("onebox >>>")
	s.Send("hang\r")
	s.WaitFor("hanging")
	s.Signal(syscall.SIGTERM)
	leave(t, s, 143)
}

func TestCtrlCTwiceEndsTheProgram(t *testing.T) {
	s, _ := onTerminal(t, siteManifest, "steady")
	s.WaitFor("onebox >>>")
	s.Send("watch 60 cluster_info\r")
	s.WaitFor("Every 60s")
	s.Send("\x03")
	s.WaitFor("onebox >>>")
	s.Send("\x03")
	leave(t, s, 130)
	if !s.Screen().Contains("Ctrl-C came twice within a second: the shell ends.") {
		t.Errorf("screen:\n%v", s.Screen())
	}
}
