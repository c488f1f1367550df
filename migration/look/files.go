package look

import (
	"context"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pegashell/internal/ini"
	"pegashell/metaadmin"
	"pegashell/migration"
)

// readFiles reads the configuration files that the manifest has for the servers, and those that
// were named.
func (l *looking) readFiles(ctx context.Context) {
	type file struct {
		name, server string
		read         migration.ConfigFile
		ports        []string
	}
	var files []file
	for _, server := range slices.Sorted(maps.Keys(l.Servers)) {
		if l.Servers[server].HasConfig() {
			files = append(files, file{name: server, server: server})
		}
	}
	for _, name := range l.Files {
		if !slices.ContainsFunc(files, func(f file) bool { return f.name == name }) {
			files = append(files, file{name: name})
		}
	}
	var reading sync.WaitGroup
	for i := range files {
		f := &files[i]
		reading.Go(func() { f.read, f.ports = l.readFile(ctx, f.name) })
	}
	reading.Wait()
	for i := range files {
		f := &files[i]
		if f.read.Of = l.otherCluster(f.read); f.read.Of != "" {
			f.read.Doubt = "it is the configuration of another cluster: " + f.read.Of
			continue
		}
		if f.read.Config.Server = f.server; f.server == "" && f.read.Known() {
			f.read.Config.Server = l.serverWithPort(f.ports)
		}
	}
	// A port that several files have does not say whose each is.
	for i := range files {
		for k := range files {
			if server := files[i].read.Config.Server; i != k && server != "" && files[i].server == "" && files[k].read.Config.Server == server {
				files[i].read.Config.Server = ""
				if files[k].server == "" {
					files[k].read.Config.Server = ""
				}
			}
		}
	}
	for _, f := range files {
		l.survey.Files = append(l.survey.Files, f.read)
		for i := range l.survey.Meta {
			if m := &l.survey.Meta[i]; f.read.Config.Server == m.Address && m.File.Name == "" {
				m.File = f.read
			}
		}
	}
}

// otherCluster is the name of the cluster whose configuration a file is, where that is another one
// than that of every running meta server: it has another name, and its tree another root.
func (l *looking) otherCluster(f migration.ConfigFile) string {
	name, known := f.Config.ClusterName, false
	for _, m := range l.survey.Meta {
		if m.Running == nil {
			continue
		}
		if known = true; m.Running.ClusterName == "" || m.Running.ClusterName == name || m.Running.ClusterRoot == f.Config.ClusterRoot {
			return ""
		}
	}
	if !known || !f.Known() {
		return ""
	}
	return name
}

// readFile reads one configuration file, and the ports that a meta server listens on with it.
func (l *looking) readFile(ctx context.Context, name string) (read migration.ConfigFile, ports []string) {
	read.Name = name
	ctx, cancel := context.WithTimeout(ctx, programTime)
	defer cancel()
	data, err := l.Read(ctx, name)
	if err != nil {
		read.Doubt = err.Error()
		return read, nil
	}
	file, err := ini.Parse(name, data)
	if err != nil {
		read.Doubt = err.Error()
		return read, nil
	}
	read.Config = configOf(file)
	return read, file.List("apps.meta", "ports")
}

// programTime bounds the reading of a file through a program of the site, such as ssh.
const programTime = 5 * time.Second

// configOf is what is needed of a configuration file, with a server's own defaults.
func configOf(file *ini.File) metaadmin.ServerConfig {
	c := metaadmin.ServerConfig{
		ClusterName: file.String("replication", "cluster_name", ""),
		ClusterRoot: file.String("meta_server", "cluster_root", "/"),
		HostsList:   file.String("zookeeper", "hosts_list", ""),
		MetaServers: file.List("meta_server", "server_list"),
	}
	if words := strings.Fields(file.String("meta_server", "distributed_lock_service_parameters", "")); len(words) > 0 {
		c.LockRoot = words[0]
	}
	// An error of these is a value that the server cannot use either; config_check says so.
	c.Recovery, _ = file.Bool("meta_server", "recover_from_replica_server", false)
	c.ZooKeeperTimeout, _ = file.Duration("zookeeper", "timeout_ms", time.Millisecond, 0)
	return c
}

// serverWithPort is the only known meta server with one of some ports, "" where none or several
// have.
func (l *looking) serverWithPort(ports []string) string {
	found := ""
	for _, m := range l.survey.Meta {
		_, port, _ := net.SplitHostPort(m.Address)
		if !slices.ContainsFunc(ports, func(p string) bool { return samePort(p, port) }) {
			continue
		}
		if found != "" {
			return ""
		}
		found = m.Address
	}
	return found
}

func samePort(a, b string) bool {
	x, errX := strconv.ParseUint(a, 10, 16)
	y, errY := strconv.ParseUint(b, 10, 16)
	return errX == nil && errY == nil && x == y
}
