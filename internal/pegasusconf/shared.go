package pegasusconf

import (
	"slices"
	"strconv"
	"strings"

	"pegashell/internal/ini"
)

// Key is a key of a configuration.
type Key struct{ Section, Key string }

func (k Key) String() string { return "[" + k.Section + "] " + k.Key }

// Shared are the keys that must have the same value for all meta servers of a cluster: with another
// ZooKeeper or another root a server leads a second cluster.
var Shared = []Key{
	{"zookeeper", "hosts_list"},
	{"meta_server", "cluster_root"},
	{"meta_server", "distributed_lock_service_parameters"},
	{"meta_server", "recover_from_replica_server"},
	{"meta_server", "server_list"},
}

// defaults are what servers use for shared keys that are missing.
var defaults = map[Key]string{
	{"meta_server", "cluster_root"}:                "/",
	{"meta_server", "recover_from_replica_server"}: "false",
}

// Effective returns the value that a server uses: that of the file, or the server's default.
func Effective(f *ini.File, k Key) string { return f.String(k.Section, k.Key, defaults[k]) }

// Same reports whether two values of a key mean the same to a server: lists of servers have no
// order, and booleans and numbers several forms.
func Same(k Key, a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if a == b {
		return true
	}
	switch KindOf(k.Section, k.Key) {
	case Boolean:
		return strings.EqualFold(a, b)
	case Int32, Int64, Uint32, Uint64:
		x, errX := number(a)
		y, errY := number(b)
		return errX == nil && errY == nil && x == y
	case Double:
		x, errX := strconv.ParseFloat(a, 64)
		y, errY := strconv.ParseFloat(b, 64)
		return errX == nil && errY == nil && x == y
	case Servers:
		return slices.Equal(sortedServers(a), sortedServers(b))
	case HostsList:
		x, chrootX, errX := ParseHostsList(a)
		y, chrootY, errY := ParseHostsList(b)
		slices.Sort(x)
		slices.Sort(y)
		return errX == nil && errY == nil && chrootX == chrootY && slices.Equal(x, y)
	}
	return false
}

func number(text string) (int64, error) {
	return strconv.ParseInt(strings.TrimPrefix(text, "+"), 0, 64)
}

func sortedServers(list string) []string {
	var all []string
	for server := range strings.SplitSeq(list, ",") {
		all = append(all, strings.TrimSpace(server))
	}
	slices.Sort(all)
	return all
}
