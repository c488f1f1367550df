package manifest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const twoServers = `[clusters.c1]
meta_servers = ["meta1:34601", "meta2:34601"]
`

func TestTheServersOfAClusterAreRead(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	want := map[string]Server{
		"meta1:34601": {Config: "/home/me/meta1.ini", Stop: "stop_meta 1", Start: "start_meta 1", Restart: "restart_meta 1"},
		"meta2:34601": {ReadConfig: []string{"FOLDER/tools/conf", "read", ""}, WriteConfig: []string{"ssh", "meta2", "write"}},
	}
	for name, content := range map[string]string{
		"tables": `[clusters.c1.servers."meta1:34601"]
config = "~/meta1.ini"
stop = "stop_meta 1"
start = "start_meta 1"
restart = "restart_meta 1"
[clusters.c1.servers."meta2:34601"]
read_config = ["tools/conf", "read", ""]
write_config = ["ssh", "meta2", "write"]
`,
		"one table": `[clusters.c1.servers]
"meta1:34601" = { config = "~/meta1.ini", stop = "stop_meta 1", start = "start_meta 1", restart = "restart_meta 1" }
"meta2:34601" = { read_config = ["tools/conf", "read", ""], write_config = ["ssh", "meta2", "write"] }
`,
		"one key": `servers = { "meta1:34601" = { config = "~/meta1.ini", stop = "stop_meta 1", start = "start_meta 1", restart = "restart_meta 1" }, "meta2:34601" = { read_config = ["tools/conf", "read", ""], write_config = ["ssh", "meta2", "write"] } }
`,
	} {
		alone(t)
		file := write(t, twoServers+content)
		m, err := Load(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := m.Clusters["c1"].Servers
		got["meta2:34601"].ReadConfig[0] = strings.Replace(got["meta2:34601"].ReadConfig[0], filepath.Dir(file), "FOLDER", 1)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestARelativeConfigurationBeginsAtTheManifestsFolder(t *testing.T) {
	alone(t)
	file := write(t, twoServers+"[clusters.c1.servers.\"meta1:34601\"]\nconfig = \"conf/meta1.ini\"\n")
	t.Chdir(filepath.Dir(file))
	for _, name := range []string{file, filepath.Base(file)} {
		m, err := Load(name)
		if want := filepath.Join(filepath.Dir(file), "conf/meta1.ini"); err != nil || m.Clusters["c1"].Servers["meta1:34601"].Config != want {
			t.Errorf("%s: %+v, %v; want %s", name, m, err, want)
		}
	}
}

func TestWrongServersAreRefusedWithTheirLine(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"near": {`[clusters.c1.servers."meta1:34610"]
config = "a.ini"`, `:3: [clusters.c1.servers."meta1:34610"]: "meta1:34610" is not one of the cluster's meta_servers, each HOST:PORT: did you mean "meta1:34601"`},
		"not HOST:PORT": {`[clusters.c1.servers.first]
config = "a.ini"`, `:3: [clusters.c1.servers.first]: "first" is not one of the cluster's meta_servers, each HOST:PORT: they are meta1:34601, meta2:34601`},
		"nothing": {`[clusters.c1.servers."meta1:34601"]`, `:3: [clusters.c1.servers."meta1:34601"]: it says nothing: it can have config`},
		"both": {`[clusters.c1.servers."meta1:34601"]
read_config = ["cat"]
config = "a.ini"`, `:5: [clusters.c1.servers."meta1:34601"] config: it is a path, so read_config and write_config cannot be there too`},
		"write alone": {`[clusters.c1.servers."meta1:34601"]
stop = "exit"
write_config = ["tee"]`, `:5: [clusters.c1.servers."meta1:34601"] write_config: read_config is missing`},
		"empty path": {`[clusters.c1.servers."meta1:34601"]
config = ""`, `:4: [clusters.c1.servers."meta1:34601"] config: it is empty`},
		"empty line": {`[clusters.c1.servers."meta1:34601"]
config = "a"
stop = ""`, `:5: [clusters.c1.servers."meta1:34601"] stop: it is empty`},
		"empty list": {`[clusters.c1.servers."meta1:34601"]
read_config = []`, `:4: [clusters.c1.servers."meta1:34601"] read_config: it is empty`},
		"empty program": {`[clusters.c1.servers."meta1:34601"]
read_config = ["", "a"]`, `:4: [clusters.c1.servers."meta1:34601"] read_config: the program is empty`},
		"two lines": {`[clusters.c1.servers."meta1:34601"]
stop = "a\nb"`, `:4: [clusters.c1.servers."meta1:34601"] stop: it must be one line`},
		"unknown key": {`[clusters.c1.servers."meta1:34601"]
confg = "a"`, `:4: unknown key "clusters.c1.servers.meta1:34601.confg": did you mean "config"?`},
		"wrong type": {`[clusters.c1.servers."meta1:34601"]
read_config = "cat a.ini"`, `:4: [clusters.c1.servers."meta1:34601"] read_config: it must be a list of texts`},
		"no table": {`servers = ["meta1:34601"]`, `:3: [clusters.c1] servers: it must be a table`},
		"inline":   {`servers = { "meta3:34601" = { config = "a" } }`, `:3: [clusters.c1.servers."meta3:34601"]: "meta3:34601" is not one of the cluster's`},
	} {
		t.Run(name, func(t *testing.T) {
			alone(t)
			file := write(t, twoServers+c.content+"\n")
			if _, err := Load(file); err == nil || !strings.HasPrefix(err.Error(), file+c.want) {
				t.Errorf("error %v\nwant %s%s", err, file, c.want)
			}
		})
	}
}

func TestTheUsersServersAreLaidOnTopOneByOne(t *testing.T) {
	alone(t)
	base := write(t, twoServers+`[clusters.c1.servers]
"meta1:34601" = { config = "/base1", stop = "exit" }
"meta2:34601" = { config = "/base2" }
[clusters.c2]
meta_servers = ["other1:1", "other2:1"]
servers = { "other1:1" = { config = "/other1" }, "other2:1" = { config = "/other2" } }
`)
	usersFile(t, `[clusters.c1.servers."meta1:34601"]
config = "/own1"
[clusters.c2]
meta_servers = ["other2:1", "other3:1"]
`)
	m, err := Load(base)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Cluster{
		"c1": {MetaServers: []string{"meta1:34601", "meta2:34601"}, Servers: map[string]Server{"meta1:34601": {Config: "/own1"}, "meta2:34601": {Config: "/base2"}}},
		"c2": {MetaServers: []string{"other2:1", "other3:1"}, Servers: map[string]Server{"other2:1": {Config: "/other2"}}},
	}
	if diff := cmp.Diff(want, m.Clusters); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestServersOfAClusterThatNobodyDefinesAreRefused(t *testing.T) {
	alone(t)
	file := write(t, "[clusters.c1.servers.\"a:1\"]\nconfig = \"/a\"\n")
	if _, err := Load(file); err == nil || !strings.Contains(err.Error(), "[clusters.c1] meta_servers: the list is missing or empty") {
		t.Errorf("error %v", err)
	}
}

func TestAFileThatOthersCanWriteNamesNoProgramsForServers(t *testing.T) {
	for _, path := range places(t) {
		put(t, path, twoServers+"[clusters.c1.servers.\"meta1:34601\"]\nread_config = [\"cat\"]\n", 0o666)
		if _, err := Load(""); err == nil || !strings.Contains(err.Error(), "can be written by others") {
			t.Errorf("%s: error %v", path, err)
		}
		os.Remove(path)
	}
}
