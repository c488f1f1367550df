package commands

import (
	"slices"
	"strings"

	"pegashell/internal/nearmiss"
	"pegashell/internal/suggestion"
	"pegashell/metaadmin/wire"
)

// Kind says what a word of a line is, or the value of a flag, so that it can be completed: the name of an
// entry of kindSources, and what that needs to know. The zero Kind is a word that only the operator knows.
type Kind []string

// oneOf is the kind of a word that is one of these; what stands behind a tab in one of them describes it.
func oneOf(known ...string) Kind { return append(Kind{"words"}, known...) }

// listOf is the kind of several words of a kind with commas between them.
func listOf(of Kind) Kind { return append(Kind{"list"}, of...) }

// kindFree is the kind of a word that is expected and cannot be completed.
var kindFree Kind

// The kinds that depend on what there is.
var (
	kindCommand      = Kind{"command"}
	kindTopic        = Kind{"help topic"}
	kindCluster      = Kind{"cluster"}
	kindTable        = Kind{"table"}
	kindDroppedTable = Kind{"dropped table"}  // by its id
	kindVariable     = Kind{"table variable"} // of the current table
	kindPartition    = Kind{"partition"}      // a gpid
	kindNode         = Kind{"node"}           // a replica server
	kindServer       = Kind{"server"}         // a meta server too
	kindFile         = Kind{"file"}
	kindRedirected   = Kind{"file", "home"} // ~/ is the home folder
	kindProgram      = oneOf("less\tpage through the output", "grep", "head", "tail", "wc", "sort", "awk", "tee")
	kindBackup       = Kind{"backup"}     // that is there
	kindNewBackup    = Kind{"new backup"} // to be written
	kindSection      = Kind{"section"}    // of the file that is the first word
	kindKey          = Kind{"key"}        // of the section that is the second word
	kindValue        = Kind{"value"}      // of the key that is the third word
	kindBelow        = Kind{"below"}      // a path below the tree that is copied
)

// kindTree is the kind of HOSTS[/PATH]. It may also be a PATH of the connected cluster's ZooKeeper (orOwn), and a
// backup file that is there or to be written (orBackup, orNewBackup).
func kindTree(more ...string) Kind { return append(Kind{"tree"}, more...) }

const (
	orOwn       = "own"
	orBackup    = "backup"
	orNewBackup = "new backup"
)

// The kinds whose words are always the same.
var (
	kindLevel = oneOf(
		"stopped\tchange nothing, not even when asked to",
		"blind\ttake no reports of replica servers: for a copy of the metadata",
		"freezed\tdowngrade the primaries of dead servers, and no more",
		"steady\tthe usual level: everything but balancing",
		"lively\teverything, and balance the replicas",
	)
	kindAppStatus = oneOf(
		"all\tin every state",
		"available\tin service",
		"creating\tpartitions are being assigned",
		"create_failed\tcould not be created",
		"dropping\tbeing dropped",
		"drop_failed\tcould not be dropped",
		"dropped\tcan be recalled until its time is over",
		"recalling\tbeing recalled",
	)
	kindNodeStatus = oneOf("all\tin either state", "alive\tthe leader hears of it", "unalive\tthe leader has lost it")
	kindMatch      = oneOf(
		"all\tevery name, whatever the pattern",
		"exact\tthe name is the pattern",
		"anywhere\tthe name contains it",
		"prefix\tthe name begins with it",
		"postfix\tthe name ends with it",
	)
	kindServers   = oneOf("all\tmeta and replica servers", "meta-server\tthe meta servers", "replica-server\tthe living replica servers")
	kindMove      = oneOf("move_pri\tmake a secondary the primary", "copy_pri\tcopy the primary to another server", "copy_sec\tcopy a secondary to another server")
	kindBoolean   = oneOf("true", "false")
	kindEphemeral = oneOf("true\tleave ephemeral znodes out", "false\tmake plain znodes of them")
	kindChange    = oneOf(changeTypes()...)
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

func changeTypes() []string {
	var names []string
	for t := wire.ConfigAssignPrimary; t <= wire.ConfigRegisterChild; t++ {
		names = append(names, t.String()+"\t"+changes[t])
	}
	return names
}

// kindRemote is a command that servers of 2.5 or of the main branch know; `help` tells which ones a server
// has.
var kindRemote = oneOf(
	"help\tlist the server's commands",
	"config-dump\tthe configuration in use",
	"flush-log\twrite the log out",
	"perf-counters", "perf-counters-by-substr", "perf-counters-by-prefix", "perf-counters-by-postfix",
	"reset-log-start-level",
	"server-info\tversion and start of the server",
	"server-stat",
	"system.queue",
	"task-code",
	"meta.live_percentage",
	"meta.lb.assign_delay_ms",
	"meta.lb.assign_secondary_black_list",
	"meta.lb.balancer_in_turn",
	"meta.lb.get_balance_operation_count",
	"meta.lb.ignored_app_list",
	"meta.lb.only_move_primary",
	"meta.lb.only_primary_balancer",
	"meta.lb.add_secondary_enable_flow_control",
	"meta.lb.add_secondary_max_count_for_one_node",
	"nfs.max_copy_rate_megabytes_per_disk",
	"nfs.max_send_rate_megabytes_per_disk",
	"replica.deny-client",
	"replica.kill_partition",
	"replica.query-app-envs",
	"replica.query-compact",
	"replica.release-tcmalloc-memory",
	"replica.trigger-checkpoint",
	"replica.verbose-client-log",
	"replica.verbose-commit-log",
)

// kindSource gives the candidates of a kind for what was typed of a word. The word's first bytes, keep of them,
// stay as they are; the candidates take the place of the rest.
type kindSource func(q *query, kind Kind, typed string) (keep int, all []suggestion.Suggestion)

// kindSources are the kinds by their names.
var kindSources map[string]kindSource

func init() {
	// Not a literal: the source of lists looks other kinds up.
	kindSources = map[string]kindSource{
		"words":          fixedWords,
		"list":           listedWords,
		"command":        commandNames,
		"help topic":     helpTopics,
		"cluster":        clusterNames,
		"table":          tableNames,
		"dropped table":  droppedTables,
		"table variable": tableVariables,
		"partition":      partitions,
		"node":           nodeAddresses,
		"server":         serverAddresses,
		"file":           fileNames,
		"backup":         backupFiles,
		"new backup":     newBackupFiles,
		"section":        iniSections,
		"key":            iniKeys,
		"value":          iniValues,
		"tree":           trees,
		"below":          pathsBelow,
	}
}

func (k Kind) candidates(q *query, typed string) (keep int, all []suggestion.Suggestion) {
	if len(k) == 0 {
		return 0, nil
	}
	source := kindSources[k[0]]
	if source == nil {
		return 0, nil
	}
	return source(q, k, typed)
}

// near asks whether one of the fixed words was meant; it is empty when none is near.
func (k Kind) near(typed string) string {
	_, all := fixedWords(nil, k, "")
	known := make([]string, len(all))
	for i, c := range all {
		known[i] = c.Text
	}
	return nearmiss.Question(typed, known)
}

func fixedWords(_ *query, kind Kind, _ string) (int, []suggestion.Suggestion) {
	all := make([]suggestion.Suggestion, 0, len(kind)-1)
	for _, word := range kind[1:] {
		text, description, _ := strings.Cut(word, "\t")
		all = append(all, suggestion.Suggestion{Text: text, Description: description})
	}
	return 0, all
}

// listedWords completes the last word of a list, and leaves out those that stand in it.
func listedWords(q *query, kind Kind, typed string) (int, []suggestion.Suggestion) {
	last := strings.LastIndexByte(typed, ',') + 1
	listed := strings.Split(typed[:last], ",")
	keep, all := kind[1:].candidates(q, typed[last:])
	all = slices.DeleteFunc(slices.Clone(all), func(c suggestion.Suggestion) bool { return slices.Contains(listed, c.Text) })
	return last + keep, all
}

func commandNames(q *query, _ Kind, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	for _, c := range q.registry.Commands() {
		all = append(all, suggestion.Suggestion{Text: c.Name, Description: c.Summary})
	}
	return 0, all
}

func helpTopics(q *query, kind Kind, typed string) (int, []suggestion.Suggestion) {
	_, all := commandNames(q, kind, typed)
	for _, plugin := range q.registry.plugins() {
		all = append(all, suggestion.Suggestion{Text: plugin, Description: "the commands of this plugin"})
	}
	return 0, all
}
