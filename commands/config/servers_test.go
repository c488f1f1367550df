package config_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/shelltest"
)

// iniOf is a sound configuration of a meta server on a ZooKeeper.
func iniOf(port, zookeeper string) string {
	return "[apps.meta]\nports = " + port + "\n[meta_server]\nserver_list = m1:1,m2:2,m3:3\ncluster_root = /c1\ndistributed_lock_service_type = distributed_lock_service_zookeeper\n" +
		"distributed_lock_service_parameters = /c1/lock\nmeta_state_service_type = meta_state_service_zookeeper\n[zookeeper]\nhosts_list = " + zookeeper + "\n"
}

// site is a session with three meta servers: the configuration of m1 is a file, that of m2 is
// reached by programs, and m3 is as the test says.
type site struct {
	*shelltest.Session
	dir string
}

func (s site) file(n int) string { return filepath.Join(s.dir, fmt.Sprintf("m%d.ini", n)) }

func (s site) content(n int) string { return shelltest.ReadIfAny(s.T, s.file(n)) }

// startSite starts a session; programs of the site have the folder in $DIR.
func startSite(t *testing.T, third string) site {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("DIR", dir)
	for n := 1; n <= 3; n++ {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("m%d.ini", n)), []byte(iniOf(fmt.Sprint(n), "old:1")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := site{shelltest.Start(t, shelltest.Answers{}.Behave), dir}
	s.Env.State = t.TempDir()
	s.Env.Cluster.Metas = []string{"m1:1", "m2:2", "m3:3"}
	s.Env.Manifest = shelltest.LoadManifest(t, `[zookeepers.new]
hosts = ["z1:1", "z2:1"]
[clusters.c1]
meta_servers = ["m1:1", "m2:2", "m3:3"]
[clusters.c1.servers."m1:1"]
config = "`+dir+`/m1.ini"
[clusters.c1.servers."m2:2"]
read_config = ["sh", "-c", "cat $DIR/m2.ini"]
write_config = ["sh", "-c", "cat > $DIR/m2.ini"]
`+third)
	return s
}

const (
	byPrograms = "[clusters.c1.servers.\"m3:3\"]\nread_config = [\"sh\", \"-c\", \"cat $DIR/m3.ini\"]\n"
	writable   = byPrograms + "write_config = [\"sh\", \"-c\", \"cat > $DIR/m3.ini\"]\n"
)

func TestAMetaServerIsNamedInsteadOfItsFile(t *testing.T) {
	s := startSite(t, byPrograms)
	for n := 1; n <= 2; n++ {
		name := fmt.Sprintf("m%d:%d", n, n)
		if out, diagnostics, err := s.Run("config_get " + name + " zookeeper hosts_list"); err != nil || out != "old:1\n" {
			t.Errorf("config_get printed %q and %q, %v", out, diagnostics, err)
		}
		out, diagnostics, err := s.Run("config_set " + name + " zookeeper hosts_list new")
		if err != nil || !strings.Contains(out, "- hosts_list = old:1\n+ hosts_list = z1:1,z2:1\n"+name) || diagnostics != "" {
			t.Errorf("config_set printed %q and %q, %v", out, diagnostics, err)
		}
		if s.content(n) != iniOf(fmt.Sprint(n), "z1:1,z2:1") {
			t.Errorf("%s holds %q", name, s.content(n))
		}
	}
	_, diagnostics, err := s.Run("config_set m3:3 zookeeper hosts_list new")
	if want := "ERROR: m3:3: it can only be read: [clusters.c1.servers.\"m3:3\"] has no write_config\n"; err == nil || diagnostics != want {
		t.Errorf("printed %q, %v; want %q", diagnostics, err, want)
	}
}

func TestAllConfigurationsAreShownALineEach(t *testing.T) {
	s := startSite(t, "")
	out, diagnostics, err := s.Run("config_get --all meta_server cluster_root")
	if err != nil || out != "m1:1 : /c1\nm2:2 : /c1\n" || diagnostics != "WARNING: plugins.toml does not say where the configuration of m3:3 is: look there by hand\n" {
		t.Errorf("printed %q and %q, %v", out, diagnostics, err)
	}
	if err := os.WriteFile(s.file(2), []byte("[zookeeper]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, diagnostics, err = s.Run("config_get --all meta_server cluster_root")
	if err == nil || out != "m1:1 : /c1\n" || !strings.Contains(diagnostics, "ERROR: 1 of 2 values could not be read:\nm2:2: there is no section [meta_server]\n") {
		t.Errorf("printed %q and %q, %v", out, diagnostics, err)
	}
}

func TestAllConfigurationsAreChangedOneAfterTheOther(t *testing.T) {
	s := startSite(t, writable)
	if _, _, err := s.Run("config_set m2:2 zookeeper hosts_list z1:1,z2:1"); err != nil {
		t.Fatal(err)
	}
	out, diagnostics, err := s.Run("config_set --all zookeeper hosts_list new")
	if err != nil || diagnostics != "" {
		t.Errorf("printed %q, %v", diagnostics, err)
	}
	out = strings.ReplaceAll(strings.ReplaceAll(out, s.Env.State, "STATE"), s.dir, "DIR")
	want := `new is [zookeepers.new] of ` + s.Env.Manifest.File + `: z1:1,z2:1
m2:2: [zookeeper] hosts_list is z1:1,z2:1 already, nothing was written
m1:1 (DIR/m1.ini), line 10:
- hosts_list = old:1
+ hosts_list = z1:1,z2:1
m1:1 (DIR/m1.ini) was changed, the old file is DIR/m1.ini.bak-STAMP; restart its server for the change to take effect
m3:3, line 10:
- hosts_list = old:1
+ hosts_list = z1:1,z2:1
m3:3 was changed, the old file is STATE/configurations/c1/m3:3.bak-STAMP; restart its server for the change to take effect
`
	if diff := cmp.Diff(want, withoutStamps(out)); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
	for n := 1; n <= 3; n++ {
		if s.content(n) != iniOf(fmt.Sprint(n), "z1:1,z2:1") {
			t.Errorf("m%d holds %q", n, s.content(n))
		}
	}
	if out, _, err := s.Run("config_set --all zookeeper hosts_list new"); err != nil || strings.Count(out, "already, nothing was written") != 3 {
		t.Errorf("again: printed %q, %v", out, err)
	}
}

func TestNothingIsWrittenUnlessAllCanBe(t *testing.T) {
	for name, c := range map[string]struct {
		third, line, want string
		prepare           func(s site) error
	}{
		"not usable":  {writable, "zookeeper hosts_list z1", `m1:1 (DIR/m1.ini): hosts_list must be HOST:PORT`, nil},
		"no such key": {writable, "zookeeper timeout_ms 1", "3 of 3 configurations cannot be changed:\nDIR/m1.ini: section [zookeeper] has no key timeout_ms (--add adds it)\nm2:2: section", nil},
		"unreadable": {writable, "zookeeper hosts_list new", `1 of 3 configurations cannot be changed:
m3:3: read_config: sh -c cat $DIR/m3.ini: sh exited with 1: cat: `, func(s site) error { return os.Remove(s.file(3)) }},
		"not INI":    {writable, "zookeeper hosts_list new", `m2:2:1: key "x" is before the first section`, func(s site) error { return os.WriteFile(s.file(2), []byte("x\n"), 0o600) }},
		"no program": {byPrograms + "write_config = [\"/no/such/program\"]\n", "zookeeper hosts_list new", "m3:3: write_config: ", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := startSite(t, c.third)
			if c.prepare != nil {
				if err := c.prepare(s); err != nil {
					t.Fatal(err)
				}
			}
			out, diagnostics, err := s.Run("config_set --all " + c.line)
			diagnostics = strings.ReplaceAll(diagnostics, s.dir, "DIR")
			if err == nil || out != "" || !strings.Contains(diagnostics, c.want) || !strings.HasSuffix(diagnostics, "\nNothing was written\n") {
				t.Errorf("printed %q and %q, %v; want %q", out, diagnostics, err, c.want)
			}
			if s.content(1) != iniOf("1", "old:1") {
				t.Errorf("m1 holds %q", s.content(1))
			}
		})
	}
}

func TestAFailureInTheMiddleSaysWhatWasChangedAndHowToGoOn(t *testing.T) {
	for name, c := range map[string]struct{ write, want string }{
		"fails": {"cat >/dev/null; exit 3", "ERROR: m2:2: write_config: sh -c WRITE: sh exited with 3\nStopped there. changed: m1:1; not changed: m2:2, m3:3\n" +
			"To go on, correct what is wrong with m2:2, then repeat the line, which leaves out what is changed already: config_set --all zookeeper hosts_list new\n"},
		"writes half": {"head -c 30 > $DIR/m2.ini", "ERROR: m2:2: it holds neither the old nor the new text: read back it differs from what was written, from line 3 on (30 bytes, not 288). " +
			"The old configuration is in STATE/configurations/c1/m2:2.bak-STAMP; config_revert m2:2 goes back to it\nStopped there. changed: m1:1; not known: m2:2; not changed: m3:3\n" +
			"To go on, correct what is wrong with m2:2, then repeat the line, which leaves out what is changed already: config_set --all zookeeper hosts_list new\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startSite(t, writable)
			server := s.Env.Manifest.Clusters["c1"].Servers["m2:2"]
			server.WriteConfig[2] = c.write
			_, diagnostics, err := s.Run("config_set --all zookeeper hosts_list new")
			diagnostics = withoutStamps(strings.ReplaceAll(strings.ReplaceAll(diagnostics, s.Env.State, "STATE"), c.write, "WRITE"))
			if diff := cmp.Diff(c.want, diagnostics); err == nil || diff != "" {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
			if s.content(1) != iniOf("1", "z1:1,z2:1") || s.content(3) != iniOf("3", "old:1") {
				t.Errorf("m1 holds %q, m3 %q", s.content(1), s.content(3))
			}
			// The way on: the old text back where it was spoilt, a program that works, and the same line.
			server.WriteConfig[2] = "cat > $DIR/m2.ini"
			if name == "writes half" {
				if out, diagnostics, err := s.Run("config_revert m2:2"); err != nil || s.content(2) != iniOf("2", "old:1") {
					t.Fatalf("config_revert printed %q and %q, %v", out, diagnostics, err)
				}
			}
			if _, diagnostics, err := s.Run("config_set --all zookeeper hosts_list new"); err != nil || s.content(2) != iniOf("2", "z1:1,z2:1") || s.content(3) != iniOf("3", "z1:1,z2:1") {
				t.Errorf("again: printed %q, %v", diagnostics, err)
			}
		})
	}
}

func TestAnInterruptionInTheMiddleSaysWhatWasChanged(t *testing.T) {
	for write, want := range map[string]string{
		"head -c 12 > $DIR/m2.ini": "it holds neither the old nor the new text",
		"cat > /dev/null":          "interrupted: changed: m1:1; not changed: m2:2, m3:3. To go on, repeat the line: config_set --all zookeeper hosts_list new\n",
	} {
		s := startSite(t, writable)
		begun := filepath.Join(s.dir, "begun")
		if err := syscall.Mkfifo(begun, 0o600); err != nil {
			t.Fatal(err)
		}
		s.Env.Manifest.Clusters["c1"].Servers["m2:2"].WriteConfig[2] = write + "; echo > $DIR/begun; sleep 600"
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			defer cancel()
			if _, err := os.ReadFile(begun); err != nil {
				t.Error(err)
			}
		}()
		_, diagnostics, err := s.RunIn(ctx, "config_set --all zookeeper hosts_list new")
		if err == nil || !strings.HasPrefix(diagnostics, "interrupted: ") || !strings.Contains(diagnostics, want) || !strings.Contains(diagnostics, "changed: m1:1; not ") || s.content(3) != iniOf("3", "old:1") {
			t.Errorf("printed %q, %v; want %q", diagnostics, err, want)
		}
		cancel()
	}
}

func TestServersThatAreChangedByHandAreNamed(t *testing.T) {
	for name, c := range map[string]struct{ third, want string }{
		"not described": {"", "WARNING: this step is still to be done by hand on m3:3, whose configuration cannot be written from here: set hosts_list in section [zookeeper] to z1:1,z2:1\n"},
		"read only":     {byPrograms, "WARNING: this step is still to be done by hand on m3:3, whose configuration cannot be written from here: set hosts_list in section [zookeeper] to z1:1,z2:1\n"},
		"lines only":    {"[clusters.c1.servers.\"m3:3\"]\nstop = \"exit\"\n", "by hand on m3:3, whose"},
	} {
		s := startSite(t, c.third)
		if _, diagnostics, err := s.Run("config_set --all zookeeper hosts_list new"); err != nil || !strings.Contains(diagnostics, c.want) {
			t.Errorf("%s: printed %q, %v", name, diagnostics, err)
		}
	}
	s := startSite(t, writable)
	for n := 1; n <= 3; n++ {
		if err := os.WriteFile(s.file(n), []byte(strings.Replace(iniOf(fmt.Sprint(n), "old:1"), "m3:3", "m3:3,m4:4", 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, diagnostics, err := s.Run("config_set --all zookeeper hosts_list new")
	if want := "WARNING: server_list in " + s.file(1) + " has m4:4, which neither plugins.toml nor the list of this shell has: if that is another meta server, this step is to be done there by hand\n"; err != nil || diagnostics != want {
		t.Errorf("unlisted: printed %q, %v; want %q", diagnostics, err, want)
	}
}

func TestAllNeedsServersThatAreDescribed(t *testing.T) {
	s := startSite(t, "")
	s.Env.Cluster.Metas = []string{"x:1", "y:1"}
	for _, line := range []string{"config_get --all a b", "config_set --all a b c", "config_check", "config_check m1:1 --all"} {
		_, diagnostics, err := s.Run(line)
		if err == nil || !strings.Contains(diagnostics, "ERROR: plugins.toml does not say where the configuration of any meta server of the connected cluster is (x:1, y:1): it needs a table such as [clusters.NAME.servers.\"x:1\"]") {
			t.Errorf("%s: printed %q, %v", line, diagnostics, err)
		}
	}
	s.Connect(t, nil)
	if _, diagnostics, err := s.Run("config_get --all a b"); err == nil || !strings.Contains(diagnostics, "no cluster is connected") {
		t.Errorf("not connected: printed %q, %v", diagnostics, err)
	}
	for line, want := range map[string]string{
		"config_get --all a":            "config_get --all needs a section and a key, got 1 argument\n",
		"config_set --all f a b c":      "config_set --all needs a section, a key and a value, got 4 arguments\n",
		"config_set --all a b ''":       "the value is empty; use --empty",
		"config_revert":                 "config_revert needs a file or HOST:PORT, got 0 arguments\n",
		"config_revert f --list --to x": "--list writes nothing, so --to and --dry_run cannot be used with it\n",
	} {
		if _, diagnostics, err := s.Run(line); err == nil || !strings.Contains(diagnostics, want) {
			t.Errorf("%s: printed %q, %v; want %q", line, diagnostics, err, want)
		}
	}
}

func TestServersAndTheirKeysAreCompleted(t *testing.T) {
	s := startSite(t, "")
	t.Chdir(t.TempDir())
	shelltest.CheckLines(t, shelltest.Completing(t, s.Session), map[string]string{
		"config_get ":                            "config_get·m1:1 config_get·m2:2",
		"config_get m1:1 ":                       "config_get·m1:1·apps.meta config_get·m1:1·meta_server config_get·m1:1·zookeeper",
		"config_get m2:2 zookee":                 "config_get·m2:2·zookeeper",
		"config_get m2:2 zookeeper ":             "config_get·m2:2·zookeeper·hosts_list config_get·m2:2·zookeeper·timeout_ms",
		"config_set --all zookeeper ":            "config_set·--all·zookeeper·hosts_list",
		"config_set --all zookeeper hosts_list ": "config_set·--all·zookeeper·hosts_list·new",
		"config_set m1:1 zookeeper hosts_list ":  "config_set·m1:1·zookeeper·hosts_list·new",
		"config_check m1:1 m":                    "config_check·m1:1·m1:1 config_check·m1:1·m2:2",
		"config_revert m":                        "config_revert·m1:1 config_revert·m2:2",
	})
	if _, _, err := s.Run("config_set m2:2 zookeeper hosts_list new"); err != nil {
		t.Fatal(err)
	}
	backups, _ := filepath.Glob(filepath.Join(s.Env.State, "configurations", "c1", "*"))
	_, stamp, _ := strings.Cut(strings.Join(backups, " "), ".bak-")
	shelltest.CheckLines(t, shelltest.Completing(t, s.Session), map[string]string{
		"config_revert m2:2 --to ": "config_revert·m2:2·--to·" + stamp,
		"config_revert m1:1 --to ": "",
	})
}
