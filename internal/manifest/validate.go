package manifest

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
	"pegashell/internal/tableformat"
)

// The plugins: groups of commands that can be switched.
const (
	PluginCluster   = "cluster"
	PluginZooKeeper = "zookeeper"
	PluginMigration = "migration"
	PluginConfig    = "config"
	PluginExternal  = "external" // the commands of [[command]]
)

// Plugins are all of them, in the order of the help.
var Plugins = []string{PluginCluster, PluginZooKeeper, PluginMigration, PluginConfig, PluginExternal}

// validate checks what the grammar of the files cannot. Tables are checked in the order of their
// names, so that the same files always return the same error.
func (m *Manifest) validate() error {
	for _, name := range names(m.Clusters) {
		if err := checkServers(m.Clusters[name].MetaServers, "127.0.0.1:34601"); err != nil {
			return m.wrongKey("clusters", name, "meta_servers", err)
		}
		if err := m.checkSiteServers(name); err != nil {
			return err
		}
	}
	for _, name := range names(m.ZooKeepers) {
		if name == OwnZooKeeper {
			return fmt.Errorf("%s: [zookeepers.%s]: this name stands for the connected cluster's ZooKeeper: choose another", m.Where("zookeepers", name), name)
		}
		if key, err := m.ZooKeepers[name].validate(); err != nil {
			return m.wrongKey("zookeepers", name, key, err)
		}
	}
	for _, name := range names(m.Plugins) {
		if !slices.Contains(Plugins, name) {
			hint := cmp.Or(nearmiss.Question(name, Plugins).String(), "the plugins are "+strings.Join(Plugins, ", "))
			return fmt.Errorf("%s: unknown key \"plugins.%s\": %s", m.Where("plugins", name), name, hint)
		}
	}
	if err := m.validateShell(); err != nil {
		return err
	}
	if m.DefaultCluster == "" {
		return nil
	}
	if _, ok := m.Clusters[m.DefaultCluster]; !ok {
		near := ""
		if question := nearmiss.Question(m.DefaultCluster, names(m.Clusters)); !question.IsZero() {
			near = ": " + question.String()
		}
		return fmt.Errorf("%s: default_cluster: there is no table [clusters.%s]%s", m.Where("default_cluster"), tomlKey(m.DefaultCluster), near)
	}
	return nil
}

// wrongKey reports the position of a named table's key and what is wrong with it.
func (m *Manifest) wrongKey(table, name, key string, err error) error {
	return fmt.Errorf("%s: [%s.%s] %s: %w", m.Where(table, name, key), table, tomlKey(name), key, err)
}

func (m *Manifest) validateShell() error {
	switch m.Shell.Prompt {
	case "", PromptCluster, PromptPlain:
	default:
		return fmt.Errorf("%s: [shell] prompt: %q is neither %q nor %q", m.Where("shell", "prompt"), m.Shell.Prompt, PromptCluster, PromptPlain)
	}
	if _, known := message.Named(m.Shell.Language); m.Shell.Language != "" && !known {
		return fmt.Errorf("%s: [shell] language: %q is neither %q nor %q", m.Where("shell", "language"), m.Shell.Language, "en", "zh")
	}
	if m.Shell.Format != "" {
		if _, err := tableformat.Parse(string(m.Shell.Format)); err != nil {
			return fmt.Errorf("%s: [shell] format: %w", m.Where("shell", "format"), err)
		}
	}
	if len(m.Shell.Native) > 0 && m.Shell.Native[0] == "" {
		return fmt.Errorf("%s: [shell] native: the program is empty", m.Where("shell", "native"))
	}
	return nil
}

// checkServers requires at least one HOST:PORT and nothing else; example shows what would be right.
func checkServers(servers []string, example string) error {
	if len(servers) == 0 {
		return fmt.Errorf("the list is missing or empty; it needs at least one HOST:PORT, such as [%q]", example)
	}
	for _, server := range servers {
		host, port, err := net.SplitHostPort(server)
		if strings.Contains(server, "/") {
			return fmt.Errorf("%q has a path; of a ZooKeeper it belongs in chroot or root", server)
		}
		if err != nil || host == "" || strings.ContainsAny(server, " \t\r\n,/") {
			return fmt.Errorf("%q is not HOST:PORT, such as %q", server, example)
		}
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("%q: %q is not a port (1 to 65535)", server, port)
		}
	}
	return nil
}

func names[V any](table map[string]V) []string {
	return slices.Sorted(maps.Keys(table))
}

// tomlKey writes a name as in a table's heading.
func tomlKey(name string) string {
	bare := name != "" && strings.IndexFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-')
	}) < 0
	if bare {
		return name
	}
	return strconv.Quote(name)
}
