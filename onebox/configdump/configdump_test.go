package configdump

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/ini"
)

func dump(t *testing.T, text, app string) string {
	t.Helper()
	f, err := ini.Parse("config.ini", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	d, err := Text(f, app)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const file = `[zookeeper]
timeout_ms = 60000
hosts_list = 127.0.0.1:22181/chroot ; two
[meta_server]
cluster_root = /pegasus/c1
mystery = 7
[pegasus.clusters]
c2 = 10.0.0.1:34601,10.0.0.2:34601
`

func TestSectionsAreWrittenAsARealServerDoes(t *testing.T) {
	got := dump(t, file, "meta")
	// The keys of the file come last and in its order, its comments do not come at all.
	want := `

[pegasus.clusters]
; 
c2 = 10.0.0.1:34601,10.0.0.2:34601


`
	if !strings.Contains(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
	want = `
[zookeeper]
; log of the ZooKeeper client
logfile = zoo.log

; timeout of a ZooKeeper session in milliseconds
timeout_ms = 60000

; ZooKeeper servers
hosts_list = 127.0.0.1:22181/chroot


`
	if !strings.HasSuffix(got, want) {
		t.Errorf("the end is not %q:\n%s", want, got)
	}
	if !strings.HasPrefix(got, "[apps.meta]\n; arguments") {
		t.Errorf("the beginning is %q", got[:60])
	}
}

func TestADumpHasTheValuesOfTheFileAndTheDefaultsOfTheRest(t *testing.T) {
	f, err := ini.Parse("dump", []byte(dump(t, file, "meta")))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, name := range []string{
		"meta_server/cluster_root", "meta_server/mystery", "meta_server/recover_from_replica_server",
		"meta_server/distributed_lock_service_type", "zookeeper/hosts_list", "replication/fd_lease_seconds",
	} {
		section, key, _ := strings.Cut(name, "/")
		got[name] = f.String(section, key, "(none)")
	}
	want := map[string]string{
		"meta_server/cluster_root": "/pegasus/c1", "meta_server/mystery": "7", "meta_server/recover_from_replica_server": "false",
		"meta_server/distributed_lock_service_type": "distributed_lock_service_zookeeper",
		"zookeeper/hosts_list":                      "127.0.0.1:22181/chroot", "replication/fd_lease_seconds": "9",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAReplicaServerHasNoSectionsOfAMetaServerButWhatItsFileSays(t *testing.T) {
	got := dump(t, "[meta_server]\nserver_list = 127.0.0.1:34601\n", "replica")
	if want := "[meta_server]\n; \nserver_list = 127.0.0.1:34601\n\n\n"; !strings.Contains(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
	if strings.Contains(got, "[zookeeper]") || !strings.Contains(got, "\ndata_dirs = \n") {
		t.Errorf("the dump is\n%s", got)
	}
}

func TestAFullDumpHasTheSizeOfARealOne(t *testing.T) {
	got := dump(t, "[onebox]\nconfig_dump_tasks = 330\n[zookeeper]\nhosts_list = 127.0.0.1:1\n", "meta")
	if n := strings.Count(got, "\n"); n < 16_500 || n > 17_000 {
		t.Errorf("%d lines, want about 16,700", n)
	}
	if len(got) < 600_000 || len(got) > 660_000 {
		t.Errorf("%d bytes, want about 630,000", len(got))
	}
	f, err := ini.Parse("dump", []byte(got))
	if err != nil {
		t.Fatal(err)
	}
	sections := f.Sections()
	if last := sections[len(sections)-1]; last != "zookeeper" || f.String(last, "hosts_list", "") != "127.0.0.1:1" {
		t.Errorf("the last section is %s", last)
	}
}

func TestAnAbsurdSizeIsRefused(t *testing.T) {
	for _, value := range []string{"-1", "1000000", "many"} {
		f, err := ini.Parse("config.ini", []byte("[onebox]\nconfig_dump_tasks = "+value+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Text(f, "meta"); err == nil {
			t.Errorf("%s: no error", value)
		}
	}
}
