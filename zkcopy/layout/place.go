package layout

import "strings"

// Names of the znodes that features make.
const (
	// DuplicationName is the child of a table's node below which the table's duplications to other
	// clusters lie. It stays, empty, after the last one was removed.
	DuplicationName = "duplication"
	// LockRootName is the child of a cluster's root that is the lock root in Pegasus's own
	// configuration files.
	LockRootName = "lock"
)

// Place is what a znode of a cluster's tree is, by its path below the cluster's root.
type Place int

// The places. What lies below a place that has no children of its own, and what a newer release
// keeps, is UnknownPlace: nothing is assumed about it.
const (
	UnknownPlace Place = iota
	RootPlace
	AppsPlace      // apps
	TablePlace     // apps/7
	PartitionPlace // apps/7/0
	// NoTablePlace is a child of apps whose name is not a table's id: meta servers read it as a
	// table all the same.
	NoTablePlace
	DuplicationsPlace // apps/7/duplication
	DuplicationPlace  // apps/7/duplication/1795651087: a Duplication
	ProgressPlace     // apps/7/duplication/1795651087/0: the decree confirmed by the other cluster, in decimal
	BackupsPlace      // backup
	PolicyPlace       // backup/POLICY
	BackupPlace       // backup/POLICY/1795651025396
	BulkLoadsPlace    // bulk_load
	BulkLoadPlace     // bulk_load/7
	LoadPlace         // bulk_load/7/0: how far the loading of a partition is
	LockPlace         // dsn.meta.server.leader, or lock/dsn.meta.server.leader
	LockRootPlace     // lock
)

// PlaceOf says what a znode is by its path below the cluster's root, such as "apps/7/0"; "" is the
// root itself. The lock nodes of meta servers are known by IsLockNode.
func PlaceOf(below string) Place {
	if below == "" {
		return RootPlace
	}
	names := strings.Split(below, "/")
	switch names[0] {
	case AppsName:
		return placeBelowApps(names[1:])
	case BackupName:
		return placeOf(names[1:], BackupsPlace, child{PolicyPlace, nil}, child{BackupPlace, isDecimal})
	case BulkLoadName:
		return placeOf(names[1:], BulkLoadsPlace, child{BulkLoadPlace, isIndex}, child{LoadPlace, isIndex})
	case LockName:
		return placeOf(names[1:], LockPlace)
	case LockRootName:
		return placeOf(names[1:], LockRootPlace, child{LockPlace, func(name string) bool { return name == LockName }})
	}
	return UnknownPlace
}

func placeBelowApps(names []string) Place {
	switch {
	case len(names) == 0:
		return AppsPlace
	case len(names) == 1 && !isIndex(names[0]):
		return NoTablePlace
	case !isIndex(names[0]):
		return UnknownPlace
	case len(names) > 1 && names[1] == DuplicationName:
		return placeOf(names[2:], DuplicationsPlace, child{DuplicationPlace, isIndex}, child{ProgressPlace, isIndex})
	}
	return placeOf(names[1:], TablePlace, child{PartitionPlace, isIndex})
}

// child is what the children of a place are, if their names are of its kind; nil accepts every
// name.
type child struct {
	place Place
	named func(name string) bool
}

// placeOf follows names down from a place whose children, grandchildren and so on are known.
func placeOf(names []string, at Place, children ...child) Place {
	for i, name := range names {
		if i == len(children) || children[i].named != nil && !children[i].named(name) {
			return UnknownPlace
		}
		at = children[i].place
	}
	return at
}

func isIndex(name string) bool {
	_, ok := parseIndex(name)
	return ok
}

func isDecimal(name string) bool {
	return name != "" && strings.Trim(name, "0123456789") == ""
}

// DuplicationOf returns the path of the duplication whose progress a znode holds, by the znode's
// path anywhere on a ZooKeeper: ROOT/apps/7/duplication/1795651087 for
// ROOT/apps/7/duplication/1795651087/0. It is false for all others.
func DuplicationOf(path string) (duplication string, ok bool) {
	below := strings.Split(path, "/")
	if n := len(below) - 5; n < 1 || PlaceOf(strings.Join(below[n:], "/")) != ProgressPlace {
		return "", false
	}
	return path[:strings.LastIndexByte(path, '/')], true
}
