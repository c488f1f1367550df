package cluster

import (
	"pegashell/commands/command"
)

// serverInfo is the remote command that reports a server's version and when it was started.
const serverInfo = "server-info"

func serverInfoCommand() *command.Command {
	return &command.Command{
		Name:     "server_info",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Summary:  "show the version and the start time of servers",
		Usage:    targetUsage,
		Notes:    targetNotes,
		Fields:   remoteFields,
		Examples: []string{"server_info", "server_info -t meta-server"},
		Appended: serverInfo,
		Changes:  changes,
		Prepare:  prepareRemote(askCommand),
	}
}
