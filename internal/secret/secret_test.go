package secret

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/words"
)

func TestOnlyCredentialsAreHidden(t *testing.T) {
	for line, want := range map[string]string{
		"ls": "ls",
		"zk_copy -t 10.0.0.2:2181/pegasus/c1 --force used_target": "zk_copy -t 10.0.0.2:2181/pegasus/c1 --force used_target",
		"zk_ls --auth digest:u:sesame a:1/x":                      "zk_ls --auth *** a:1/x",
		"zk_ls --auth=digest:u:sesame a:1/x":                      "zk_ls --auth=*** a:1/x",
		"zk_ls '--auth=u:sesame' a:1/x":                           "zk_ls --auth=*** a:1/x",
		`zk_ls "--source_auth" u:sesame a:1/x`:                    "zk_ls --source_auth *** a:1/x",
		"zk_ls a:1/x --aut sasl:sesame":                           "zk_ls a:1/x --aut ***",
		"zk_ls a:1/x --a=sesame --au sesame":                      "zk_ls a:1/x --a=*** --au ***",
		"zk_rmr a:1/x --auth":                                     "zk_rmr a:1/x --auth",
		"x digest:u:sesame":                                       "x digest:***",
		"x a=1,digest:u:sesame":                                   "x a=1,digest:***",
		"set_app_envs t PASSWORD=sesame":                          "set_app_envs t PASSWORD=***",
		"set_app_envs sasl.password sesame":                       "set_app_envs sasl.password ***",
		"set_app_envs a 1 kms.api_key sesame b 2":                 "set_app_envs a 1 kms.api_key *** b 2",
		"set_app_envs rocksdb.usage_scenario normal":              "set_app_envs rocksdb.usage_scenario normal",
		"create t -e a=1,db_password=sesame,x=2":                  "create t -e a=1,db_password=***",
		"config_set c.ini sec db_password sesame":                 "config_set c.ini sec db_password ***",
		`config_set f s "db_password" = sesame`:                   "config_set f s db_password = ***",
		"config_set c.ini zookeeper hosts_list a:2181,b:2181":     "config_set c.ini zookeeper hosts_list a:2181,b:2181",
		"deploy http://u:sesame@host/p":                           "deploy http://u:***@host/p",
		"deploy http://host:80/p":                                 "deploy http://host:80/p",
		"x -Password sesame":                                      "x -Password ***",
		`deploy '{"token":"sesame"}'`:                             `deploy '{"token":***'`,
		`deploy -H "Authorization: Bearer sesame"`:                `deploy -H 'Authorization: ***'`,
		`deploy "-----BEGIN RSA PRIVATE KEY-----\nsesame"`:        `deploy '-----BEGIN RSA PRIVATE KEY-----***'`,
		"token":        "token",
		"drop secrets": "drop secrets",
	} {
		line, want := split(t, line), split(t, want)
		hidden, values := Hide(line, false)
		if diff := cmp.Diff(want, hidden); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
		if strings.Contains(strings.Join(hidden, " "), "sesame") {
			t.Errorf("%s: the secret is there", line)
		}
		if hides := strings.Contains(strings.Join(line, " "), "sesame"); hides != (len(values) > 0) {
			t.Errorf("%s: values %q", line, values)
		}
	}
}

func TestArgumentsOfProgramsHaveShortFlagsForSecrets(t *testing.T) {
	for line, want := range map[string]string{
		"deploy -p sesame":    "deploy -p ***",
		"deploy -psesame":     "deploy -p***",
		"deploy -p 2222 host": "deploy -p 2222 host",
		"deploy -u u:sesame":  "deploy -u ***",
		"deploy -u me":        "deploy -u me",
	} {
		hidden, _ := Hide(split(t, line), true)
		if diff := cmp.Diff(split(t, want), hidden); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
	if hidden, _ := Hide(split(t, "create t -p 8"), false); hidden[3] != "8" {
		t.Errorf("the partition count is %q", hidden[3])
	}
}

func TestAnErrorThatRepeatsACredentialIsScrubbed(t *testing.T) {
	_, values := Hide(split(t, `zk_ls --auth "user:se\"same" a:1/x`), false)
	got := Scrub(`zk_ls: user:se"same and "user:se\"same" and digest:a:b and http://a:b@c: no`, values)
	if want := `zk_ls: *** and "***" and digest:*** and http://a:***@c: no`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := Scrub("an error in a tree", []string{"a", "in"}); got != "an error in a tree" {
		t.Errorf("short words are taken for secrets: %s", got)
	}
}

func TestKeysOfSecrets(t *testing.T) {
	for k, want := range map[string]bool{"password": true, "sasl.Password": true, "ssl_private_key": true, "hosts_list": false, "password_file_age": false, "tokenizer": false} {
		if Key(k) != want {
			t.Errorf("Key(%q) is not %v", k, want)
		}
	}
}

func FuzzHiddenWordsStayHidden(f *testing.F) {
	f.Add("zk_ls --auth digest:u:p x", true)
	f.Fuzz(func(t *testing.T, line string, program bool) {
		once, _ := Hide(strings.Fields(line), program)
		if len(once) != len(strings.Fields(line)) {
			t.Errorf("%q became %q", line, once)
		}
	})
}

func split(t *testing.T, line string) []string {
	t.Helper()
	split, err := words.Split(line)
	if err != nil {
		t.Fatal(err)
	}
	return split
}
