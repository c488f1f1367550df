package look

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/manifest"
	"pegashell/metaadmin"
	"pegashell/migration"
)

// configFile is a file of a meta server that listens on a port.
func configFile(port int, zookeeper string) string {
	return fmt.Sprintf("[apps.meta]\nports = %d\n[meta_server]\nserver_list = h1:1, h2:2\ncluster_root = /p\ndistributed_lock_service_parameters = /l x\n"+
		"recover_from_replica_server = TRUE\n[zookeeper]\nhosts_list = %s\ntimeout_ms = 5000\n[replication]\ncluster_name = c\n", port, zookeeper)
}

func TestConfigurationFilesAreAttributedByThePort(t *testing.T) {
	files := map[string]string{
		"one": configFile(1, "a:2181"), "two": configFile(2, "b:2181/x"), "again": configFile(2, "b:2181"), "broken": "hello", "nine": configFile(9, "a:2181"), "none": "[a]\nb = c\n",
	}
	read := func(_ context.Context, name string) ([]byte, error) {
		text, ok := files[name]
		if !ok {
			return nil, errors.New("no such file")
		}
		return []byte(text), nil
	}
	look := func(sites map[string]manifest.Server, servers []string, names ...string) map[string]string {
		l := &looking{Options: Options{Read: read, Files: names, Servers: sites}, survey: &migration.Survey{}}
		for _, s := range servers {
			l.survey.Meta = append(l.survey.Meta, migration.MetaServer{Address: s})
		}
		l.readFiles(t.Context())
		got := map[string]string{}
		for _, f := range l.survey.Files {
			got[f.Name] = f.Config.Server
			for _, m := range l.survey.Meta {
				if m.File.Name == f.Name && m.Address != f.Config.Server {
					t.Errorf("%s is the file of %s, not of %s", f.Name, m.Address, f.Config.Server)
				}
			}
		}
		return got
	}
	for _, c := range []struct {
		name    string
		sites   map[string]manifest.Server
		servers []string
		files   []string
		want    map[string]string
	}{
		{"by port", nil, []string{"h1:1", "h2:2"}, []string{"one", "two"}, map[string]string{"one": "h1:1", "two": "h2:2"}},
		{"the same port on two hosts", nil, []string{"h1:1", "h2:1"}, []string{"one"}, map[string]string{"one": ""}},
		{"two files with one port", nil, []string{"h1:1", "h2:2"}, []string{"one", "two", "again"}, map[string]string{"one": "h1:1", "two": "", "again": ""}},
		{"nobody has the port", nil, []string{"h1:1"}, []string{"nine", "none"}, map[string]string{"nine": "", "none": ""}},
		{"one that cannot be read", nil, []string{"h1:1"}, []string{"missing", "broken"}, map[string]string{"missing": "", "broken": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, look(c.sites, c.servers, c.files...)); diff != "" {
				t.Error(diff)
			}
		})
	}
	files["h2:2"] = configFile(2, "a:2181")
	sites := map[string]manifest.Server{"h2:2": {Config: "somewhere"}, "h1:1": {Stop: "stop"}}
	want := map[string]string{"h2:2": "h2:2", "one": "h1:1", "two": ""}
	if diff := cmp.Diff(want, look(sites, []string{"h1:1", "h2:2"}, "one", "two")); diff != "" {
		t.Errorf("with the manifest:\n%s", diff)
	}
}

func TestAConfigurationOfAnotherClusterIsLeftOut(t *testing.T) {
	for name, c := range map[string]struct {
		running []*metaadmin.ServerConfig
		want    string // whose the file is
	}{
		"another name and root":    {[]*metaadmin.ServerConfig{{ClusterName: "d", ClusterRoot: "/d"}, nil}, "c"},
		"the same name":            {[]*metaadmin.ServerConfig{{ClusterName: "c", ClusterRoot: "/d"}}, ""},
		"the same root":            {[]*metaadmin.ServerConfig{{ClusterName: "d", ClusterRoot: "/p"}}, ""},
		"a server without a name":  {[]*metaadmin.ServerConfig{{ClusterRoot: "/d"}}, ""},
		"one of two servers alike": {[]*metaadmin.ServerConfig{{ClusterName: "d", ClusterRoot: "/d"}, {ClusterName: "c", ClusterRoot: "/p"}}, ""},
		"nothing runs":             {nil, ""},
	} {
		file := "[apps.meta]\nports = 1\n[meta_server]\ncluster_root = /p\n[zookeeper]\nhosts_list = z:1\n[replication]\ncluster_name = c\n"
		l := &looking{Options: Options{Read: func(context.Context, string) ([]byte, error) { return []byte(file), nil }, Files: []string{"f"}}, survey: &migration.Survey{}}
		for i, running := range append(c.running, nil) {
			l.survey.Meta = append(l.survey.Meta, migration.MetaServer{Address: fmt.Sprintf("h:%d", i+1), Running: running})
		}
		l.readFiles(t.Context())
		if got := l.survey.Files[0]; got.Of != c.want || got.Known() != (c.want == "") || (l.survey.Meta[0].File.Name == "") != (c.want != "") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAConfigurationFileIsReadAsAServerReadsIt(t *testing.T) {
	l := &looking{Options: Options{Read: func(context.Context, string) ([]byte, error) { return []byte(configFile(1, "a:1,b:2/x")), nil }}}
	got, ports := l.readFile(t.Context(), "f")
	want := migration.ConfigFile{Name: "f", Config: metaadmin.ServerConfig{
		ClusterName: "c", ClusterRoot: "/p", LockRoot: "/l", HostsList: "a:1,b:2/x", ZooKeeperTimeout: 5 * time.Second, MetaServers: []string{"h1:1", "h2:2"}, Recovery: true,
	}}
	if diff := cmp.Diff(want, got); diff != "" || !got.Known() {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"1"}, ports); diff != "" {
		t.Error(diff)
	}
	l.Read = func(context.Context, string) ([]byte, error) { return nil, errors.New("not there") }
	if got, _ := l.readFile(t.Context(), "f"); got.Doubt != "not there" || got.Known() {
		t.Errorf("%+v", got)
	}
}
