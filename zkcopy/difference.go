package zkcopy

import "fmt"

// DifferenceKind says how a znode differs.
type DifferenceKind int

// Differences of a target to its source.
const (
	Missing DifferenceKind = iota // not in the target
	OtherData
	OtherACL
	Unexpected // in the target, though neither in the source nor there before
)

func (k DifferenceKind) String() string {
	switch k {
	case Missing:
		return "missing"
	case OtherData:
		return "other data"
	case OtherACL:
		return "other ACL"
	}
	return "unexpected"
}

// Difference is one znode of the target that is not as in the source.
type Difference struct {
	Path string // in the target
	Kind DifferenceKind
}

func (d Difference) String() string { return fmt.Sprintf("%s (%s)", d.Path, d.Kind) }
