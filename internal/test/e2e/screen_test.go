package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pegashell/internal/test/screentest"
	"pegashell/internal/test/silent"
	"pegashell/internal/test/zktest"
)

// screenBox is the cluster that all screens are about: two meta servers, three replica servers, one
// of which has died, two ZooKeepers and two tables. It is started by the first test that asks for
// it.
var screenBox = struct {
	once sync.Once
	dir  string
	box  box
	err  error
}{}

// box says where a cluster's servers are.
type box struct {
	leader, follower string
	nodes            []string // as the shell sorts them; the last one is dead
	zooKeepers       []string
}

// theBox returns the cluster of all screens.
func theBox(t *testing.T) box {
	t.Helper()
	zktest.NeedsServer(t)
	screenBox.once.Do(func() {
		screenBox.dir = filepath.Join(bin, "box")
		screenBox.box, screenBox.err = startBox(screenBox.dir)
	})
	if screenBox.err != nil {
		t.Fatal(screenBox.err)
	}
	return screenBox.box
}

// clearScreenBox ends the cluster if it was started.
func clearScreenBox() error {
	if screenBox.dir == "" {
		return nil
	}
	if out, err := oneboxOutput("clear", "--dir", screenBox.dir); err != nil {
		return fmt.Errorf("clear %s: %w\n%s", screenBox.dir, err, out)
	}
	return nil
}

func oneboxOutput(args ...string) (string, error) {
	out, err := exec.Command(filepath.Join(bin, "onebox"), args...).CombinedOutput()
	return string(out), err
}

func startBox(dir string) (b box, err error) {
	out, err := oneboxOutput("start", "--dir", dir, "--meta_count", "2", "--replica_count", "3", "--zk_count", "2")
	if err != nil {
		return b, fmt.Errorf("start the onebox: %w\n%s", err, out)
	}
	_, rest, _ := strings.Cut(out, "the leader is ")
	b.leader, _, _ = strings.Cut(rest, "\n")
	list, err := oneboxOutput("list", "--dir", dir)
	if err != nil {
		return b, fmt.Errorf("list the onebox: %w\n%s", err, list)
	}
	numbers := map[string]string{}
	for line := range strings.Lines(list) {
		fields := strings.Fields(line)
		switch {
		case len(fields) < 3:
		case fields[0] == "meta" && fields[2] != b.leader:
			b.follower = fields[2]
		case fields[0] == "replica":
			b.nodes = append(b.nodes, fields[2])
			numbers[fields[2]] = fields[1]
		case fields[0] == "zookeeper":
			b.zooKeepers = append(b.zooKeepers, fields[2])
		}
	}
	slices.Sort(b.nodes) // ports of five digits
	for _, step := range []struct{ line, shows string }{
		{"create users -p 8", "create app \"users\" succeed"},
		{"create orders -p 4", "create app \"orders\" succeed"},
		{"ls -d", "fully_healthy_app_count    : 2"},
	} {
		if err := b.untilShown(step.line, step.shows); err != nil {
			return b, err
		}
	}
	if out, err := oneboxOutput("stop", "--dir", dir, "-r", numbers[b.nodes[2]]); err != nil {
		return b, fmt.Errorf("stop a replica server: %w\n%s", err, out)
	}
	if err := b.untilShown("nodes", "unalive_node_count  : 1"); err != nil {
		return b, err
	}
	return b, b.untilShown("ls -d", "write_unhealthy_app_count  : 0")
}

// untilShown pipes a line into the shell, again and again, until its output holds the text.
func (b box) untilShown(line, text string) error {
	deadline := time.Now().Add(waitTime)
	for {
		out := b.pipe(line)
		if strings.Contains(out, text) {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%q did not come to say %q within %v; last:\n%s", line, text, waitTime, out)
		}
	}
}

// pipe returns what the shell prints for a line from a pipe.
func (b box) pipe(line string) string {
	cmd := exec.Command(filepath.Join(bin, "pegashell"), "--cluster", b.leader)
	cmd.Stdin = strings.NewReader(line + "\n")
	out, _ := cmd.CombinedOutput() // a failure shows in the text
	return string(out)
}

// station is where an operator works: a folder with a manifest, programs of the site, and a home.
type station struct {
	t    *testing.T
	box  box
	dir  string // the working folder
	home string
	// hole accepts connections and never answers; connected receives a value for each.
	hole      string
	connected <-chan struct{}
}

const deadAddress = "127.0.0.1:1" // nothing listens on it

// newStation returns a station whose manifest names the clusters onebox, dead and silent and
// ZooKeepers. More is added to it.
func newStation(t *testing.T, more ...string) *station {
	t.Helper()
	s := &station{t: t, box: theBox(t), dir: t.TempDir(), home: t.TempDir()}
	s.hole, s.connected = silent.Start(t)
	t.Cleanup(s.checkProcesses)
	s.write("plugins.toml", 0o600, fmt.Sprintf(`default_cluster = "onebox"

[clusters]
onebox = { meta_servers = [%q, %q] }
dead = { meta_servers = [%q] }
silent = { meta_servers = [%q] }

[zookeepers]
old = { hosts = [%q], root = "/pegasus/onebox/127.0.0.1" }
new = { hosts = [%q] }
silent = { hosts = [%q] }
`, s.box.leader, s.box.follower, deadAddress, s.hole, s.box.zooKeepers[0], s.box.zooKeepers[1], s.hole), more...)
	return s
}

// checkProcesses fails the test if a program that was started in the station's folder still runs.
func (s *station) checkProcesses() {
	folders, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, folder := range folders {
		if at, err := os.Readlink(folder); err == nil && at == s.dir {
			line, _ := os.ReadFile(filepath.Join(filepath.Dir(folder), "cmdline"))
			s.t.Errorf("still running: %s", strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
}

// write writes a file of the station from some texts.
func (s *station) write(name string, mode os.FileMode, text string, more ...string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text+strings.Join(more, "")), mode); err != nil {
		s.t.Fatal(err)
	}
}

// writeHome writes a file of the operator's own.
func (s *station) writeHome(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// program writes a shell script that can be run by its name.
func (s *station) program(name, script string) {
	s.t.Helper()
	s.write(filepath.Join("bin", name), 0o755, "#!/bin/sh\n"+script)
}

// read returns the content of a file of the station.
func (s *station) read(name string) string {
	s.t.Helper()
	content, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(content)
}

// onebox is the prompt while all is well.
const onebox = "onebox >>>"

// start starts the shell and waits for its prompt.
func (s *station) start(opt screentest.Options, prompt string, args ...string) *session {
	s.t.Helper()
	opt.Dir = s.dir
	opt.Env = append([]string{
		"HOME=" + s.home, "XDG_CONFIG_HOME=" + s.home, "XDG_STATE_HOME=" + s.home, "TZ=UTC", "PAGER=cat",
		"PATH=" + filepath.Join(s.dir, "bin") + ":" + os.Getenv("PATH"),
	}, opt.Env...)
	c := &session{Terminal: screentest.Start(s.t, opt, filepath.Join(bin, "pegashell"), args...), t: s.t}
	c.WaitUntil("there is a prompt "+prompt, func(screen screentest.Screen) bool { return screen.Line() == prompt })
	c.Mask(s.box.leader, "127.0.0.1:META1")
	c.Mask(s.box.follower, "127.0.0.1:META2")
	for i, node := range s.box.nodes {
		c.Mask(node, fmt.Sprintf("127.0.0.1:NODE%d", i+1))
	}
	for i, zk := range s.box.zooKeepers {
		c.Mask(zk, fmt.Sprintf("127.0.0.1:ZKEE%d", i+1))
	}
	c.Mask(s.hole, "127.0.0.1:"+strings.Repeat("H", len(s.hole)-len("127.0.0.1:")))
	c.MaskPattern(`\d{4}-\d\d-\d\d([_ ])\d\d:\d\d:\d\d`, "YYYY-MM-DD${1}hh:mm:ss")
	return c
}

// open starts the shell and clears the screen.
func (s *station) open(opt screentest.Options, args ...string) *session {
	s.t.Helper()
	c := s.start(opt, onebox, args...)
	c.clear()
	return c
}

// session is the shell, the terminal it runs on, and the person before it.
type session struct {
	*screentest.Terminal
	t *testing.T
}

// clear leaves only the line that is typed on the screen.
func (c *session) clear() {
	c.t.Helper()
	c.Send("\x0c")
	c.WaitUntil("the screen is cleared", func(screen screentest.Screen) bool { return screen.Row == 0 })
}

// step is what is typed, and the name of the golden screen that must follow.
type step struct{ keys, screen string }

// follow types what the steps say.
func (c *session) follow(steps ...step) {
	c.t.Helper()
	for _, step := range steps {
		c.Send(step.keys)
		c.golden(step.screen)
	}
}

// golden compares the screen with testdata/screens/NAME.screen.
func (c *session) golden(name string) {
	c.t.Helper()
	c.Golden(filepath.Join("screens", name))
}

// atPrompt waits until a line can be typed below what is shown.
func (c *session) atPrompt(prompt string) {
	c.t.Helper()
	c.WaitUntil("there is a prompt "+prompt, func(screen screentest.Screen) bool { return screen.Row > 0 && screen.Line() == prompt })
}

// printedWithin reports whether the text is printed within a time.
func (c *session) printedWithin(text string, limit time.Duration) bool {
	for end := time.Now().Add(limit); !strings.Contains(c.Printed(), text); {
		if time.Now().After(end) {
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
	return true
}

// leave types the keys that end the shell, and checks how it ends: with that exit code, the
// terminal as it was.
func (c *session) leave(keys string, code int) {
	c.t.Helper()
	c.Send(keys)
	c.ends(code)
}

func (c *session) ends(code int) {
	c.t.Helper()
	if got := c.Wait(); got != code {
		c.t.Errorf("exit code %d, want %d; the screen is\n%s", got, code, c.Screen())
	}
	c.CheckStty()
}

// screens starts a shell, follows the steps and leaves with Ctrl-D on a line that was dropped.
func screens(t *testing.T, opt screentest.Options, steps ...step) {
	t.Helper()
	c := newStation(t).open(opt)
	c.follow(steps...)
	c.leave(dropLine+"\x04", 0)
}

// dropLine closes what is suggested or searched and empties the line.
const dropLine = "\x07\x05\x15"
