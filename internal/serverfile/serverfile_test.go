package serverfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/manifest"
)

// at returns a clock that stands still.
func at(text string) func() time.Time {
	return func() time.Time {
		t, err := time.Parse(time.DateTime, text)
		if err != nil {
			panic(err)
		}
		return t
	}
}

// testDirectory has a cluster of three meta servers, of which the first two are described.
func testDirectory(t *testing.T, servers map[string]manifest.Server) Directory {
	t.Helper()
	return Directory{
		Manifest: &manifest.Manifest{Clusters: map[string]manifest.Cluster{
			"c1":    {MetaServers: []string{"m1:1", "m2:1", "m3:1"}, Servers: servers},
			"other": {MetaServers: []string{"o1:1"}, Servers: map[string]manifest.Server{"o1:1": {Config: "/o1"}}},
		}},
		Metas: []string{"m2:1", "m9:1"}, State: t.TempDir(), Now: at("2027-01-15 08:00:00"), Location: time.UTC,
	}
}

func fileWith(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.ini")
	put(t, path, content, 0o640)
	return path
}

func put(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, []byte(content), mode), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func find(t *testing.T, d Directory, name string) *Configuration {
	t.Helper()
	c, err := d.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestANameIsAServerOfTheManifestOrAFile(t *testing.T) {
	d := testDirectory(t, map[string]manifest.Server{"m1:1": {Config: "/c/m1.ini"}, "m2:1": {ReadConfig: []string{"cat"}}, "m3:1": {Stop: "exit"}})
	for name, want := range map[string]struct{ server, path, label, file string }{
		"m1:1":     {"m1:1", "/c/m1.ini", "m1:1 (/c/m1.ini)", "/c/m1.ini"},
		"m2:1":     {"m2:1", "", "m2:1", "m2:1"},
		"o1:1":     {"o1:1", "/o1", "o1:1 (/o1)", "/o1"},
		"/a/b.ini": {"", "/a/b.ini", "/a/b.ini", "/a/b.ini"},
	} {
		c := find(t, d, name)
		if c.Server != want.server || c.Path != want.path || c.Label() != want.label || c.File() != want.file {
			t.Errorf("%s: %+v, label %s, file %s", name, c, c.Label(), c.File())
		}
	}
	if _, err := d.Find("m3:1"); err == nil || !strings.Contains(err.Error(), `[clusters.c1.servers."m3:1"] says nothing of its configuration`) {
		t.Errorf("a server without a configuration: %v", err)
	}
	for name, want := range map[string]string{
		"m9:1":  `there is no file m9:1, and plugins.toml does not say where the configuration of the meta server m9:1 is: it needs a table [clusters.c1.servers."m9:1"] with config`,
		"om1:1": `there is no file om1:1, and no meta server of this name in plugins.toml: did you mean "m1:1" or "o1:1"?`,
	} {
		if _, err := d.Find(name); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	known, byHand := d.All()
	var names []string
	for _, c := range known {
		names = append(names, c.Name)
	}
	if diff := cmp.Diff([][]string{{"m2:1", "m1:1"}, {"m9:1", "m3:1"}}, [][]string{names, byHand}); diff != "" {
		t.Errorf("all, and those by hand (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"m1:1", "m2:1", "o1:1"}, d.Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if got := (Directory{}).Names(); got != nil {
		t.Errorf("without a manifest: %v", got)
	}
}

// A server that two clusters of the manifest have is that of the connected one.
func TestAServerOfTwoClustersIsThatOfTheConnectedOne(t *testing.T) {
	d := Directory{Metas: []string{"b:1"}, Manifest: &manifest.Manifest{Clusters: map[string]manifest.Cluster{
		"first":  {MetaServers: []string{"localhost:1"}, Servers: map[string]manifest.Server{"localhost:1": {Config: "/first"}}},
		"second": {MetaServers: []string{"localhost:1", "b:1"}, Servers: map[string]manifest.Server{"localhost:1": {Config: "/second"}}},
	}}}
	if c := find(t, d, "localhost:1"); c.Path != "/second" {
		t.Errorf("found %s", c.Path)
	}
}

func TestAFileIsReplacedAndItsOldTextKept(t *testing.T) {
	for name, text := range map[string]string{
		"plain": "[a]\nk = v\n", "CRLF": "[a]\r\nk = v\r\n", "no line break at the end": "[a]\nk = v", "byte order mark": "\xef\xbb\xbf[a]\nk = v\n",
		"large": "[a]\nk = v\n" + strings.Repeat("; comment\n", 100_000), "not UTF-8": "[a]\nk = \xff\xfe\n",
	} {
		path := fileWith(t, text)
		c := find(t, testDirectory(t, nil), path)
		backup, err := c.Write(t.Context(), []byte(text), []byte("new"))
		if err != nil || backup != path+".bak-20270115_080000" {
			t.Errorf("%s: kept as %q, %v", name, backup, err)
			continue
		}
		if content(t, path) != "new" || content(t, backup) != text {
			t.Errorf("%s: file %q, copy %q", name, content(t, path), content(t, backup))
		}
		if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 {
			t.Errorf("%s: the file's mode is now %o", name, info.Mode().Perm())
		}
		if info, _ := os.Stat(backup); info.Mode().Perm() != 0o600 {
			t.Errorf("%s: the copy's mode is %o", name, info.Mode().Perm())
		}
	}
}

func TestOddPermissionsAndLinksAreKept(t *testing.T) {
	for _, mode := range []os.FileMode{0o400, 0o444, 0o666, 0o777} {
		path := fileWith(t, "old")
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := find(t, testDirectory(t, nil), path).Write(t.Context(), []byte("old"), []byte("new")); err != nil {
			t.Errorf("%o: %v", mode, err)
		}
		if info, _ := os.Stat(path); info.Mode().Perm() != mode {
			t.Errorf("%o became %o", mode, info.Mode().Perm())
		}
	}
	path := fileWith(t, "old")
	link := filepath.Join(t.TempDir(), "link.ini")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	backup, err := find(t, testDirectory(t, nil), link).Write(t.Context(), []byte("old"), []byte("new"))
	if err != nil || backup != path+".bak-20270115_080000" || content(t, path) != "new" {
		t.Errorf("link: kept as %s, %v", backup, err)
	}
	if to, err := os.Readlink(link); err != nil || to != path {
		t.Errorf("the link goes to %q, %v", to, err)
	}
	if all, err := find(t, testDirectory(t, nil), path).Backups(); err != nil || len(all) != 1 {
		t.Errorf("the file itself has the copies %v, %v", all, err)
	}
}

func TestAFileOfAnotherUserKeepsItsOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	path := fileWith(t, "old")
	if err := os.Chown(path, 4242, 4243); err != nil {
		t.Fatal(err)
	}
	if _, err := find(t, testDirectory(t, nil), path).Write(t.Context(), []byte("old"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t); owner.Uid != 4242 || owner.Gid != 4243 {
		t.Errorf("the file belongs to %d:%d now", owner.Uid, owner.Gid)
	}
}

func TestWhatIsNoConfigurationFileIsNotRead(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	huge := filepath.Join(dir, "huge")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.WriteFile(huge, nil, 0o600), os.Truncate(huge, MaxBytes+1)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		dir: "is a directory", pipe: "is not a regular file", huge: "is larger than 16 MiB", filepath.Join(dir, "none"): "no such file",
	} {
		if _, err := find(t, testDirectory(t, nil), path).Read(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	zero := fileWith(t, "[a]\nk\x00 = v\n")
	if _, err := find(t, testDirectory(t, nil), zero).Load(t.Context()); err == nil || !strings.Contains(err.Error(), "zero byte on line 2") {
		t.Errorf("zero byte: %v", err)
	}
}

func TestAFileThatSomebodyElseChangedIsNotOverwritten(t *testing.T) {
	path := fileWith(t, "theirs")
	_, err := find(t, testDirectory(t, nil), path).Write(t.Context(), []byte("old"), []byte("new"))
	if err == nil || !strings.Contains(err.Error(), "was changed by somebody else") || content(t, path) != "theirs" {
		t.Errorf("error %v, file %q", err, content(t, path))
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestWhatCannotBeWrittenIsKnownBefore(t *testing.T) {
	readOnly := find(t, testDirectory(t, map[string]manifest.Server{"m1:1": {ReadConfig: []string{"cat"}}}), "m1:1")
	if err := readOnly.CheckWritable(); err == nil || err.Error() != `m1:1: it can only be read: [clusters.c1.servers."m1:1"] has no write_config` {
		t.Errorf("no write_config: %v", err)
	}
	missing := find(t, testDirectory(t, map[string]manifest.Server{"m1:1": {ReadConfig: []string{"cat"}, WriteConfig: []string{"/no/such/program"}}}), "m1:1")
	if err := missing.CheckWritable(); err == nil || !strings.Contains(err.Error(), "m1:1: write_config: ") {
		t.Errorf("missing program: %v", err)
	}
	homeless := testDirectory(t, map[string]manifest.Server{"m1:1": {ReadConfig: []string{"cat"}, WriteConfig: []string{"cat"}}})
	homeless.State = ""
	if err := find(t, homeless, "m1:1").CheckWritable(); err == nil || !strings.Contains(err.Error(), "set HOME or XDG_STATE_HOME") {
		t.Errorf("no folder for copies: %v", err)
	}
	if os.Geteuid() == 0 {
		return // root may write everywhere
	}
	path := fileWith(t, "old")
	if err := os.Chmod(filepath.Dir(path), 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(filepath.Dir(path), 0o700) })
	if err := find(t, testDirectory(t, nil), path).CheckWritable(); err == nil || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("folder without permission: %v", err)
	}
}
