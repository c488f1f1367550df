package cluster

import "pegashell/commands/command"

// Commands returns the commands of this family in the order of the help, the original's first, in
// its order.
func Commands() []*command.Command {
	return []*command.Command{
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
		addBackupPolicyCommand(),
		lsBackupPolicyCommand(),
		queryBackupPolicyCommand(),
		modifyBackupPolicyCommand(),
		disableBackupPolicyCommand(),
		enableBackupPolicyCommand(),
		restoreAppCommand(),
		queryRestoreStatusCommand(),
		getAppEnvsCommand(),
		setAppEnvsCommand(),
		delAppEnvsCommand(),
		clearAppEnvsCommand(),
		diagnoseCommand(),
		getReplicaCountCommand(),
		setReplicaCountCommand(),
		recoverListCommand(),
	}
}
