package complete

import (
	"pegashell/internal/suggestion"
	"pegashell/internal/tableformat"
	"pegashell/metaadmin/wire"
)

// Program are programs that an output is often sent through.
var Program = Words{
	{Text: "less", Description: "page through the output"},
	{Text: "grep"},
	{Text: "head"},
	{Text: "tail"},
	{Text: "wc"},
	{Text: "sort"},
	{Text: "awk"},
	{Text: "tee"},
}

// The words that are always the same.
var (
	Level = Words{
		{Text: "blind", Description: "ignore reports of replica servers: for a copy of the metadata"},
		{Text: "steady", Description: "the usual level: everything but balancing"},
		{Text: "lively", Description: "everything, and balance the replicas"},
		{Text: "freezed", Description: "only downgrade the primaries of dead servers"},
		{Text: "stopped", Description: "change nothing, not even on request"},
	}
	AppStatus = Words{
		{Text: "all", Description: "in every state"},
		{Text: "available", Description: "in service"},
		{Text: "creating", Description: "partitions are being assigned"},
		{Text: "create_failed", Description: "could not be created"},
		{Text: "dropping", Description: "being dropped"},
		{Text: "drop_failed", Description: "could not be dropped"},
		{Text: "dropped", Description: "can be recalled until it expires"},
		{Text: "recalling", Description: "being recalled"},
	}
	NodeStatus = Words{
		{Text: "all", Description: "in either state"},
		{Text: "alive", Description: "the leader receives its beacons"},
		{Text: "unalive", Description: "the leader misses its beacons"},
	}
	Match = Words{
		{Text: "all", Description: "every name, whatever the pattern"},
		{Text: "exact", Description: "the name is the pattern"},
		{Text: "anywhere", Description: "the name contains it"},
		{Text: "prefix", Description: "the name begins with it"},
		{Text: "postfix", Description: "the name ends with it"},
	}
	ServerKind = Words{
		{Text: "all", Description: "meta and replica servers"},
		{Text: "meta-server", Description: "the meta servers"},
		{Text: "replica-server", Description: "the living replica servers"},
	}
	Move = Words{
		{Text: "move_pri", Description: "make a secondary the primary"},
		{Text: "copy_pri", Description: "copy the primary to another server"},
		{Text: "copy_sec", Description: "copy a secondary to another server"},
	}
	Procedure = Words{
		{Text: "copy", Description: "copy the metadata to the new ZooKeeper"},
		{Text: "recovery", Description: "rebuild it from the replica servers"},
	}
	DataForm = Words{
		{Text: "text", Description: "as it is"},
		{Text: "json", Description: "indented"},
		{Text: "hex", Description: "bytes with their offsets"},
	}
	Format = Words{
		{Text: string(tableformat.Plain), Description: "columns with blanks between them, as the Pegasus shell prints them"},
		{Text: string(tableformat.Lines), Description: "columns between lines"},
		{Text: string(tableformat.Markdown), Description: "for tickets and chats"},
		{Text: string(tableformat.HTML), Description: "for pages and mails"},
		{Text: string(tableformat.CSV), Description: "for spreadsheets and programs"},
	}
	FailMode = Words{
		{Text: "slow", Description: "try again without end"},
		{Text: "skip", Description: "leave the write out"},
	}
	Boolean = Words{
		{Text: "true"},
		{Text: "false"},
	}
	EphemeralChoice = Words{
		{Text: "true", Description: "skip ephemeral znodes"},
		{Text: "false", Description: "write them as persistent znodes"},
	}
	Change = changeTypes()
)

// changes describe what a proposal does.
var changes = map[wire.ConfigType]string{
	wire.ConfigAssignPrimary:            "assign a primary to a partition that has none",
	wire.ConfigUpgradeToPrimary:         "make a secondary the primary",
	wire.ConfigAddSecondary:             "make a server a secondary",
	wire.ConfigUpgradeToSecondary:       "make a learner that has caught up a secondary",
	wire.ConfigDowngradeToSecondary:     "make the primary a secondary",
	wire.ConfigDowngradeToInactive:      "stop serving a replica, keep its data",
	wire.ConfigRemove:                   "remove a replica",
	wire.ConfigAddSecondaryForLB:        "add a secondary as a step of balancing",
	wire.ConfigPrimaryForceUpdateBallot: "make the primary raise its ballot",
	wire.ConfigDropPartition:            "a step of dropping a table",
	wire.ConfigRegisterChild:            "a step of splitting a partition",
}

func changeTypes() Words {
	var names Words
	for t := wire.ConfigAssignPrimary; t <= wire.ConfigRegisterChild; t++ {
		names = append(names, suggestion.Suggestion{Text: t.String(), Description: changes[t]})
	}
	return names
}

// RemoteCommand are the commands that servers of 2.5 or of the main branch know; `help` lists the
// ones of a server.
var RemoteCommand = Words{
	{Text: "help", Description: "list the server's commands"},
	{Text: "config-dump", Description: "the configuration in use"},
	{Text: "flush-log", Description: "flush the log to disk"},
	{Text: "perf-counters"},
	{Text: "perf-counters-by-substr"},
	{Text: "perf-counters-by-prefix"},
	{Text: "perf-counters-by-postfix"},
	{Text: "reset-log-start-level"},
	{Text: "server-info", Description: "version and start of the server"},
	{Text: "server-stat"},
	{Text: "system.queue"},
	{Text: "task-code"},
	{Text: "meta.live_percentage"},
	{Text: "meta.lb.assign_delay_ms"},
	{Text: "meta.lb.assign_secondary_black_list"},
	{Text: "meta.lb.balancer_in_turn"},
	{Text: "meta.lb.get_balance_operation_count"},
	{Text: "meta.lb.ignored_app_list"},
	{Text: "meta.lb.only_move_primary"},
	{Text: "meta.lb.only_primary_balancer"},
	{Text: "meta.lb.add_secondary_enable_flow_control"},
	{Text: "meta.lb.add_secondary_max_count_for_one_node"},
	{Text: "nfs.max_copy_rate_megabytes_per_disk"},
	{Text: "nfs.max_send_rate_megabytes_per_disk"},
	{Text: "replica.deny-client"},
	{Text: "replica.kill_partition"},
	{Text: "replica.query-app-envs"},
	{Text: "replica.query-compact"},
	{Text: "replica.release-tcmalloc-memory"},
	{Text: "replica.trigger-checkpoint"},
	{Text: "replica.verbose-client-log"},
	{Text: "replica.verbose-commit-log"},
}
