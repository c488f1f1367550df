package wire

import (
	"fmt"
	"slices"
	"strings"
)

// AppStatus is a table's state (idl: app_status).
type AppStatus int32

// The states of a table. AppInvalid in a request means any.
const (
	AppInvalid AppStatus = iota
	AppAvailable
	AppCreating
	AppCreateFailed
	AppDropping
	AppDropFailed
	AppDropped
	AppRecalling
)

var appStatusNames = [...]string{"INVALID", "AVAILABLE", "CREATING", "CREATE_FAILED", "DROPPING", "DROP_FAILED", "DROPPED", "RECALLING"}

// String returns the state's name without its AS_ prefix, as the shell prints it.
func (s AppStatus) String() string {
	if s < 0 || int(s) >= len(appStatusNames) {
		return fmt.Sprintf("%d", int32(s))
	}
	return appStatusNames[s]
}

// NodeStatus is a replica server's state as the leader sees it (idl: node_status).
type NodeStatus int32

// The states of a replica server. NodeInvalid in a request means any.
const (
	NodeInvalid NodeStatus = iota
	NodeAlive
	NodeUnalive
)

// String returns the state's name without its NS_ prefix, as the shell prints it.
func (s NodeStatus) String() string {
	switch s {
	case NodeInvalid:
		return "INVALID"
	case NodeAlive:
		return "ALIVE"
	case NodeUnalive:
		return "UNALIVE"
	}
	return fmt.Sprintf("%d", int32(s))
}

// MetaLevel is the leader's function level (idl: meta_function_level).
type MetaLevel int32

// The levels, from doing nothing to balancing on its own. LevelInvalid in a control request changes
// nothing.
const (
	LevelStopped MetaLevel = 100
	LevelBlind   MetaLevel = 200
	LevelFreezed MetaLevel = 300
	LevelSteady  MetaLevel = 400
	LevelLively  MetaLevel = 500
	LevelInvalid MetaLevel = 10000
)

// MetaLevels are the levels that can be set, lowest first.
var MetaLevels = []MetaLevel{LevelStopped, LevelBlind, LevelFreezed, LevelSteady, LevelLively}

var metaLevelNames = map[MetaLevel]string{
	LevelStopped: "stopped", LevelBlind: "blind", LevelFreezed: "freezed",
	LevelSteady: "steady", LevelLively: "lively", LevelInvalid: "invalid",
}

// String returns the level's name as in cluster_info; the enum's own names carry the prefix fl_.
func (l MetaLevel) String() string {
	if s, ok := metaLevelNames[l]; ok {
		return s
	}
	return fmt.Sprintf("%d", int32(l))
}

// ParseMetaLevel reads the name of a level that can be set, in any case, without the prefix fl_.
func ParseMetaLevel(s string) (MetaLevel, error) {
	for _, l := range MetaLevels {
		if strings.EqualFold(s, l.String()) {
			return l, nil
		}
	}
	return LevelInvalid, fmt.Errorf("%q is not a meta level", s)
}

// EnvOp says what an update of a table's environment variables does (idl: app_env_operation).
type EnvOp int32

// The operations on environment variables.
const (
	EnvSet   EnvOp = 1
	EnvDel   EnvOp = 2
	EnvClear EnvOp = 3
)

// ConfigType is a change of a partition's replica (idl: config_type).
type ConfigType int32

// The changes of a partition's configuration.
const (
	ConfigInvalid ConfigType = iota
	ConfigAssignPrimary
	ConfigUpgradeToPrimary
	ConfigAddSecondary
	ConfigUpgradeToSecondary
	ConfigDowngradeToSecondary
	ConfigDowngradeToInactive
	ConfigRemove
	ConfigAddSecondaryForLB
	ConfigPrimaryForceUpdateBallot
	ConfigDropPartition
	ConfigRegisterChild
)

var configTypeNames = [...]string{"INVALID", "ASSIGN_PRIMARY", "UPGRADE_TO_PRIMARY", "ADD_SECONDARY",
	"UPGRADE_TO_SECONDARY", "DOWNGRADE_TO_SECONDARY", "DOWNGRADE_TO_INACTIVE", "REMOVE", "ADD_SECONDARY_FOR_LB",
	"PRIMARY_FORCE_UPDATE_BALLOT", "DROP_PARTITION", "REGISTER_CHILD"}

// String returns the change's name without its CT_ prefix.
func (c ConfigType) String() string {
	if c < 0 || int(c) >= len(configTypeNames) {
		return fmt.Sprintf("%d", int32(c))
	}
	return configTypeNames[c]
}

// ParseConfigType reads the name of a change, in any case, without the prefix CT_.
func ParseConfigType(s string) (ConfigType, error) {
	for i, name := range configTypeNames {
		if i > 0 && strings.EqualFold(s, name) {
			return ConfigType(i), nil
		}
	}
	return ConfigInvalid, fmt.Errorf("%q is not a change of a partition's configuration", s)
}

// MatchType says how a pattern selects names (idl: pattern_match_type).
type MatchType int32

// The ways to match a name.
const (
	MatchInvalid MatchType = iota
	MatchAll
	MatchExact
	MatchAnywhere
	MatchPrefix
	MatchPostfix
	MatchRegex
)

var matchTypeNames = [...]string{"invalid", "all", "exact", "anywhere", "prefix", "postfix", "regex"}

// String returns the way's name, such as prefix.
func (t MatchType) String() string {
	if t < 0 || int(t) >= len(matchTypeNames) {
		return fmt.Sprintf("%d", int32(t))
	}
	return matchTypeNames[t]
}

// ParseMatchType reads the name of a way to match, such as prefix.
func ParseMatchType(s string) (MatchType, error) {
	for i, name := range matchTypeNames {
		if i > 0 && s == name {
			return MatchType(i), nil
		}
	}
	return MatchInvalid, fmt.Errorf("%q is not a way to match: %s", s, strings.Join(matchTypeNames[1:], ", "))
}

// Match reports whether the pattern selects the name; known is false for ways that only a server
// can decide.
func (t MatchType) Match(name, pattern string) (ok, known bool) {
	switch t {
	case MatchAll:
		return true, true
	case MatchExact:
		return name == pattern, true
	case MatchAnywhere:
		return strings.Contains(name, pattern), true
	case MatchPrefix:
		return strings.HasPrefix(name, pattern), true
	case MatchPostfix:
		return strings.HasSuffix(name, pattern), true
	}
	return false, false
}

// PartitionStatus is what a replica is for its partition (idl: partition_status).
type PartitionStatus int32

// The states of a replica.
const (
	ReplicaInvalid PartitionStatus = iota
	ReplicaInactive
	ReplicaError
	ReplicaPrimary
	ReplicaSecondary
	ReplicaPotentialSecondary
)

// DuplicationStatus is what a duplication does (idl: duplication_status).
type DuplicationStatus int32

// The states of a duplication. One that copies existing data first prepares, then the other cluster
// receives the data (app), then it sends each new mutation (log). One that copies no data sends new
// mutations from the start.
const (
	DuplicationInit DuplicationStatus = iota
	DuplicationPrepare
	DuplicationApp
	DuplicationLog
	DuplicationPause
	DuplicationRemoved
)

var duplicationStatusNames = []string{"DS_INIT", "DS_PREPARE", "DS_APP", "DS_LOG", "DS_PAUSE", "DS_REMOVED"}

// String returns the name that ZooKeeper stores and that the shell shows, such as DS_LOG.
func (s DuplicationStatus) String() string {
	if s >= 0 && int(s) < len(duplicationStatusNames) {
		return duplicationStatusNames[s]
	}
	return fmt.Sprintf("duplication status %d", int32(s))
}

// ParseDuplicationStatus reads what String writes.
func ParseDuplicationStatus(name string) (DuplicationStatus, error) {
	if i := slices.Index(duplicationStatusNames, name); i >= 0 {
		return DuplicationStatus(i), nil
	}
	return 0, fmt.Errorf("%q is not a duplication status", name)
}

// DuplicationFailMode is what a duplication does about a mutation that the other cluster refuses
// (idl: duplication_fail_mode).
type DuplicationFailMode int32

// The ways to fail: try again without end, leave the mutation out, or end the replica server.
const (
	FailSlow DuplicationFailMode = iota
	FailSkip
	FailFast
)

var failModeNames = []string{"FAIL_SLOW", "FAIL_SKIP", "FAIL_FAST"}

// String returns the name that ZooKeeper stores and that the shell shows, such as FAIL_SLOW.
func (m DuplicationFailMode) String() string {
	if m >= 0 && int(m) < len(failModeNames) {
		return failModeNames[m]
	}
	return fmt.Sprintf("fail mode %d", int32(m))
}

// ParseDuplicationFailMode reads what String writes.
func ParseDuplicationFailMode(name string) (DuplicationFailMode, error) {
	if i := slices.Index(failModeNames, name); i >= 0 {
		return DuplicationFailMode(i), nil
	}
	return 0, fmt.Errorf("%q is not a fail mode of a duplication", name)
}
