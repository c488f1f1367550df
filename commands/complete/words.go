package complete

import "pegashell/metaadmin/wire"

// Program are programs that an output is often sent through.
var Program = Words{
	{"less", "page through the output"},
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
		{"stopped", "change nothing, not even when asked to"},
		{"blind", "take no reports of replica servers: for a copy of the metadata"},
		{"freezed", "downgrade the primaries of dead servers, and no more"},
		{"steady", "the usual level: everything but balancing"},
		{"lively", "everything, and balance the replicas"},
	}
	AppStatus = Words{
		{"all", "in every state"},
		{"available", "in service"},
		{"creating", "partitions are being assigned"},
		{"create_failed", "could not be created"},
		{"dropping", "being dropped"},
		{"drop_failed", "could not be dropped"},
		{"dropped", "can be recalled until its time is over"},
		{"recalling", "being recalled"},
	}
	NodeStatus = Words{
		{"all", "in either state"},
		{"alive", "the leader hears of it"},
		{"unalive", "the leader has lost it"},
	}
	Match = Words{
		{"all", "every name, whatever the pattern"},
		{"exact", "the name is the pattern"},
		{"anywhere", "the name contains it"},
		{"prefix", "the name begins with it"},
		{"postfix", "the name ends with it"},
	}
	ServerKind = Words{
		{"all", "meta and replica servers"},
		{"meta-server", "the meta servers"},
		{"replica-server", "the living replica servers"},
	}
	Move = Words{
		{"move_pri", "make a secondary the primary"},
		{"copy_pri", "copy the primary to another server"},
		{"copy_sec", "copy a secondary to another server"},
	}
	Boolean = Words{
		{Text: "true"},
		{Text: "false"},
	}
	EphemeralChoice = Words{
		{"true", "leave ephemeral znodes out"},
		{"false", "make plain znodes of them"},
	}
	Change = changeTypes()
)

// changes say what comes of a proposal.
var changes = map[wire.ConfigType]string{
	wire.ConfigAssignPrimary:            "give a partition without a primary one",
	wire.ConfigUpgradeToPrimary:         "make a secondary the primary",
	wire.ConfigAddSecondary:             "have a server become a secondary",
	wire.ConfigUpgradeToSecondary:       "make a learner that has caught up a secondary",
	wire.ConfigDowngradeToSecondary:     "make the primary a secondary",
	wire.ConfigDowngradeToInactive:      "take a replica out of service, keep its data",
	wire.ConfigRemove:                   "remove a replica",
	wire.ConfigAddSecondaryForLB:        "add a secondary as a step of balancing",
	wire.ConfigPrimaryForceUpdateBallot: "have the primary raise its ballot",
	wire.ConfigDropPartition:            "a step of dropping a table",
	wire.ConfigRegisterChild:            "a step of splitting a partition",
}

func changeTypes() Words {
	var names Words
	for t := wire.ConfigAssignPrimary; t <= wire.ConfigRegisterChild; t++ {
		names = append(names, Candidate{t.String(), changes[t]})
	}
	return names
}

// RemoteCommand are the commands that servers of 2.5 or of the main branch know; `help` tells which ones a server
// has.
var RemoteCommand = Words{
	{"help", "list the server's commands"},
	{"config-dump", "the configuration in use"},
	{"flush-log", "write the log out"},
	{Text: "perf-counters"},
	{Text: "perf-counters-by-substr"},
	{Text: "perf-counters-by-prefix"},
	{Text: "perf-counters-by-postfix"},
	{Text: "reset-log-start-level"},
	{"server-info", "version and start of the server"},
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
