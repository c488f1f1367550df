// Package layout knows what a Pegasus metadata tree looks like in ZooKeeper:
// where tables, partitions and the meta servers' lock nodes lie below a
// cluster's root, and how their data is written.
//
//	ROOT/apps                                      lock, unlock or empty
//	ROOT/apps/7                                    JSON of table 7 (App)
//	ROOT/apps/7/0                                  JSON of partition 7.0 (Partition)
//	LOCKROOT/dsn.meta.server.leader/LOCKNODE0000000003   HOST:PORT of a living meta server
//
// ROOT is [meta_server] cluster_root, LOCKROOT is
// distributed_lock_service_parameters; both are often the same node.
package layout

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Names of the fixed nodes of a tree.
const (
	// AppsName is the child of a cluster's root below which the tables lie.
	AppsName = "apps"
	// LockName is the child of the lock root below which the meta servers
	// queue for leadership.
	LockName = "dsn.meta.server.leader"
	// LockNodePrefix begins the name of every lock node; ten digits, chosen by ZooKeeper, follow.
	LockNodePrefix = "LOCKNODE"
	// BackupName and BulkLoadName are children that a leader creates at its
	// first start, empty until the features are used.
	BackupName   = "backup"
	BulkLoadName = "bulk_load"
)

// Values of the apps node. A meta server that starts and finds Locked aborts:
// the tree was not completely created. An empty value counts as Unlocked.
const (
	Locked   = "lock"
	Unlocked = "unlock"
)

// InvalidAddress is written for an empty rpc_address, InvalidHostPort for an empty host_port (which
// only servers of the main branch write).
const (
	InvalidAddress  = "invalid address"
	InvalidHostPort = "invalid host_port"
)

// lockDigits is how many digits ZooKeeper appends to a sequential node's name.
const lockDigits = 10

// Join appends a child's name to a node's path; node may be "/".
func Join(node, child string) string {
	if node == "/" {
		return "/" + child
	}
	return node + "/" + child
}

// AppsPath is the node whose children are the tables.
func AppsPath(root string) string { return Join(root, AppsName) }

// AppPath is the node of a table.
func AppPath(root string, appID int32) string {
	return Join(AppsPath(root), strconv.FormatInt(int64(appID), 10))
}

// PartitionPath is the node of one partition of a table.
func PartitionPath(root string, id GPID) string {
	return Join(AppPath(root, id.AppID), strconv.FormatInt(int64(id.Index), 10))
}

// LockPath is the node whose children are the lock nodes of the meta servers.
func LockPath(lockRoot string) string { return Join(lockRoot, LockName) }

// ParseLockNodeName splits a lock node's name; false when name is not one. Of several lock nodes
// the one with the lowest sequence number leads.
func ParseLockNodeName(name string) (sequence int32, ok bool) {
	digits, found := strings.CutPrefix(name, LockNodePrefix)
	if !found || len(digits) < lockDigits {
		return 0, false
	}
	return parseIndex(strings.TrimLeft(digits[:len(digits)-1], "0") + digits[len(digits)-1:])
}

// IsLockNode reports whether path names a lock node: a child of a node called LockName whose own
// name is a lock node's.
func IsLockNode(path string) bool {
	parent, name, found := cutLast(path)
	if !found {
		return false
	}
	if _, ok := ParseLockNodeName(name); !ok {
		return false
	}
	_, parentName, found := cutLast(parent)
	return found && parentName == LockName
}

// ParseAppName reads a child's name of the apps node as a table's id; false
// when it is not a plain decimal number.
func ParseAppName(name string) (appID int32, ok bool) { return parseIndex(name) }

// ParsePartitionName reads a child's name of a table's node as a partition's
// index; false when it is not a plain decimal number.
func ParsePartitionName(name string) (index int32, ok bool) { return parseIndex(name) }

// GPID names a partition: the table's id and the partition's index.
type GPID struct {
	AppID int32
	Index int32
}

// String is the form in the JSON, for example "7.0".
func (g GPID) String() string { return fmt.Sprintf("%d.%d", g.AppID, g.Index) }

// ParseGPID reads the form that String writes.
func ParseGPID(text string) (GPID, error) {
	app, index, found := strings.Cut(text, ".")
	if found {
		appID, okApp := parseIndex(app)
		i, okIndex := parseIndex(index)
		if okApp && okIndex {
			return GPID{AppID: appID, Index: i}, nil
		}
	}
	return GPID{}, fmt.Errorf("%q is not a partition's id (APP.INDEX)", text)
}

// parseIndex reads a non-negative number without sign or leading zeros, as
// Pegasus writes them.
func parseIndex(text string) (int32, bool) {
	if text == "" || len(text) > 1 && text[0] == '0' {
		return 0, false
	}
	var n int64
	for i := range len(text) {
		c := text[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		if n = n*10 + int64(c-'0'); n > math.MaxInt32 {
			return 0, false
		}
	}
	return int32(n), true
}

// cutLast splits a path at its last slash.
func cutLast(path string) (parent, name string, found bool) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", "", false
	}
	return path[:i], path[i+1:], true
}
