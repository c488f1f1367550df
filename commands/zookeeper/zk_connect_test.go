package zookeeper_test

import (
	"strings"
	"testing"

	"pegashell/internal/test/shelltest"
)

func TestConnectionFlagsAreChecked(t *testing.T) {
	for _, c := range []struct {
		line, want string
	}{
		{"zk_ls 127.0.0.1:1/ --auth secret", "--auth: the value must be SCHEME:ID"},
		{"zk_ls 127.0.0.1:1/ --auth digest:", "--auth: the value must be SCHEME:ID"},
		{"zk_ls 127.0.0.1:1/ --tls_key /k", "--tls_key needs --tls_cert"},
		{"zk_ls 127.0.0.1:1/ --tls_ca /no/such", "read the authorities' certificates: open /no/such: no such file"},
		{"zk_ls 127.0.0.1:1/ -w 0", "--workers: 0 is not between 1 and 64"},
		{"zk_ls 127.0.0.1:1/ -w many", "workers"},
		{"zk_ls 127.0.0.1:1/ --timeout 5", "--timeout: 5 is not between 1000 and 3600000"},
		{"zk_copy -s 127.0.0.1:1/a -t 127.0.0.1:2/a -b 0", "--batch_size: 0 is not at least 1"},
		{"zk_copy -s 127.0.0.1:1/a -t 127.0.0.1:2/a -c --delete", "contradict each other"},
		{"zk_copy -s 127.0.0.1:1/a -t 127.0.0.1:2/a --exclude /", "--exclude: glob \"/\" is empty"},
		{"zk_ls 127.0.0.1:1/ --timeout 1000", "no session with ZooKeeper"},
	} {
		_, diagnostics, err := shelltest.Execute(t, strings.Fields(c.line)...)
		if err == nil || !strings.Contains(diagnostics, c.want) {
			t.Errorf("%s: error = %v, printed %q; want %q", c.line, err, diagnostics, c.want)
		}
		if strings.Contains(diagnostics, "secret") {
			t.Errorf("%s: the credentials are shown: %q", c.line, diagnostics)
		}
	}
}

func TestCredentialsComeFromTheEnvironmentToo(t *testing.T) {
	t.Setenv("PEGASHELL_ZK_AUTH", "digest:user:secret broken")
	_, diagnostics, err := shelltest.Execute(t, "zk_ls", "127.0.0.1:1/")
	if err == nil || !strings.Contains(diagnostics, "word 2 of PEGASHELL_ZK_AUTH is not SCHEME:ID") || strings.Contains(diagnostics, "secret") {
		t.Errorf("error = %v, printed %q; want a word about the form and none of the credentials", err, diagnostics)
	}
	t.Setenv("PEGASHELL_ZK_AUTH", "digest:user")
	for line, want := range map[string]string{"": "word 1 of PEGASHELL_ZK_AUTH is not SCHEME:ID, such as digest:user:password", " --auth digest:user": "--auth: the value must be SCHEME:ID, such as digest:user:password"} {
		if _, diagnostics, err := shelltest.Execute(t, strings.Fields("zk_ls 127.0.0.1:1/"+line)...); err == nil || !strings.Contains(diagnostics, want) {
			t.Errorf("a digest without a password%s: error = %v, printed %q", line, err, diagnostics)
		}
	}
}
