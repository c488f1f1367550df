package manifest

import (
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

// contents are manifests that do harm in different ways, as far as one can see from the outside.
var contents = []string{
	"",
	"[clusters.a]\nmeta_servers = [\"a:1\"]\n",
	"[[command]]\nname = \"a\"\nprogram = \"b\"\n",
	"[shell]\nhistory = \"b\"\n",
	"[defaults]\nplugins = [\"-o\", \"/tmp/victim\"]\n",
	"[zookeepers.a]\nhosts = [\"a:1\"]\n",
	"this is no TOML",
}

// places are where a file is come upon: in the folder and in the user's configuration.
func places(t *testing.T) []string {
	t.Helper()
	alone(t)
	t.Chdir(t.TempDir())
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	if err := os.Mkdir(filepath.Join(config, "pegashell"), 0o700); err != nil {
		t.Fatal(err)
	}
	return []string{FileName, filepath.Join(config, "pegashell", FileName)}
}

// put writes a file of that mode, whatever the umask is.
func put(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(path) })
}

func TestAFileThatOthersCanWriteIsNotReadWhateverItHolds(t *testing.T) {
	for _, path := range places(t) {
		for _, content := range contents {
			put(t, path, content, 0o646)
			_, err := Load("")
			want := path + " is not read: it can be written by others (mode 0646), and it says which programs run and where credentials are sent; " +
				"make it yours alone (chmod go-w), or name it with -c " + path + " to use it anyway"
			if err == nil || err.Error() != want {
				t.Errorf("%q: error %v\nwant %s", content, err, want)
			}
		}
		for _, mode := range []os.FileMode{0o644, 0o600} {
			put(t, path, contents[2], mode)
			if m, err := Load(""); err != nil || len(m.External) != 1 {
				t.Errorf("mode %o: %v", mode, err)
			}
		}
		put(t, path, contents[2], 0o666)
		if m, err := Load(path); err != nil || len(m.External) != 1 {
			t.Errorf("named: %v", err)
		}
		os.Remove(path)
	}
}

func TestAFileOfAnotherUserIsNotReadWhateverItHolds(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	for _, path := range places(t) {
		for _, content := range contents {
			put(t, path, content, 0o600)
			if err := os.Chown(path, 4242, 4242); err != nil {
				t.Fatal(err)
			}
			_, err := Load("")
			if err == nil || !strings.HasPrefix(err.Error(), path+" is not read: it belongs to user 4242, and ") ||
				!strings.HasSuffix(err.Error(), "; make it yours (chown), or name it with -c "+path+" to use it anyway") {
				t.Errorf("%q: error %v", content, err)
			}
			os.Remove(path)
		}
	}
}

// The file beside the program is come upon as the others are.
func TestEveryPlaceThatIsSearchedIsDistrusted(t *testing.T) {
	places := searchPath()
	if len(places) != 2 {
		t.Fatalf("places %v", places)
	}
	for _, c := range places {
		if !c.found {
			t.Errorf("%s is read whosever it is", c.path)
		}
	}
}

func TestAPrivateGroupIsItsUsersAlone(t *testing.T) {
	daemon, err := user.Lookup("daemon")
	if err != nil || daemon.Uid != "1" || daemon.Gid != "1" {
		t.Skip("there is no user daemon with a group of its own")
	}
	for _, tc := range []struct {
		uid, gid int
		want     bool
	}{{1, 1, true}, {1, 0, false}, {1, 2, false}, {0, 0, false}, {4242, 4242, false}} {
		if got := ownGroup(tc.uid, tc.gid); got != tc.want {
			t.Errorf("group %d of user %d: %t", tc.gid, tc.uid, got)
		}
	}
}
