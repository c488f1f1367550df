package zkserver

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFindInstallationNamesThePackageThatIsMissing(t *testing.T) {
	jars := t.TempDir()
	_, _, err := findInstallation(jars)
	if !errors.Is(err, ErrNotInstalled) || !strings.Contains(err.Error(), "package zookeeper") {
		t.Errorf("error = %v, want ErrNotInstalled that names zookeeper", err)
	}
	if err := os.WriteFile(filepath.Join(jars, "zookeeper.jar"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := findInstallation(jars); !errors.Is(err, ErrNotInstalled) || !strings.Contains(err.Error(), "package libslf4j-java") {
		t.Errorf("error = %v, want ErrNotInstalled that names libslf4j-java", err)
	}
	t.Setenv("PATH", jars)
	if _, _, err := findInstallation(jars); !errors.Is(err, ErrNotInstalled) || !strings.Contains(err.Error(), "default-jre-headless") {
		t.Errorf("error = %v, want ErrNotInstalled that names default-jre-headless", err)
	}
}

func TestAnotherZooKeeperIsAJarOrAClassPath(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "java"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	release := t.TempDir()
	jar := filepath.Join(release, "zookeeper-3.4.14.jar")
	if err := os.WriteFile(jar, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(release)
	for given, want := range map[string]string{
		jar:                    jar + ":" + release + "/*:" + release + "/lib/*",
		"zookeeper-3.4.14.jar": jar + ":" + release + "/*:" + release + "/lib/*",
		"/a/b.jar:/c/*":        "/a/b.jar:/c/*",
		"/c/*":                 "/c/*",
	} {
		_, classpath, err := Config{Jar: given}.installation()
		if err != nil || classpath != want {
			t.Errorf("%s: class path %q, %v; want %q", given, classpath, err, want)
		}
	}
	for _, given := range []string{release, release + "/zookeeper-3.5.jar"} {
		if _, _, err := (Config{Jar: given}).installation(); !errors.Is(err, ErrNotInstalled) || !strings.Contains(err.Error(), given) {
			t.Errorf("%s: error %v, want ErrNotInstalled that names it", given, err)
		}
	}
}

func TestZooCfgHasThePeersAndLetsPropertiesReplaceDefaults(t *testing.T) {
	c := Config{
		Dir: "/d", ClientPort: 2181, ID: 2, TickTime: 2 * time.Second,
		Peers:      []Peer{{ID: 1, QuorumPort: 1001, ElectionPort: 1002}, {ID: 2, QuorumPort: 2001, ElectionPort: 2002}},
		Properties: map[string]string{"syncLimit": "3"},
	}
	want := `4lw.commands.whitelist=srvr,ruok,stat,mntr,conf,cons
admin.enableServer=false
clientPort=2181
clientPortAddress=127.0.0.1
dataDir=/d/data
extendedTypesEnabled=true
initLimit=20
maxClientCnxns=0
maxSessionTimeout=60000
minSessionTimeout=4000
server.1=127.0.0.1:1001:1002
server.2=127.0.0.1:2001:2002
syncLimit=3
tickTime=2000
`
	if diff := cmp.Diff(want, string(c.zooCfg())); diff != "" {
		t.Error(diff)
	}
}
