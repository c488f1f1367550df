package commands

import (
	"fmt"
	"slices"

	"pegashell/commands/cluster"
	"pegashell/commands/command"
	"pegashell/commands/config"
	"pegashell/commands/shell"
	"pegashell/commands/zookeeper"
	"pegashell/internal/manifest"
)

// Builtin gives all commands in the order of the help: the original's first, in its order, then ours.
func Builtin() []*command.Command {
	return []*command.Command{
		shell.HelpCommand(),
		shell.VersionCommand(),
		cluster.ClusterInfoCommand(),
		cluster.AppCommand(),
		cluster.AppDiskCommand(),
		cluster.LsCommand(),
		cluster.NodesCommand(),
		cluster.CreateCommand(),
		cluster.DropCommand(),
		cluster.RecallCommand(),
		cluster.RenameCommand(),
		cluster.SetMetaLevelCommand(),
		cluster.GetMetaLevelCommand(),
		cluster.BalanceCommand(),
		cluster.ProposeCommand(),
		cluster.UseCommand(),
		cluster.CcCommand(),
		cluster.TimeoutCommand(),
		cluster.RemoteCommandCommand(),
		cluster.ServerInfoCommand(),
		cluster.ServerStatCommand(),
		cluster.AppStatCommand(),
		cluster.FlushLogCommand(),
		cluster.RecoverCommand(),
		cluster.GetAppEnvsCommand(),
		cluster.SetAppEnvsCommand(),
		cluster.DelAppEnvsCommand(),
		cluster.ClearAppEnvsCommand(),
		cluster.DiagnoseCommand(),
		cluster.GetReplicaCountCommand(),
		cluster.SetReplicaCountCommand(),
		cluster.RecoverListCommand(),
		config.ConfigGetCommand(),
		config.ConfigSetCommand(),
		zookeeper.ZkCopyCommand(),
		zookeeper.ZkRmrCommand(),
		zookeeper.ZkLsCommand(),
		zookeeper.ZkCheckCommand(),
		zookeeper.ZkDiffCommand(),
		zookeeper.ZkBackupCommand(),
		zookeeper.ZkRestoreCommand(),
		shell.SourceCommand(),
		shell.WatchCommand(),
		shell.TimeCommand(),
		shell.EchoCommand(),
		shell.PluginsCommand(),
		shell.ExitCommand(),
	}
}

// NewRegistry gives a registry of the built-in commands of the plugins that are on; on is nil for all.
func NewRegistry(on func(plugin string) bool) *command.Registry {
	return command.NewRegistry(Builtin(), func(c *command.Command) bool { return on == nil || c.Plugin == command.PluginShell || on(c.Plugin) })
}

// LoadRegistry gives the registry that a manifest describes: the built-in commands that it leaves on, its own
// ones and its defaults. Errors name the line of the manifest.
func LoadRegistry(m *manifest.Manifest) (*command.Registry, error) {
	all := Builtin()
	builtin := len(all)
	for _, external := range m.External {
		if slices.ContainsFunc(all[:builtin], func(c *command.Command) bool { return c.Name == external.Name }) {
			return nil, fmt.Errorf("%s: [[command]] %s: a built-in command has this name", m.Where("command", external.Name), external.Name)
		}
		all = append(all, shell.ExternalCommand(external))
	}
	r, err := command.LoadRegistry(all, m)
	if native := m.Shell.Native; r != nil && len(native) > 0 {
		r.Fallback = func(words []string) *command.Command { return shell.NativeCommand(native, words) }
	}
	return r, err
}
