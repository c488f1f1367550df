package commands

func remoteCommandCommand() *Command {
	return &Command{
		Name:     "remote_command",
		Plugin:   PluginCluster,
		Summary:  "have servers carry out one of their own commands",
		Usage:    "[-t all|meta-server|replica-server] [-r|--resolve_ip] [-l ip:port,ip:port...]<command> [arguments...]",
		Notes:    "`help` is such a command. " + targetNotes,
		Examples: []string{"remote_command -t meta-server help", "remote_command -l 127.0.0.1:34801 perf-counters-by-substr memused"},
		Args:     []Kind{kindRemote},
		Prepare:  prepareRemote(askCommand),
	}
}
