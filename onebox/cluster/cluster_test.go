package cluster

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"pegashell/internal/freeport"
	"pegashell/internal/ini"
	"pegashell/onebox/process"
	"pegashell/onebox/release"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func options() Options {
	return Options{
		MetaCount: 2, ReplicaCount: 3, ZKCount: 1,
		Config: Config{ClusterName: "onebox", ZKTimeoutMS: 5000, ConfigSyncIntervalMS: 1000, MinLiveNodeCount: 1},
	}
}

func mustCreate(t *testing.T, dir string, o Options) *Cluster {
	t.Helper()
	c, err := Create(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	c.Report = func(string) {}
	t.Cleanup(func() { c.lock.Close() })
	return c
}

func TestParseSettingTakesTheKeyBehindTheLastDot(t *testing.T) {
	for text, want := range map[string]Setting{
		"meta_server.recover_from_replica_server=true":  {"meta_server", "recover_from_replica_server", "true"},
		"meta_server.apps.temp.partition_count=8":       {"meta_server.apps.temp", "partition_count", "8"},
		"zookeeper.hosts_list=10.0.0.1:2181,a.b=c:2181": {"zookeeper", "hosts_list", "10.0.0.1:2181,a.b=c:2181"},
		"s.k=": {"s", "k", ""},
	} {
		if got, err := ParseSetting(text); got != want || err != nil {
			t.Errorf("%s = %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "s.k", "k=v", ".k=v", "s.=v", "=s.k"} {
		if got, err := ParseSetting(text); err == nil {
			t.Errorf("%q was taken for %+v", text, got)
		}
	}
}

func TestCreateRefusesWrongOptionsBeforeItTouchesTheDisk(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no meta server":      func(o *Options) { o.MetaCount = 0 },
		"too many servers":    func(o *Options) { o.ReplicaCount = 91 },
		"no ZooKeeper":        func(o *Options) { o.ZKCount = 0 },
		"low base port":       func(o *Options) { o.BasePort = 80 },
		"high base port":      func(o *Options) { o.BasePort = 65000 },
		"empty name":          func(o *Options) { o.ClusterName = "" },
		"name with a slash":   func(o *Options) { o.ClusterName = "a/b" },
		"relative root":       func(o *Options) { o.ClusterRoot = "pegasus" },
		"root of everything":  func(o *Options) { o.ClusterRoot = "/" },
		"root with a slash":   func(o *Options) { o.ClusterRoot = "/a/" },
		"relative lock root":  func(o *Options) { o.LockRoot = "beside" },
		"lock of everything":  func(o *Options) { o.LockRoot = "/" },
		"chroot with a slash": func(o *Options) { o.Chroot = "/team/" },
		"short lease":         func(o *Options) { o.LeaseSeconds = 2 },
		"short session":       func(o *Options) { o.ZKTimeoutMS = 10 },
		"unknown release":     func(o *Options) { o.Simulate = "3.0" },
		"impossible setting":  func(o *Options) { o.Settings = []Setting{{"s", "k", "a\nb"}} },
		"impossible section":  func(o *Options) { o.Settings = []Setting{{"s]", "k", "v"}} },
		"root that is quoted": func(o *Options) { o.ClusterRoot = "/a\nb" },
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			change(&o)
			dir := filepath.Join(t.TempDir(), "box")
			if _, err := Create(dir, o); !errors.Is(err, ErrOptions) {
				t.Errorf("error = %v, want ErrOptions", err)
			}
			if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the folder was created: %v", err)
			}
		})
	}
}

func TestPortsFollowTheBasePort(t *testing.T) {
	o := options()
	o.ZKCount, o.ZKEnsemble, o.BasePort = 2, true, 19000
	c := mustCreate(t, t.TempDir(), o)
	want := Status{
		Dir: c.dir, ClusterName: "onebox", ClusterRoot: "/pegasus/onebox/127.0.0.1", LockRoot: "/pegasus/onebox/127.0.0.1",
		MetaList:   []string{"127.0.0.1:19001", "127.0.0.1:19002"},
		ZooKeepers: []string{"127.0.0.1:19401,127.0.0.1:19402,127.0.0.1:19403", "127.0.0.1:19404"},
		Instances: []InstanceStatus{
			{Meta, 1, "127.0.0.1:19001", 0, Stopped, c.dir + "/meta1"},
			{Meta, 2, "127.0.0.1:19002", 0, Stopped, c.dir + "/meta2"},
			{Replica, 1, "127.0.0.1:19201", 0, Stopped, c.dir + "/replica1"},
			{Replica, 2, "127.0.0.1:19202", 0, Stopped, c.dir + "/replica2"},
			{Replica, 3, "127.0.0.1:19203", 0, Stopped, c.dir + "/replica3"},
			{ZooKeeper, 1, "127.0.0.1:19401", 0, Stopped, c.dir + "/zk1"},
			{ZooKeeper, 2, "127.0.0.1:19402", 0, Stopped, c.dir + "/zk2"},
			{ZooKeeper, 3, "127.0.0.1:19403", 0, Stopped, c.dir + "/zk3"},
			{ZooKeeper, 4, "127.0.0.1:19404", 0, Stopped, c.dir + "/zk4"},
		},
	}
	if diff := cmp.Diff(&want, c.Status()); diff != "" {
		t.Error(diff)
	}
	if got := c.zkConfig(c.state.of(ZooKeeper)[1]); len(got.Peers) != 3 || got.ID != 2 {
		t.Errorf("the second member has id %d and %d peers", got.ID, len(got.Peers))
	}
	if got := c.zkConfig(c.state.of(ZooKeeper)[3]); len(got.Peers) != 0 {
		t.Errorf("the standalone ZooKeeper has %d peers", len(got.Peers))
	}
}

func TestCreateNamesTheBasePortThatIsTaken(t *testing.T) {
	ports, err := freeport.Pick(1)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: ports[0]})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	o := options()
	o.BasePort = ports[0] - 2 // the second meta server's
	if _, err := Create(t.TempDir(), o); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("error = %v, want one that says that the port is in use", err)
	}
}

func TestConfigFilesHaveTheClustersValuesAndSurviveEdits(t *testing.T) {
	o := options()
	o.ZKCount, o.BasePort, o.Simulate = 2, 18000, release.Main
	o.Settings = []Setting{{"meta_server", "recover_from_replica_server", "true"}, {"meta_server.apps.temp", "app_name", "temp"}}
	c := mustCreate(t, t.TempDir(), o)
	for _, i := range c.state.Instances {
		if err := c.ensureFiles(i); err != nil {
			t.Fatal(err)
		}
	}
	check := func(path string, want map[string]string) {
		t.Helper()
		f, err := ini.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for name := range want {
			section, key, _ := strings.Cut(name, "/")
			got[name] = f.String(section, key, "(none)")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	check(c.dir+"/meta2/config.ini", map[string]string{
		"apps.meta/ports":                                 "18002",
		"meta_server/server_list":                         "127.0.0.1:18001,127.0.0.1:18002",
		"meta_server/cluster_root":                        "/pegasus/onebox/127.0.0.1",
		"meta_server/distributed_lock_service_parameters": "/pegasus/onebox/127.0.0.1",
		"meta_server/recover_from_replica_server":         "true",
		"meta_server/meta_function_level_on_start":        "steady",
		"meta_server.apps.temp/app_name":                  "temp",
		"zookeeper/hosts_list":                            "127.0.0.1:18401",
		"zookeeper/timeout_ms":                            "5000",
		"replication/config_sync_interval_ms":             "1000",
		"replication/fd_grace_seconds":                    "4",
		"onebox/simulate":                                 "main",
	})
	check(c.dir+"/replica3/config.ini", map[string]string{
		"apps.replica/ports":        "18203",
		"meta_server/server_list":   "127.0.0.1:18001,127.0.0.1:18002",
		"replication/data_dirs":     "default:" + c.dir + "/replica3/data",
		"replication/cluster_name":  "onebox",
		"meta_server.apps/app_name": "(none)",
		"onebox/simulate":           "main",
	})
	edited := []byte("; mine\n[zookeeper]\n")
	if err := os.WriteFile(c.dir+"/meta1/config.ini", edited, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := c.ensureFiles(c.state.of(Meta)[0]); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(c.dir + "/meta1/config.ini"); string(got) != string(edited) {
		t.Errorf("the edited file became %q", got)
	}
}

func TestRootsOfALayoutStandInTheMetaServersConfiguration(t *testing.T) {
	for name, c := range map[string]struct {
		lockRoot, chroot string
		lock, hosts      string
	}{
		"as in Pegasus's onebox":       {"root", "", "/pegasus/onebox/127.0.0.1", "127.0.0.1:18401"},
		"as in Pegasus's own file":     {"below", "", "/pegasus/onebox/127.0.0.1/lock", "127.0.0.1:18401"},
		"a lock in a tree of its own":  {"/locks/onebox", "", "/locks/onebox", "127.0.0.1:18401"},
		"all below a chroot":           {"below", "/team/a", "/pegasus/onebox/127.0.0.1/lock", "127.0.0.1:18401/team/a"},
		"a chroot behind the ensemble": {"root", "/team", "/pegasus/onebox/127.0.0.1", "127.0.0.1:18401,127.0.0.1:18402,127.0.0.1:18403/team"},
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			o.BasePort, o.LockRoot, o.Chroot, o.LeaseSeconds = 18000, c.lockRoot, c.chroot, 9
			o.ZKEnsemble = strings.Contains(c.hosts, ",")
			box := mustCreate(t, t.TempDir(), o)
			data, err := box.renderConfig(box.state.of(Meta)[0])
			if err != nil {
				t.Fatal(err)
			}
			f, err := ini.Parse("config.ini", data)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{
				f.String("meta_server", "cluster_root", ""), f.String("meta_server", "distributed_lock_service_parameters", ""),
				f.String("zookeeper", "hosts_list", ""), f.String("replication", "fd_lease_seconds", ""), f.String("replication", "fd_grace_seconds", ""),
			}
			if diff := cmp.Diff([]string{"/pegasus/onebox/127.0.0.1", c.lock, c.hosts, "9", "10"}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCreateRefusesAFolderWithOtherThings(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.tex"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir, options()); err == nil {
		t.Error("no error")
	}
	if _, err := Open(t.Context(), dir); !errors.Is(err, ErrNoCluster) {
		t.Errorf("Open: %v, want ErrNoCluster", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d entries in the folder, want the file alone", len(entries))
	}
	mustCreate(t, filepath.Join(dir, "box"), options()).Close()
	if _, err := Create(filepath.Join(dir, "box"), options()); !errors.Is(err, ErrExists) {
		t.Errorf("second Create: %v, want ErrExists", err)
	}
	if _, err := Create(filepath.Join(dir, "a,b"), options()); err == nil {
		t.Error("no error for a folder with a comma")
	}
}

func TestOneCallAtATimeWorksOnACluster(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "box")
	first := mustCreate(t, dir, options())
	short, cancel := context.WithTimeout(t.Context(), 3*lockPoll)
	defer cancel()
	if _, err := Open(short, dir); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Open beside another call: %v, want the deadline", err)
	}
	if _, err := ReadStatus(dir); err != nil {
		t.Errorf("ReadStatus beside another call: %v", err)
	}
	// A call that waits for the lock while the folder is removed must not work on what is gone.
	waiting := make(chan error, 1)
	go func() {
		_, err := Open(t.Context(), dir)
		waiting <- err
	}()
	if left, err := first.Clear(); len(left) > 0 || err != nil {
		t.Fatalf("Clear left %v, %v", left, err)
	}
	first.Close()
	if err := <-waiting; !errors.Is(err, ErrNoCluster) {
		t.Errorf("Open of a removed cluster: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestClearLeavesWhatIsNotItsOwn(t *testing.T) {
	c := mustCreate(t, t.TempDir(), options())
	mine := filepath.Join(c.dir, "apps.list")
	if err := os.WriteFile(mine, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := c.ensureFiles(c.state.of(Meta)[0]); err != nil {
		t.Fatal(err)
	}
	left, err := c.Clear()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{mine}, left); diff != "" {
		t.Error(diff)
	}
	if entries, _ := os.ReadDir(c.dir); len(entries) != 1 {
		t.Errorf("%d entries are left, want 1", len(entries))
	}
}

func TestInstancesThatDoNotExistAreRefused(t *testing.T) {
	c := mustCreate(t, t.TempDir(), options())
	err := c.Start(t.Context(), []ID{{Meta, 3}})
	if err == nil || !strings.Contains(err.Error(), "no meta server 3: this onebox has 2") {
		t.Errorf("Start: %v", err)
	}
	if err := c.Stop(t.Context(), []ID{{Replica, 0}}, syscall.SIGTERM); err == nil {
		t.Error("Stop of replica server 0: no error")
	}
}

func TestAProcessThatIsGoneIsCrashedUntilItIsStopped(t *testing.T) {
	c := mustCreate(t, t.TempDir(), options())
	id, err := process.StartDetached(exec.Command("sleep", "600"), filepath.Join(c.dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	i := c.state.of(Replica)[0]
	i.Process = &id
	if err := c.state.write(c.dir); err != nil {
		t.Fatal(err)
	}
	stateOf := func() State {
		t.Helper()
		status, err := ReadStatus(c.dir)
		if err != nil {
			t.Fatal(err)
		}
		return status.Instances[2].State
	}
	if got := stateOf(); got != Running {
		t.Errorf("state = %s, want running", got)
	}
	if _, err := c.Clear(); !errors.Is(err, ErrRunning) {
		t.Errorf("Clear beside a running process: %v, want ErrRunning", err)
	}
	if err := c.Start(t.Context(), nil); !errors.Is(err, ErrRunning) || !strings.Contains(err.Error(), "replica server 1 (pid ") {
		t.Errorf("Start beside a running process: %v, want ErrRunning that names it", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := errors.Join(id.Signal(syscall.SIGKILL), id.WaitEnd(ctx)); err != nil {
		t.Fatal(err)
	}
	if got := stateOf(); got != Crashed {
		t.Errorf("state after a kill = %s, want crashed", got)
	}
	if err := c.Stop(ctx, nil, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := stateOf(); got != Stopped {
		t.Errorf("state after stop = %s, want stopped", got)
	}
}

func TestStateFilesOfAnotherFormAreRefused(t *testing.T) {
	for name, content := range map[string]string{
		"not JSON": "hello", "another version": `{"version": 99}`, "unknown field": `{"version": 1, "colour": "red"}`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, stateFile), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := ReadStatus(dir); err == nil || errors.Is(err, ErrNoCluster) || !strings.Contains(err.Error(), dir) {
				t.Errorf("error = %v, want one that names the folder", err)
			}
		})
	}
}
