package cluster

import (
	"pegashell/commands/command"
)

func flushLogCommand() *command.Command {
	return &command.Command{
		Name:     "flush_log",
		Plugin:   command.PluginCluster,
		Summary:  "let servers write their logs to disk",
		Usage:    "[-t all|meta-server|replica-server] [-l ip:port,ip:port...][-r|--resolve_ip]",
		Notes:    targetNotes,
		Fields:   remoteFields,
		Examples: []string{"flush_log", "flush_log -l 127.0.0.1:34801"},
		Appended: "flush-log",
		Prepare:  prepareRemote(askCommand),
	}
}
