package pegasusconf

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/ini"
)

const sound = `[apps.meta]
ports = 34601
[meta_server]
server_list = a:1,b:1
cluster_root = /c1
distributed_lock_service_type = distributed_lock_service_zookeeper
distributed_lock_service_parameters = /c1/lock
meta_state_service_type = meta_state_service_zookeeper
[zookeeper]
hosts_list = z:1
`

func TestWhatIsWrongWithAConfiguration(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing": {sound, nil},
		"a value of another type": {sound + "timeout_ms = soon\n", []string{
			`11 ! [zookeeper] timeout_ms must be a whole number from 1 to 2147483647, got "soon"`}},
		"the server's own rule": {sound + "[x]\n[pegasus.server]\nencrypt_data_at_rest = yes", []string{
			`13 ! [pegasus.server] encrypt_data_at_rest must be true or false, got "yes"`}},
		"twice":           {sound + "hosts_list = y:1\n", []string{"11 - [zookeeper] hosts_list = y:1 is skipped: line 10 counts, which has z:1"}},
		"unknown keys":    {sound + "logfile = yes\nx = %{y}\n[z]\nyes = no\n", []string{"12 - [zookeeper] x = %{y} has a placeholder for the tool that installs servers: a server reads it as it is"}},
		"placeholder":     {sound + "timeout_ms = %{zk.timeout}\n", []string{"11 ! [zookeeper] timeout_ms = %{zk.timeout} has a placeholder for the tool that installs servers: a server reads it as it is"}},
		"argument":        {sound + "timeout_ms = %timeout%\n", []string{"11 - [zookeeper] timeout_ms = %timeout% is filled in from the server's arguments, and empty without such an argument: it was not checked"}},
		"unknown section": {sound + "[other]\nhosts_list = x\n", nil},
		"a document's section, a slip of the finger, old services": {
			"[apps.meta]\n[zookeeper]\nhost_list = z:1\n[meta_server]\nhosts_list = z:1\nserver_list =\ncluster_root = /\n" +
				"distributed_lock_service_parameters = %lock%\ndistributed_lock_service_type = distributed_lock_service_simple\nmeta_state_service_type = meta_state_service_zookeeper\n",
			[]string{
				`2 ! [zookeeper] hosts_list is missing: a meta server does not start without it: did you mean "host_list"?`,
				"5 - no server reads [meta_server] hosts_list: the key belongs in section [zookeeper]",
				"6 ! [meta_server] server_list is empty: a meta server does not start without it",
				"8 - [meta_server] distributed_lock_service_parameters = %lock% is filled in from the server's arguments, and empty without such an argument: it was not checked",
				"9 - [meta_server] distributed_lock_service_type = distributed_lock_service_simple does not use ZooKeeper"}},
		"nothing at all": {"[a]\n", []string{
			"0 ! [meta_server] server_list is missing: a meta server does not start without it",
			"0 ! [meta_server] distributed_lock_service_parameters is missing: a meta server does not start without it",
			"0 ! [zookeeper] hosts_list is missing: a meta server does not start without it",
			"0 - [meta_server] distributed_lock_service_type is missing: old releases then use distributed_lock_service_simple, which does not use ZooKeeper",
			"0 - [meta_server] meta_state_service_type is missing: old releases then use meta_state_service_simple, which does not use ZooKeeper",
			"0 - [meta_server] cluster_root is missing: a server then uses /",
			"0 - there is no section [apps.meta]: it is not the configuration of a meta server"}},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := ini.Parse("f", []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range Examine(file) {
				mark := "-"
				if p.Fatal {
					mark = "!"
				}
				got = append(got, fmt.Sprintf("%d %s %s", p.Line, mark, p.Text))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNothingIsWrongWithWhatARealServerRunsWith(t *testing.T) {
	file, err := ini.Load("testdata/meta.ini")
	if err != nil {
		t.Fatal(err)
	}
	if found := Examine(file); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

func TestValuesThatMeanTheSame(t *testing.T) {
	for _, c := range []struct {
		section, key, a, b string
		same               bool
	}{
		{"zookeeper", "hosts_list", "a:1,b:2", "b:2,a:1", true},
		{"zookeeper", "hosts_list", "a:1/x", "a:1/x/", false},
		{"zookeeper", "hosts_list", "a:1/", "a:1", true},
		{"zookeeper", "hosts_list", "a:1/x", "a:1/y", false},
		{"zookeeper", "hosts_list", "a:1", "a:1,b:1", false},
		{"zookeeper", "hosts_list", "%{z}", "a:1", false},
		{"meta_server", "server_list", "a:1, b:1", "b:1,a:1", true},
		{"meta_server", "server_list", "a:1", "", false},
		{"meta_server", "recover_from_replica_server", "TRUE", "true", true},
		{"meta_server", "recover_from_replica_server", "true", "false", false},
		{"meta_server", "cluster_root", "/A", "/a", false},
		{"zookeeper", "timeout_ms", "0x10", "16", true},
		{"zookeeper", "timeout_ms", "+16", "16", true},
		{"zookeeper", "timeout_ms", "x", "y", false},
		{"core", "tcmalloc_release_rate", "1.0", "1", true},
		{"any", "key", "a ", "a", true},
		{"any", "key", "1", "1.0", false},
	} {
		k := Key{c.section, c.key}
		if Same(k, c.a, c.b) != c.same || Same(k, c.b, c.a) != c.same {
			t.Errorf("%s: %q and %q: the same is %t", k, c.a, c.b, !c.same)
		}
	}
}

func TestAMissingKeyHasTheServersDefault(t *testing.T) {
	file, err := ini.Parse("f", []byte("[zookeeper]\nhosts_list = a:1\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, k := range Shared {
		got = append(got, Effective(file, k))
	}
	if diff := cmp.Diff([]string{"a:1", "/", "", "false", ""}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
