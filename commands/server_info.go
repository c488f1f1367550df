package commands

func serverInfoCommand() *Command {
	return &Command{
		Name:     "server_info",
		Plugin:   PluginCluster,
		Reads:    true,
		Summary:  "show the version and the start of servers",
		Usage:    targetUsage,
		Notes:    targetNotes,
		Examples: []string{"server_info", "server_info -t meta-server"},
		Appended: "server-info",
		Prepare:  prepareRemote(askCommand),
	}
}
