package manifest

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheUsersFileIsLaidOnTopKeyByKey(t *testing.T) {
	base := write(t, `
default_cluster = "a"
[clusters.a]
meta_servers = ["a:1", "a:2"]
[clusters.b]
meta_servers = ["b:1"]
[plugins]
zookeeper = false
config = false
[commands]
drop = false
[defaults]
ls = ["-d", "-a"]
nodes = ["-d"]
[shell]
history = "/h"
prompt = "plain"
language = "en"
format = "html"
journal = "/j"
native = ["/run.sh"]
[[command]]
name = "start"
program = "/start"
confirm = true
[[command]]
name = "stop"
program = "/stop"
`)
	users := usersFile(t, `
default_cluster = "b"
[clusters.a]
meta_servers = ["other:1"]
[zookeepers.z]
hosts = ["z:1"]
[plugins]
zookeeper = true
[commands]
recall = false
[defaults]
ls = []
[shell]
history = "/mine"
language = "zh"
format = "csv"
native = []
[[command]]
name = "restart"
program = "/restart"
[[command]]
name = "start"
program = "/mystart"
`)
	got, err := Load(base)
	if err != nil {
		t.Fatal(err)
	}
	want := &Manifest{
		File:           base + "," + users,
		Files:          []string{base, users},
		DefaultCluster: "b",
		Clusters:       map[string]Cluster{"a": {MetaServers: []string{"other:1"}}, "b": {MetaServers: []string{"b:1"}}},
		ZooKeepers:     map[string]ZooKeeper{"z": {Hosts: []string{"z:1"}, File: users}},
		Plugins:        map[string]bool{"zookeeper": true, "config": false},
		Commands:       map[string]bool{"drop": false, "recall": false},
		Defaults:       map[string][]string{"ls": {}, "nodes": {"-d"}},
		External:       []External{{Name: "start", Program: "/mystart"}, {Name: "stop", Program: "/stop"}, {Name: "restart", Program: "/restart"}},
		Shell:          Shell{History: "/mine", Prompt: PromptPlain, Native: []string{}, Language: "zh", Format: "csv", Journal: "/j"},
	}
	if diff := cmp.Diff(want, got, withoutPositions); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
	for key, want := range map[string]string{
		"default_cluster": users + ":2", "commands drop": base + ":11", "commands recall": users + ":10",
		"command start": users + ":21", "command stop": base + ":26", "plugins zookeeper": users + ":8",
	} {
		if where := got.Where(strings.Fields(key)...); where != want {
			t.Errorf("%s stands at %s, want %s", key, where, want)
		}
	}
}

// Each setting of a file's [shell] holds: a new one that is not laid on is found here.
func TestEverySettingOfTheShellIsLaidOn(t *testing.T) {
	top := Shell{History: "/h", Prompt: PromptPlain, Pager: "off", Native: []string{"/run.sh"}, Language: "zh", Format: "csv", Journal: "/j"}
	for i := range reflect.TypeFor[Shell]().NumField() {
		if reflect.ValueOf(top).Field(i).IsZero() {
			t.Fatalf("the test has no value for %s", reflect.TypeFor[Shell]().Field(i).Name)
		}
	}
	var got Shell
	got.lay(top)
	if diff := cmp.Diff(top, got); diff != "" {
		t.Errorf("laid on nothing (-file +shell):\n%s", diff)
	}
	got.lay(Shell{})
	if diff := cmp.Diff(top, got); diff != "" {
		t.Errorf("after a file without settings (-before +after):\n%s", diff)
	}
}
