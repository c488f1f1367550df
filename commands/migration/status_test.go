package migration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
	"pegashell/zkcopy"
)

func TestEveryFieldOfTheJSONIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/migrate-status.md")
	if err != nil {
		t.Fatal(err)
	}
	var walk func(of reflect.Type)
	walk = func(of reflect.Type) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(of.Elem())
			return
		case reflect.Struct:
		default:
			return
		}
		for i := range of.NumField() {
			field := of.Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name == "" {
				continue
			}
			if !strings.Contains(string(text), "`"+name+"`") && !strings.Contains(string(text), "."+name+"`") && !strings.Contains(string(text), `{"`+name+`"`) {
				t.Errorf("%s of %s is not in docs/migrate-status.md", name, of.Name())
			}
			walk(field.Type)
		}
	}
	walk(reflect.TypeFor[statusJSON]())
}

// surveyed is a survey with everything in it.
func surveyed() *migration.Survey {
	config := metaadmin.ServerConfig{HostsList: "z1:2181", ClusterRoot: "/p", LockRoot: "/l"}
	at := time.Date(2026, 11, 26, 4, 5, 6, 0, time.UTC)
	tree := func(hosts string, locks ...zkcopy.EphemeralNode) migration.Tree {
		return migration.Tree{Name: hosts + "/p", Path: "/p", Exists: true, Clusters: []zkcopy.Cluster{{Root: "/p", HasApps: true, Locks: locks}},
			Contents: migration.Contents{Hosts: hosts, Znodes: 9, Bytes: 90, Sum: "ab", Zxid: 7, Seen: at, LastPath: "/p/apps/1", LastTime: at, LastZxid: 5}}
	}
	return &migration.Survey{
		Meta: []migration.MetaServer{
			{Address: "a:1", State: migration.ServerLeader, Started: at, Since: at, Running: &config, Site: migration.SiteLines{Restart: "restart a"},
				Leading: migration.Leading{Level: wire.LevelSteady, Effective: wire.LevelFreezed, Alive: 1, Nodes: 3, Tables: make([]metaadmin.AppInfo, 2), Unhealthy: 1, Beacons: 1, Hosts: "z1:2181", Root: "/p"}},
			{Address: "b:1", State: migration.ServerRecovering, Leading: migration.Leading{Beacons: -1, Hosts: "z2:2181", Root: "/p"}},
			{Address: "c:1", Doubt: "no answer"},
			{Address: "d:1", State: migration.ServerDown},
			{Address: "e:1", State: migration.ServerFollower},
			{Address: "f:1", State: migration.ServerLoading},
		},
		Replicas: []migration.ReplicaServer{{Address: "r:1", Alive: true, Serving: 2, Inactive: 1}, {Address: "r:2", Inactive: 3}, {Address: "r:3", Doubt: "no answer"}},
		Source:   tree("z1:2181", zkcopy.EphemeralNode{Path: "/l/x", Value: "a:1", Session: 1}),
		Target:   tree("z2:2181"),
		Compared: migration.Comparison{Missing: 1, Extra: 2, Different: 3, Paths: []string{"/apps/1"}, Tables: []message.Text{message.New("partition %s moved", "3.7")}},
		Files:    []migration.ConfigFile{{Name: "f.ini", Config: config}, {Name: "g.ini", Doubt: "not there"}},
	}
}

var booked = migration.Runbook{
	By: migration.ByCopy, Chosen: message.New("chosen"),
	Situations: []migration.Situation{
		{Name: "two_leaders", Seen: message.New("seen"), Matters: message.New("it matters"), Grave: true, Do: []migration.Line{{Wait: true}}},
		{Name: "small", Seen: message.New("seen too")},
	},
	Steps: []migration.Step{
		{Number: 1, What: message.New("stop"), State: migration.StepDone, Why: message.New("it is down")},
		{Number: 2, What: message.New("copy"), State: migration.StepNext, Why: message.New("not equal"), Do: []migration.Line{{Command: "zk_copy -t z2:2181"}}},
		{Number: 3, What: message.New("remove"), State: migration.StepLater, Why: message.New("never shown")},
	},
	Next: []migration.Line{{Command: "zk_copy -t z2:2181"}, {ByHand: message.New("restart %s", "a:1")}, {Wait: true}},
}

func TestTheJSONHasWhatProgramsNeed(t *testing.T) {
	var b bytes.Buffer
	if err := writeStatusJSON(&b, surveyed(), booked); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Servers []struct {
			Server, State string
			Started       *time.Time
		}
		Leaders []struct {
			Server         string
			Recovering     bool
			Level          string
			EffectiveLevel string `json:"effective_level"`
			Beacons        *int
			LastChange     *struct{ Path string } `json:"last_change"`
		}
		Replicas []struct {
			Server   string
			Inactive *bool
		} `json:"replica_servers"`
		Steps []struct{ State string }
		Next  []map[string]any
		Trees map[string]map[string]any
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	var states, inactive []string
	for _, s := range got.Servers {
		states = append(states, s.State)
	}
	if diff := cmp.Diff([]string{"leader", "recovering", "unknown", "down", "follower", "loading"}, states); diff != "" {
		t.Error(diff)
	}
	if got.Servers[0].Started == nil || got.Servers[3].Started != nil {
		t.Error("a start time is wrong")
	}
	l := got.Leaders
	if len(l) != 2 || l[0].Level != "steady" || l[0].EffectiveLevel != "freezed" || *l[0].Beacons != 1 || l[0].LastChange == nil ||
		!l[1].Recovering || l[1].Level != "unknown" || l[1].Beacons != nil {
		t.Errorf("leaders %+v", l)
	}
	for _, r := range got.Replicas {
		word := "unknown"
		if r.Inactive != nil {
			word = map[bool]string{true: "yes", false: "no"}[*r.Inactive]
		}
		inactive = append(inactive, word)
	}
	if diff := cmp.Diff([]string{"no", "yes", "unknown"}, inactive); diff != "" {
		t.Error(diff)
	}
	want := []map[string]any{{"command": "zk_copy -t z2:2181"}, {"by_hand": "restart a:1"}, {"wait": true}}
	if diff := cmp.Diff(want, got.Next); diff != "" {
		t.Error(diff)
	}
	if got.Trees["compared"]["missing"] != 1.0 || got.Trees["old"]["name"] != "z1:2181/p" {
		t.Errorf("trees %v", got.Trees)
	}
}

func TestNothingIsNullThatIsAList(t *testing.T) {
	var b bytes.Buffer
	if err := writeStatusJSON(&b, &migration.Survey{}, migration.Runbook{}); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"servers", "leaders", "replica_servers", "configurations", "situations", "steps", "next"} {
		if list, ok := got[key].([]any); !ok || len(list) > 0 {
			t.Errorf("%s is %v", key, got[key])
		}
	}
}

func TestWhatIsPrintedOnAScreen(t *testing.T) {
	var b strings.Builder
	w := &render.StickyWriter{W: &render.Screen{Writer: &b, Width: func() int { return 80 }}}
	in := func(t message.Text) string { return t.String() }
	for _, s := range booked.Situations {
		writeSituation(w, in, whole, s)
	}
	writeSteps(w, in, whole, booked.Steps)
	writeNext(w, in, false, booked)
	want := `DANGER:  two_leaders: seen; it matters
WARNING:  small: seen too
#  state  step: why
1  done   stop: it is down
2  next   copy: not equal
3  later  remove
Next:
zk_copy -t z2:2181
# restart a:1
# wait a few seconds, then look again
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestAStatusIsAsDenseAsTheScreenNeedsIt(t *testing.T) {
	long := message.Verbatim("the head is so long that it takes more than one of the lines that a screen of eighty columns has")
	steps := []migration.Step{
		{Number: 1, What: message.New("stop"), State: migration.StepDone}, {Number: 2, What: message.New("copy"), State: migration.StepDone},
		{Number: 3, What: message.New("restart"), State: migration.StepNext}, {Number: 4, What: message.New("remove"), State: migration.StepLater},
	}
	write := func(w io.Writer, d density) {
		in := func(t message.Text) string { return t.String() }
		writeHead(w, in, d, []described{{"leader", long}})
		writeSteps(w, in, d, steps)
		fmt.Fprintln(w, "Next:")
	}
	for height, want := range map[int]string{
		0: "leader  the head is so long that it takes more than one of the lines that a\n        screen of eighty columns has\n" +
			"#  state  step: why\n1  done   stop\n2  done   copy\n3  next   restart\n4  later  remove\nNext:\n",
		7: "leader  the head is so long that it takes more than one of the lines that a scre…\n" +
			"#  state  step: why\n1  done   stop\n2  done   copy\n3  next   restart\n4  later  remove\nNext:\n",
		6: "leader  the head is so long that it takes more than one of the lines that a scre…\n" +
			"#    state  step: why\n1-2  done   …\n3    next   restart\n4    later  remove\nNext:\n",
	} {
		var b strings.Builder
		screen := &render.Screen{Writer: &b, Width: func() int { return 82 }, Height: func() int { return height }}
		if err := writeFitting(screen, write); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%d lines (-want +got):\n%s", height, diff)
		}
	}
}

func TestAWarningKeepsItsReasonWhereALineMendsIt(t *testing.T) {
	long := message.Verbatim("this is the reason why the tree has to be removed before anything is copied to it")
	for lines, do := range map[int][]migration.Line{1: nil, 2: {{Command: "zk_rmr z2:2181/p"}}} {
		var b strings.Builder
		screen := &render.Screen{Writer: &b, Width: func() int { return 80 }}
		writeSituation(screen, func(t message.Text) string { return t.String() }, densest, migration.Situation{Name: "used_target", Seen: long, Do: do})
		if got := strings.Count(b.String(), "\n"); got != lines {
			t.Errorf("%d lines with %v:\n%s", got, do, b.String())
		}
	}
}
