package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/metaadmin"
)

// A robot that only types what `migrate status -j` has next. Each wrong turn of a migration is made
// on a real onebox; then status has to name it, and the robot has to arrive on the other ZooKeeper.

// robotTime bounds a wrong turn and the way out of it.
const robotTime = 2 * time.Minute

// robotBox is a onebox with the manifest of its site. Migrations go from one ZooKeeper to the other
// and back, so that several share it.
type robotBox struct {
	t        *testing.T
	dir      string
	metas    []string
	replicas []string
	zks      []string
	from, to int // of zks
	root     string // the full path of the tree on the first ZooKeeper, and on the second
	moved    string // unless this is another one
	by       string // --by of status, "" for none
	admin    *metaadmin.Client
	tables   []string // that must be there in the end
}

// newRobotBox starts a onebox. root is the full path of its tree.
func newRobotBox(t *testing.T, root string, options ...string) *robotBox {
	t.Helper()
	b := &robotBox{t: t, dir: t.TempDir(), root: root, to: 1}
	t.Cleanup(func() { clearBox(t, b.path("box")) })
	b.onebox(append([]string{"start", "--base_port", "0", "--replica_count", "2", "--zk_count", "2", "--zk_timeout_ms", "2000", "--config_sync_interval_ms", "300"}, options...)...)
	for _, line := range strings.Split(b.onebox("list"), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		switch fields[0] {
		case "meta":
			b.metas = append(b.metas, fields[2])
		case "replica":
			b.replicas = append(b.replicas, fields[2])
		case "zookeeper":
			b.zks = append(b.zks, fields[2])
		}
	}
	b.writeManifest(true)
	var err error
	b.admin, err = metaadmin.New(b.metas, metaadmin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.admin.Close() })
	b.types("create users -p 2 -r 2", "create orders -p 2 -r 2")
	b.tables = []string{"orders", "users"}
	b.untilHealthy()
	return b
}

func (b *robotBox) path(name string) string { return filepath.Join(b.dir, name) }

func (b *robotBox) config(meta int) string { return b.path(fmt.Sprintf("box/meta%d/config.ini", meta)) }

// writeManifest names the configuration of each meta server and the lines that stop and start it, as
// its site would, or leaves that to persons.
func (b *robotBox) writeManifest(lines bool) {
	var m strings.Builder
	fmt.Fprintf(&m, "[clusters.box]\nmeta_servers = [\"%s\"]\n", strings.Join(b.metas, `", "`))
	for i, meta := range b.metas {
		if !lines {
			break
		}
		fmt.Fprintf(&m, "[clusters.box.servers.%q]\nconfig = %q\n", meta, b.config(i+1))
		for _, word := range []string{"stop", "start", "restart"} {
			fmt.Fprintf(&m, "%s = \"onebox_meta %s -m %d\"\n", word, word, i+1)
		}
	}
	fmt.Fprintf(&m, "[[command]]\nname = \"onebox_meta\"\nprogram = \"sh\"\narguments = [%q]\n", b.path("onebox_meta"))
	b.write("plugins.toml", m.String())
	b.write("onebox_meta", fmt.Sprintf("exec %s \"$@\" --dir %s\n", filepath.Join(bin, "onebox"), b.path("box")))
}

func (b *robotBox) write(name, content string) {
	b.t.Helper()
	if err := os.WriteFile(b.path(name), []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// onebox runs a command of the onebox, which must succeed.
func (b *robotBox) onebox(args ...string) string {
	b.t.Helper()
	out, err := exec.Command(filepath.Join(bin, "onebox"), append(args, "--dir", b.path("box"))...).CombinedOutput()
	if err != nil {
		b.t.Fatalf("onebox %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// shell pipes lines into the shell.
func (b *robotBox) shell(lines ...string) (stdout, all string, err error) {
	cmd := exec.Command(filepath.Join(bin, "pegashell"), "-c", b.path("plugins.toml"), "-n", "box")
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+b.dir, "XDG_STATE_HOME="+b.dir, "TZ=UTC")
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	var out, diag strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &diag
	err = cmd.Run()
	return out.String(), out.String() + diag.String(), err
}

// types types lines that must succeed.
func (b *robotBox) types(lines ...string) {
	b.t.Helper()
	if _, all, err := b.shell(lines...); err != nil {
		b.t.Fatalf("%q: %v\n%s", lines, err, all)
	}
}

// until repeats something until it is so.
func (b *robotBox) until(what string, is func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(robotTime); !is(); {
		if time.Now().After(deadline) {
			b.t.Fatalf("not within %v: %s", robotTime, what)
		}
	}
}

func (b *robotBox) leaders() []metaadmin.Leader { return b.admin.Leaders(context.Background()) }

func (b *robotBox) untilLeaders(n int) {
	b.t.Helper()
	b.until(fmt.Sprintf("%d leaders", n), func() bool { return len(b.leaders()) == n })
}

func (b *robotBox) untilHealthy() {
	b.t.Helper()
	b.until("all tables are healthy", func() bool {
		out, _, err := b.shell("ls -d")
		return err == nil && strings.Contains(out, "unhealthy_app_count        : 0") && strings.Contains(out, fmt.Sprintf("total_app_count            : %d", len(b.tables)))
	})
}

// leader and follower are the numbers of meta servers, while there is one leader.
func (b *robotBox) leader() int {
	b.t.Helper()
	b.untilLeaders(1)
	return slices.Index(b.metas, b.leaders()[0].Server) + 1
}

func (b *robotBox) follower() int { return 3 - b.leader() }

func (b *robotBox) meta(word string, number int, more ...string) {
	b.t.Helper()
	b.onebox(append([]string{word, "-m", fmt.Sprint(number)}, more...)...)
}

func (b *robotBox) new() string { return b.zks[b.to] }
func (b *robotBox) old() string { return b.zks[b.from] }

// newTree and oldTree are the trees, HOST:PORT/PATH.
func (b *robotBox) newTree() string { return b.tree(b.to) }
func (b *robotBox) oldTree() string { return b.tree(b.from) }

func (b *robotBox) tree(zk int) string {
	if zk == 1 && b.moved != "" {
		return b.zks[zk] + b.moved
	}
	return b.zks[zk] + b.root
}

// hostsList is what configurations have for a ZooKeeper: the chroot is before the cluster's root.
func (b *robotBox) hostsList(zk string) string {
	chroot, _ := strings.CutSuffix(b.root, "/pegasus/onebox/127.0.0.1")
	return zk + chroot
}

// names has the configuration of a meta server name a ZooKeeper.
func (b *robotBox) names(meta int, zk string) {
	b.t.Helper()
	b.types("config_set " + b.metas[meta-1] + " zookeeper hosts_list " + b.hostsList(zk))
}

// seen is what the robot reads of `migrate status -j`.
type seen struct {
	By         string
	Situations []struct{ Name string }
	Steps      []struct {
		Number int
		State  string
		Do     []seenLine
	}
	Next    []seenLine
	Arrived bool
	Done    bool
	TooLate string `json:"too_late"`
	Lost    []string
}

type seenLine struct {
	Command string
	ByHand  string `json:"by_hand"`
	Wait    bool
}

// look asks a command of the migration for what it sees.
func (b *robotBox) look(line string) seen {
	b.t.Helper()
	var s seen
	out, all, err := b.shell(line + " -j")
	start := strings.Index(out, "{")
	if start < 0 {
		b.t.Fatalf("%s: %v\n%s", line, err, all)
	}
	if err := json.NewDecoder(strings.NewReader(out[start:])).Decode(&s); err != nil {
		b.t.Fatalf("%s: %v\n%s", line, err, all)
	}
	return s
}

func (s seen) names() []string {
	var names []string
	for _, situation := range s.Situations {
		names = append(names, situation.Name)
	}
	return names
}

// status is the line that the robot begins with; the old tree is named because it may be gone.
func (b *robotBox) status() string {
	line := "migrate status --from " + b.oldTree() + " --target " + b.newTree()
	if b.by != "" {
		line += " --by " + b.by
	}
	return line
}

// mustSee waits until status names a situation.
func (b *robotBox) mustSee(situation string) {
	b.t.Helper()
	var last seen
	b.until("status names "+situation, func() bool {
		last = b.look(b.status())
		if last.Arrived {
			b.t.Fatalf("arrived without %s", situation)
		}
		return slices.Contains(last.names(), situation)
	})
}

// robot types what comes next until the cluster has arrived, and compares what is there with what
// must be.
func (b *robotBox) robot() {
	b.t.Helper()
	b.follow(b.status(), func(s seen) bool { return s.Arrived })
	b.check(b.new())
}

// follow types what comes next until it is done.
func (b *robotBox) follow(line string, done func(seen) bool) {
	b.t.Helper()
	deadline := time.Now().Add(robotTime)
	leaders := max(1, len(b.leaders()))
	last := ""
	for {
		s := b.look(line)
		text := fmt.Sprintf("%s %v: %+v", s.By, s.names(), s.Next)
		if text != last {
			b.t.Logf("%s %s", time.Now().Format("05.0"), text)
		}
		last = text
		switch {
		case s.TooLate != "":
			b.t.Fatal(s.TooLate)
		case done(s):
			return
		case time.Now().After(deadline):
			b.t.Fatalf("not done within %v: %s", robotTime, text)
		case len(s.Next) == 0:
			b.t.Fatalf("nothing comes next: %s", text)
		}
		for i, each := range s.Next {
			if strings.HasPrefix(each.Command, "migrate status ") {
				line = each.Command
				break
			}
			if err := b.carryOut(each); err != nil && i == 0 {
				b.t.Fatal(err)
			}
		}
		now := len(b.leaders())
		if now > leaders {
			b.t.Fatalf("%d leaders, %d before", now, leaders)
		}
		leaders = max(1, now)
	}
}

// carryOut types a line, or does what a person does on a host.
func (b *robotBox) carryOut(line seenLine) error {
	b.t.Helper()
	switch {
	case line.ByHand != "":
		return b.byHand(line.ByHand)
	case line.Command == "":
		return nil // the next look is the wait
	}
	if _, all, err := b.shell(line.Command); err != nil {
		return fmt.Errorf("%s: %w\n%s", line.Command, err, all)
	}
	return nil
}

var (
	handLine  = regexp.MustCompile(`^on the host of the (meta|replica) server (\S+): (stop|start|restart) it$`)
	handFile  = regexp.MustCompile(`^on the host of the meta server (\S+): set in its configuration file (.*)$`)
	handValue = regexp.MustCompile(`^(\S+) = (\S+) in section \[(\S+)\]$`)
)

// byHand is the person on the hosts.
func (b *robotBox) byHand(text string) error {
	b.t.Helper()
	if m := handLine.FindStringSubmatch(text); m != nil {
		servers := map[string][]string{"meta": b.metas, "replica": b.replicas}[m[1]]
		b.onebox(m[3], "-"+m[1][:1], fmt.Sprint(slices.Index(servers, m[2])+1))
		return nil
	}
	m := handFile.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("nobody knows what to do: %s", text)
	}
	for value := range strings.SplitSeq(m[2], ", ") {
		v := handValue.FindStringSubmatch(value)
		if v == nil {
			return fmt.Errorf("nobody knows what to write: %s", text)
		}
		file := b.config(slices.Index(b.metas, m[1]) + 1)
		if _, all, err := b.shell(fmt.Sprintf("config_set %s %s %s %s --add", file, v[3], v[1], v[2])); err != nil {
			return fmt.Errorf("%s: %w\n%s", text, err, all)
		}
	}
	return nil
}

// check compares the cluster with what it must be: one leader, on this ZooKeeper, with every table.
func (b *robotBox) check(zk string) {
	b.t.Helper()
	leaders := b.leaders()
	if len(leaders) != 1 {
		b.t.Fatalf("%d leaders", len(leaders))
	}
	if hosts, _ := leaders[0].Info.Get("zookeeper_hosts"); !strings.HasPrefix(hosts, zk) {
		b.t.Errorf("the leader uses %s, not %s", hosts, zk)
	}
	apps, err := b.admin.ListApps(context.Background(), 1)
	if err != nil {
		b.t.Fatal(err)
	}
	var tables []string
	for _, app := range apps {
		tables = append(tables, app.Name)
	}
	slices.Sort(tables)
	if diff := cmp.Diff(b.tables, tables); diff != "" {
		b.t.Errorf("tables (-want +got):\n%s", diff)
	}
	configs := b.admin.ServerConfigs(context.Background())
	if len(configs) != len(b.metas) {
		b.t.Errorf("%d of %d meta servers run", len(configs), len(b.metas))
	}
	for _, c := range configs {
		if !strings.HasPrefix(c.HostsList, zk) || c.Recovery {
			b.t.Errorf("%s runs with %s, recovery %v", c.Server, c.HostsList, c.Recovery)
		}
	}
}

// turn ends a migration and prepares the next one, in the other direction.
func (b *robotBox) turn() {
	b.t.Helper()
	s := b.look(b.status())
	if last := s.Steps[len(s.Steps)-1]; len(last.Do) > 0 && strings.HasPrefix(last.Do[0].Command, "zk_rmr ") {
		b.types(last.Do[0].Command)
	} else {
		b.shell("zk_rmr " + b.oldTree() + " --yes") // there may be none
	}
	b.from, b.to = b.to, b.from
	b.untilHealthy()
}

// wrongTurn makes one on a shared onebox, and has the robot find the way out.
func (b *robotBox) wrongTurn(name, situation string, make func()) {
	t := b.t
	t.Run(name, func(t *testing.T) {
		outer := b.t
		b.t = t
		defer func() { b.t = outer }()
		started := time.Now()
		make()
		b.mustSee(situation)
		b.robot()
		b.turn()
		t.Logf("took %v", time.Since(started))
	})
	if t.Failed() {
		t.FailNow()
	}
}
