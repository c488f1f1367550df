package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"pegashell/internal/homefile"
	"pegashell/internal/nearmiss"
)

// Server is how a site looks after one meta server.
type Server struct {
	// Config is its configuration file as seen from here; empty where it cannot be seen. In the
	// file a leading ~/ is the home folder, and other relative paths begin at the manifest's folder.
	Config string `toml:"config"`
	// ReadConfig is a program and its arguments that prints the configuration file, instead of
	// Config; WriteConfig one that replaces it by its standard input, empty where it can only be
	// read. The programs are named as that of External.
	ReadConfig  []string `toml:"read_config"`
	WriteConfig []string `toml:"write_config"`
	// Stop, Start and Restart are lines of this shell, with commands of [[command]].
	Stop    string `toml:"stop"`
	Start   string `toml:"start"`
	Restart string `toml:"restart"`
}

// HasConfig reports whether the server's configuration can be read from here.
func (s Server) HasConfig() bool { return s.Config != "" || len(s.ReadConfig) > 0 }

// ServerLine is a line of the shell that a manifest has for a server, and the key that it is in.
type ServerLine struct{ Key, Line string }

// Lines are those lines that the manifest has.
func (s Server) Lines() []ServerLine {
	all := []ServerLine{{"stop", s.Stop}, {"start", s.Start}, {"restart", s.Restart}}
	return slices.DeleteFunc(all, func(l ServerLine) bool { return l.Line == "" })
}

// WhereServer returns the position of a key of a server's table, FILE:LINE, and the table's heading
// with the key, for an error.
func (m *Manifest) WhereServer(cluster, server, key string) string {
	return fmt.Sprintf("%s: %s %s", m.Where("clusters", cluster, "servers", server, key), ServerTable(cluster, server), key)
}

// ServerTable is the heading of a server's table.
func ServerTable(cluster, server string) string {
	return fmt.Sprintf("[clusters.%s.servers.%s]", tomlKey(cluster), tomlKey(server))
}

// layClusters lays clusters on top: their lists of meta servers replace those of clusters with the
// same name, and their servers those with the same address. A server that the new list does not
// have leaves with the old list.
func (m *Manifest) layClusters(top map[string]Cluster) {
	if m.Clusters == nil {
		m.Clusters = map[string]Cluster{}
	}
	for name, over := range top {
		c := m.Clusters[name]
		if over.MetaServers != nil {
			for server := range c.Servers {
				if slices.Contains(c.MetaServers, server) && !slices.Contains(over.MetaServers, server) {
					delete(c.Servers, server)
				}
			}
			c.MetaServers = over.MetaServers
		}
		lay(&c.Servers, over.Servers)
		m.Clusters[name] = c
	}
}

// resolveServers makes the paths and programs of the file independent of the working folder.
func (m *Manifest) resolveServers() error {
	for _, cluster := range names(m.Clusters) {
		for _, server := range names(m.Clusters[cluster].Servers) {
			s := m.Clusters[cluster].Servers[server]
			if key, err := s.resolve(m.File); err != nil {
				return fmt.Errorf("%s: %w", m.WhereServer(cluster, server, key), err)
			}
			m.Clusters[cluster].Servers[server] = s
		}
	}
	return nil
}

func (s *Server) resolve(file string) (key string, err error) {
	if s.Config != "" {
		if s.Config, err = configPath(s.Config, file); err != nil {
			return "config", err
		}
	}
	if err := resolveProgram(s.ReadConfig, file); err != nil {
		return "read_config", err
	}
	return "write_config", resolveProgram(s.WriteConfig, file)
}

// resolveProgram makes the first of a program's words independent of the working folder.
func resolveProgram(words []string, file string) (err error) {
	switch {
	case len(words) == 0:
		return nil
	case words[0] == "":
		return errors.New("the program is empty")
	}
	words[0], err = programPath(words[0], file)
	return err
}

// configPath is the path that a file means.
func configPath(path, file string) (string, error) {
	full, err := homefile.Expand(path)
	if err != nil || filepath.IsAbs(full) {
		return full, err
	}
	return filepath.Abs(filepath.Join(filepath.Dir(file), full))
}

// checkSiteServers checks what a cluster's table says of its servers.
func (m *Manifest) checkSiteServers(cluster string) error {
	c := m.Clusters[cluster]
	for _, server := range names(c.Servers) {
		if !slices.Contains(c.MetaServers, server) {
			hint := cmp.Or(nearmiss.Question(server, c.MetaServers).String(), "they are "+strings.Join(c.MetaServers, ", "))
			return fmt.Errorf("%s: %s: %q is not one of the cluster's meta_servers, each HOST:PORT: %s",
				m.Where("clusters", cluster, "servers", server), ServerTable(cluster, server), server, hint)
		}
		if key, err := c.Servers[server].check(); err != nil {
			return fmt.Errorf("%s: %w", strings.TrimSpace(m.WhereServer(cluster, server, key)), err)
		}
	}
	return nil
}

// check says what is wrong with the table, and in which key; "" is the table itself.
func (s Server) check() (key string, err error) {
	switch {
	case !s.HasConfig() && len(s.WriteConfig) > 0:
		return "write_config", errors.New("read_config is missing: what a program writes is read back")
	case s.Config != "" && len(s.ReadConfig)+len(s.WriteConfig) > 0:
		return "config", errors.New("it is a path, so read_config and write_config cannot be there too: name either the file or the programs")
	case !s.HasConfig() && len(s.Lines()) == 0:
		return "", errors.New("it says nothing: it can have config, or read_config and write_config, and stop, start, restart")
	}
	for _, l := range s.Lines() {
		if strings.ContainsAny(l.Line, "\n\r\x00") {
			return l.Key, errors.New("it must be one line")
		}
	}
	return "", nil
}
