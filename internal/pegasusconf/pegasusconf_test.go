package pegasusconf

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/ini"
	"pegashell/internal/test/allocated"
)

func TestValuesThatAServerReadsAreAccepted(t *testing.T) {
	for _, c := range []struct{ section, key, values string }{
		{"meta_server", "recover_from_replica_server", "true false TRUE False"},
		{"zookeeper", "timeout_ms", "1 60000 0x10 +5 2147483647 %{zk.timeout} %timeout%"},
		{"meta_server", "min_live_node_count_for_unfreeze", "1 9223372036854775807"},
		{"meta_server", "node_live_percentage_threshold_for_update", "0 100 -0"},
		{"meta_server", "replica_assign_delay_ms_for_dropouts", "0 300000"},
		{"meta_server", "server_list", "a:1 a:1,b:2 [::1]:34601 127.0.0.1:34601,127.0.0.1:34602"},
		{"pegasus.clusters", "any", "a:1,b:2"},
		{"zookeeper", "hosts_list", "a:1 a:1,b:2 a:1/x a:1,b:2/x/y a:1/"},
		{"meta_server", "cluster_root", "/ /pegasus/c1 /pegasus/%{cluster.name}"},
		{"meta_server", "distributed_lock_service_parameters", "/pegasus/c1/lock"},
		{"meta_server", "meta_function_level_on_start", "stopped blind freezed steady lively"},
		{"meta_server", "meta_state_service_type", "meta_state_service_zookeeper"},
		{"core", "tcmalloc_release_rate", "1 1.5 .5 1e3"},
		{"apps.meta", "run", "true"},
		{"meta_server", "mystery", "anything,/at:all"},
		{"mystery", "timeout_ms", "abc"},
	} {
		for value := range strings.FieldsSeq(c.values) {
			if err := Check(c.section, c.key, value); err != nil {
				t.Errorf("%s: %v", value, err)
			}
		}
	}
	if err := Check("meta_server", "server_list", "a:1, b:2"); err != nil {
		t.Error(err)
	}
}

func TestValuesThatAServerCannotUseAreRefusedWithWhatIsRight(t *testing.T) {
	for _, c := range []struct{ section, key, value, want string }{
		{"meta_server", "recover_from_replica_server", "yes", `[meta_server] recover_from_replica_server must be true or false, got "yes"`},
		{"meta_server", "recover_from_replica_server", "1", `must be true or false, got "1"`},
		{"meta_server", "recover_from_replica_server", "ture", `must be true or false, got "ture": did you mean "true"?`},
		{"apps.replica", "run", "on", `[apps.replica] run must be true or false`},
		{"zookeeper", "timeout_ms", "abc", `[zookeeper] timeout_ms must be a whole number from 1 to 2147483647, got "abc"`},
		{"zookeeper", "timeout_ms", "0", "from 1 to 2147483647"},
		{"zookeeper", "timeout_ms", "30s", "whole number"},
		{"zookeeper", "timeout_ms", "1_000", "whole number"},
		{"zookeeper", "timeout_ms", "0b1", "whole number"},
		{"zookeeper", "timeout_ms", "1.5", "whole number"},
		{"zookeeper", "timeout_ms", "2147483648", "whole number"},
		{"meta_server", "max_replicas_in_group", "-2147483649", "from -2147483648 to 2147483647"},
		{"meta_server", "balance_op_count_per_round", "-1", "from 0 to 4294967295"},
		{"meta_server", "stable_rs_min_running_seconds", "18446744073709551616", "from 0 to 18446744073709551615"},
		{"meta_server", "stable_rs_min_running_seconds", "-1", "from 0 to 18446744073709551615"},
		{"meta_server", "node_live_percentage_threshold_for_update", "101", "from 0 to 100"},
		{"meta_server", "min_live_node_count_for_unfreeze", "0", "from 1 to"},
		{"core", "tcmalloc_release_rate", "0x1p3", `must be a number, got "0x1p3"`},
		{"meta_server", "server_list", "a:1,b", `[meta_server] server_list must be HOST:PORT,HOST:PORT,...: "b" is not HOST:PORT`},
		{"meta_server", "server_list", "a:1,", `"" is not HOST:PORT`},
		{"meta_server", "server_list", "a:0", `"a:0" has no port from 1 to 65535`},
		{"meta_server", "server_list", "a:1/x", `"a:1/x" is not HOST:PORT`},
		{"pegasus.clusters", "any", "a", `"a" is not HOST:PORT`},
		{"zookeeper", "hosts_list", "a", `optionally with a chroot after the last server: "a" is not HOST:PORT`},
		{"zookeeper", "hosts_list", "a:1,b:2//x", `the chroot "//x" has an empty component`},
		{"zookeeper", "hosts_list", "a:1/x/", `the chroot "/x/" ends with /`},
		{"zookeeper", "hosts_list", "a:1/x/../y", `the chroot "/x/../y" is relative`},
		{"zookeeper", "hosts_list", "a:1/x,b:2/x", `"/x,b:2/x" is not a chroot: there is one chroot for all servers, written once after the last server`},
		{"zookeeper", "hosts_list", "/x", `"" is not HOST:PORT`},
		{"meta_server", "cluster_root", "pegasus/c1", `[meta_server] cluster_root must be an absolute path of a znode, such as /pegasus/c1: "pegasus/c1" does not begin with /`},
		{"meta_server", "cluster_root", "/pegasus/", "ends with /"},
		{"meta_server", "distributed_lock_service_parameters", "lock", "does not begin with /"},
		{"meta_server", "meta_function_level_on_start", "steedy", `must be stopped, blind, freezed, steady or lively, got "steedy": did you mean "steady"?`},
		{"meta_server", "meta_function_level_on_start", "Steady", `got "Steady"`},
		{"meta_server", "distributed_lock_service_type", "zookeeper", "distributed_lock_service_zookeeper or distributed_lock_service_simple"},
	} {
		if err := Check(c.section, c.key, c.value); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s = %s: error %v, want %q", c.key, c.value, err, c.want)
		}
	}
}

func TestAHostsListIsReadAsServersAndAChroot(t *testing.T) {
	servers, chroot, err := ParseHostsList("a:1,[::1]:2/team/x")
	if err != nil || chroot != "/team/x" || !cmp.Equal(servers, []string{"a:1", "[::1]:2"}) {
		t.Errorf("got %q, %q, %v", servers, chroot, err)
	}
	if _, chroot, err := ParseHostsList("a:1/"); err != nil || chroot != "" {
		t.Errorf("/ is the chroot %q, %v; want none", chroot, err)
	}
}

func TestWhatARealServerRunsWithIsAccepted(t *testing.T) {
	for _, name := range []string{"testdata/meta.ini", "testdata/replica.ini"} {
		file, err := ini.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		known := 0
		for _, section := range file.Sections() {
			for _, key := range file.Keys(section) {
				value, _ := file.Lookup(section, key)
				if value == "" {
					continue
				}
				if KindOf(section, key) != Free {
					known++
				}
				if err := Check(section, key, value); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		if known < 50 {
			t.Errorf("%s: the types of %d keys are known", name, known)
		}
	}
}

func TestEveryKeyHasOneType(t *testing.T) {
	for section, kinds := range plain {
		seen := map[string]Kind{}
		for kind, keys := range kinds {
			for key := range strings.FieldsSeq(keys) {
				if _, twice := seen[key]; twice {
					t.Errorf("[%s] %s has two types", section, key)
				}
				seen[key] = kind
			}
		}
	}
	for place := range bounds {
		if typed(place.section, place.key) == Free {
			t.Errorf("[%s] %s has bounds and no type", place.section, place.key)
		}
	}
}

func FuzzCheckNeverPanics(f *testing.F) {
	f.Add("zookeeper", "hosts_list", "a:1/x,b")
	f.Add("meta_server", "cluster_root", "/")
	f.Add("zookeeper", "timeout_ms", "-0x")
	f.Fuzz(func(t *testing.T, section, key, value string) {
		allocated.Check(t, len(section)+len(key)+len(value), 1024, func() { _ = Check(section, key, value) })
	})
}
