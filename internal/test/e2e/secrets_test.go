package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pegashell/internal/test/screentest"
)

// planted are secrets in all the places where the shell gets them. Each is looked for in everything that
// the shell leaves or shows.
var planted = []string{
	"PlantedInManifest1", "PlantedInVariable2", "PlantedInFile3", "PlantedForSASL4", "PlantedInFlag5",
	"PlantedForSite6", "PlantedInConfig7",
}

// secretStation has the first four in its manifest and what that names.
func secretStation(t *testing.T) *station {
	s := newStation(t)
	s.write("plugins.toml", 0o600, s.read("plugins.toml"), fmt.Sprintf(`
[zookeepers.manifest]
hosts = [%[1]q]
auth = ["digest:u:%[3]s"]
[zookeepers.variable]
hosts = [%[1]q]
auth_env = "PLANTED"
[zookeepers.file]
hosts = [%[1]q]
auth_file = "auth"
[zookeepers.sasl]
hosts = [%[1]q]
sasl = "DIGEST-MD5"
principal = "u"
sasl_password_file = "password"
[zookeepers.down]
hosts = [%[2]q]
auth = ["digest:u:%[3]s"]
[[command]]
name = "deploy"
program = "echo"
`, s.box.zooKeepers[1], deadAddress, planted[0]))
	s.write("auth", 0o600, "digest:u:"+planted[2]+"\n")
	s.write("password", 0o600, planted[3]+"\n")
	s.write("config.ini", 0o600, "[zookeeper]\nhosts_list = a:1\n[db]\npassword = "+planted[6]+"\n")
	return s
}

func TestSecretsAreNowhere(t *testing.T) {
	s := secretStation(t)
	tree := "/pegasus/onebox/127.0.0.1"
	copied := s.box.zooKeepers[1] + "/secrets"
	lines := []string{
		"plugins", "zk_ls manifest/", "zk_ls variable/", "zk_ls file/", "zk_ls sasl/", "zk_ls down/ --timeout 1000",
		"zk_ls " + copied + " --auth digest:u:" + planted[4], "zk_ls " + copied + " --auth nonsense" + planted[4],
		"zk_copy -s old -t " + copied + " --no_verify --auth digest:u:" + planted[4],
		"zk_copy -s old" + tree + " -t manifest/secrets",
		"zk_backup manifest/secrets copy.zkb", "zk_diff manifest/secrets variable/secrets", "zk_check file/secrets", "zk_check file/secrets -j",
		"migrate status --target manifest/secrets --auth digest:u:" + planted[4], "migrate preflight copy --target file/secrets",
		"deploy --password " + planted[5] + " > /dev/null", "deploy user " + planted[5] + " --token=" + planted[5] + " > /dev/null",
		"config_set config.ini zookeeper hosts_list b:2", "config_set config.ini db password " + planted[6], "config_check config.ini",
		"zk_rmr manifest/secrets --yes", "journal", "journal -j", "journal --report record.html", "journal --report record.md",
	}
	s.write("lines", 0o600, strings.Join(lines, "\n")+"\n")
	shown := piped(t, s)
	for _, done := range []string{"verified", "not configured for SASL", "no session with ZooKeeper", "already, nothing was written", "deploy --password ***"} {
		if !strings.Contains(shown, done) {
			t.Errorf("the lines do not do what they are for: nothing says %q:\n%s", done, shown)
		}
	}
	findPlanted(t, "the output", shown)

	// At a terminal, what is typed is seen; it is not kept.
	c := s.start(screentest.Options{Columns: 200, Env: []string{"PLANTED=digest:u:" + planted[1]}}, onebox)
	for _, line := range []string{lines[6], lines[16], "version"} {
		c.clear()
		c.Send(line + "\r")
		c.atPrompt(onebox)
	}
	args, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", c.Pid()))
	if err != nil {
		t.Fatal(err)
	}
	findPlanted(t, "the list of processes", string(args))
	c.leave("\x04", 0)

	given := []string{"plugins.toml", "auth", "password", "config.ini", "lines"}
	for _, folder := range []string{s.dir, s.home} {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() || filepath.Dir(path) == s.dir && isGiven(entry.Name(), given) {
				return err
			}
			content, err := os.ReadFile(path)
			findPlanted(t, path, string(content))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if history := filepath.Join(s.home, "pegashell", "history"); !exists(history) {
		t.Errorf("no history was written: %s", history)
	}
}

// piped runs the lines as a script with a log, and returns all that is shown.
func piped(t *testing.T, s *station) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "pegashell"), "-c", "plugins.toml")
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "HOME="+s.home, "XDG_CONFIG_HOME="+s.home, "XDG_STATE_HOME="+s.home, "PLANTED=digest:u:"+planted[1])
	cmd.Stdin = strings.NewReader(s.read("lines"))
	out, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return string(out)
}

// isGiven says of a file of the station whether the test has put a secret into it. The old copies of a
// configuration are configurations.
func isGiven(name string, given []string) bool {
	return slices.Contains(given, name) || strings.HasPrefix(name, "config.ini.bak-")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func findPlanted(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range planted {
		if at := strings.Index(strings.ToLower(text), strings.ToLower(secret)); at >= 0 {
			t.Errorf("%s has the secret %s: ...%s...", where, secret, text[max(0, at-100):min(len(text), at+len(secret)+20)])
		}
	}
}
