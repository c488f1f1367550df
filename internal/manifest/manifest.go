// Package manifest reads plugins.toml: the clusters and ZooKeepers that an operator can call by name, and
// which groups of commands the shell has.
//
// The file is the one named on the command line, else the first of these that exists:
//
//	./plugins.toml
//	$XDG_CONFIG_HOME/pegashell/plugins.toml ($HOME/.config/pegashell/plugins.toml where the variable is unset)
//	plugins.toml beside the executable
//
// Without any of them the defaults hold: no names, every plugin on. The file is read strictly: a key that
// is not known is an error, because a misspelt one would otherwise be a setting that silently has no effect.
package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// FileName is what the file is called where it is searched for.
const FileName = "plugins.toml"

// Manifest is the content of the file.
type Manifest struct {
	// File is the path that was read, empty for the defaults.
	File string `toml:"-"`
	// DefaultCluster names the cluster to connect to when the command line names none; empty for none.
	DefaultCluster string `toml:"default_cluster"`
	// Clusters are the Pegasus clusters by name.
	Clusters map[string]Cluster `toml:"clusters"`
	// ZooKeepers are the ZooKeeper ensembles by name.
	ZooKeepers map[string]ZooKeeper `toml:"zookeepers"`
	// Plugins switches groups of commands on and off.
	Plugins Plugins `toml:"plugins"`
	// Shell holds settings of the prompt.
	Shell Shell `toml:"shell"`
}

// Cluster is a Pegasus cluster.
type Cluster struct {
	// MetaServers are its meta servers, each HOST:PORT; at least one.
	MetaServers []string `toml:"meta_servers"`
}

// Plugins has a switch for each group of commands; all are on by default.
type Plugins struct {
	// Cluster is the group of commands that talk to the meta servers.
	Cluster bool `toml:"cluster"`
	// ZooKeeper is the group of commands that work on znode trees.
	ZooKeeper bool `toml:"zookeeper"`
	// Config is the group of commands that read and change servers' configuration files.
	Config bool `toml:"config"`
}

// Shell holds settings of the prompt.
type Shell struct {
	// History is the file that keeps typed lines across sessions; empty for the default place. A leading ~/
	// stands for the home folder.
	History string `toml:"history"`
}

// Default gives the manifest that holds where no file is found.
func Default() *Manifest {
	return &Manifest{Plugins: Plugins{Cluster: true, ZooKeeper: true, Config: true}}
}

// Load reads the file at path, or searches for one if path is empty. A file that is named must exist; one
// that is searched for need not. Errors name the file, and the line where there is one.
func Load(path string) (*Manifest, error) {
	if path != "" {
		return read(path)
	}
	for _, candidate := range searchPath() {
		m, err := read(candidate)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return m, err
	}
	return Default(), nil
}

// searchPath lists the places of the package comment. One that cannot be told (no home folder) is left out.
func searchPath() []string {
	paths := []string{FileName}
	if dir, err := os.UserConfigDir(); err == nil {
		paths = append(paths, filepath.Join(dir, "pegashell", FileName))
	}
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		paths = append(paths, filepath.Join(filepath.Dir(exe), FileName))
	}
	return paths
}

func read(path string) (*Manifest, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the manifest: %w", err)
	}
	m, err := parse(data)
	if err != nil {
		return nil, inFile(path, err)
	}
	m.File = path
	if err := m.resolvePaths(); err != nil {
		return nil, inFile(path, err)
	}
	return m, nil
}

func parse(data []byte) (*Manifest, error) {
	m := Default()
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(m); err != nil {
		return nil, err
	}
	return m, m.validate()
}

// inFile puts the file in front of the error, and the line and the key where the parser knows them.
func inFile(path string, err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		all := make([]error, len(unknown.Errors))
		for i := range unknown.Errors {
			line, _ := unknown.Errors[i].Position()
			all[i] = fmt.Errorf("%s:%d: unknown key %q", path, line, strings.Join(unknown.Errors[i].Key(), "."))
		}
		return errors.Join(all...)
	}
	var syntax *toml.DecodeError
	if errors.As(err, &syntax) {
		line, column := syntax.Position()
		return fmt.Errorf("%s:%d:%d: %s", path, line, column, strings.TrimPrefix(syntax.Error(), "toml: "))
	}
	return fmt.Errorf("%s: %w", path, err)
}

// Cluster gives the cluster of that name; the error lists the names that are known.
func (m *Manifest) Cluster(name string) (Cluster, error) {
	c, ok := m.Clusters[name]
	if !ok {
		return Cluster{}, m.unknown("cluster", "clusters", name, names(m.Clusters))
	}
	return c, nil
}

// ZooKeeper gives the ZooKeeper of that name; the error lists the names that are known.
func (m *Manifest) ZooKeeper(name string) (ZooKeeper, error) {
	z, ok := m.ZooKeepers[name]
	if !ok {
		return ZooKeeper{}, m.unknown("ZooKeeper", "zookeepers", name, names(m.ZooKeepers))
	}
	return z, nil
}

// PluginOn reports whether a group of commands is on. A group without a switch always is.
func (m *Manifest) PluginOn(name string) bool {
	switch name {
	case "cluster":
		return m.Plugins.Cluster
	case "zookeeper":
		return m.Plugins.ZooKeeper
	case "config":
		return m.Plugins.Config
	}
	return true
}

// unknown words the error for a name that the manifest does not have, with what would be right.
func (m *Manifest) unknown(what, table, name string, known []string) error {
	switch {
	case len(known) > 0:
		return fmt.Errorf("unknown %s %q: %s has %s", what, name, m.File, strings.Join(known, ", "))
	case m.File != "":
		return fmt.Errorf("unknown %s %q: %s has no table [%s.%s]", what, name, m.File, table, tomlKey(name))
	}
	return fmt.Errorf("unknown %s %q: no %s was found; name one with -c FILE", what, name, FileName)
}
