package zookeeper

import "pegashell/commands/command"

// Commands returns the commands of this family in the order of the help.
func Commands() []*command.Command {
	return []*command.Command{
		zkCopyCommand(),
		zkRmrCommand(),
		zkCdCommand(),
		zkPwdCommand(),
		zkLsCommand(),
		zkGetCommand(),
		zkExistsCommand(),
		zkStatCommand(),
		zkGetACLCommand(),
		zkTreeCommand(),
		zkDuCommand(),
		zkFindCommand(),
		zkGrepCommand(),
		zkSetCommand(),
		zkEditCommand(),
		zkCreateCommand(),
		zkRmCommand(),
		zkSetACLCommand(),
		zkCpCommand(),
		zkMvCommand(),
		zkWatchCommand(),
		zkAppCommand(),
		zkLocksCommand(),
		zksCommand(),
		zkRuokCommand(),
		zkMntrCommand(),
		zkConsCommand(),
		zkCheckCommand(),
		zkDiffCommand(),
		zkBackupCommand(),
		zkRestoreCommand(),
	}
}
