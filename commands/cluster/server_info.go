package cluster

import (
	"pegashell/commands/command"
)

func serverInfoCommand() *command.Command {
	return &command.Command{
		Name:     "server_info",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "show the version and the start of servers",
		Usage:    targetUsage,
		Notes:    targetNotes,
		Examples: []string{"server_info", "server_info -t meta-server"},
		Appended: "server-info",
		Changes:  changes,
		Prepare:  prepareRemote(askCommand),
	}
}
