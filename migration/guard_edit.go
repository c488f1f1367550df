package migration

import (
	"cmp"
	"slices"

	"pegashell/internal/message"
	"pegashell/zkcopy"
)

// unseenEdit is why a znode of a living tree is not to be changed by hand.
var unseenEdit = message.New("Meta servers keep the metadata in memory and do not see what others change in it")

// findLiveEdit keeps single znodes of a tree that living servers use from being changed: they read the tree
// only when they begin to lead.
func findLiveEdit(s *Survey) []Finding {
	held := s.Target.heldLocks()
	slices.SortFunc(held, func(a, b zkcopy.EphemeralNode) int { return cmp.Compare(a.Path, b.Path) })
	held = slices.CompactFunc(held, func(a, b zkcopy.EphemeralNode) bool { return a.Path == b.Path }) // seen from two znodes
	switch {
	case len(held) > 0:
		return refuse(GuardLiveTree, "%s belongs to a tree of living servers, which hold %d lock nodes: %s. %s. %s",
			s.Target.Name, len(held), describeHolders(int64(len(held)), held), unseenEdit, expiryHint)
	case s.Target.Ephemerals > 0:
		return refuse(GuardLiveTree, "%s %s. %s", s.Target.Name, s.Target.inUse(), expiryHint)
	case s.Own.Relation != zkcopy.Apart: // its leader has just reported where its tree is
		return refuse(GuardLiveTree, "%s belongs to the tree or the lock of the connected cluster (%s), which has a leader. %s", s.Target.Name, s.Own.Name, unseenEdit)
	}
	return nil
}
