package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pegashell/metaadmin"
)

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
	from, to int    // of zks
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
