package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pegashell/internal/test/screentest"
	"pegashell/internal/test/silent"
	"pegashell/internal/test/zktest"
)

// ownStation returns a station with a cluster of its own, whose leader can be lost: the command
// lose_leader stops it, and make_table creates a table from another shell.
func ownStation(t *testing.T) *station {
	t.Helper()
	zktest.NeedsServer(t)
	s := &station{t: t, dir: t.TempDir(), home: t.TempDir()}
	s.hole, s.connected = silent.Start(t)
	folder := filepath.Join(s.dir, "box")
	t.Cleanup(func() { clearBox(t, folder) })
	out, err := oneboxOutput("start", "--dir", folder, "--meta_count", "2", "--replica_count", "1", "--zk_count", "2")
	if err != nil {
		t.Fatalf("start the onebox: %v\n%s", err, out)
	}
	_, rest, _ := strings.Cut(out, "the leader is ")
	s.box.leader, _, _ = strings.Cut(rest, "\n")
	list, err := oneboxOutput("list", "--dir", folder)
	if err != nil {
		t.Fatalf("list the onebox: %v\n%s", err, list)
	}
	number := ""
	for line := range strings.Lines(list) {
		switch fields := strings.Fields(line); {
		case len(fields) < 3:
		case fields[0] == "meta" && fields[2] == s.box.leader:
			number = fields[1]
		case fields[0] == "meta":
			s.box.follower = fields[2]
		case fields[0] == "zookeeper":
			s.box.zooKeepers = append(s.box.zooKeepers, fields[2])
		}
	}
	s.program("lose_leader", fmt.Sprintf("%s/onebox stop -m %s --dir %s > stopped\nuntil echo cluster_info | %s/pegashell -m %s | grep -q 'meta_function_level *: steady'; do :; done\n",
		bin, number, folder, bin, s.box.follower))
	s.program("make_table", fmt.Sprintf("echo 'create late -p 4 -r 1' | %s/pegashell -m %s | grep succeed\n", bin, s.box.leader))
	s.write("plugins.toml", 0o600, fmt.Sprintf(`default_cluster = "onebox"
[clusters]
onebox = { meta_servers = [%q, %q] }
[zookeepers]
new = { hosts = [%q] }
[[command]]
name = "lose_leader"
program = "lose_leader"
[[command]]
name = "make_table"
program = "make_table"
`, s.box.leader, s.box.follower, s.box.zooKeepers[1]))
	return s
}

// wide is a window in which no notice is longer than a row.
var wide = screentest.Options{Rows: 24, Columns: 420}

func TestScreensOfNotices(t *testing.T) {
	t.Run("fail-over", func(t *testing.T) {
		c := ownStation(t).start(wide, onebox)
		c.MaskPattern(`\d\d:\d\d:\d\d`, "hh:mm:ss")
		c.clear()
		c.follow(step{"set_meta_level blind\r", "notice_blind"})
		c.Send("lose_leader\rhalf a line")
		c.WaitFor("is gone")
		c.golden("notice_fail_over")
		c.leave(dropLine+"\x04", 0)
	})
	t.Run("a table after the copy", func(t *testing.T) {
		c := ownStation(t).start(wide, onebox)
		c.MaskPattern(`\d\d:\d\d:\d\d`, "hh:mm:ss")
		c.MaskPattern(`\d+ znodes of (.*) the last one is (/pegasus/onebox/127.0.0.1/apps)\S*, at `, "N znodes of ${1} the last one is ${2}..., at ")
		c.Send("zk_copy -t new\r")
		c.WaitFor("equal now, NOT final")
		c.atPrompt(onebox)
		c.clear()
		c.Send("make_table\rhalf a line")
		c.WaitFor("is no longer equal")
		c.golden("notice_copy")
		c.leave(dropLine+"\x04", 0)
	})
	t.Run("leaving at level blind", func(t *testing.T) {
		s := newStation(t)
		c := s.open(screentest.Options{Rows: 14, Columns: 120})
		steadyAgain(t, s.box)
		c.Send("set_meta_level blind\r")
		c.atPrompt("onebox [blind] >>>")
		c.clear()
		c.Send("\x04")
		c.golden("notice_leaving")
		c.ends(0)
	})
}
