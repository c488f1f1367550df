package manifest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// loadZooKeeper reads the one ZooKeeper of a manifest that has these lines in its table.
func loadZooKeeper(t *testing.T, lines string) (*Manifest, ZooKeeper) {
	t.Helper()
	m, err := Load(write(t, "[zookeepers.z]\nhosts = [\"h:1\"]\n"+lines))
	if err != nil {
		t.Fatal(err)
	}
	return m, m.ZooKeepers["z"]
}

func credentials(t *testing.T, z ZooKeeper) []string {
	t.Helper()
	secrets, err := z.Credentials()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, s := range secrets {
		all = append(all, string(s))
	}
	return all
}

func TestFilesOfAZooKeeperBeginAtTheManifestOrAtHome(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	m, z := loadZooKeeper(t, "tls_ca = \"ca.pem\"\ntls_cert = \"~/c.pem\"\ntls_key = \"/etc/c.key\"\nauth_file = \"../auth\"\n")
	dir := filepath.Dir(m.File)
	want := ZooKeeper{
		Hosts: []string{"h:1"}, TLSCA: dir + "/ca.pem", TLSCert: "/home/me/c.pem", TLSKey: "/etc/c.key",
		AuthFile: filepath.Dir(dir) + "/auth",
		File:     m.File,
	}
	if diff := cmp.Diff(want, z); diff != "" {
		t.Errorf("ZooKeeper (-want +got):\n%s", diff)
	}
}

func TestTheJournalBeginsAtTheManifestOrAtHomeAndIsAFile(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	for text, want := range map[string]string{
		"~/j.jsonl": "/home/me/j.jsonl", "j.jsonl": "DIR/j.jsonl", "/var/log/j.jsonl": "/var/log/j.jsonl", "/dev/null": "/dev/null", "": "",
	} {
		m, err := Load(write(t, "[shell]\njournal = \""+text+"\"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if want = strings.Replace(want, "DIR", filepath.Dir(m.File), 1); m.Shell.Journal != want {
			t.Errorf("%q is %s, want %s", text, m.Shell.Journal, want)
		}
	}
	_, err := Load(write(t, "[shell]\njournal = \"/var/log/\"\n"))
	const want = `:2: [shell] journal: "/var/log/" is a folder; it needs the name of a file in it, such as "/var/log/journal.jsonl"`
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("a folder: %v, want ...%s", err, want)
	}
}

func TestCredentialsComeFromAllTheirPlaces(t *testing.T) {
	file := filepath.Join(t.TempDir(), "auth")
	if err := os.WriteFile(file, []byte("# a comment\n\n digest:file:with a blank \nip:10.0.0.1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("OLD_AUTH", " digest:env:e  digest:env2:e ")
	_, z := loadZooKeeper(t, "auth = [\"digest:user:pass\"]\nauth_env = \"OLD_AUTH\"\nauth_file = \""+file+"\"\n")
	want := []string{"digest:user:pass", "digest:env:e", "digest:env2:e", "digest:file:with a blank", "ip:10.0.0.1"}
	if diff := cmp.Diff(want, credentials(t, z)); diff != "" {
		t.Errorf("credentials (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, credentials(t, z)); diff != "" {
		t.Errorf("the second time (-want +got):\n%s", diff)
	}
	if _, z := loadZooKeeper(t, ""); credentials(t, z) != nil {
		t.Error("there are credentials where none were given")
	}
}

func TestCredentialsThatAreNoGoodAreToldWithoutShowingThem(t *testing.T) {
	file := filepath.Join(t.TempDir(), "auth")
	if err := os.WriteFile(file, []byte("digest:a:b\nhush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BAD_AUTH", "digest:a:b hush")
	t.Setenv("EMPTY_AUTH", " ")
	for lines, want := range map[string]string{
		"auth_env = \"NO_SUCH_AUTH\"\n":    "auth_env: the environment has no variable with the name",
		"auth_env = \"hush\"\n":            "auth_env: the environment has no variable with the name",
		"auth_env = \"BAD_AUTH\"\n":        "auth_env: word 2 of BAD_AUTH is not SCHEME:ID",
		"auth_file = \"" + file + "\"\n":   "auth_file: " + file + ":2: the line is not SCHEME:ID",
		"auth_env = \"EMPTY_AUTH\"\n":      "auth_env: EMPTY_AUTH is empty",
		"auth_file = \"/dev/null\"\n":      "auth_file: /dev/null holds no credentials",
		"auth_file = \"/no/such/auth\"\n":  "auth_file: open /no/such/auth: no such file",
		"auth_file = \"" + "/dev" + "\"\n": "auth_file: read /dev: ",
	} {
		_, z := loadZooKeeper(t, lines)
		_, err := z.Credentials()
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: error %v, want %q", lines, err, want)
		}
	}
	for lines, want := range map[string]string{
		"auth = [\"digest:a:b\", \"hush\"]\n":                   ":3: [zookeepers.z] auth: entry 2 is not SCHEME:ID",
		"auth = [\":hush\"]\n":                                  ":3: [zookeepers.z] auth: entry 1 is not SCHEME:ID",
		"auth = \"hush\"\n":                                     ":3: [zookeepers.z] auth: it must be a list of texts",
		"auth = [[\"hush\"]]\n":                                 ":3: [zookeepers.z] auth: it must be a list of texts",
		"auth_env = \"digest:a:hush\"\n":                        ":3: [zookeepers.z] auth_env: the value must be the name of an environment variable",
		"tls_key = \"hush\"\n":                                  ":3: [zookeepers.z] tls_key: tls_cert is missing",
		"sasl = \"PLAIN\"\n":                                    `:3: [zookeepers.z] sasl: "PLAIN" is not a mechanism: DIGEST-MD5 or GSSAPI`,
		"principal = \"ops\"\n":                                 ":3: [zookeepers.z] principal: sasl is missing",
		"sasl = \"DIGEST-MD5\"\n":                               ":3: [zookeepers.z] sasl: principal is missing",
		"sasl = \"DIGEST-MD5\"\nprincipal = \"ops\"\n":          ":3: [zookeepers.z] sasl: it needs either sasl_password_env or sasl_password_file",
		"keytab = \"k\"\n":                                      `:3: [zookeepers.z] keytab: it is for sasl = "GSSAPI"`,
		"sasl = \"GSSAPI\"\nkeytab = \"k\"\n":                   ":4: [zookeepers.z] keytab: principal is missing",
		"sasl = \"GSSAPI\"\nsasl_password_file = \"k\"\n":       `:4: [zookeepers.z] sasl_password_file: it is for sasl = "DIGEST-MD5"`,
		"sasl = \"GSSAPI\"\nserver_principal = \"zookeeper\"\n": `:4: [zookeepers.z] server_principal: "zookeeper" is not SERVICE/HOST`,
		"sasl = \"GSSAPI\"\nprincipal = \"p\"\nkeytab = \"k\"\nticket_cache = \"c\"\n":      ":6: [zookeepers.z] ticket_cache: keytab is there already",
		"sasl = \"DIGEST-MD5\"\nprincipal = \"ops\"\nsasl_password_env = \"digest:hush\"\n": ":5: [zookeepers.z] sasl_password_env: the value must be the name of an environment variable",
	} {
		_, err := Load(write(t, "[zookeepers.z]\nhosts = [\"h:1\"]\n"+lines))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: error %v, want %q", lines, err, want)
		}
	}
}

func TestThePasswordOfSASLIsInTheEnvironmentOrInAFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"one": "pass word\n", "none": "\n", "two": "a\nb\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SASL_PASSWORD", "from the environment")
	for name, test := range map[string]struct {
		of         SASL
		want, fail string
	}{
		"environment":  {SASL{PasswordEnv: "SASL_PASSWORD"}, "from the environment", ""},
		"a file":       {SASL{PasswordFile: dir + "/one"}, "pass word", ""},
		"no variable":  {SASL{PasswordEnv: "hush"}, "", "sasl_password_env: the environment has no variable"},
		"an empty one": {SASL{PasswordFile: dir + "/none"}, "", "does not hold a password on one line"},
		"two lines":    {SASL{PasswordFile: dir + "/two"}, "", "does not hold a password on one line"},
		"no file":      {SASL{PasswordFile: dir + "/nowhere"}, "", "no such file"},
	} {
		got, err := test.of.Password()
		if string(got) != test.want || (err == nil) != (test.fail == "") || err != nil && (!strings.Contains(err.Error(), test.fail) || strings.Contains(err.Error(), "hush")) {
			t.Errorf("%s: %q, %v", name, string(got), err)
		}
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	m, z := loadZooKeeper(t, "auth = [\"digest:user:hush\"]\n")
	var texts []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, z), fmt.Sprintf(verb, z.Auth[0]), fmt.Sprintf(verb, *m))
	}
	encoded, err := json.Marshal(z)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range append(texts, string(encoded)) {
		if strings.Contains(text, "hush") || strings.Contains(text, "68757368") {
			t.Errorf("the password is in %s", text)
		}
	}
	if string(z.Auth[0]) != "digest:user:hush" {
		t.Error("the secret got lost")
	}
}

func TestFilesWithSecretsThatOthersCanReadAreNamed(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	open, closed := file("open", 0o640), file("closed", 0o600)
	for name, tc := range map[string]struct {
		manifest string
		z        ZooKeeper
		want     []string
	}{
		"a manifest with secrets":    {open, ZooKeeper{Auth: []Secret{"a:b"}}, []string{open}},
		"a manifest without secrets": {open, ZooKeeper{}, nil},
		"a manifest of one's own":    {closed, ZooKeeper{Auth: []Secret{"a:b"}}, nil},
		"a file of credentials":      {closed, ZooKeeper{AuthFile: open}, []string{open}},
		"a key":                      {closed, ZooKeeper{TLSKey: open, TLSCert: open}, []string{open}},
		"closed files":               {closed, ZooKeeper{AuthFile: closed, TLSKey: closed, TLSCA: open}, nil},
		"missing files":              {closed, ZooKeeper{AuthFile: dir + "/none"}, nil},
	} {
		tc.z.File = tc.manifest
		if diff := cmp.Diff(tc.want, tc.z.Exposed()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
