// Package manifest reads plugins.toml: the clusters and ZooKeepers that an operator can call by
// name, which commands the shell has, and those of a site that it adds.
//
// The file is the one named on the command line, otherwise the first of these that exists:
//
//	./plugins.toml
//	plugins.toml beside the executable
//
// The user's own file is laid on top, key by key:
//
//	$XDG_CONFIG_HOME/pegashell/plugins.toml ($HOME/.config/pegashell/plugins.toml where the variable is unset)
//
// Files that were not named on the command line are read only if they are the user's or root's and
// nobody else can write them. Without any of them the defaults hold: no names, every plugin on. The
// files are read strictly: a key that is not known is an error, because a misspelt one would
// otherwise be a setting that silently has no effect.
package manifest

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
	"pegashell/internal/tableformat"
)

// FileName is what the file is called where it is searched for.
const FileName = "plugins.toml"

// Manifest is the content of the files.
type Manifest struct {
	// File names the files that were read, with commas; empty for the defaults.
	File string `toml:"-"`
	// Files are the same, the one on top last.
	Files []string `toml:"-"`
	// DefaultCluster names the cluster to connect to when the command line names none; empty for
	// none.
	DefaultCluster string `toml:"default_cluster"`
	// Clusters are the Pegasus clusters by name.
	Clusters map[string]Cluster `toml:"clusters"`
	// ZooKeepers are the ZooKeeper ensembles by name.
	ZooKeepers map[string]ZooKeeper `toml:"zookeepers"`
	// Plugins switches groups of commands on and off; one that is not there is on.
	Plugins map[string]bool `toml:"plugins"`
	// Commands switches single commands on and off, whatever their plugin is.
	Commands map[string]bool `toml:"commands"`
	// External are the commands that programs of the site carry out, in the order of the files.
	External []External `toml:"command"`
	// Defaults are flags that come before those that are typed, by the name of the command.
	Defaults map[string][]string `toml:"defaults"`
	// Shell holds settings of the prompt.
	Shell Shell `toml:"shell"`

	positions positions
}

// Cluster is a Pegasus cluster.
type Cluster struct {
	// MetaServers are its meta servers, each HOST:PORT; at least one.
	MetaServers []string `toml:"meta_servers"`
	// Servers say how the meta servers are configured, stopped and started, by HOST:PORT as in
	// MetaServers; what is missing there an operator does by hand.
	Servers map[string]Server `toml:"servers"`
}

// Shell holds settings of the prompt.
type Shell struct {
	// History is the file that keeps typed lines across sessions; empty for the default place. A
	// leading ~/ is the home folder.
	History string `toml:"history"`
	// Prompt is how the prompt looks: PromptCluster, which is the default, or PromptPlain.
	Prompt string `toml:"prompt"`
	// Pager is the program, a line for sh, that shows what is longer than the window; "off" for none, empty
	// for $PAGER, else less.
	Pager string `toml:"pager"`
	// Native is the program of the original shell and its arguments, which gets the lines whose
	// command is not known; empty for none.
	Native []string `toml:"native"`
	// Language is that of texts for a person, en or zh; empty for the one of LANG at a terminal, and
	// English elsewhere.
	Language string `toml:"language"`
	// Format is the form of tables; tableformat.Plain where it is empty.
	Format tableformat.Format `toml:"format"`
	// Journal is the file that records every command that changes something; empty for the default
	// place. A leading ~/ is the home folder.
	Journal string `toml:"journal"`
}

// The forms of the prompt.
const (
	PromptCluster = "cluster" // with the cluster's name, and its meta level where that is a danger
	PromptPlain   = "plain"   // the original's
)

// Default returns the manifest that holds where no file is found.
func Default() *Manifest { return &Manifest{} }

// Load reads the file at path, or searches for one if path is empty, and the user's own. A file
// that is named must exist; one that is searched for need not. Errors name the file, and the line
// where there is one.
func Load(path string) (*Manifest, error) {
	m := Default()
	bases := []candidate{{path: path, named: true}}
	if path == "" {
		bases = searchPath()
	}
	for _, base := range bases {
		err := m.lay(base)
		if err == nil {
			break
		}
		if base.named || !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if dir, err := os.UserConfigDir(); err == nil {
		own := candidate{path: filepath.Join(dir, "pegashell", FileName), found: true}
		if err := m.lay(own); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	m.File = strings.Join(m.Files, ",")
	if err := m.validate(); err != nil {
		return nil, err
	}
	return m, nil
}

// candidate is a place where a file may be.
type candidate struct {
	path string
	// named says that the person asked for this very file.
	named bool
	// found means that the file was found in a place where others may have put it: it is read if it
	// is the user's own.
	found bool
}

// searchPath lists the places of the package comment. One that is not known is left out.
func searchPath() []candidate {
	paths := []candidate{{path: FileName, found: true}}
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		paths = append(paths, candidate{path: filepath.Join(filepath.Dir(exe), FileName), found: true})
	}
	return paths
}

// lay reads a file and lays it on top of what is there. The same file is read once.
func (m *Manifest) lay(c candidate) error {
	if info, err := os.Stat(c.path); err == nil {
		for _, file := range m.Files {
			if before, err := os.Stat(file); err == nil && os.SameFile(before, info) {
				return nil
			}
		}
	}
	top, err := read(c)
	if err != nil {
		return err
	}
	m.merge(top)
	return nil
}

// Cluster returns the cluster of that name; the error lists the names that are known.
func (m *Manifest) Cluster(name string) (Cluster, error) {
	c, ok := m.Clusters[name]
	if !ok {
		return Cluster{}, m.unknown(message.New("cluster"), "clusters", name, names(m.Clusters))
	}
	return c, nil
}

// ZooKeeper returns the ZooKeeper of that name; the error lists the names that are known.
func (m *Manifest) ZooKeeper(name string) (ZooKeeper, error) {
	z, ok := m.ZooKeepers[name]
	if !ok {
		return ZooKeeper{}, m.unknown(message.New("ZooKeeper"), "zookeepers", name, names(m.ZooKeepers))
	}
	return z, nil
}

// CommandOn reports whether a command is on: by its own switch, otherwise by its plugin's. What has
// no switch is on.
func (m *Manifest) CommandOn(name, plugin string) bool {
	if on, ok := m.Commands[name]; ok {
		return on
	}
	return m.PluginOn(plugin)
}

// PluginOn reports whether a group of commands is on.
func (m *Manifest) PluginOn(name string) bool {
	on, ok := m.Plugins[name]
	return on || !ok
}

// unknown words the error for a name that the manifest does not have, with what would be right.
func (m *Manifest) unknown(what message.Text, table, name string, known []string) error {
	switch question := nearmiss.Question(name, known); {
	case !question.IsZero():
		return message.Errorf("unknown %s %q: %s has %s\n%s", what, name, cmp.Or(m.File, FileName), strings.Join(known, ", "), question)
	case len(known) > 0:
		return message.Errorf("unknown %s %q: %s has %s", what, name, m.File, strings.Join(known, ", "))
	case m.File != "":
		return message.Errorf("unknown %s %q: %s has no table [%s.%s]", what, name, m.File, table, tomlKey(name))
	}
	return message.Errorf("unknown %s %q: no %s was found; name one with -c FILE", what, name, FileName)
}
