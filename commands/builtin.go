package commands

import "pegashell/internal/manifest"

// The plugins: groups of commands that the manifest switches on and off. The shell's own are always on.
const (
	PluginShell     = "shell"
	PluginCluster   = manifest.PluginCluster
	PluginZooKeeper = manifest.PluginZooKeeper
	PluginConfig    = manifest.PluginConfig
	PluginExternal  = manifest.PluginExternal
)

// builtin gives all commands in the order of the help: the original's first, in its order, then ours.
func builtin() []*Command {
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
