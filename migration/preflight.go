package migration

import (
	"slices"
	"strings"

	"pegashell/internal/message"
)

// Result is what a check has come to.
type Result string

// The results, from the best to the worst.
const (
	Passed Result = "pass"
	Warned Result = "warn"
	Failed Result = "fail"
)

// Check is one thing that was checked before a migration.
type Check struct {
	// Name is that in JSON and in tests, such as target_quorum.
	Name   string
	Result Result
	// Seen is what was found, Do what the operator does about it; Do is empty for what passes.
	Seen, Do message.Text
}

// check looks at the facts. It is not made where it has nothing to do with the procedure.
type check struct {
	name string
	look func(f *PreflightFacts) (Result, message.Text, message.Text)
	only Procedure
}

// checks are all there are, in the order in which they are shown: the new ZooKeeper, the cluster,
// its configurations, and how long it takes.
var checks = []check{
	{name: "target_hosts", look: checkHosts},
	{name: "target_reachable", look: checkReachable},
	{name: "target_credentials", look: checkCredentials},
	{name: "target_quorum", look: checkQuorum},
	{name: "target_ensemble", look: checkOneEnsemble},
	{name: "target_version", look: checkZooKeeperVersions},
	{name: "target_largest_znode", look: checkLargest, only: ByCopy},
	{name: "target_connections", look: checkConnections, only: ByCopy},
	{name: "target_latency", look: checkLatency},
	{name: "target_quota", look: checkQuota},
	{name: "target_acls", look: checkACLs, only: ByCopy},
	{name: "target_path", look: checkPath, only: ByCopy},
	{name: "target_path", look: checkEmptyPath, only: ByRecovery},
	{name: "source_tree", look: checkSource, only: ByCopy},
	{name: "leader", look: checkLeader},
	{name: "meta_level", look: checkLevel},
	{name: "meta_servers", look: checkMetaServers},
	{name: "server_lists", look: checkServerLists},
	{name: "replica_servers", look: checkReplicaServers},
	{name: "partitions", look: checkPartitions},
	{name: "versions", look: checkVersions},
	{name: "tables_in_change", look: checkTablesInChange},
	{name: "partition_splits", look: checkSplits},
	{name: "bulk_loads", look: checkBulkLoads},
	{name: "duplications", look: checkDuplications},
	{name: "backups", look: checkBackups},
	{name: "dropped_tables", look: checkDropped, only: ByRecovery},
	{name: "configurations_readable", look: checkReadable},
	{name: "configurations_agree", look: checkAgree},
	{name: "configurations_startable", look: checkStartable},
	{name: "copy_time", look: checkCopyTime, only: ByCopy},
	{name: "freeze_time", look: checkFreezeTime},
}

// Checks are all checks for a procedure, with their results.
func Checks(f *PreflightFacts) []Check {
	var all []Check
	for _, c := range checks {
		if c.only != "" && c.only != f.By {
			continue
		}
		result, seen, do := c.look(f)
		all = append(all, Check{c.name, result, seen, do})
	}
	return all
}

// Worst is the worst result of checks.
func Worst(checks []Check) Result {
	worst := Passed
	for _, c := range checks {
		switch {
		case c.Result == Failed:
			return Failed
		case c.Result == Warned:
			worst = Warned
		}
	}
	return worst
}

// pass, warn and fail are what a check returns.
func pass(format string, args ...any) (Result, message.Text, message.Text) {
	return Passed, message.New(format, args...), message.Text{}
}

func warn(seen, do message.Text) (Result, message.Text, message.Text) { return Warned, seen, do }

func fail(seen, do message.Text) (Result, message.Text, message.Text) { return Failed, seen, do }

// some are the first of some names, and how many more there are.
func some(names []string) message.Text {
	const shown = 3
	text := message.New("%s", strings.Join(names[:min(shown, len(names))], ", "))
	if more := len(names) - shown; more > 0 {
		return message.New("%s and %d more", text, more)
	}
	return text
}

// namesOf are the names of those for which is holds.
func namesOf[T any](all []T, name func(T) string, is func(T) bool) []string {
	var names []string
	for _, each := range all {
		if is(each) {
			names = append(names, name(each))
		}
	}
	return names
}

// distinct are the different values, in order.
func distinct(values []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(values)))
}
