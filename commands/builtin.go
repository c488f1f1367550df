package commands

import (
	"fmt"
	"slices"

	"pegashell/internal/manifest"
)

// The plugins: groups of commands that the manifest switches on and off. The shell's own are always on.
const (
	PluginShell     = "shell"
	PluginCluster   = manifest.PluginCluster
	PluginZooKeeper = manifest.PluginZooKeeper
	PluginConfig    = manifest.PluginConfig
	PluginExternal  = manifest.PluginExternal
)

// Builtin gives all commands in the order of the help: the original's first, in its order, then ours.
func Builtin() []*Command {
	return []*Command{
		helpCommand(),
		versionCommand(),
		clusterInfoCommand(),
		appCommand(),
		appDiskCommand(),
		lsCommand(),
		nodesCommand(),
		createCommand(),
		dropCommand(),
		recallCommand(),
		renameCommand(),
		setMetaLevelCommand(),
		getMetaLevelCommand(),
		balanceCommand(),
		proposeCommand(),
		useCommand(),
		ccCommand(),
		timeoutCommand(),
		remoteCommandCommand(),
		serverInfoCommand(),
		serverStatCommand(),
		appStatCommand(),
		flushLogCommand(),
		recoverCommand(),
		getAppEnvsCommand(),
		setAppEnvsCommand(),
		delAppEnvsCommand(),
		clearAppEnvsCommand(),
		diagnoseCommand(),
		getReplicaCountCommand(),
		setReplicaCountCommand(),
		recoverListCommand(),
		configGetCommand(),
		configSetCommand(),
		zkCopyCommand(),
		zkRmrCommand(),
		zkLsCommand(),
		zkCheckCommand(),
		zkDiffCommand(),
		zkBackupCommand(),
		zkRestoreCommand(),
		sourceCommand(),
		watchCommand(),
		timeCommand(),
		echoCommand(),
		pluginsCommand(),
		exitCommand(),
	}
}

// NewRegistry gives a registry of the built-in commands of the plugins that are on; on is nil for all.
func NewRegistry(on func(plugin string) bool) *Registry {
	return newRegistry(Builtin(), func(c *Command) bool { return on == nil || c.Plugin == PluginShell || on(c.Plugin) })
}

// LoadRegistry gives the registry that a manifest describes: the built-in commands that it leaves on, its own
// ones and its defaults. Errors name the line of the manifest.
func LoadRegistry(m *manifest.Manifest) (*Registry, error) {
	all := Builtin()
	builtin := len(all)
	for _, external := range m.External {
		if slices.ContainsFunc(all[:builtin], func(c *Command) bool { return c.Name == external.Name }) {
			return nil, fmt.Errorf("%s: [[command]] %s: a built-in command has this name", m.Where("command", external.Name), external.Name)
		}
		all = append(all, externalCommand(external))
	}
	r, err := loadRegistry(all, m)
	if native := m.Shell.Native; r != nil && len(native) > 0 {
		r.Fallback = func(words []string) *Command { return nativeCommand(native, words) }
	}
	return r, err
}
