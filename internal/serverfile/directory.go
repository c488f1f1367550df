// Package serverfile reads and replaces the configurations of meta servers. Each has a name, the
// word that commands take: that of a file, or HOST:PORT of a meta server for which plugins.toml
// names a file, or programs that read and write it.
package serverfile

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
)

// Directory finds configurations by their names.
type Directory struct {
	// Manifest says where the configurations of meta servers are; nil for nowhere.
	Manifest *manifest.Manifest
	// Metas are the connected cluster's meta servers, HOST:PORT.
	Metas []string
	// State is the folder for copies of what only programs can read; "" for none.
	State string
	// Now and Location are the clock by which copies are named.
	Now      func() time.Time
	Location *time.Location
	// Patience is how long a program may take that reads or writes a configuration; 0 is 30 s.
	Patience time.Duration
}

// Configuration is that of one server, or any configuration file.
type Configuration struct {
	// Name is the word for it in commands.
	Name string
	// Server is the meta server that it is for, HOST:PORT; "" where the manifest does not say.
	Server string
	// Cluster is the name of the server's cluster in the manifest, and Site what that says.
	Cluster string
	Site    manifest.Server
	// Path is its file; "" where programs read it.
	Path string

	dir Directory
}

// Find returns the configuration of a name. A name of a server whose table says nothing of its
// configuration is an error, and so is one that looks like a server and is nothing; any other word is
// a file.
func (d Directory) Find(name string) (*Configuration, error) {
	cluster, server, ok := d.entry(name)
	switch {
	case !ok && d.unknownServer(name):
		return nil, d.notDescribed(name)
	case !ok:
		return &Configuration{Name: name, Path: name, dir: d}, nil
	case !server.HasConfig():
		return nil, message.Errorf("%s: %s says nothing of its configuration: add config, or read_config and write_config",
			d.Manifest.Where("clusters", cluster, "servers", name), manifest.ServerTable(cluster, name))
	}
	return d.of(name, cluster, server), nil
}

// unknownServer says of a word whether it can only be meant for a server.
func (d Directory) unknownServer(name string) bool {
	host, port, err := net.SplitHostPort(name)
	if _, portErr := strconv.ParseUint(port, 10, 16); err != nil || host == "" || portErr != nil || strings.Contains(host, "/") {
		return false
	}
	_, err = os.Lstat(name)
	return errors.Is(err, fs.ErrNotExist)
}

// notDescribed is the error for a server of which the manifest says nothing.
func (d Directory) notDescribed(server string) error {
	if question := nearmiss.Question(server, d.Names()); !question.IsZero() && !slices.Contains(d.Servers(), server) {
		return message.Errorf("there is no file %s, and no meta server of this name in plugins.toml: %s", server, question)
	}
	return message.Errorf("there is no file %s, and plugins.toml does not say where the configuration of the meta server %s is: it needs a table %s with config, or read_config and write_config",
		server, server, d.Heading(server))
}

func (d Directory) of(name, cluster string, server manifest.Server) *Configuration {
	return &Configuration{Name: name, Server: name, Cluster: cluster, Site: server, Path: server.Config, dir: d}
}

// entry finds what the manifest says of a server: as one of the connected cluster first.
func (d Directory) entry(server string) (cluster string, found manifest.Server, ok bool) {
	for _, name := range slices.Concat(d.clusters(), slices.Sorted(maps.Keys(d.all()))) {
		if found, ok = d.all()[name].Servers[server]; ok {
			return name, found, true
		}
	}
	return "", manifest.Server{}, false
}

func (d Directory) all() map[string]manifest.Cluster {
	if d.Manifest == nil {
		return nil
	}
	return d.Manifest.Clusters
}

// clusters are the names by which the manifest knows the connected cluster: of those that share a
// meta server with it.
func (d Directory) clusters() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(d.all())) {
		if slices.ContainsFunc(d.all()[name].MetaServers, func(meta string) bool { return slices.Contains(d.Metas, meta) }) {
			names = append(names, name)
		}
	}
	return names
}

// Servers are the meta servers of the connected cluster: those of the shell's list, and those that
// the manifest has besides, if it knows the cluster.
func (d Directory) Servers() []string {
	servers := slices.Clone(d.Metas)
	for _, name := range d.clusters() {
		for _, meta := range d.all()[name].MetaServers {
			if !slices.Contains(servers, meta) {
				servers = append(servers, meta)
			}
		}
	}
	return servers
}

// All returns the configurations of Servers that can be read from here, and the servers of which
// the manifest has none: there everything is done by hand.
func (d Directory) All() (known []*Configuration, byHand []string) {
	for _, server := range d.Servers() {
		cluster, site, ok := d.entry(server)
		if ok && site.HasConfig() {
			known = append(known, d.of(server, cluster, site))
		} else {
			byHand = append(byHand, server)
		}
	}
	return known, byHand
}

// Heading is how the table of a server is written that the manifest could have, for a hint.
func (d Directory) Heading(server string) string {
	cluster := "NAME"
	if names := d.clusters(); len(names) > 0 {
		cluster = names[0]
	}
	return manifest.ServerTable(cluster, server)
}

// Names are all servers with a configuration, the connected cluster's first.
func (d Directory) Names() []string {
	var names []string
	for _, cluster := range slices.Concat(d.clusters(), slices.Sorted(maps.Keys(d.all()))) {
		servers := d.all()[cluster].Servers
		for _, server := range slices.Sorted(maps.Keys(servers)) {
			if servers[server].HasConfig() && !slices.Contains(names, server) {
				names = append(names, server)
			}
		}
	}
	return names
}

// Label is the configuration in messages: its file, with the server whose name was typed, or the
// server alone.
func (c *Configuration) Label() string {
	if c.Server != "" && c.Path != "" {
		return fmt.Sprintf("%s (%s)", c.Server, c.Path)
	}
	return c.Name
}

// File is what a position in the configuration begins with, as in FILE:LINE.
func (c *Configuration) File() string {
	if c.Path != "" {
		return c.Path
	}
	return c.Name
}

// ReadOnly reports whether the site has named no program that writes the configuration.
func (c *Configuration) ReadOnly() bool { return c.Path == "" && len(c.Site.WriteConfig) == 0 }

// commandLine writes a program and its arguments for people.
func commandLine(words []string) string { return strings.Join(words, " ") }
