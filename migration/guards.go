package migration

import (
	"slices"

	"pegashell/internal/message"
)

// Names of the guards, by which an operator overrides them.
const (
	GuardTwoLeaders      = "two_leaders"
	GuardBlindLevel      = "blind_level"
	GuardLiveTarget      = "live_target"
	GuardOtherTables     = "other_tables"
	GuardStaleLocks      = "stale_locks"
	GuardUsedTarget      = "used_target"
	GuardRootTarget      = "root_target"
	GuardLiveTree        = "live_tree"
	GuardConnectedTree   = "connected_tree"
	GuardUnknownCluster  = "unknown_cluster"
	GuardUnknownLiveness = "unknown_liveness"
	GuardOverwrite       = "overwrite"
)

// Finding is something that speaks against a change.
type Finding struct {
	// Guard is the guard that found it; "" for what is only warned of.
	Guard string
	// Problem says what was seen, why it matters and what to do, as a clause without a full stop.
	Problem message.Text
	// Then continues the problem with what happens when the guard is overridden, empty where that
	// is plain.
	Then message.Text
	// Final: it cannot be overridden.
	Final bool
}

// Guard looks for what speaks against a change.
type Guard struct {
	// Name is that of its findings, "" for a guard that only warns.
	Name string
	// Overridden says what the change does all the same when the guard is overridden.
	Overridden string
	find       func(*Survey) []Finding
}

// The guards there are.
var (
	twoLeaders      = Guard{GuardTwoLeaders, "continue although two meta servers lead", findTwoLeaders}
	blindLevel      = Guard{GuardBlindLevel, "change the metadata at level blind", findBlindLevel}
	blindDrop       = Guard{GuardBlindLevel, "drop at level blind, where a drop does not complete", findBlindDrop}
	blindLoad       = Guard{GuardBlindLevel, "start a bulk load at level blind, which ends that level", findBlindLoad}
	staleLocks      = Guard{GuardStaleLocks, "accept a source with lock nodes that no session holds", findStaleLocks}
	rootTarget      = Guard{GuardRootTarget, "write to the root of all znodes", findRootTarget}
	otherPath       = Guard{"", "", findOtherPath}
	liveTarget      = Guard{GuardLiveTarget, "write over a tree that living servers use", findLiveTarget}
	otherTables     = Guard{GuardOtherTables, "write over a tree with tables that are missing from the source", findOtherTables}
	usedTarget      = Guard{GuardUsedTarget, "write over a tree that meta servers have used", findUsedTarget}
	unseenServers   = Guard{"", "", findUnseenServers}
	unsettled       = Guard{"", "", findUnsettled}
	liveTree        = Guard{GuardLiveTree, "remove a tree that living servers use", findLiveTree}
	liveEdit        = Guard{GuardLiveTree, "change a tree that living servers use", findLiveEdit}
	unknownEdit     = Guard{GuardUnknownLiveness, "change a tree that living servers may use without being detected", findUnknownUse}
	connectedTree   = Guard{GuardConnectedTree, "remove the tree of the connected cluster", findConnectedTree}
	unknownCluster  = Guard{GuardUnknownCluster, "remove although the cluster cannot report which tree it uses", findUnknownCluster}
	unknownLiveness = Guard{GuardUnknownLiveness, "continue although living servers may use the tree without being detected", findUnknownLiveness}
	unknownUse      = Guard{GuardUnknownLiveness, "continue although living servers may use the tree without being detected", findUnknownUse}
	overwrite       = Guard{GuardOverwrite, "replace a file that exists", findOverwrite}
)

// Following is what zk_copy --follow is called among the guards: its source may change at first.
const Following = "zk_copy --follow"

// guardsOf are the guards of each command that changes a cluster or a tree, in the order in which
// they are heard.
var guardsOf = map[string][]Guard{
	"zk_copy":    {twoLeaders, staleLocks, rootTarget, otherPath, liveTarget, otherTables, usedTarget, unknownLiveness, unseenServers, unsettled},
	Fallback:     {twoLeaders, staleLocks, rootTarget, otherPath, liveTarget, formerTree, unknownLiveness, unseenServers},
	Following:    {twoLeaders, staleLocks, rootTarget, otherPath, liveTarget, otherTables, usedTarget, unknownLiveness, unseenServers},
	"zk_restore": {twoLeaders, staleLocks, rootTarget, otherPath, liveTarget, otherTables, newerTables, unknownLiveness},
	"zk_rmr":     {twoLeaders, liveTree, connectedTree, unknownCluster, unknownUse, overwrite},
	"zk_backup":  {overwrite},
	"zk_set":     editGuards, "zk_create": editGuards, "zk_rm": editGuards, "zk_setacl": editGuards, "zk_edit": editGuards, "zk_cp": editGuards, "zk_mv": editGuards,

	"create": {twoLeaders}, "set_replica_count": {twoLeaders}, // a leader at level blind refuses these by itself
	"drop": {twoLeaders, blindDrop}, "recall": {twoLeaders, blindLevel}, "rename": {twoLeaders, blindLevel},
	"set_app_envs": {twoLeaders, blindLevel}, "del_app_envs": {twoLeaders, blindLevel}, "clear_app_envs": {twoLeaders, blindLevel},
	"add_backup_policy": {twoLeaders, blindLevel}, "modify_backup_policy": {twoLeaders, blindLevel},
	"enable_backup_policy": {twoLeaders, blindLevel}, "disable_backup_policy": {twoLeaders, blindLevel}, "restore_app": {twoLeaders, blindLevel},
	"add_dup": {twoLeaders, blindLevel}, "remove_dup": {twoLeaders, blindLevel}, "start_dup": {twoLeaders, blindLevel},
	"pause_dup": {twoLeaders, blindLevel}, "set_dup_fail_mode": {twoLeaders, blindLevel},
	"start_bulk_load": {twoLeaders, blindLoad}, "pause_bulk_load": {twoLeaders, blindLevel}, "restart_bulk_load": {twoLeaders, blindLevel},
	"cancel_bulk_load": {twoLeaders, blindLevel}, "clear_bulk_load": {twoLeaders, blindLevel},
	"set_meta_level": {twoLeaders}, "balance": {twoLeaders}, "propose": {twoLeaders}, "ddd_diagnose": {twoLeaders}, "recover": {twoLeaders},
}

// editGuards are those of the commands that change single znodes.
var editGuards = []Guard{twoLeaders, liveEdit, unknownEdit}

// helpOrder is the order in which help names guards.
var helpOrder = []string{
	GuardTwoLeaders, GuardBlindLevel,
	GuardLiveTarget, GuardOtherTables, GuardStaleLocks, GuardUsedTarget, GuardRootTarget,
	GuardLiveTree, GuardConnectedTree, GuardUnknownCluster, GuardUnknownLiveness, GuardNewerTables, GuardOverwrite,
}

// Guards returns the guards of a command; known is false for one that changes nothing.
func Guards(command string) (guards []Guard, known bool) {
	guards, known = guardsOf[command]
	return guards, known
}

// NeedsLeaders says of a command whether one of its guards needs Survey.Leaders.
func NeedsLeaders(command string) bool { return hasGuard(command, GuardTwoLeaders) }

// NeedsLevel says of a command whether one of its guards needs Survey.Level.
func NeedsLevel(command string) bool { return hasGuard(command, GuardBlindLevel) }

func hasGuard(command, name string) bool {
	return slices.ContainsFunc(guardsOf[command], func(g Guard) bool { return g.Name == name })
}

// Overridable are the guards of a command that the operator can override by their names, in the
// order of the help.
func Overridable(command string) []Guard {
	var found []Guard
	for _, name := range helpOrder {
		for _, g := range guardsOf[command] {
			if g.Name == name && g.Overridden != "" {
				found = append(found, g)
			}
		}
	}
	return found
}

// Find returns what the guards of a command find, in their order.
func Find(command string, s *Survey) []Finding {
	var found []Finding
	for _, g := range guardsOf[command] {
		found = append(found, g.find(s)...)
	}
	return found
}
