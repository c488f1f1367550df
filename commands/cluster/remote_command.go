package cluster

import (
	"pegashell/commands/command"
	"pegashell/commands/complete"
)

func remoteCommandCommand() *command.Command {
	return &command.Command{
		Name:     "remote_command",
		Plugin:   command.PluginCluster,
		Reads:    true,
		Changes:  changes,
		Summary:  "let servers run one of their own commands",
		Usage:    "[-t all|meta-server|replica-server] [-r|--resolve_ip] [-l ip:port,ip:port...]<command> [arguments...]",
		Notes:    "`help` lists these commands. " + targetNotes,
		Fields:   remoteFields,
		Examples: []string{"remote_command -t meta-server help", "remote_command -l 127.0.0.1:34801 perf-counters-by-substr memused"},
		Args:     []complete.Kind{complete.RemoteCommand.Complete},
		Prepare:  prepareRemote(askCommand),
	}
}
