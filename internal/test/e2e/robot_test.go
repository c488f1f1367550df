package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A robot that only types what `migrate status -j` has next. Each wrong turn of a migration is made
// on a real onebox; then status has to name it, and the robot has to arrive on the other ZooKeeper.

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
	if strings.HasPrefix(text, "start the servers of ") {
		return nil // they run, and are seen the next time
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
